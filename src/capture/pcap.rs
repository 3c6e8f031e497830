//! pcap files: the header says how records are laid out, then record after record.

use std::io::Read;
use std::ops::Range;

use pcap_parser::nom::{Err as Unparsed, IResult, Needed};
use pcap_parser::{LegacyPcapBlock, PcapError, PcapHeader, parse_pcap_frame, parse_pcap_frame_be, parse_pcap_header};

use super::info::{CaptureInfo, Format};
use super::note::NoteKind;
use super::octets::ByteOrder;
use super::record::Found;
use super::window::Window;
use super::{Direction, Interface, LinkType, Resolution, Timestamp};
use crate::{Error, Result};

/// Octets of the file header.
const FILE_HEADER_LEN: usize = 24;

/// Octets of a record header, and of the longer one of the modified format.
const RECORD_HEADER_LEN: usize = 16;
const MODIFIED_HEADER_LEN: usize = 24;

/// The snapshot length nothing exceeds by default, in libpcap and in Wireshark.
const USUAL_SNAPLEN: u32 = 262_144;

/// The longest record believed in a file whose header announces longer ones.
const MAX_RECORD_LEN: u32 = 16 * 1024 * 1024;

/// How the records of a file are laid out.
#[derive(Debug)]
pub(super) struct Pcap {
    order: ByteOrder,
    nanoseconds: bool,
    header_len: usize,
    limit: u32,
    link_type: LinkType,
    fcs_len: u8,
}

/// What the first four octets of a file say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Magic {
    pub(super) order: ByteOrder,
    pub(super) format: Format,
}

impl Magic {
    /// The layout that the first four octets of a file announce, as libpcap reads them.
    pub(super) fn recognise(octets: &[u8]) -> Option<Self> {
        let word = ByteOrder::Big.u32(octets, 0)?;
        let format = |word| match word {
            0xa1b2_c3d4 => Some(Format::Pcap),
            0xa1b2_3c4d => Some(Format::PcapNanoseconds),
            0xa1b2_cd34 => Some(Format::PcapModified),
            _ => None,
        };
        let big = format(word).map(|format| Self { order: ByteOrder::Big, format });
        big.or_else(|| format(word.swap_bytes()).map(|format| Self { order: ByteOrder::Little, format }))
    }
}

impl Pcap {
    /// Reads the file header.
    pub(super) fn begin<R: Read>(window: &mut Window<R>, magic: Magic, info: &mut CaptureInfo) -> Result<Self> {
        if !window.require(FILE_HEADER_LEN)? {
            let there = window.data().len();
            return Err(Error::format(0, format!("a pcap file of {there} octets, cut inside its header of 24")));
        }
        let header = file_header(window.data(), magic.order)?;
        window.consume(FILE_HEADER_LEN);

        let word = header.network.0 as u32;
        let link_type = LinkType(word as u16);
        // Bit 26 says that the upper four bits count the check sequence in units of two octets.
        let fcs_len = if word & 0x0400_0000 == 0 { 0 } else { (word >> 28) as u8 * 2 };
        let nanoseconds = magic.format == Format::PcapNanoseconds;
        info.sections = 1;
        info.interfaces.push(Interface {
            fcs_len,
            resolution: if nanoseconds { Resolution::NANOSECONDS } else { Resolution::MICROSECONDS },
            ..Interface::new(link_type, header.snaplen)
        });
        Ok(Self {
            order: magic.order,
            nanoseconds,
            header_len: if magic.format == Format::PcapModified { MODIFIED_HEADER_LEN } else { RECORD_HEADER_LEN },
            limit: header.snaplen.clamp(USUAL_SNAPLEN, MAX_RECORD_LEN),
            link_type,
            fcs_len,
        })
    }

    /// The next record; `None` at the end, whatever it is like.
    pub(super) fn advance<R: Read>(&self, window: &mut Window<R>, info: &mut CaptureInfo) -> Result<Option<Found>> {
        loop {
            let needed = match self.parse(window.data()) {
                Parsed::Record(record, len) => {
                    info.frames += 1;
                    return Ok(Some(self.found(window, record, len)));
                }
                Parsed::Absurd(claimed) => {
                    let limit = u64::from(self.limit);
                    info.notes.add(window.offset(), NoteKind::AbsurdLength { claimed, limit });
                    return Ok(None);
                }
                Parsed::Incomplete(needed) => needed,
            };
            if !window.require(needed)? {
                let present = window.data().len() as u64;
                if present > 0 {
                    info.notes.add(window.offset(), NoteKind::Truncated { present, expected: needed as u64 });
                }
                return Ok(None);
            }
        }
    }

    fn parse(&self, data: &[u8]) -> Parsed {
        let parsed: IResult<_, LegacyPcapBlock<'_>, PcapError<_>> = match self.order {
            ByteOrder::Little => parse_pcap_frame(data),
            ByteOrder::Big => parse_pcap_frame_be(data),
        };
        // The crate knows the longer header in one byte order only: it is asked for the common part.
        let extra = self.header_len - RECORD_HEADER_LEN;
        match parsed {
            Ok((_, block)) if block.caplen > self.limit => Parsed::Absurd(u64::from(block.caplen)),
            Ok((_, block)) => {
                let len = self.header_len.saturating_add(block.caplen as usize);
                if len > data.len() { Parsed::Incomplete(len) } else { Parsed::Record(Header::from(&block), len) }
            }
            Err(Unparsed::Incomplete(Needed::Size(missing))) => {
                let needed = data.len().saturating_add(missing.get());
                let claimed = needed.saturating_sub(RECORD_HEADER_LEN) as u64;
                if claimed > u64::from(self.limit) {
                    Parsed::Absurd(claimed)
                } else {
                    Parsed::Incomplete(needed.saturating_add(extra))
                }
            }
            Err(_) => Parsed::Incomplete(data.len().saturating_add(1)),
        }
    }

    fn found<R: Read>(&self, window: &mut Window<R>, record: Header, len: usize) -> Found {
        let offset = window.offset();
        let Range { start, end } = window.consume(len);
        let data = start.saturating_add(self.header_len).min(end)..end;
        // Wireshark multiplies in 32 bits and keeps a fraction of more than a second as it is.
        let nanos = if self.nanoseconds { record.fraction } else { record.fraction.wrapping_mul(1000) };
        Found {
            time: Timestamp::new(i64::from(record.seconds), nanos as i32),
            link_type: self.link_type,
            fcs_len: self.fcs_len,
            interface: 0,
            direction: Direction::Unknown,
            original_len: record.original_len,
            offset,
            data,
        }
    }
}

/// What became of the octets at hand.
enum Parsed {
    /// A whole record with its length, header included.
    Record(Header, usize),
    /// So many octets are needed to go on.
    Incomplete(usize),
    /// No record has so many octets.
    Absurd(u64),
}

/// The fields of a record header that matter.
struct Header {
    seconds: u32,
    fraction: u32,
    original_len: u32,
}

impl From<&LegacyPcapBlock<'_>> for Header {
    fn from(block: &LegacyPcapBlock<'_>) -> Self {
        Self { seconds: block.ts_sec, fraction: block.ts_usec, original_len: block.origlen }
    }
}

/// Parses the file header. The crate refuses the modified format in big-endian order, whose header differs in its
/// first four octets only, so it is given those of a plain file.
fn file_header(data: &[u8], order: ByteOrder) -> Result<PcapHeader> {
    let mut header = [0; FILE_HEADER_LEN];
    header.copy_from_slice(data.get(..FILE_HEADER_LEN).unwrap_or(&[0; FILE_HEADER_LEN]));
    let magic: u32 = 0xa1b2_c3d4;
    header[..4].copy_from_slice(&match order {
        ByteOrder::Little => magic.to_le_bytes(),
        ByteOrder::Big => magic.to_be_bytes(),
    });
    let parsed = parse_pcap_header(&header).map(|(_, header)| header);
    parsed.map_err(|_| Error::format(0, "a pcap file with an unreadable header"))
}
