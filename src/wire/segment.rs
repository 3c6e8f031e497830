//! What one TCP header said, and what carried it: owned, small, `Copy`, without payload octets, nonsense kept.

use super::{Flags, Options, SeqNum};
use crate::capture::{Direction, FrameNumber, Timestamp};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

/// One end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Endpoint {
    /// Network-layer address.
    pub ip: IpAddr,
    /// TCP port.
    pub port: u16,
}

/// `0.0.0.0:0`, which no segment has.
impl Default for Endpoint {
    fn default() -> Self {
        Self { ip: IpAddr::V4(Ipv4Addr::UNSPECIFIED), port: 0 }
    }
}

/// `10.0.0.1:80`, `[2001:db8::1]:80`.
impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.ip {
            IpAddr::V4(ip) => write!(f, "{ip}:{}", self.port),
            IpAddr::V6(ip) => write!(f, "[{ip}]:{}", self.port),
        }
    }
}

/// A window field as sent, before any scaling (RFC 9293 §3.1, RFC 7323 §2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct RawWindow(pub u16);

/// Where on the way a segment was seen: what tells two copies, or two connections with the same ports, apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Path {
    /// Identifies the VLANs and tunnels around it: VLAN ids, network identifiers of VXLAN and GENEVE, GRE keys, PPPoE
    /// sessions, the end points of every tunnel; numbered as they appear. Equal for both directions of one connection, so without what differs per
    /// direction (GTP's and L2TP's identifiers, MPLS labels). 0 for plain frames.
    pub id: u32,
    /// Interface the frame was captured on.
    pub interface: u32,
    /// Which way it went at the capturing host.
    pub direction: Direction,
    /// Source and destination hardware addresses, zero where the link layer has none.
    pub macs: [[u8; 6]; 2],
}

impl Path {
    /// What tells one link from another, in eight bits; 0 where the hardware addresses are not known.
    #[inline]
    pub fn mark(&self) -> u8 {
        let [[a, b, c, d, e, f], [g, h, i, j, k, l]] = self.macs;
        let first = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        Self::mark_of((first, u32::from_le_bytes([i, j, k, l])), self.direction, self.interface, self.id)
    }

    /// The same, of the first eight and the last four octets of both hardware addresses, least significant first. (Who has
    /// them need not write them down only to read them again.)
    #[inline]
    pub(super) fn mark_of(macs: (u64, u32), direction: Direction, interface: u32, id: u32) -> u8 {
        if macs == (0, 0) && interface == 0 {
            return 0;
        }
        let rest = u64::from(interface) << 32 | u64::from(id);
        mix(mix(mix(0, macs.0), u64::from(macs.1) << 32 | direction as u64), rest) as u8
    }
}

/// Adds `word` to a digest. A multiplication spreads every bit upwards, the rotation brings the best mixed ones down.
pub(crate) const fn mix(state: u64, word: u64) -> u64 {
    (state ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(32)
}

/// How the segment stood in its frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Standing {
    /// An ordinary segment, perhaps reassembled from IP fragments.
    #[default]
    Whole,
    /// The first IP fragment of a datagram that could not be reassembled: its length is unknown.
    FirstFragment,
    /// A header quoted in an ICMP error or sampled by sFlow: evidence about a connection, never a segment of it.
    Quoted(Quote),
}

/// What quoted a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quote {
    /// An ICMP or ICMPv6 error.
    Icmp {
        /// Whether ICMPv6.
        v6: bool,
        /// Type.
        kind: u8,
        /// Code.
        code: u8,
        /// Next-hop MTU, 0 where the message has none.
        mtu: u32,
        /// Who sent the error.
        reporter: IpAddr,
    },
    /// A header sampled or encapsulated by something else (sFlow, …).
    Other,
}

/// What can be said of the TCP checksum (RFC 9293 §3.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ChecksumStatus {
    /// Not judged: the segment was cut, or is quoted or a fragment.
    #[default]
    Unverified,
    /// Right.
    Good,
    /// Wrong.
    Bad,
    /// The field holds just the pseudo-header's sum, as a driver leaves it for the network card.
    Partial,
}

/// One TCP header.
///
/// Fields beyond [`Segment::captured`] octets of header were not captured and are zero; see
/// [`Segment::whole_header`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Segment {
    /// The frame it was in; for a reassembled datagram, the frame that completed it.
    pub frame: FrameNumber,
    /// That frame's time.
    pub time: Timestamp,
    /// Sender.
    pub source: Endpoint,
    /// Receiver: the final one where a source route or a routing header says so.
    pub destination: Endpoint,
    /// Where it was seen.
    pub path: Path,
    /// IPv4 time to live or IPv6 hop limit.
    pub ttl: u8,
    /// The two low bits of the traffic class (RFC 3168).
    pub ecn: u8,
    /// IPv4 identification; `None` for IPv6.
    pub ip_id: Option<u16>,
    /// How it stood in its frame.
    pub standing: Standing,
    /// Sequence number.
    pub seq: SeqNum,
    /// Acknowledgement number as sent, also without the ACK bit.
    pub ack: SeqNum,
    /// Control bits.
    pub flags: Flags,
    /// Window as sent.
    pub window: RawWindow,
    /// Checksum as sent.
    pub checksum: u16,
    /// Whether it is right.
    pub checksum_status: ChecksumStatus,
    /// Ones'-complement sum of the payload, folded to 16 bits; meaningful where the checksum was verified good.
    pub payload_sum: u16,
    /// Urgent pointer as sent.
    pub urgent_pointer: u16,
    /// Data offset in 32-bit words, as sent.
    pub data_offset: u8,
    /// Octets captured from the start of the TCP header on.
    pub captured: u32,
    /// Octets the segment had on the wire, header included, as IP's length trims it.
    pub reported: u32,
    /// The options.
    pub options: Options,
}

impl Segment {
    /// Octets of the header, from the data offset.
    pub const fn header_len(&self) -> u32 {
        self.data_offset as u32 * 4
    }

    /// Octets of payload on the wire; `None` where that is unknown (quoted, unreassembled, data offset nonsense).
    pub const fn payload_len(&self) -> Option<u32> {
        match self.standing {
            Standing::Whole if self.header_len() <= self.reported && self.captured >= 14 => {
                Some(self.reported - self.header_len())
            }
            _ => None,
        }
    }

    /// Payload octets, 0 where unknown.
    pub const fn data_len(&self) -> u32 {
        match self.payload_len() {
            Some(octets) => octets,
            None => 0,
        }
    }

    /// `SEG.LEN` of RFC 9293: payload octets, and one each for SYN and FIN.
    pub const fn seg_len(&self) -> u32 {
        self.data_len() + self.flags.has(Flags::SYN) as u32 + self.flags.has(Flags::FIN) as u32
    }

    /// The sequence number just after the segment: SEG.SEQ + SEG.LEN.
    pub fn end(&self) -> SeqNum {
        self.seq + self.seg_len()
    }

    /// Whether the twenty fixed octets and every option octet were captured and the data offset makes sense.
    pub const fn whole_header(&self) -> bool {
        self.data_offset >= 5 && self.captured >= self.header_len() && self.header_len() <= self.reported
    }

    /// Whether it is a segment of its connection that can be audited: not quoted, with its fixed header captured.
    pub const fn auditable(&self) -> bool {
        matches!(self.standing, Standing::Whole)
            && self.captured >= 20
            && self.data_offset >= 5
            && self.header_len() <= self.reported
    }
}
