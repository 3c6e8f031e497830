//! A series with a bound: neighbours are merged, evenly over its whole length, as it grows.

/// Something that can stand for itself and what follows it.
pub trait Merge {
    /// Takes what comes after it in.
    fn merge(&mut self, next: &Self);
}

/// The items of a series, every one of which may stand for several.
#[derive(Clone, Debug)]
pub struct Thinned<T> {
    items: Vec<T>,
    /// How many each item stands for; the last one perhaps for fewer.
    stride: u64,
    filled: u64,
}

impl<T> Default for Thinned<T> {
    fn default() -> Self {
        Self { items: Vec::new(), stride: 1, filled: 0 }
    }
}

impl<T: Merge> Thinned<T> {
    /// Adds an item; no more than `most` are kept.
    pub fn push(&mut self, item: T, most: usize) {
        match self.items.last_mut() {
            Some(last) if self.filled < self.stride => {
                last.merge(&item);
                self.filled += 1;
            }
            _ => {
                self.items.push(item);
                self.filled = 1;
            }
        }
        while self.items.len() > most.max(1) {
            self.halve();
        }
    }

    /// The items, in order.
    pub fn items(&self) -> &[T] {
        &self.items
    }

    fn halve(&mut self) {
        let paired = self.items.len().is_multiple_of(2);
        self.filled += if paired { self.stride } else { 0 };
        self.stride = self.stride.saturating_mul(2);
        let mut whole = std::mem::take(&mut self.items).into_iter();
        while let Some(mut first) = whole.next() {
            if let Some(second) = whole.next() {
                first.merge(&second);
            }
            self.items.push(first);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Run(u64, u64);

    impl Merge for Run {
        fn merge(&mut self, next: &Self) {
            self.1 = next.1;
        }
    }

    #[test]
    fn nothing_is_lost_and_nothing_grows() {
        for total in 1..300u64 {
            let mut thinned = Thinned::default();
            (0..total).for_each(|at| thinned.push(Run(at, at), 16));
            let runs = thinned.items();
            assert!(runs.len() <= 16);
            assert_eq!((runs[0].0, runs[runs.len() - 1].1), (0, total - 1));
            assert!(runs.windows(2).all(|pair| pair[1].0 == pair[0].1 + 1), "{runs:?}");
            let longest = runs.iter().map(|run| run.1 - run.0 + 1).max();
            assert_eq!(longest, Some(thinned.stride.min(total)));
        }
    }
}
