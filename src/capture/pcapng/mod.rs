//! pcapng files, block by block: finds where each begins and ends, and passes over what cannot be used.

mod packet;
mod section;

use std::io::Read;
use std::ops::Range;

use pcap_parser::nom::{Err as Unparsed, IResult};
use pcap_parser::{
    CB_MAGIC, DCB_MAGIC, DSB_MAGIC, EPB_MAGIC, IDB_MAGIC, ISB_MAGIC, NRB_MAGIC, PIB_MAGIC, PcapError, SHB_MAGIC,
    SJE_MAGIC, SPB_MAGIC, UnknownBlock, parse_unknownblock_be, parse_unknownblock_le,
};

use self::packet::OBSOLETE_PACKET;
use self::section::Section;
use super::info::CaptureInfo;
use super::note::NoteKind;
use super::octets::ByteOrder;
use super::piece::Place;
use super::record::Found;
use super::window::Window;
use crate::{Error, Result};

pub(super) use self::section::magic as section_magic;

/// Octets of the shortest block: type, length, length.
const MIN_BLOCK_LEN: usize = 12;

/// The longest packet block that is kept in memory; longer ones are passed over.
const MAX_PACKET_BLOCK_LEN: usize = 64 * 1024 * 1024;

/// The same for blocks that tell of sections and interfaces, whose options the crate puts into a list.
const MAX_OTHER_BLOCK_LEN: usize = 1024 * 1024;

/// A pcapng file being read.
#[derive(Debug)]
pub(super) struct Pcapng {
    section: Section,
    /// Where the first section header lies until something else is read.
    first: Option<Range<usize>>,
    /// A block that is handed out in parts, and how many octets of it were.
    long: Option<(Long, u64)>,
}

impl Pcapng {
    /// Reads the first section header.
    pub(super) fn begin<R: Read>(window: &mut Window<R>, info: &mut CaptureInfo) -> Result<Self> {
        let mut file = Self { section: Section::default(), first: None, long: None };
        if let Step::Other(place) = file.step(window, info, Keep::Useful)? {
            file.first = Some(place);
        }
        match info.notes.iter().next() {
            Some(note) if info.sections == 0 => {
                Err(Error::format(note.offset, format!("a pcapng file without a readable section: {}", note.kind)))
            }
            _ => Ok(file),
        }
    }

    /// The next packet; `None` at the end, whatever it is like.
    pub(super) fn advance<R: Read>(&mut self, window: &mut Window<R>, info: &mut CaptureInfo) -> Result<Option<Found>> {
        loop {
            match self.step(window, info, Keep::Useful)? {
                Step::Packet(found, _) => return Ok(Some(found)),
                Step::Other(_) => {}
                Step::Long(long) => {
                    let present = window.skip(long.len)?;
                    long.note(present, info);
                    if present < long.len {
                        return Ok(None);
                    }
                }
                Step::End => return Ok(None),
            }
        }
    }

    /// The next piece, whatever it is; `None` at the end. What the file has less than a block says is a note.
    pub(super) fn piece<R: Read>(&mut self, window: &mut Window<R>, info: &mut CaptureInfo) -> Result<Option<Place>> {
        if let Some(place) = self.first.take() {
            return Ok(Some(Place::Other(place)));
        }
        if let Some((long, present)) = self.long.take() {
            return Ok(self.part(long, present, window, info)?.map(Place::Rest));
        }
        Ok(match self.step(window, info, Keep::Everything)? {
            Step::Packet(found, place) => Some(Place::Frame(found, place)),
            Step::Other(place) => Some(Place::Other(place)),
            Step::Long(long) => self.part(long, 0, window, info)?.map(Place::Other),
            Step::End => None,
        })
    }

    /// What is here of the octets of a long block, `present` of which were handed out.
    fn part<R: Read>(
        &mut self,
        long: Long,
        present: u64,
        window: &mut Window<R>,
        info: &mut CaptureInfo,
    ) -> Result<Option<Range<usize>>> {
        if !window.require(1)? {
            long.note(present, info);
            return Ok(None);
        }
        let place = window.consume(usize::try_from(long.len.saturating_sub(present)).unwrap_or(usize::MAX));
        let present = present.saturating_add(place.len() as u64);
        if present < long.len {
            self.long = Some((long, present));
        } else {
            long.note(present, info);
        }
        Ok(Some(place))
    }

    /// Byte order of the section at hand.
    pub(super) fn order(&self) -> ByteOrder {
        self.section.order
    }

    /// Reads one block.
    fn step<R: Read>(&mut self, window: &mut Window<R>, info: &mut CaptureInfo, keep: Keep) -> Result<Step> {
        self.first = None;
        let offset = window.offset();
        let mut end = |kind| {
            info.notes.add(offset, kind);
            Ok(Step::End)
        };
        if !window.require(MIN_BLOCK_LEN)? {
            return match window.data().len() as u64 {
                0 => Ok(Step::End),
                present => end(NoteKind::Truncated { present, expected: MIN_BLOCK_LEN as u64 }),
            };
        }
        // A section header tells its byte order itself, before its length can be read.
        if let Some(magic) = section_magic(window.data()) {
            match section::byte_order(magic) {
                Some(order) => self.section.order = order,
                None => return end(NoteKind::BadByteOrder { magic }),
            }
        }
        let needed = match parse_frame(self.section.order, window.data()) {
            Ok((_, block)) => block.block_len1 as usize,
            // How much is missing the crate tells without the length at the block's end.
            Err(Unparsed::Incomplete(_)) => self.word(window.data(), 4) as usize,
            Err(_) => return end(NoteKind::BadBlock { block_type: self.word(window.data(), 0) }),
        };
        let kind = Kind::of(self.word(window.data(), 0));
        if needed > kind.max_len(keep) {
            let block_type = self.word(window.data(), 0);
            return Ok(Step::Long(Long { offset, kind, block_type, len: needed as u64 }));
        }
        if !window.require(needed)? {
            let present = window.data().len() as u64;
            return end(NoteKind::Truncated { present, expected: needed as u64 });
        }
        Ok(self.read_block(window, kind, needed, info))
    }

    /// Interprets the whole block of `len` octets at hand.
    fn read_block<R: Read>(&mut self, window: &mut Window<R>, kind: Kind, len: usize, info: &mut CaptureInfo) -> Step {
        let offset = window.offset();
        let raw = window.consume(len);
        let block = window.octets(raw.clone());
        let (first, second) = (self.word(block, 4), self.word(block, len.saturating_sub(4)));
        if first != second {
            info.notes.add(offset, NoteKind::LengthMismatch { first, second });
        }
        match kind {
            Kind::Packet => {
                let found = self.section.read_packet(block, offset, info);
                return match found {
                    Some(found) => Step::Packet(found.shifted(raw.start), raw),
                    None => Step::Other(raw),
                };
            }
            Kind::Irrelevant => return Step::Other(raw),
            Kind::Unknown => {
                info.notes.add(offset, NoteKind::UnknownBlock { block_type: self.word(block, 0) });
                return Step::Other(raw);
            }
            Kind::Descriptive => {}
        }
        self.section.read_other(block, offset, info);
        Step::Other(raw)
    }

    fn word(&self, data: &[u8], at: usize) -> u32 {
        self.section.order.u32(data, at).unwrap_or_default()
    }
}

/// What a block came to.
enum Step {
    /// A frame, and where its block lies.
    Packet(Found, Range<usize>),
    /// A block that was read, or passed over.
    Other(Range<usize>),
    /// A block is next that is too long to be kept, or of no interest.
    Long(Long),
    End,
}

/// A block that is not kept as a whole.
#[derive(Clone, Copy, Debug)]
struct Long {
    offset: u64,
    kind: Kind,
    block_type: u32,
    len: u64,
}

impl Long {
    /// Tells of it, when `present` octets of it turned out to be there.
    fn note(&self, present: u64, info: &mut CaptureInfo) {
        let Self { offset, block_type, len, .. } = *self;
        match self.kind {
            _ if present < len => info.notes.add(offset, NoteKind::Truncated { present, expected: len }),
            Kind::Irrelevant => {}
            Kind::Unknown => info.notes.add(offset, NoteKind::UnknownBlock { block_type }),
            Kind::Packet | Kind::Descriptive => info.notes.add(offset, NoteKind::OversizedBlock { block_type, len }),
        }
    }
}

/// Which blocks somebody wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keep {
    Useful,
    Everything,
}

/// What is to be done with a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Packet,
    /// Of a section, an interface or its statistics.
    Descriptive,
    /// Known to hold nothing about TCP; it may be as odd as it likes.
    Irrelevant,
    Unknown,
}

impl Kind {
    fn of(block_type: u32) -> Self {
        match block_type {
            EPB_MAGIC | SPB_MAGIC | OBSOLETE_PACKET => Self::Packet,
            SHB_MAGIC | IDB_MAGIC | ISB_MAGIC => Self::Descriptive,
            NRB_MAGIC | SJE_MAGIC | DSB_MAGIC | CB_MAGIC | DCB_MAGIC | PIB_MAGIC => Self::Irrelevant,
            _ => Self::Unknown,
        }
    }

    /// Octets of such a block that are kept in memory at most.
    fn max_len(self, keep: Keep) -> usize {
        match self {
            Self::Packet => MAX_PACKET_BLOCK_LEN,
            Self::Descriptive => MAX_OTHER_BLOCK_LEN,
            Self::Irrelevant | Self::Unknown if keep == Keep::Everything => MAX_OTHER_BLOCK_LEN,
            Self::Irrelevant | Self::Unknown => 0,
        }
    }
}

/// The frame common to all blocks: a type, a length, contents, the length again.
fn parse_frame(order: ByteOrder, data: &[u8]) -> IResult<&[u8], UnknownBlock<'_>, PcapError<&[u8]>> {
    match order {
        ByteOrder::Little => parse_unknownblock_le(data),
        ByteOrder::Big => parse_unknownblock_be(data),
    }
}
