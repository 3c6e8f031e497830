//! What Wireshark shows for one segment: every value of the TCP layer that is not simply read from the header.

use super::analysis::Record;
use super::expert::Closing;
use super::relative::Scale;
use super::tfo::FastOpen;
use super::{Elapsed, contiguity};
use crate::flow::conversation::Completeness;
use crate::wire::{Segment, SeqNum, Standing};

/// How far the dissection of a header came; each point is reached only by way of those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reached {
    /// Not even the ports.
    #[default]
    Nothing,
    /// The ports: no conversation is looked up.
    Ports,
    /// The conversation, the sequence number and the analysis; a data offset below 5 ends here.
    Sequence,
    /// The acknowledgement number and the flags.
    Flags,
    /// The window.
    Window,
    /// The checksum.
    Checksum,
    /// The urgent pointer, the times, and the options up to an exception.
    Options,
    /// All options: the analysis is shown.
    Analysis,
}

/// Why a dissection ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exception {
    /// The capture cut the frame.
    Limited,
    /// The segment ends where the header goes on.
    Malformed,
    /// The segment ends inside an option.
    Contained,
    /// The fragment ends where the datagram would go on.
    Fragment,
}

impl Exception {
    /// What the Info column says of it.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Limited => "[Packet size limited during capture]",
            Self::Malformed => "[Malformed Packet]",
            Self::Contained => "[Malformed Packet: length of contained item exceeds length of containing item]",
            Self::Fragment => "[BoundErrorUnreassembled Packet]",
        }
    }
}

/// How many octets of a segment there are, from the start of the TCP header.
#[derive(Clone, Copy, Debug)]
pub struct Extent {
    captured: u32,
    reported: u32,
    standing: Standing,
}

impl Extent {
    /// The extent of `segment`.
    pub fn of(segment: &Segment) -> Self {
        Self { captured: segment.captured, reported: segment.reported, standing: segment.standing }
    }

    /// Whether the octets before `end` were captured.
    pub const fn reaches(&self, end: u32) -> bool {
        self.captured >= end
    }

    /// Whether it is the extent of a quoted header.
    pub const fn is_quoted(&self) -> bool {
        matches!(self.standing, Standing::Quoted(_))
    }

    /// Whether the segment had fewer octets than `end` on the wire.
    pub const fn is_beyond_report(&self, end: usize) -> bool {
        end > self.reported as usize
    }

    /// What reading up to `end` causes where those octets are missing.
    pub const fn missing(&self, end: usize) -> Exception {
        match (self.is_beyond_report(end), self.standing) {
            (false, _) => Exception::Limited,
            (true, Standing::FirstFragment) => Exception::Fragment,
            (true, _) => Exception::Malformed,
        }
    }
}

/// The numbers that options are read against.
#[derive(Clone, Copy, Debug, Default)]
pub struct Numbers {
    /// `tcp.ack` as displayed.
    pub ack: u32,
    /// What relative SACK edges count from: the base of the peer.
    pub sack_base: SeqNum,
}

/// The row of one segment. What the dissection did not reach is `None` or zero.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row {
    /// How far the dissection came.
    pub reached: Reached,
    /// Why it came no further.
    pub exception: Option<Exception>,
    /// `tcp.stream`.
    pub stream: Option<u32>,
    /// `tcp.stream.pnum`, from 1.
    pub packet: u32,
    /// `tcp.completeness` before this segment; `None` where nothing was counted yet.
    pub completeness: Option<Completeness>,
    /// `tcp.seq`: relative, raw in a quoted header.
    pub seq: Option<u32>,
    /// `tcp.nxtseq`.
    pub nxtseq: Option<u32>,
    /// `tcp.len`.
    pub len: Option<u32>,
    /// `tcp.ack` and what SACK edges count from.
    pub numbers: Numbers,
    /// `tcp.window_size` in octets.
    pub window: u32,
    /// The scale of this direction before this segment's options.
    pub scale: Scale,
    /// Whether AE, CWR and ECE are one number (RFC 9768).
    pub ace: bool,
    /// `tcp.time_relative`.
    pub time_relative: Elapsed,
    /// `tcp.time_delta`.
    pub time_delta: Elapsed,
    /// The analysis, where it is shown.
    pub record: Option<Record>,
    /// `tcp.analysis.initial_rtt`, known by now.
    pub initial_rtt: Option<Elapsed>,
    /// Who closes first, on a FIN.
    pub closing: Option<Closing>,
    /// Fast Open.
    pub fast_open: FastOpen,
    /// The contiguity counts, where they are shown.
    pub contiguity: Option<contiguity::Counts>,
}
