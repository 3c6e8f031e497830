//! What of a frame the decoder read as what, for those who rewrite frames.

use std::net::IpAddr;
use std::ops::Range;

/// A stretch of a frame that was captured and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// As what.
    pub part: Part,
    /// Octets of the frame before it.
    pub start: usize,
    /// Octets of the frame up to its end.
    pub end: usize,
}

/// What a stretch of a frame is. What lies between two of them in front of a segment only tells how to read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// A hardware address.
    HardwareAddress,
    /// An IP address by itself, of 4 or 16 octets.
    Address,
    /// What may tell of somebody and is not needed to read on.
    Private,
    /// An IPv4 header with its options.
    Ipv4,
    /// An IPv6 header without extension headers.
    Ipv6,
    /// An IPv6 routing header of type 0, 2 or 4.
    Routing,
    /// A hop-by-hop or destination options header.
    IpOptions,
    /// A UDP datagram.
    Udp {
        /// Sender.
        source: IpAddr,
        /// Final receiver.
        destination: IpAddr,
    },
    /// An ICMP message.
    Icmp,
    /// An ICMPv6 message.
    Icmpv6 {
        /// Sender.
        source: IpAddr,
        /// Final receiver.
        destination: IpAddr,
    },
    /// A GRE packet with a checksum.
    Gre,
    /// A TCP segment.
    Tcp {
        /// Sender.
        source: IpAddr,
        /// Final receiver.
        destination: IpAddr,
        /// Octets of its header, as far as they were captured.
        header: usize,
        /// Octets it had on the wire.
        reported: usize,
    },
    /// What one IP fragment carries.
    Fragment {
        /// Sender.
        source: IpAddr,
        /// Receiver.
        destination: IpAddr,
        /// Identification.
        id: u32,
        /// What the datagram carries, by IANA's number.
        protocol: u8,
        /// Octets of its datagram in front of it.
        offset: usize,
    },
    /// What must not be rewritten, as it holds what the decoder does not read.
    Opaque,
}

impl Part {
    /// Whether it is what a frame is for, behind which only padding follows.
    pub fn is_content(&self) -> bool {
        matches!(self, Self::Tcp { .. }) || self.is_later_fragment()
    }

    /// Whether it is an IP fragment that is not the beginning of its datagram.
    pub fn is_later_fragment(&self) -> bool {
        matches!(self, Self::Fragment { offset: 1.., .. })
    }

    /// The first fragment of the same datagram.
    pub fn first(self) -> Self {
        match self {
            Self::Fragment { source, destination, id, protocol, .. } => {
                Self::Fragment { source, destination, id, protocol, offset: 0 }
            }
            other => other,
        }
    }
}

/// Notes the parts of one frame.
pub(super) struct Trace<'w> {
    frame: Range<usize>,
    spans: &'w mut Vec<Span>,
}

impl<'w> Trace<'w> {
    /// Notes the parts of `frame` in `spans`.
    pub fn new(frame: &[u8], spans: &'w mut Vec<Span>) -> Self {
        let start = frame.as_ptr().addr();
        Self { frame: start..start.saturating_add(frame.len()), spans }
    }

    /// Notes that `octets`, a stretch of the frame, are `part`.
    pub fn mark(&mut self, part: Part, octets: &[u8]) {
        let Some(start) = octets.as_ptr().addr().checked_sub(self.frame.start) else { return };
        let end = start.saturating_add(octets.len());
        if end <= self.frame.len() {
            self.spans.push(Span { part, start, end });
        }
    }

    /// How many parts were noted so far.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Notes what `octets`, one of several frames in this one, has beside what was noted of it since there were `before`
    /// parts: all of it where it `holds` no segment, else what follows the segment.
    pub fn close(&mut self, before: usize, holds: bool, octets: &[u8]) {
        if !holds {
            self.spans.truncate(before);
            return self.mark(Part::Private, octets);
        }
        let content = self.spans.iter().skip(before).rev().find(|span| span.part.is_content()).map(|span| span.end);
        let start = octets.as_ptr().addr().saturating_sub(self.frame.start);
        let rest = content.and_then(|end| octets.get(end.saturating_sub(start)..)).unwrap_or_default();
        self.mark(Part::Private, rest);
    }
}
