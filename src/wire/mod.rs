//! [`Record`](crate::capture::Record)s to [`Segment`]s, judging nothing: link layers, tunnels, IP fragments, TCP.

mod batch;
mod checksum;
mod decoder;
mod direct;
mod everyday;
mod flags;
mod fragment;
mod ip;
mod link;
mod octets;
mod option_walk;
mod options;
mod packed;
mod path;
mod segment;
mod seqnum;
mod skip;
mod tcp;
#[cfg(test)]
mod testing;
mod trace;
mod tunnel;
mod walk;

pub use batch::{Batch, Ends4, Line};
pub use checksum::{ones_complement_sum, pseudo_header_sum};
pub use decoder::Decoder;
pub use flags::Flags;
pub use ip::ipv4_options;
pub use option_walk::{RawOption, RawOptions};
pub use options::{MalformedOption, OptionFault, OptionSet, Options, SackBlock, Timestamps};
pub use packed::{Bits, Packed, Rest};
pub(crate) use segment::mix;
pub use segment::{ChecksumStatus, Endpoint, Path, Quote, RawWindow, Segment, Standing};
pub use seqnum::SeqNum;
pub use skip::Skip;
pub use trace::{Part, Span};

use std::net::IpAddr;

/// Source and destination of one IP header on the way to a TCP header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpLayer {
    /// Source address.
    pub source: IpAddr,
    /// Destination address: the last of an IPv4 source route, but not where an IPv6 routing header leads.
    pub destination: IpAddr,
}

/// A segment with the octets it was read from, valid while the frame is.
#[derive(Clone, Copy, Debug)]
pub struct Decoded<'a> {
    /// What the header said.
    pub segment: Segment,
    /// The captured octets of the TCP header, options included.
    pub header: &'a [u8],
    /// The captured octets of the payload.
    pub payload: &'a [u8],
    /// The IP headers of the frame that stand before this TCP header and after the previous one, outermost first.
    pub ip_layers: &'a [IpLayer],
}
