//! A segment remembered: the few numbers of it that evidence, ladders and milestones need.

use super::Side;
use crate::capture::{FrameNumber, Timestamp};
use crate::wire::{Flags, Packed, RawWindow, Segment, SeqNum};

/// One segment of a flow, remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its frame.
    pub frame: FrameNumber,
    /// The frame's time.
    pub time: Timestamp,
    /// Sequence number.
    pub seq: SeqNum,
    /// Acknowledgement number, as sent.
    pub ack: SeqNum,
    /// Payload octets.
    pub len: u32,
    /// Control bits.
    pub flags: Flags,
    /// Window as sent.
    pub window: RawWindow,
    /// Who sent it.
    pub side: Side,
    /// Time to live or hop limit.
    pub ttl: u8,
    /// IPv4 identification.
    pub ip_id: Option<u16>,
}

impl Mark {
    /// What is to be remembered of a segment that `side` sent.
    pub const fn of(segment: &Segment, side: Side) -> Self {
        Self {
            frame: segment.frame,
            time: segment.time,
            seq: segment.seq,
            ack: segment.ack,
            len: segment.data_len(),
            flags: segment.flags,
            window: segment.window,
            side,
            ttl: segment.ttl,
            ip_id: segment.ip_id,
        }
    }

    /// The same of one that is packed.
    pub fn of_packed(packed: &Packed, side: Side) -> Self {
        Self {
            frame: packed.frame.into(),
            time: Timestamp::from_nanoseconds(packed.time),
            seq: packed.seq,
            ack: packed.ack,
            len: packed.len.into(),
            flags: packed.bits.flags(),
            window: RawWindow(packed.window),
            side,
            ttl: packed.ttl,
            ip_id: packed.bits.identification(packed.ip_id),
        }
    }

    /// `SEG.LEN` of RFC 9293: payload octets, and one each for SYN and FIN.
    pub const fn seg_len(&self) -> u32 {
        self.len + self.flags.has(Flags::SYN) as u32 + self.flags.has(Flags::FIN) as u32
    }

    /// Whether `ack` acknowledges this SYN, with any part of what it carries (RFC 9293 §3.10.7.1, §3.10.7.3).
    pub fn is_answered_by(&self, ack: SeqNum) -> bool {
        ack.after(self.seq) && ack.at_or_before(self.end())
    }

    /// SEG.SEQ + SEG.LEN.
    pub fn end(&self) -> SeqNum {
        self.seq + self.seg_len()
    }
}
