//! The segments of one direction that its peer has not acknowledged: segments and ACKs in, ages and octets in flight out.

use super::queue::Queue;
use super::record::Acked;
use crate::capture::{FrameNumber, Timestamp};
use crate::flow::ask_for;
use crate::lens::wireshark::Elapsed;
use crate::wire::SeqNum;

/// Wireshark remembers no more than this.
const CAPACITY: usize = 10_000;

/// A segment waiting for its acknowledgement.
#[derive(Clone, Copy, Debug, Default)]
pub struct Entry {
    /// Its first sequence number, moved up by a partial ACK.
    pub start: SeqNum,
    /// The sequence number just after it.
    pub end: SeqNum,
    /// The frame it was in.
    pub frame: FrameNumber,
    /// That frame's time, which as a [`Timestamp`] would leave no room for what follows.
    seconds: i64,
    nanos: i32,
    /// Whether it was sent again, or is itself a copy.
    pub resent: bool,
}

impl Entry {
    /// What was sent at `time` in `frame`.
    pub const fn new(start: SeqNum, end: SeqNum, frame: FrameNumber, time: Timestamp, resent: bool) -> Self {
        Self { start, end, frame, seconds: time.seconds, nanos: time.nanos, resent }
    }

    /// When it was sent.
    pub const fn time(&self) -> Timestamp {
        Timestamp::new(self.seconds, self.nanos)
    }
}

/// Entries in the order seen, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Unacked {
    entries: Queue<Entry>,
    /// Whether each entry starts where the previous one ends or behind it, so that the ends tell the extremes.
    ordered: bool,
    /// The last ACK, as long as it would change nothing again: in a capture of one direction it is the only one.
    settled: Option<SeqNum>,
    /// What [`Unacked::span`] looked for last, as long as it is true.
    extremes: Option<Extremes>,
}

/// The lowest and the highest sequence number of all entries, counted from `base`.
#[derive(Clone, Copy, Debug)]
struct Extremes {
    base: SeqNum,
    lowest: u32,
    highest: u32,
}

impl Extremes {
    fn with(self, entry: &Entry) -> Self {
        let lowest = self.lowest.min(entry.start.distance_from(self.base));
        Self { lowest, highest: self.highest.max(entry.end.distance_from(self.base)), ..self }
    }
}

impl Unacked {
    /// Whether another entry would be forgotten.
    pub fn is_full(&self) -> bool {
        self.entries.len() >= CAPACITY
    }

    /// Octets that the entries take up on the heap.
    pub fn octets(&self) -> usize {
        self.entries.octets()
    }

    /// Asks for the oldest and the newest entry on the heap.
    pub fn ask_for_many(&self) {
        if let Queue::Many(many) = &self.entries {
            many.front().into_iter().chain(many.back()).for_each(ask_for);
        }
    }

    /// Adds a segment just seen.
    pub fn push(&mut self, entry: Entry) {
        self.ordered = match (self.entries.front(), self.entries.back()) {
            (Some(first), Some(last)) => {
                self.ordered
                    && entry.start.at_or_after(last.end)
                    && entry.end.distance_from(first.start) < SAFE_SPAN
                    && entry.end.at_or_after(entry.start)
            }
            _ => entry.end.distance_from(entry.start) < SAFE_SPAN,
        };
        self.settled = self.settled.filter(|ack| ack.before(entry.end) && !entry.start.before(*ack));
        self.extremes = self.extremes.map(|extremes| extremes.with(&entry));
        self.entries.push_back(entry);
    }

    /// Marks the newest entry that contains `[start, end)` as sent again; whether there was one.
    pub fn mark_resent(&mut self, start: SeqNum, end: SeqNum) -> bool {
        let containing = self.entries.iter_mut().rev().find(|e| e.start.at_or_before(start) && end.at_or_before(e.end));
        containing.map(|entry| entry.resent = true).is_some()
    }

    /// The oldest entry that does not start below `seq`.
    pub fn oldest_from(&self, seq: SeqNum) -> Option<&Entry> {
        self.entries.iter().find(|entry| seq.at_or_before(entry.start))
    }

    /// The end of the known data that starts exactly at `ack` behind a gap, or `ack` where there is none.
    pub fn end_of_tail(&self, ack: SeqNum) -> SeqNum {
        let Some(newest) = self.entries.back() else { return ack };
        let (mut left, mut right) = (newest.start, newest.end);
        for entry in self.entries.iter().rev() {
            if left == right {
                (left, right) = (entry.start, entry.end);
            }
            if ack.at_or_before(entry.start) {
                if entry.end == left {
                    left = entry.start;
                } else {
                    (left, right) = (entry.start, entry.end);
                }
            }
        }
        if left == ack && ack.before(right) { right } else { ack }
    }

    /// Drops what `ack` covers, cuts what it splits; the oldest segment that it ends or splits.
    pub fn acknowledge(&mut self, ack: SeqNum, now: Timestamp) -> Option<Acked> {
        if self.settled == Some(ack) {
            return None;
        }
        let waiting = self.entries.len();
        let mut answered = None;
        let mut answer = |entry: &Entry, partial| {
            answered.get_or_insert(Acked {
                frame: entry.frame,
                rtt: Elapsed::between(entry.time(), now),
                partial,
                ambiguous: entry.resent,
            });
        };
        if self.ordered && self.all_within_reach_of(ack) {
            self.entries.drop_oldest(|entry| keep(entry, ack, &mut answer));
        } else {
            self.entries.retain_mut(|entry| keep(entry, ack, &mut answer));
        }
        self.settled = Some(ack);
        if answered.is_some() || self.entries.len() != waiting {
            self.extremes = None;
        }
        answered
    }

    /// Octets from the lowest to the highest sequence number, counted from `base`; `None` where nothing waits.
    pub fn span(&mut self, base: SeqNum) -> Option<u32> {
        let (first, last) = (self.entries.front()?, self.entries.back()?);
        let lowest = first.start.distance_from(base);
        if self.ordered && last.end.distance_from(first.start) <= u32::MAX - lowest {
            return Some(last.end.distance_from(first.start));
        }
        let none = Extremes { base, lowest: u32::MAX, highest: 0 };
        let known = self.extremes.filter(|extremes| extremes.base == base);
        let extremes = known.unwrap_or_else(|| self.entries.iter().fold(none, Extremes::with));
        self.extremes = Some(extremes);
        Some(extremes.highest.wrapping_sub(extremes.lowest))
    }

    /// Whether serial comparison of `ack` with every entry goes the same way round the circle.
    fn all_within_reach_of(&self, ack: SeqNum) -> bool {
        self.entries.front().is_none_or(|first| ack.offset_from(first.start).unsigned_abs() < SAFE_SPAN)
    }
}

/// Entries this close together, and an ACK this close to them, compare without ambiguity.
const SAFE_SPAN: u32 = 1 << 30;

fn keep(entry: &mut Entry, ack: SeqNum, answer: &mut impl FnMut(&Entry, bool)) -> bool {
    if ack == entry.end {
        answer(entry, false);
        return false;
    }
    if entry.start.before(ack) && ack.before(entry.end) {
        answer(entry, true);
        entry.start = ack;
        return true;
    }
    ack.before(entry.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(entries: &[(u32, u32)]) -> Unacked {
        let mut list = Unacked::default();
        for (frame, &(start, end)) in (1..).zip(entries) {
            let time = Timestamp::new(frame as i64, 0);
            list.push(Entry::new(SeqNum(start), SeqNum(end), frame, time, false));
        }
        list
    }

    fn acked(list: &mut Unacked, ack: u32) -> Option<(FrameNumber, bool)> {
        list.acknowledge(SeqNum(ack), Timestamp::new(9, 0)).map(|acked| (acked.frame, acked.partial))
    }

    #[test]
    fn an_ack_answers_the_oldest_segment_it_ends_or_splits() {
        assert_eq!(acked(&mut list(&[(1, 11), (11, 21)]), 21), Some((2, false)));
        assert_eq!(acked(&mut list(&[(1, 11), (1, 11)]), 11), Some((1, false)));
        assert_eq!(acked(&mut list(&[(1, 21), (11, 16)]), 16), Some((1, true)));
        assert_eq!(acked(&mut list(&[(1, 11)]), 12), None);
    }

    #[test]
    fn a_split_segment_waits_for_its_rest() {
        let mut list = list(&[(1, 11), (11, 31)]);
        assert_eq!(acked(&mut list, 21), Some((2, true)));
        assert_eq!(list.span(SeqNum(0)), Some(10));
        assert_eq!(acked(&mut list, 31), Some((2, false)));
        assert_eq!(list.span(SeqNum(0)), None);
    }

    #[test]
    fn the_shortcut_for_ordered_segments_changes_nothing() {
        let edges = [0, 5, 10, 11, 15, 21, 40, u32::MAX, 1 << 31, (1 << 31) + 10, (1 << 31) + 21];
        for ack in edges {
            let mut fast = list(&[(0, 10), (10, 15), (15, 21)]);
            let mut slow = fast.clone();
            slow.ordered = false;
            assert!(fast.ordered);
            assert_eq!(acked(&mut fast, ack), acked(&mut slow, ack), "{ack}");
            let ends = |list: &Unacked| list.entries.iter().map(|e| (e.start.0, e.end.0)).collect::<Vec<_>>();
            assert_eq!(ends(&fast), ends(&slow), "{ack}");
            assert_eq!(fast.span(SeqNum(u32::MAX)), slow.span(SeqNum(u32::MAX)), "{ack}");
        }
    }

    proptest! {
        /// Against a list that remembers nothing but its entries.
        #[test]
        fn what_is_remembered_changes_nothing(steps in prop::collection::vec((0u32..3, 0u32..40, 0u32..8), 1..60),
                                              origin in prop_oneof![Just(0u32), Just(u32::MAX - 20), any::<u32>()]) {
            let mut list = Unacked::default();
            for (frame, (what, at, len)) in (1..).zip(steps) {
                let (seq, time) = (SeqNum(origin) + at, Timestamp::new(frame as i64, 0));
                let mut bare = Unacked { settled: None, extremes: None, ..list.clone() };
                if what == 0 {
                    prop_assert_eq!(list.acknowledge(seq, time), bare.acknowledge(seq, time));
                } else {
                    let entry = Entry::new(seq, seq + len, frame, time, false);
                    list.push(entry);
                    bare.push(entry);
                }
                let ends = |list: &Unacked| list.entries.iter().map(|e| (e.start.0, e.end.0)).collect::<Vec<_>>();
                prop_assert_eq!(ends(&list), ends(&bare));
                let base = SeqNum(origin) + what;
                prop_assert_eq!(list.span(base), bare.span(base));
            }
        }
    }

    #[test]
    fn a_known_tail_moves_the_limit() {
        assert_eq!(list(&[(1, 11), (21, 31), (31, 41)]).end_of_tail(SeqNum(21)), SeqNum(41));
        assert_eq!(list(&[(1, 11), (21, 31)]).end_of_tail(SeqNum(15)), SeqNum(15));
        assert_eq!(list(&[]).end_of_tail(SeqNum(15)), SeqNum(15));
    }
}
