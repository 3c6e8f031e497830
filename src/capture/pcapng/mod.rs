//! pcapng files, block by block: finds where each begins and ends, and passes over what cannot be used.

mod packet;
mod section;

use std::io::Read;

use pcap_parser::nom::{Err as Unparsed, IResult};
use pcap_parser::{PcapError, UnknownBlock, parse_unknownblock_be, parse_unknownblock_le};

use self::section::Section;
use super::info::CaptureInfo;
use super::note::NoteKind;
use super::octets::ByteOrder;
use super::record::Found;
use super::window::Window;
use crate::{Error, Result};

pub(super) use self::section::magic as section_magic;

/// Octets of the shortest block: type, length, length.
const MIN_BLOCK_LEN: usize = 12;

/// The longest block that is kept in memory; longer ones are passed over.
const MAX_BLOCK_LEN: usize = 64 * 1024 * 1024;

/// A pcapng file being read.
#[derive(Debug)]
pub(super) struct Pcapng {
    section: Section,
}

impl Pcapng {
    /// Reads the first section header.
    pub(super) fn begin<R: Read>(window: &mut Window<R>, info: &mut CaptureInfo) -> Result<Self> {
        let mut file = Self { section: Section::default() };
        file.step(window, info)?;
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
            match self.step(window, info)? {
                Step::Packet(found) => return Ok(Some(found)),
                Step::Other => {}
                Step::End => return Ok(None),
            }
        }
    }

    /// Reads one block.
    fn step<R: Read>(&mut self, window: &mut Window<R>, info: &mut CaptureInfo) -> Result<Step> {
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
        if needed > MAX_BLOCK_LEN {
            return self.pass_over(window, info);
        }
        if !window.require(needed)? {
            let present = window.data().len() as u64;
            return end(NoteKind::Truncated { present, expected: needed as u64 });
        }
        Ok(self.read_block(window, needed, info))
    }

    /// Interprets the whole block of `len` octets at hand.
    fn read_block<R: Read>(&mut self, window: &mut Window<R>, len: usize, info: &mut CaptureInfo) -> Step {
        let offset = window.offset();
        let raw = window.consume(len);
        let block = window.octets(raw.clone());
        let (first, second) = (self.word(block, 4), self.word(block, len.saturating_sub(4)));
        if first != second {
            info.notes.add(offset, NoteKind::LengthMismatch { first, second });
        }
        match self.section.read(block, offset, info) {
            Some(found) => Step::Packet(found.shifted(raw.start)),
            None => Step::Other,
        }
    }

    /// Skips a block too long to keep.
    fn pass_over<R: Read>(&self, window: &mut Window<R>, info: &mut CaptureInfo) -> Result<Step> {
        let offset = window.offset();
        let (block_type, len) = (self.word(window.data(), 0), u64::from(self.word(window.data(), 4)));
        let present = window.skip(len)?;
        if present < len {
            info.notes.add(offset, NoteKind::Truncated { present, expected: len });
            return Ok(Step::End);
        }
        info.notes.add(offset, NoteKind::OversizedBlock { block_type, len });
        Ok(Step::Other)
    }

    fn word(&self, data: &[u8], at: usize) -> u32 {
        self.section.order.u32(data, at).unwrap_or_default()
    }
}

/// What a block came to.
enum Step {
    Packet(Found),
    Other,
    End,
}

/// The frame common to all blocks: a type, a length, contents, the length again.
fn parse_frame(order: ByteOrder, data: &[u8]) -> IResult<&[u8], UnknownBlock<'_>, PcapError<&[u8]>> {
    match order {
        ByteOrder::Little => parse_unknownblock_le(data),
        ByteOrder::Big => parse_unknownblock_be(data),
    }
}
