//! What a capture consists of, octet for octet: frames, and in pcapng everything that stands between them.

use super::{ByteOrder, Options, Record};

/// Octets of a block's type and length, and of the length at its end.
const HEAD_LEN: usize = 8;
const TAIL_LEN: usize = 4;

/// The next part of a capture. All parts one after the other are the whole file; only a pcap file's header is missing.
#[derive(Clone, Copy, Debug)]
pub enum Piece<'a> {
    /// A frame, in a pcapng file with the block it came in.
    Frame(Record<'a>, Option<Block<'a>>),
    /// Another block, or the beginning of one too long to be kept, whose other octets follow as [`Piece::Rest`].
    Other(Block<'a>),
    /// More of the block before.
    Rest(&'a [u8]),
}

/// A block of a pcapng file.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// Byte order of its section.
    pub order: ByteOrder,
    /// All its octets, from its type to the length at its end.
    pub octets: &'a [u8],
}

impl Block<'_> {
    /// Its type, as the specification numbers them.
    pub fn block_type(&self) -> u32 {
        self.order.u32(self.octets, 0).unwrap_or_default()
    }

    /// What stands between its two lengths.
    pub fn body(&self) -> &[u8] {
        self.octets.get(HEAD_LEN..self.octets.len().saturating_sub(TAIL_LEN)).unwrap_or_default()
    }

    /// Its options, behind `fixed` octets of body.
    pub fn options(&self, fixed: usize) -> Options<'_> {
        Options::new(self.order, self.body().get(fixed..).unwrap_or_default())
    }

    /// The options of a packet block, `record` being its frame.
    pub fn packet_options(&self, record: &Record<'_>) -> Options<'_> {
        const FIXED: usize = 20;
        match self.block_type() {
            block_type::SIMPLE_PACKET => Options::new(self.order, &[]),
            _ => self.options(FIXED + record.data.len().next_multiple_of(4)),
        }
    }
}

/// Types of blocks.
pub mod block_type {
    #![allow(missing_docs)]
    pub const SECTION_HEADER: u32 = 0x0a0d_0d0a;
    pub const INTERFACE_DESCRIPTION: u32 = 1;
    pub const OBSOLETE_PACKET: u32 = 2;
    pub const SIMPLE_PACKET: u32 = 3;
    pub const NAME_RESOLUTION: u32 = 4;
    pub const INTERFACE_STATISTICS: u32 = 5;
    pub const ENHANCED_PACKET: u32 = 6;
    pub const DECRYPTION_SECRETS: u32 = 10;

    /// Whether blocks of this type hold a frame.
    pub const fn is_packet(block_type: u32) -> bool {
        matches!(block_type, OBSOLETE_PACKET | SIMPLE_PACKET | ENHANCED_PACKET)
    }
}

/// Where the octets of a [`Piece`] lie.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Frame(super::record::Found, std::ops::Range<usize>),
    Other(std::ops::Range<usize>),
    Rest(std::ops::Range<usize>),
}
