//! A connection that was closed and told of: enough to know its stragglers, and that its ports are used again.

use super::key::Key;
use super::live::Live;
use crate::flow::SECOND;
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
    /// When its last segment came, whole seconds of the capture's clock, rounded up.
    last: i32,
}

impl Remembered {
    /// What is kept of `live`; `None` where there is more to it than one closed connection.
    pub fn of<T: Default>(live: &Live<T>) -> Option<Self> {
        let snd_nxt = live.closed_at()?;
        let last = i32::try_from(live.last.div_euclid(SECOND).saturating_add(1)).unwrap_or(i32::MAX);
        Some(Self { key: live.key, stream: live.stream, conversation: live.conversation, snd_nxt, last })
    }

    /// Whether all of it happened before `since`, nanoseconds of the capture's clock, and up to a second earlier.
    pub const fn is_older(&self, since: i64) -> bool {
        (self.last as i64).saturating_mul(SECOND) < since
    }

    /// Whether `segment` is one of its late ones: no SYN, its numbers within reach, and flags that make sense.
    pub fn has_straggler(&self, segment: &Segment) -> bool {
        let next = self.snd_nxt[Slot::of(segment) as usize];
        !segment.flags.has(Flags::SYN)
            && segment.seq.offset_from(next).unsigned_abs() < REACH
            && !is_nonsense(segment.flags)
    }
}

/// Whether no end sends these flags, late or not: there is something to say of the segment itself.
const fn is_nonsense(flags: Flags) -> bool {
    !flags.any(Flags::ACK.with(Flags::RST)) || flags.has(Flags::FIN.with(Flags::RST)) || flags.any(Flags::RESERVED)
}

#[cfg(test)]
mod tests {
    use super::Remembered;

    /// There may be millions of them.
    #[test]
    fn stays_small() {
        assert!(size_of::<Option<Remembered>>() <= 44, "{} octets", size_of::<Option<Remembered>>());
    }
}
