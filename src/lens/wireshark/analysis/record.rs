//! What the analysis found out about one segment: the values under Wireshark's `[SEQ/ACK analysis]`.

use crate::capture::FrameNumber;
use crate::lens::wireshark::Elapsed;

/// A set of `tcp.analysis.*` flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks(pub u16);

#[allow(missing_docs)]
impl Marks {
    pub const RETRANSMISSION: Self = Self(1);
    pub const FAST_RETRANSMISSION: Self = Self(1 << 1);
    pub const SPURIOUS_RETRANSMISSION: Self = Self(1 << 2);
    pub const OUT_OF_ORDER: Self = Self(1 << 3);
    pub const LOST_SEGMENT: Self = Self(1 << 4);
    pub const ACK_LOST_SEGMENT: Self = Self(1 << 5);
    pub const DUPLICATE_ACK: Self = Self(1 << 6);
    pub const WINDOW_UPDATE: Self = Self(1 << 7);
    pub const WINDOW_FULL: Self = Self(1 << 8);
    pub const ZERO_WINDOW: Self = Self(1 << 9);
    pub const ZERO_WINDOW_PROBE: Self = Self(1 << 10);
    pub const ZERO_WINDOW_PROBE_ACK: Self = Self(1 << 11);
    pub const KEEP_ALIVE: Self = Self(1 << 12);
    pub const KEEP_ALIVE_ACK: Self = Self(1 << 13);
    pub const REUSED_PORTS: Self = Self(1 << 14);
}

impl Marks {
    /// The three kinds of data sent again: Wireshark shows `tcp.analysis.retransmission` for each.
    pub const RESENT: Self = Self(1 | 1 << 1 | 1 << 2);

    /// Whether any mark of `marks` is set.
    pub const fn any(self, marks: Self) -> bool {
        self.0 & marks.0 != 0
    }

    /// Whether no mark is set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Sets the marks of `marks`.
    pub const fn insert(&mut self, marks: Self) {
        self.0 |= marks.0;
    }

    /// Clears the marks of `marks`.
    pub const fn remove(&mut self, marks: Self) {
        self.0 &= !marks.0;
    }
}

/// The segment that an ACK answers (`tcp.analysis.acks_frame`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acked {
    /// Its frame.
    pub frame: FrameNumber,
    /// Time from that frame to the ACK.
    pub rtt: Elapsed,
    /// Whether the ACK stops inside it.
    pub partial: bool,
    /// Whether it had been sent more than once, so that the time proves nothing (Karn).
    pub ambiguous: bool,
}

/// How long a sender waited before it sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rto {
    /// The earlier frame.
    pub frame: FrameNumber,
    /// Time since then.
    pub elapsed: Elapsed,
}

/// Which duplicate an ACK is (`[TCP Dup ACK 2#1]`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DuplicateAck {
    /// Its number, from 1.
    pub number: u32,
    /// The frame in which this direction's acknowledgement number last changed.
    pub frame: FrameNumber,
}

/// The record of one segment; most segments have one, many an empty one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The flags raised.
    pub marks: Marks,
    /// The segment it acknowledges.
    pub acked: Option<Acked>,
    /// The wait before a retransmission.
    pub rto: Option<Rto>,
    /// Which duplicate ACK it is.
    pub duplicate_ack: Option<DuplicateAck>,
    /// Octets sent and not acknowledged, this segment included; 0 is unknown.
    pub bytes_in_flight: u32,
    /// Octets since the last PSH, this segment included.
    pub push_bytes_sent: u32,
}
