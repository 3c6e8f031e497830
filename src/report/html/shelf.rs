//! What is kept of very many things: those that show most, so that every kind of finding is among them.

use crate::rules::Severity;
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// What is kept first: something of every finding, then the worse, then the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    clean: bool,
    /// How many came before with the rarest of its findings.
    repeats: u64,
    severity: Reverse<Option<Severity>>,
    order: u64,
}

/// Gives connections their rank.
#[derive(Debug, Default)]
pub struct Ranking {
    seen: HashMap<&'static str, u64>,
    order: u64,
}

impl Ranking {
    /// The rank of a connection with these findings, the worst of which is `worst`.
    pub fn rank(&mut self, codes: &[&'static str], worst: Option<Severity>) -> Rank {
        self.order += 1;
        let repeats = codes.iter().map(|code| self.seen.get(code).copied().unwrap_or(0)).min().unwrap_or(0);
        for code in codes {
            *self.seen.entry(code).or_default() += 1;
        }
        Rank { clean: codes.is_empty(), repeats, severity: Reverse(worst), order: self.order }
    }
}

/// The best of what was put on it.
#[derive(Debug)]
pub struct Shelf<T> {
    kept: BTreeMap<Rank, T>,
    most: usize,
}

impl<T> Shelf<T> {
    /// With room for `most`.
    pub const fn new(most: usize) -> Self {
        Self { kept: BTreeMap::new(), most }
    }

    /// Whether something of this rank would be kept.
    pub fn has_room(&self, rank: Rank) -> bool {
        self.kept.len() < self.most || self.kept.last_key_value().is_some_and(|(last, _)| rank < *last)
    }

    /// Puts something on it; what ranks last falls off.
    pub fn put(&mut self, rank: Rank, thing: T) {
        self.kept.insert(rank, thing);
        if self.kept.len() > self.most {
            self.kept.pop_last();
        }
    }

    /// Everything kept.
    pub fn take(&mut self) -> Vec<T> {
        std::mem::take(&mut self.kept).into_values().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_finding_is_kept_before_the_second_of_any() {
        let (mut ranking, mut shelf) = (Ranking::default(), Shelf::new(3));
        for number in 0..100 {
            let (codes, worst): (&[&'static str], _) = match number {
                50 => (&["TFA2"], Some(Severity::Note)),
                _ if number % 2 == 0 => (&["TFA1"], Some(Severity::Error)),
                _ => (&[], None),
            };
            let rank = ranking.rank(codes, worst);
            assert_eq!(shelf.has_room(rank), number < 3 || number == 4 || number == 50 || number == 2, "{number}");
            shelf.put(rank, number);
        }
        assert_eq!(shelf.take(), [0, 50, 2]);
    }
}
