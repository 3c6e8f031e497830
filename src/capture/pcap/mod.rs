//! pcap files, record by record.

mod header;

use std::io::Read;
use std::ops::Range;

use pcap_parser::{LegacyPcapBlock, parse_pcap_frame, parse_pcap_frame_be};

use self::header::{Layout, Lengths, RECORD_HEADER_LEN};
use super::info::CaptureInfo;
use super::note::NoteKind;
use super::octets::ByteOrder;
use super::record::Found;
use super::window::Window;
use super::{Direction, Interface, Resolution, Timestamp};
use crate::Result;

pub(super) use self::header::Magic;

/// The snapshot length nothing exceeds by default, in libpcap and in Wireshark.
const USUAL_SNAPLEN: u32 = 262_144;

/// The longest record believed in a file whose header announces longer ones.
const MAX_RECORD_LEN: u32 = 16 * 1024 * 1024;

/// A pcap file being read.
#[derive(Debug)]
pub(super) struct Pcap {
    layout: Layout,
    limit: u32,
}

impl Pcap {
    /// Reads the file header.
    pub(super) fn begin<R: Read>(window: &mut Window<R>, magic: Magic, info: &mut CaptureInfo) -> Result<Self> {
        let layout = header::read(window, magic)?;
        info.sections = 1;
        info.interfaces.push(Interface {
            fcs_len: layout.fcs_len,
            resolution: layout.resolution,
            ..Interface::new(layout.link_type, layout.snaplen)
        });
        Ok(Self { layout, limit: layout.snaplen.clamp(USUAL_SNAPLEN, MAX_RECORD_LEN) })
    }

    /// Puts the next record into `current` if all of it is in the window, and believed; whether it did.
    #[inline]
    pub(super) fn advance_within<R: Read>(&self, window: &mut Window<R>, current: &mut Option<Found>) -> bool {
        let Some(header) = self.header(window.data()) else { return false };
        let len = self.layout.record_header_len + header.captured_len.min(self.limit) as usize;
        let here = header.captured_len <= self.limit && len <= window.data().len();
        if here {
            self.take(window, &header, len, current);
        }
        here
    }

    /// Puts the next record into `current`; nothing at the end, whatever it is like.
    pub(super) fn advance<R: Read>(
        &self,
        window: &mut Window<R>,
        info: &mut CaptureInfo,
        current: &mut Option<Found>,
    ) -> Result<()> {
        loop {
            let needed = match self.header(window.data()) {
                Some(header) if header.captured_len > self.limit => {
                    let (claimed, limit) = (u64::from(header.captured_len), u64::from(self.limit));
                    info.notes.add(window.offset(), NoteKind::AbsurdLength { claimed, limit });
                    return Ok(());
                }
                Some(header) => {
                    let len = self.layout.record_header_len.saturating_add(header.captured_len as usize);
                    if len <= window.data().len() {
                        info.count_frame(0);
                        self.take(window, &header, len, current);
                        return Ok(());
                    }
                    len
                }
                None => self.layout.record_header_len,
            };
            if !window.require(needed)? {
                let present = window.data().len() as u64;
                if present > 0 {
                    info.notes.add(window.offset(), NoteKind::Truncated { present, expected: needed as u64 });
                }
                return Ok(());
            }
        }
    }

    /// The header of the record at hand, if all of it is here.
    fn header(&self, data: &[u8]) -> Option<Header> {
        // The modified format's is longer than what is read of it; what is told must not depend on what came so far.
        data.get(..self.layout.record_header_len)?;
        let parsed = match self.layout.order {
            ByteOrder::Little => parse_pcap_frame(data),
            ByteOrder::Big => parse_pcap_frame_be(data),
        };
        let mut header = match parsed {
            Ok((_, block)) => Header::from(block),
            // Of a record that is not all here the crate tells only how much is missing.
            Err(_) => Header::read(self.layout.order, data)?,
        };
        let swapped = match self.layout.lengths {
            Lengths::Plain => false,
            Lengths::Swapped => true,
            Lengths::Mixed => header.captured_len > header.original_len,
        };
        if swapped {
            std::mem::swap(&mut header.captured_len, &mut header.original_len);
        }
        Some(header)
    }

    #[inline]
    fn take<R: Read>(&self, window: &mut Window<R>, header: &Header, len: usize, current: &mut Option<Found>) {
        let offset = window.offset();
        let Range { start, end } = window.consume(len);
        let data = start.saturating_add(self.layout.record_header_len).min(end)..end;
        // Wireshark multiplies in 32 bits and keeps a fraction of more than a second as it is.
        let nanos = match self.layout.resolution {
            Resolution::NANOSECONDS => header.fraction,
            _ => header.fraction.wrapping_mul(1000),
        };
        *current = Some(Found {
            time: Timestamp::new(i64::from(header.seconds), nanos as i32),
            link_type: self.layout.link_type,
            fcs_len: self.layout.fcs_len,
            interface: 0,
            direction: Direction::Unknown,
            original_len: header.original_len,
            offset,
            data,
        });
    }
}

/// The header of a record; the modified format's longer one begins the same.
struct Header {
    seconds: u32,
    fraction: u32,
    captured_len: u32,
    original_len: u32,
}

impl Header {
    fn read(order: ByteOrder, data: &[u8]) -> Option<Self> {
        let word = |at| order.u32(data.get(..RECORD_HEADER_LEN)?, at);
        Some(Self { seconds: word(0)?, fraction: word(4)?, captured_len: word(8)?, original_len: word(12)? })
    }
}

impl From<LegacyPcapBlock<'_>> for Header {
    fn from(block: LegacyPcapBlock<'_>) -> Self {
        Self { seconds: block.ts_sec, fraction: block.ts_usec, captured_len: block.caplen, original_len: block.origlen }
    }
}
