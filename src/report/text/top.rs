//! The most important few of many, in bounded memory.

use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Keeps the `limit` entries of the highest rank, of equal ranks the earliest.
pub struct Top<R, T> {
    limit: Option<usize>,
    offered: u64,
    kept: BTreeMap<(Reverse<R>, u64), T>,
}

impl<R: Ord + Copy, T> Top<R, T> {
    /// Keeps at most `limit` entries; all of them where there is no limit.
    pub const fn new(limit: Option<usize>) -> Self {
        Self { limit, offered: 0, kept: BTreeMap::new() }
    }

    /// Offers one entry, which is made only if it is kept.
    pub fn offer(&mut self, rank: R, make: impl FnOnce() -> T) {
        let key = (Reverse(rank), self.offered);
        self.offered += 1;
        if self.is_full() {
            if self.kept.last_key_value().is_none_or(|(last, _)| *last < key) {
                return;
            }
            self.kept.pop_last();
        }
        self.kept.insert(key, make());
    }

    /// Offers one entry that is not there; whether it would not be kept, and is counted.
    pub fn passes_over(&mut self, rank: R) -> bool {
        let over = self.has_no_use_for(rank);
        self.offered += u64::from(over);
        over
    }

    /// Whether an entry would not be kept.
    pub fn has_no_use_for(&self, rank: R) -> bool {
        let last = self.kept.last_key_value().map(|(last, _)| *last);
        self.is_full() && last.is_none_or(|last| last < (Reverse(rank), self.offered))
    }

    /// How many were offered and are not kept.
    pub fn left_out(&self) -> u64 {
        self.offered.saturating_sub(self.kept.len() as u64)
    }

    /// Takes the entries: the highest rank first if some were left out, else in the order offered.
    pub fn take(&mut self) -> Vec<T> {
        let by_rank = self.left_out() > 0;
        let mut entries: Vec<_> = std::mem::take(&mut self.kept).into_iter().collect();
        if !by_rank {
            entries.sort_by_key(|((_, order), _)| *order);
        }
        self.offered = 0;
        entries.into_iter().map(|(_, entry)| entry).collect()
    }

    fn is_full(&self) -> bool {
        self.limit.is_some_and(|limit| self.kept.len() >= limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn top(limit: Option<usize>, ranks: &[u8]) -> (Vec<(u8, usize)>, u64) {
        let mut top = Top::new(limit);
        for (order, rank) in ranks.iter().enumerate() {
            top.offer(*rank, || (*rank, order));
        }
        let left_out = top.left_out();
        (top.take(), left_out)
    }

    #[test]
    fn everything_that_fits_keeps_its_order() {
        assert_eq!(top(Some(3), &[0, 2, 1]), (vec![(0, 0), (2, 1), (1, 2)], 0));
        assert_eq!(top(None, &[0, 1]).1, 0);
    }

    #[test]
    fn the_highest_and_earliest_stay() {
        assert_eq!(top(Some(2), &[0, 1, 0, 2, 1]), (vec![(2, 3), (1, 1)], 3));
        assert_eq!(top(Some(0), &[1, 2]), (vec![], 2));
    }
}
