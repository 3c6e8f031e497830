//! The arithmetic of one connection, as far as its ladder checks it: where each end is, and whether a number fits.

use super::names::Bases;
use crate::flow::{Side, Sides};
use crate::wire::{Flags, Segment, SeqNum};

/// Whether a number is the one that the segments before call for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// It is.
    Right,
    /// It is not, and nothing seen explains it; the number that was called for.
    Wrong(SeqNum),
    /// It repeats or confirms something earlier, or there is nothing to hold it against.
    Silent,
    /// A finding says that it is wrong.
    Accused,
}

/// Where both ends are in their sequences.
#[derive(Clone, Copy, Debug, Default)]
pub struct Numbers {
    bases: Bases,
    /// SND.NXT of each end, as far as its segments were seen.
    next: Sides<Option<SeqNum>>,
}

impl Numbers {
    /// SEG.SEQ against the sender's SND.NXT: new segments begin there.
    pub fn check_seq(&self, segment: &Segment, side: Side) -> Check {
        match self.next[side] {
            Some(_) if segment.flags.any(Flags::SYN.with(Flags::RST)) => Check::Silent,
            Some(next) if segment.seq == next => Check::Right,
            Some(next) if segment.seq.after(next) => Check::Wrong(next),
            _ => Check::Silent,
        }
    }

    /// SEG.ACK against the peer's SND.NXT: all of what was sent, or less, never more. A SYN-ACK covers the SYN at least.
    pub fn check_ack(&self, segment: &Segment, side: Side) -> Check {
        let peer = side.peer();
        let Some(next) = self.next[peer] else { return Check::Silent };
        let answers_syn = segment.flags.is_syn_ack() && self.bases[peer].is_some_and(|iss| segment.ack.after(iss));
        match segment.ack.offset_from(next) {
            0 => Check::Right,
            1.. => Check::Wrong(next),
            _ if answers_syn => Check::Right,
            _ if segment.flags.is_syn_ack() => Check::Wrong(next),
            _ => Check::Silent,
        }
    }

    /// Takes the initial number of a SYN that `side` sent, to name others by.
    pub fn learn_base(&mut self, segment: &Segment, side: Side) {
        if segment.flags.has(Flags::SYN) {
            self.bases[side] = Some(segment.seq);
        }
    }

    /// Counts `segment`, sent by `side`.
    pub fn count(&mut self, segment: &Segment, side: Side) {
        if segment.flags.has(Flags::RST) {
            return;
        }
        let before = self.next[side].filter(|_| !segment.flags.has(Flags::SYN));
        self.next[side] = Some(before.map_or(segment.end(), |next| next.max(segment.end())));
    }

    /// The initial number of `side`, where it was seen.
    pub fn base(&self, side: Side) -> Option<SeqNum> {
        self.bases[side]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::testing;

    const SYN_ACK: Flags = Flags::SYN.with(Flags::ACK);

    fn after(segments: &[(Side, Segment)]) -> Numbers {
        let mut numbers = Numbers::default();
        for (side, segment) in segments {
            numbers.learn_base(segment, *side);
            numbers.count(segment, *side);
        }
        numbers
    }

    #[test]
    fn a_syn_ack_covers_the_syn_and_may_cover_its_data() {
        let numbers = after(&[(Side::Client, segment(Flags::SYN, u32::MAX, 0, 10))]);
        for (ack, want) in [
            (0, Check::Right),
            (10, Check::Right),
            (11, Check::Wrong(SeqNum(10))),
            (u32::MAX, Check::Wrong(SeqNum(10))),
        ] {
            assert_eq!(numbers.check_ack(&segment(SYN_ACK, 5000, ack, 0), Side::Server), want, "{ack}");
        }
    }

    #[test]
    fn a_third_ack_begins_where_the_syn_ended() {
        let numbers =
            after(&[(Side::Client, segment(Flags::SYN, 1000, 0, 0)), (Side::Server, segment(SYN_ACK, 5000, 1001, 0))]);
        let ack = |seq, ack| segment(Flags::ACK, seq, ack, 0);
        assert_eq!(numbers.check_seq(&ack(1001, 5001), Side::Client), Check::Right);
        assert_eq!(numbers.check_seq(&ack(1002, 5001), Side::Client), Check::Wrong(SeqNum(1001)));
        assert_eq!(numbers.check_seq(&ack(1000, 5001), Side::Client), Check::Silent);
        assert_eq!(numbers.check_ack(&ack(1001, 5002), Side::Client), Check::Wrong(SeqNum(5001)));
        assert_eq!(numbers.base(Side::Client), Some(SeqNum(1000)));
    }

    #[test]
    fn nothing_is_held_against_what_was_not_seen() {
        let numbers = Numbers::default();
        let ack = segment(Flags::ACK, 7, 9, 0);
        assert_eq!(numbers.check_seq(&ack, Side::Client), Check::Silent);
        assert_eq!(numbers.check_ack(&ack, Side::Client), Check::Silent);
        assert_eq!(numbers.base(Side::Client), None);
    }

    /// A segment of which just the numbers matter.
    fn segment(flags: Flags, seq: u32, ack: u32, len: u32) -> Segment {
        Segment { flags, ..testing::ack(Side::Client, 0, seq, ack, len) }
    }
}
