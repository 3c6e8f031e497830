//! Sections, interfaces and frames in, the octets of pcapng blocks out.

use super::piece::block_type;
use super::{Block, ByteOrder, Direction, Interface, Record, Resolution};

/// Codes of options (draft-ietf-opsawg-pcapng §3.5, §4).
pub mod option {
    #![allow(missing_docs)]
    pub const END: u16 = 0;
    pub const COMMENT: u16 = 1;
    pub const FLAGS: u16 = 2;
    pub const END_TIME: u16 = 3;
    pub const DROP_COUNT: u16 = 4;
    pub const PACKET_ID: u16 = 5;
    pub const QUEUE: u16 = 6;
    pub const SPEED: u16 = 8;
    pub const RESOLUTION: u16 = 9;
    pub const FCS_LEN: u16 = 13;
    pub const TIME_OFFSET: u16 = 14;
}

/// The comment of a statistics block that says until when frames were captured, where the last of them were left out.
const WENT_ON: &str = "tcpflow-audit: captured until then, the last frames are left out";

/// Octets of a statistics block in front of its options: interface and time.
const STATISTICS_FIXED: usize = 12;

/// The drop count of an obsolete packet block that does not know it.
const DROPS_UNKNOWN: u16 = 0xffff;

/// Octets of a block's type and length.
const HEAD_LEN: usize = 8;

/// The longest value that an option may have.
const MAX_VALUE: usize = 65_535;

/// Puts blocks one behind the other.
#[derive(Debug)]
pub struct Blocks {
    order: ByteOrder,
    octets: Vec<u8>,
    /// Where the block at hand begins.
    start: usize,
}

/// What is to become of a frame when it is written again.
#[derive(Clone, Copy)]
pub struct Edit<'a> {
    /// Its octets, as many as were captured.
    pub data: &'a [u8],
    /// Which options stay, by their codes.
    pub keeps: fn(u16) -> bool,
    /// Comments to add.
    pub comments: &'a [String],
}

/// A time as the clock of one interface counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Of the section it is in; unknown where there is but the one that is being written.
    order: Option<ByteOrder>,
    interface: u32,
    units: u64,
}

impl Stamp {
    /// When a frame was captured; `resolution` is that of a pcap file. None where its block has no time.
    pub fn of(record: &Record<'_>, block: Option<&Block<'_>>, resolution: Resolution) -> Option<Self> {
        let Some(block) = block else {
            return Some(Self { order: None, interface: 0, units: resolution.units(record.time) });
        };
        let word = |at| block.order.u32(block.body(), at).unwrap_or_default();
        let interface = match block.block_type() {
            block_type::SIMPLE_PACKET => return None,
            block_type::OBSOLETE_PACKET => block.order.u16(block.body(), 0).unwrap_or_default().into(),
            _ => word(0),
        };
        Some(Self { order: Some(block.order), interface, units: u64::from(word(4)) << 32 | u64::from(word(8)) })
    }

    /// Until when frames were captured, where `block` says so as [`Blocks::went_on`] does.
    pub fn of_end(block: &Block<'_>) -> Option<Self> {
        let mut options = block.options(STATISTICS_FIXED);
        let word = |at| block.order.u32(block.body(), at).unwrap_or_default();
        let units = u64::from(word(4)) << 32 | u64::from(word(8));
        let stamp = Self { order: Some(block.order), interface: word(0), units };
        let is_one = block.block_type() == block_type::INTERFACE_STATISTICS
            && options.any(|(code, value)| code == option::COMMENT && says_went_on(value));
        is_one.then_some(stamp)
    }
}

/// Whether the comment of a statistics block is that of [`Blocks::went_on`].
pub(super) fn says_went_on(comment: &[u8]) -> bool {
    comment == WENT_ON.as_bytes()
}

impl Blocks {
    /// No blocks yet.
    pub fn new(order: ByteOrder) -> Self {
        Self { order, octets: Vec::new(), start: 0 }
    }

    /// What was written since the last [`Blocks::clear`].
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Forgets what was written.
    pub fn clear(&mut self) {
        self.octets.clear();
    }

    /// A section header in `order`, which holds for all blocks until the next.
    pub fn section(&mut self, order: ByteOrder) {
        const BYTE_ORDER_MAGIC: u32 = 0x1a2b_3c4d;
        self.order = order;
        self.begin(block_type::SECTION_HEADER);
        self.u32(BYTE_ORDER_MAGIC);
        self.u16(1);
        self.u16(0);
        self.octets.extend([0xff; 8]);
        self.end();
    }

    /// An interface: its link type, and how times and frames of it are to be read.
    pub fn interface(&mut self, interface: &Interface) {
        self.begin(block_type::INTERFACE_DESCRIPTION);
        self.u16(interface.link_type.0);
        self.u16(0);
        self.u32(interface.snaplen);
        let before = self.octets.len();
        if interface.resolution != Resolution::MICROSECONDS {
            self.option(option::RESOLUTION, &[interface.resolution.0]);
        }
        if interface.fcs_len != 0 {
            self.option(option::FCS_LEN, &[interface.fcs_len]);
        }
        if interface.time_offset != 0 {
            let offset = self.order.octets_of_u64(interface.time_offset as u64);
            self.option(option::TIME_OFFSET, &offset);
        }
        self.end_options(before);
        self.end();
    }

    /// A frame of `interface`, whose clock counts in `resolution`: an enhanced packet block.
    pub fn frame(&mut self, record: &Record<'_>, interface: u32, resolution: Resolution, edit: &Edit<'_>) {
        let flags = self.order.octets_of_u32(match record.direction {
            Direction::Unknown => 0,
            Direction::Inbound => 1,
            Direction::Outbound => 2,
        });
        self.begin_packet(interface, resolution.units(record.time), edit.data, record.original_len);
        let before = self.octets.len();
        if record.direction != Direction::Unknown && (edit.keeps)(option::FLAGS) {
            self.option(option::FLAGS, &flags);
        }
        self.comments(edit.comments);
        self.end_options(before);
        self.end();
    }

    /// The frame of `block` again, whatever kind of packet block it was: an enhanced one, the options in their order,
    /// comments to add behind them.
    pub fn again(&mut self, block: &Block<'_>, record: &Record<'_>, edit: &Edit<'_>) {
        self.order = block.order;
        let body = block.body();
        let stamped = block.block_type() != block_type::SIMPLE_PACKET;
        let word = |at| block.order.u32(body, at).unwrap_or_default();
        let (interface, dropped) = match block.block_type() {
            block_type::OBSOLETE_PACKET => {
                let drops = block.order.u16(body, 2).filter(|drops| *drops != DROPS_UNKNOWN);
                (u32::from(block.order.u16(body, 0).unwrap_or_default()), drops)
            }
            block_type::SIMPLE_PACKET => (0, None),
            _ => (word(0), None),
        };
        let units = if stamped { u64::from(word(4)) << 32 | u64::from(word(8)) } else { 0 };
        self.begin_packet(interface, units, edit.data, record.original_len);
        let before = self.octets.len();
        self.options(block.packet_options(record), edit.keeps);
        if let Some(dropped) = dropped {
            let dropped = self.order.octets_of_u64(dropped.into());
            self.option(option::DROP_COUNT, &dropped);
        }
        self.comments(edit.comments);
        self.end_options(before);
        self.end();
    }

    /// Statistics of an interface that say nothing but until when frames were captured, the last of which are left out.
    pub fn went_on(&mut self, until: Stamp) {
        let [high, low] = [(until.units >> 32) as u32, until.units as u32];
        self.order = until.order.unwrap_or(self.order);
        self.begin(block_type::INTERFACE_STATISTICS);
        [until.interface, high, low].into_iter().for_each(|word| self.u32(word));
        self.option(option::COMMENT, WENT_ON.as_bytes());
        let end = [self.order.octets_of_u32(high), self.order.octets_of_u32(low)].concat();
        self.option(option::END_TIME, &end);
        self.option(option::END, &[]);
        self.end();
    }

    /// The block again, with `fixed` octets of its body and those options that stay. A section header begins a section of
    /// unknown length.
    pub fn with_options(&mut self, block: &Block<'_>, fixed: usize, keeps: fn(u16) -> bool) {
        if block.block_type() == block_type::SECTION_HEADER {
            return self.section(block.order);
        }
        self.order = block.order;
        self.begin(block.block_type());
        self.octets.extend_from_slice(block.body().get(..fixed).unwrap_or(block.body()));
        let before = self.octets.len();
        self.options(block.options(fixed), keeps);
        self.end_options(before);
        self.end();
    }

    fn options(&mut self, options: Options<'_>, keeps: fn(u16) -> bool) {
        for (code, value) in options.filter(|(code, _)| keeps(*code)) {
            self.option(code, value);
        }
    }

    fn begin_packet(&mut self, interface: u32, units: u64, data: &[u8], original_len: u32) {
        self.begin(block_type::ENHANCED_PACKET);
        for word in [interface, (units >> 32) as u32, units as u32, data.len() as u32, original_len] {
            self.u32(word);
        }
        self.octets.extend_from_slice(data);
        self.pad();
    }

    fn comments(&mut self, comments: &[String]) {
        for comment in comments {
            let end = (0..=comment.len().min(MAX_VALUE)).rev().find(|end| comment.is_char_boundary(*end));
            self.option(option::COMMENT, comment.get(..end.unwrap_or(0)).unwrap_or_default().as_bytes());
        }
    }

    /// Adds an option to the block at hand.
    fn option(&mut self, code: u16, value: &[u8]) {
        self.u16(code);
        self.u16(value.len().min(MAX_VALUE) as u16);
        self.octets.extend_from_slice(value.get(..MAX_VALUE).unwrap_or(value));
        self.pad();
    }

    /// Ends the options, if there are any since `before`.
    fn end_options(&mut self, before: usize) {
        if self.octets.len() > before {
            self.option(option::END, &[]);
        }
    }

    fn begin(&mut self, kind: u32) {
        self.start = self.octets.len();
        self.u32(kind);
        self.u32(0);
    }

    fn end(&mut self) {
        let len = (self.octets.len() - self.start).saturating_add(4) as u32;
        self.u32(len);
        let len = self.order.octets_of_u32(len);
        if let Some(place) = self.octets.get_mut(self.start + 4..self.start + HEAD_LEN) {
            place.copy_from_slice(&len);
        }
    }

    fn pad(&mut self) {
        let len = (self.octets.len() - self.start).next_multiple_of(4) + self.start;
        self.octets.resize(len, 0);
    }

    fn u16(&mut self, value: u16) {
        self.octets.extend(self.order.octets_of_u16(value));
    }

    fn u32(&mut self, value: u32) {
        self.octets.extend(self.order.octets_of_u32(value));
    }
}

/// The options of a block, code and value, up to the end of them or the first that is none.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    order: ByteOrder,
    rest: &'a [u8],
}

impl<'a> Options<'a> {
    /// The options in `octets`.
    pub fn new(order: ByteOrder, octets: &'a [u8]) -> Self {
        Self { order, rest: octets }
    }
}

impl<'a> Iterator for Options<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (code, len) = (self.order.u16(self.rest, 0)?, usize::from(self.order.u16(self.rest, 2)?));
        let value = self.rest.get(4..4 + len).filter(|_| code != option::END)?;
        self.rest = self.rest.get(4 + len.next_multiple_of(4)..).unwrap_or_default();
        Some((code, value))
    }
}
