//! Sequence numbers that a sender skipped: the holes below its SND.NXT that the capture has not filled.

use crate::wire::SeqNum;

/// Most holes kept for one end; a sender that makes more has its oldest ones merged, which only widens what is unknown.
const MOST: usize = 64;

/// Holes, in ascending order, each `[from, to)`. No allocation until there is one.
#[derive(Clone, Debug, Default)]
pub struct Holes {
    holes: Vec<(SeqNum, SeqNum)>,
}

impl Holes {
    /// Whether nothing is missing.
    pub fn is_empty(&self) -> bool {
        self.holes.is_empty()
    }

    /// The lowest hole.
    pub fn first(&self) -> Option<(SeqNum, SeqNum)> {
        self.holes.first().copied()
    }

    /// Every hole, lowest first.
    pub fn iter(&self) -> impl Iterator<Item = (SeqNum, SeqNum)> + '_ {
        self.holes.iter().copied()
    }

    /// Octets missing in all.
    pub fn octets(&self) -> u64 {
        self.holes.iter().map(|(from, to)| u64::from(to.distance_from(*from))).sum()
    }

    /// Notes that the sender jumped from `from` to `to`.
    pub fn open(&mut self, from: SeqNum, to: SeqNum) {
        self.holes.push((from, to));
        self.merge_oldest();
    }

    fn merge_oldest(&mut self) {
        if self.holes.len() > MOST {
            let (_, end) = self.holes.remove(1);
            self.holes[0].1 = end;
        }
    }

    /// Fills `[from, to)`; returns how many octets of holes that closed.
    pub fn fill(&mut self, from: SeqNum, to: SeqNum) -> u32 {
        let mut closed: u32 = 0;
        let mut at = 0;
        while at < self.holes.len() {
            let (left, right) = self.holes[at];
            let (start, end) = (left.max(from), if right.before(to) { right } else { to });
            if !start.before(end) {
                at += 1;
                continue;
            }
            closed = closed.saturating_add(end.distance_from(start));
            match (left.before(start), end.before(right)) {
                (false, false) => {
                    self.holes.remove(at);
                }
                (true, false) => self.holes[at].1 = start,
                (false, true) => self.holes[at].0 = end,
                (true, true) => {
                    self.holes[at].1 = start;
                    // What splits one hole lies in no other.
                    self.holes.insert(at + 1, (end, right));
                    self.merge_oldest();
                    break;
                }
            }
        }
        closed
    }

    /// Forgets what lies below `ack`; returns how many octets that were.
    pub fn acknowledge(&mut self, ack: SeqNum) -> u32 {
        let Some((lowest, _)) = self.first() else { return 0 };
        if ack.after(lowest) { self.fill(lowest, ack) } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_hole_is_filled_from_the_middle() {
        let mut holes = Holes::default();
        holes.open(SeqNum(10), SeqNum(20));
        assert_eq!(holes.fill(SeqNum(12), SeqNum(15)), 3);
        assert_eq!(holes.iter().collect::<Vec<_>>(), [(SeqNum(10), SeqNum(12)), (SeqNum(15), SeqNum(20))]);
        assert_eq!(holes.acknowledge(SeqNum(17)), 4);
        assert_eq!(holes.first(), Some((SeqNum(17), SeqNum(20))));
    }

    /// One jump, and then octets out of the middle of what it left out, each with a hole on both sides.
    #[test]
    fn holes_that_are_split_are_no_more_than_others() {
        let mut holes = Holes::default();
        holes.open(SeqNum(0), SeqNum(1 << 30));
        for at in (1..10_000).rev() {
            holes.fill(SeqNum(at * 20), SeqNum(at * 20 + 10));
            assert!(holes.iter().count() <= MOST);
        }
    }

    proptest! {
        /// Against a map of single octets, across the wrap.
        #[test]
        fn agrees_with_a_naive_set(base in prop_oneof![Just(0u32), Just(u32::MAX - 40), any::<u32>()],
                                   steps in prop::collection::vec((0u32..60, 1u32..20, any::<bool>()), 1..40)) {
            let mut holes = Holes::default();
            let mut missing = std::collections::BTreeSet::new();
            let mut next = 0u32;
            for (at, len, open) in steps {
                if open {
                    let to = next + len;
                    holes.open(SeqNum(base.wrapping_add(next)), SeqNum(base.wrapping_add(to)));
                    missing.extend(next..to);
                    next = to + 1;
                } else {
                    let closed = holes.fill(SeqNum(base.wrapping_add(at)), SeqNum(base.wrapping_add(at + len)));
                    let before = missing.len();
                    missing.retain(|octet| !(at..at + len).contains(octet));
                    prop_assert_eq!(closed as usize, before - missing.len());
                }
                prop_assert_eq!(holes.octets() as usize, missing.len());
            }
        }
    }
}
