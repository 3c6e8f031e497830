//! What the analysis remembers of each direction of a conversation between two segments.

use super::{Marks, Unacked};
use crate::capture::{FrameNumber, Timestamp};
use crate::lens::wireshark::Elapsed;
use crate::lens::wireshark::options::SackMemory;
use crate::lens::wireshark::relative::Scale;
use crate::wire::{Flags, Segment, SeqNum};

/// One direction. As in Wireshark, the sequence number 0 means "nothing seen yet" in `next` and `contiguous`, and
/// "nothing acknowledged yet" in `ack`.
#[derive(Clone, Debug, Default)]
pub struct Half {
    /// The highest end of a segment seen, with its frame and time.
    pub next: SeqNum,
    pub next_frame: FrameNumber,
    pub next_time: Timestamp,
    /// The highest number that the peer may acknowledge without having seen something that was not captured.
    pub contiguous: SeqNum,
    /// Acknowledgement field of the latest segment, taken with or without the ACK bit.
    pub ack: SeqNum,
    /// Time of the latest segment.
    pub ack_time: Timestamp,
    /// Frame in which `ack` last changed.
    pub ack_frame: FrameNumber,
    /// Raw window of the latest segment; `None` before the first.
    pub window: Option<u32>,
    /// Duplicate ACKs since `ack` changed.
    pub duplicate_acks: u32,
    /// What the peer has not acknowledged.
    pub unacked: Unacked,
    /// Payload octets of the segment that last raised `next`.
    pub last_len: u32,
    /// The marks of the latest segment.
    pub marks: Marks,
    /// Whether octets in flight are counted: not before the peer was seen to acknowledge, nor after a gap.
    pub counts_flight: bool,
    /// SACK blocks of the latest segment.
    pub sack: SackMemory,
    /// Octets since the last PSH.
    pub push_sum: u32,
    pub push_last: bool,
    /// Window scale.
    pub scale: Scale,
    /// Whether this side has sent a SYN but no segment with ACK and without SYN yet.
    pub first_ack_pending: bool,
}

/// The round trip of the handshake: from the latest SYN to the first ACK after it, in either direction.
#[derive(Clone, Copy, Debug, Default)]
pub struct InitialRtt {
    syn_time: Timestamp,
    elapsed: Elapsed,
}

impl InitialRtt {
    /// Measures at `segment`.
    pub fn measure(&mut self, segment: &Segment) {
        if segment.flags.is_syn() {
            self.syn_time = segment.time;
        }
        let acknowledges = segment.flags.has(Flags::ACK) && !segment.flags.has(Flags::SYN);
        if acknowledges && self.syn_time != Timestamp::default() && self.elapsed.is_zero() {
            self.elapsed = Elapsed::between(self.syn_time, segment.time);
        }
    }

    /// The round trip; `None` while unknown or zero.
    pub fn known(&self) -> Option<Elapsed> {
        Some(self.elapsed).filter(|elapsed| !elapsed.is_zero())
    }
}

/// The facts of a segment that the analysis reads.
#[derive(Clone, Copy, Debug)]
pub struct Arriving {
    pub frame: FrameNumber,
    pub time: Timestamp,
    pub flags: Flags,
    pub seq: SeqNum,
    pub ack: SeqNum,
    /// Raw window.
    pub window: u32,
    /// Payload octets.
    pub len: u32,
}

impl Arriving {
    /// The facts of `segment`, which has `len` octets of payload.
    pub fn new(segment: &Segment, len: u32) -> Self {
        let &Segment { frame, time, flags, seq, ack, .. } = segment;
        Self { frame, time, flags, seq, ack, window: segment.window.0.into(), len }
    }

    /// The sequence number behind the payload, SYN and FIN not counted.
    pub fn end(&self) -> SeqNum {
        self.seq + self.len
    }

    /// Whether it carries SYN or FIN.
    pub const fn opens_or_closes(&self) -> bool {
        self.flags.any(Flags::SYN.with(Flags::FIN))
    }

    /// 1 for SYN, FIN or both.
    pub const fn phantom(&self) -> u32 {
        self.opens_or_closes() as u32
    }

    /// None of SYN, FIN, RST.
    pub const fn is_plain(&self) -> bool {
        !self.flags.any(Flags::SYN.with(Flags::FIN).with(Flags::RST))
    }

    /// Whether it takes up sequence space.
    pub const fn takes_space(&self) -> bool {
        self.len > 0 || self.opens_or_closes()
    }
}
