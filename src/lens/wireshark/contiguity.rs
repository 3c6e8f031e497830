//! How many separate ranges of sequence numbers each direction has shown (`tcp.stream.*.contiguity_count`).

use crate::wire::SeqNum;

/// Wireshark keeps no more ranges than this.
const CAPACITY: usize = 100;

/// The counts as Wireshark shows them: the sender of the segment counts as the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// `tcp.stream.client.contiguity_count`: the ranges of the other direction.
    pub client: usize,
    /// `tcp.stream.server.contiguity_count`: the ranges of this direction.
    pub server: usize,
}

/// The ranges of one direction.
#[derive(Clone, Debug, Default)]
pub struct Ranges(Vec<(SeqNum, SeqNum)>);

impl Ranges {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Adds `[start, end)`; ranges that touch become one.
    pub fn insert(&mut self, start: SeqNum, end: SeqNum) {
        if let Some(last) = self.0.last_mut().filter(|last| last.1 == start) {
            last.1 = end;
            return self.merge_last();
        }
        match self.0.iter().position(|range| touches(range, start, end)) {
            Some(position) => {
                let range = self.0.swap_remove(position);
                let low = if start.before(range.0) { start } else { range.0 };
                self.0.push((low, range.1.max(end)));
                self.merge_last();
            }
            None if self.0.len() < CAPACITY => self.0.push((start, end)),
            None => {}
        }
    }

    /// Joins the last range, which has just grown, with what it reaches now.
    fn merge_last(&mut self) {
        if self.0.len() > 1
            && let Some((start, end)) = self.0.pop()
        {
            let count = self.0.len();
            match self.0.iter().position(|range| touches(range, start, end)) {
                Some(_) => self.insert(start, end),
                None if count < CAPACITY => self.0.push((start, end)),
                None => {}
            }
        }
    }
}

fn touches(range: &(SeqNum, SeqNum), start: SeqNum, end: SeqNum) -> bool {
    start.at_or_before(range.1) && range.0.at_or_before(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(ranges: &[(u32, u32)]) -> usize {
        let mut all = Ranges::default();
        ranges.iter().for_each(|(start, end)| all.insert(SeqNum(*start), SeqNum(*end)));
        all.count()
    }

    #[test]
    fn a_filled_gap_lowers_the_number() {
        assert_eq!(count(&[(0, 10), (10, 20)]), 1);
        assert_eq!(count(&[(0, 10), (15, 20)]), 2);
        assert_eq!(count(&[(0, 10), (15, 20), (10, 15)]), 1);
        assert_eq!(count(&[(0, 1), (5, 6), (9, 10), (0, 20)]), 1);
        assert_eq!(count(&[(u32::MAX, 1), (1, 5)]), 1);
    }
}
