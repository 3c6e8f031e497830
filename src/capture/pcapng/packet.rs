//! The three kinds of pcapng packet block to one [`Packet`], without an allocation.
//!
//! The crate's parser of whole packet blocks is not used: it makes a list of the options of each, and answers "incomplete"
//! also when an inner length lies. Its parser of single options is.

use std::ops::Range;

use pcap_parser::{PcapError, PcapNGOption, SPB_MAGIC, parse_option_be, parse_option_le};

use crate::capture::Direction;
use crate::capture::octets::ByteOrder;

/// The obsolete Packet Block, which the crate does not know.
pub(super) const OBSOLETE_PACKET: u32 = 2;

/// Codes of options, the same in enhanced and in obsolete packet blocks.
const END_OF_OPTIONS: u16 = 0;
const FLAGS: u16 = 2;
const DROP_COUNT: u16 = 4;

/// The drop count of an obsolete packet block that does not know it.
const DROPS_UNKNOWN: u16 = 0xffff;

/// Octets of a block's type and length, and of the length at its end.
const HEAD_LEN: usize = 8;
const TAIL_LEN: usize = 4;

/// What a packet block says.
#[derive(Debug)]
pub(super) struct Packet {
    pub(super) interface: u32,
    /// In units of the interface's clock; simple packet blocks have none.
    pub(super) time: Option<u64>,
    pub(super) original_len: u32,
    pub(super) direction: Direction,
    pub(super) fcs_len: Option<u8>,
    /// Frames dropped before this one.
    pub(super) dropped: u64,
    /// Where the captured octets lie in the block.
    data: Range<usize>,
    simple: bool,
}

impl Packet {
    /// Reads a whole block. `None`: it is shorter than what it should hold.
    pub(super) fn parse(block_type: u32, order: ByteOrder, block: &[u8]) -> Option<Self> {
        let body = block.get(HEAD_LEN..block.len().checked_sub(TAIL_LEN)?)?;
        match block_type {
            SPB_MAGIC => Self::simple(order, body),
            OBSOLETE_PACKET => {
                let dropped = match order.u16(body, 2)? {
                    DROPS_UNKNOWN => 0,
                    count => u64::from(count),
                };
                Self::stamped(u32::from(order.u16(body, 0)?), dropped, order, body)
            }
            _ => Self::stamped(order.u32(body, 0)?, 0, order, body),
        }
    }

    /// Where the captured octets lie in the block. A simple packet block does not say how many there are: as many as the
    /// frame had, cut by the snapshot length of its interface.
    pub(super) fn data_within(&self, snaplen: u32) -> Range<usize> {
        let Range { start, end } = self.data;
        match snaplen {
            snaplen if self.simple && snaplen > 0 => start..end.min(start.saturating_add(snaplen as usize)),
            _ => start..end,
        }
    }

    fn simple(order: ByteOrder, body: &[u8]) -> Option<Self> {
        const DATA_AT: usize = 4;
        let original_len = order.u32(body, 0)?;
        let len = body.len().checked_sub(DATA_AT)?.min(original_len as usize);
        Some(Self {
            interface: 0,
            time: None,
            original_len,
            direction: Direction::Unknown,
            fcs_len: None,
            dropped: 0,
            data: HEAD_LEN + DATA_AT..HEAD_LEN + DATA_AT + len,
            simple: true,
        })
    }

    /// Enhanced and obsolete packet blocks, which differ in their first four octets.
    fn stamped(interface: u32, dropped: u64, order: ByteOrder, body: &[u8]) -> Option<Self> {
        const DATA_AT: usize = 20;
        let time = u64::from(order.u32(body, 4)?) << 32 | u64::from(order.u32(body, 8)?);
        let len = order.u32(body, 12)? as usize;
        let original_len = order.u32(body, 16)?;
        body.get(DATA_AT..)?.get(..len)?;
        let mut packet = Self {
            interface,
            time: Some(time),
            original_len,
            direction: Direction::Unknown,
            fcs_len: None,
            dropped,
            data: HEAD_LEN + DATA_AT..HEAD_LEN + DATA_AT + len,
            simple: false,
        };
        let options_at = DATA_AT.checked_add(len.checked_next_multiple_of(4)?)?;
        packet.read_options(order, body.get(options_at..).unwrap_or_default());
        Some(packet)
    }

    fn read_options(&mut self, order: ByteOrder, mut rest: &[u8]) {
        while let Some((next, option)) = parse_option(order, rest) {
            let value = option.as_bytes().unwrap_or_default();
            match option.code.0 {
                END_OF_OPTIONS => return,
                FLAGS => self.read_flags(order.u32(value, 0).unwrap_or_default()),
                DROP_COUNT => self.dropped = self.dropped.saturating_add(order.u64(value, 0).unwrap_or_default()),
                _ => {}
            }
            rest = next;
        }
    }

    /// Bits 0–1 are the direction, bits 5–8 the length of the check sequence.
    fn read_flags(&mut self, flags: u32) {
        self.direction = match flags & 0b11 {
            1 => Direction::Inbound,
            2 => Direction::Outbound,
            _ => Direction::Unknown,
        };
        self.fcs_len = match (flags >> 5) & 0b1111 {
            0 => None,
            len => Some(len as u8),
        };
    }
}

fn parse_option(order: ByteOrder, rest: &[u8]) -> Option<(&[u8], PcapNGOption<'_>)> {
    match order {
        ByteOrder::Little => parse_option_le::<PcapError<_>>(rest).ok(),
        ByteOrder::Big => parse_option_be::<PcapError<_>>(rest).ok(),
    }
}
