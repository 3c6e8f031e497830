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

/// The ranges of one direction: nearly always one, or none yet.
#[derive(Clone, Debug, Default)]
pub enum Ranges {
    #[default]
    None,
    One(SeqNum, SeqNum),
    Many(Many),
}

impl Ranges {
    /// How many there are.
    pub fn count(&self) -> usize {
        match self {
            Self::None => 0,
            Self::One(..) => 1,
            Self::Many(many) => many.0.len(),
        }
    }

    /// Adds `[start, end)`; ranges that touch become one.
    pub fn insert(&mut self, start: SeqNum, end: SeqNum) {
        match self {
            Self::None => *self = Self::One(start, end),
            // What follows it or lies in it, as nearly every segment does, needs no list.
            Self::One(from, to) if from.at_or_before(start) && start.at_or_before(*to) && from.at_or_before(end) => {
                *to = (*to).max(end);
            }
            Self::One(from, to) => {
                let mut many = Many(vec![(*from, *to)]);
                many.insert(start, end);
                *self = Self::Many(many);
            }
            Self::Many(many) => many.insert(start, end),
        }
    }
}

/// Several ranges, each in front of the first that it began before when it was found.
#[derive(Clone, Debug, Default)]
pub struct Many(Vec<(SeqNum, SeqNum)>);

impl Many {
    fn insert(&mut self, start: SeqNum, end: SeqNum) {
        let precedes = |range: &(SeqNum, SeqNum)| range.0.after(start) || start.at_or_before(range.1);
        let place = self.0.iter().position(precedes).unwrap_or(self.0.len());
        if let Some(range) = self.0.get_mut(place).filter(|range| range.0.at_or_before(end)) {
            range.0 = if start.before(range.0) { start } else { range.0 };
            range.1 = range.1.max(end);
            self.absorb_behind(place);
        } else if self.0.len() < CAPACITY {
            self.0.insert(place, (start, end));
        }
    }

    /// Joins the range at `place`, which has just grown, with those behind it that it reaches now.
    fn absorb_behind(&mut self, place: usize) {
        while let (Some(range), Some(next)) = (self.0.get(place).copied(), self.0.get(place + 1).copied()) {
            if !next.0.at_or_before(range.1) {
                break;
            }
            self.0.remove(place + 1);
            if let Some(range) = self.0.get_mut(place) {
                range.1 = range.1.max(next.1);
            }
        }
    }
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

    #[test]
    fn half_a_circle_of_numbers_confuses_the_order_as_it_does_wireshark() {
        const HALF: u32 = 1 << 31;
        const FAR: u32 = 2_293_234_961;
        assert_eq!(count(&[(0, 10), (380_763_409, 380_764_161), (FAR, FAR + 5), (380_501_265, 380_502_017)]), 4);
        assert_eq!(count(&[(0, 100), (HALF, HALF + 2), (HALF + 2, HALF + 3)]), 3);
        assert_eq!(count(&[(0, 100), (HALF - 10, HALF - 8), (HALF - 8, HALF + 92)]), 2);
        assert_eq!(count(&[(0, 100), (HALF - 10, HALF + 10), (HALF + 10, HALF + 20)]), 3);
        let again = (380_763_409, 380_764_161);
        assert_eq!(count(&[(0, 10), again, (FAR, FAR + 5), (380_501_265, 380_502_017), again]), 5);
    }
}
