//! A connection that was closed and told of: enough to know its stragglers, and that its ports are used again.

use super::key::Key;
use super::live::Live;
use crate::flow::conversation::{Conversation, Slot};
use crate::wire::{Flags, Segment, SeqNum};

/// Farther from SND.NXT than a straggler can be (RFC 7323 §2.3 allows windows of 2³⁰).
const REACH: u32 = 1 << 26;

/// What is kept of a closed connection.
#[derive(Clone, Copy, Debug)]
pub struct Remembered {
    pub(super) key: Key,
    pub(super) stream: u32,
    pub(super) conversation: Conversation,
    snd_nxt: [SeqNum; 2],
    /// When its last segment came, nanoseconds of the capture's clock.
    pub(super) last: i64,
}

impl Remembered {
    /// What is kept of `live`; `None` where there is more to it than one closed connection.
    pub fn of<T: Default>(live: &Live<T>) -> Option<Self> {
        let snd_nxt = live.closed_at()?;
        Some(Self { key: live.key, stream: live.stream, conversation: live.conversation, snd_nxt, last: live.last })
    }

    /// Whether `segment` is one of its late ones: no SYN, and its numbers within reach.
    pub fn has_straggler(&self, segment: &Segment) -> bool {
        let next = self.snd_nxt[Slot::of(segment) as usize];
        !segment.flags.has(Flags::SYN) && segment.seq.offset_from(next).unsigned_abs() < REACH
    }
}
