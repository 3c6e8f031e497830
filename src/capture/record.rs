//! One captured frame, borrowed from the read buffer, and what the file says about where it came from.

use std::ops::Range;

use super::Timestamp;
use std::fmt;

/// Number of a frame in its capture, from 1, as Wireshark counts: every packet record, TCP or not.
pub type FrameNumber = u64;

/// A link type as in the tcpdump.org registry of `LINKTYPE_` values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkType(pub u16);

/// Which way a frame went at the capturing host, as far as the capture says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The capture does not say.
    #[default]
    Unknown,
    /// Received by the capturing host.
    Inbound,
    /// Sent by the capturing host.
    Outbound,
}

/// One captured frame.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Its number, from 1.
    pub number: FrameNumber,
    /// When it was captured; the epoch where the format carries no time (simple packet blocks).
    pub time: Timestamp,
    /// What its first octet belongs to.
    pub link_type: LinkType,
    /// Octets of frame check sequence at the end of the frame on the wire, where the file says so.
    pub fcs_len: u8,
    /// Index of the interface within its section (pcapng), 0 in pcap files.
    pub interface: u32,
    /// Which way it went, where the file says so (`epb_flags`).
    pub direction: Direction,
    /// Octets the frame had on the wire.
    pub original_len: u32,
    /// Octets from the start of the (decompressed) capture to this record's header or block.
    pub offset: u64,
    /// The captured octets.
    pub data: &'a [u8],
}

/// A frame whose octets are still named by their place.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) time: Timestamp,
    pub(super) link_type: LinkType,
    pub(super) fcs_len: u8,
    pub(super) interface: u32,
    pub(super) direction: Direction,
    pub(super) original_len: u32,
    pub(super) offset: u64,
    pub(super) data: Range<usize>,
}

impl Found {
    /// The same, with its place counted from `start` octets earlier.
    pub(super) fn shifted(self, start: usize) -> Self {
        let data = self.data.start.saturating_add(start)..self.data.end.saturating_add(start);
        Self { data, ..self }
    }

    #[inline]
    pub(super) fn record<'a>(&self, number: FrameNumber, data: &'a [u8]) -> Record<'a> {
        Record {
            number,
            time: self.time,
            link_type: self.link_type,
            fcs_len: self.fcs_len,
            interface: self.interface,
            direction: self.direction,
            original_len: self.original_len,
            offset: self.offset,
            data,
        }
    }
}

/// The registry's name in the short form that capture tools print: `Ethernet`; the number where it has none here.
impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.0 {
            0 => "NULL",
            1 => "Ethernet",
            9 => "PPP",
            10 => "FDDI",
            12 | 14 | 101 => "Raw IP",
            50 => "PPP-HDLC",
            51 => "PPPoE",
            104 => "Cisco HDLC",
            105 => "IEEE 802.11",
            108 => "LOOP",
            113 => "Linux SLL",
            119 => "Prism",
            127 => "Radiotap",
            228 => "IPv4",
            229 => "IPv6",
            239 => "NFLOG",
            276 => "Linux SLL2",
            _ => return write!(f, "link type {}", self.0),
        };
        f.write_str(name)
    }
}
