//! A queue that keeps a few entries where it stands, and more on the heap.
//!
//! Nearly every conversation has a few segments under way at most. With them at hand, looking ahead finds everything in
//! one place, and nothing is allocated.

use std::collections::VecDeque;

/// Entries kept in place.
const FEW: usize = 4;

/// Entries, oldest first.
#[derive(Clone, Debug)]
pub enum Queue<T> {
    Few(u8, [T; FEW]),
    Many(VecDeque<T>),
}

impl<T: Copy + Default> Default for Queue<T> {
    fn default() -> Self {
        Self::Few(0, [T::default(); FEW])
    }
}

impl<T: Copy + Default> Queue<T> {
    /// All of them, the older ones first.
    pub fn as_slices(&self) -> (&[T], &[T]) {
        match self {
            Self::Few(len, few) => (few.get(..usize::from(*len)).unwrap_or_default(), &[]),
            Self::Many(many) => many.as_slices(),
        }
    }

    fn as_mut_slices(&mut self) -> (&mut [T], &mut [T]) {
        match self {
            Self::Few(len, few) => (few.get_mut(..usize::from(*len)).unwrap_or_default(), &mut []),
            Self::Many(many) => many.as_mut_slices(),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Few(len, _) => usize::from(*len),
            Self::Many(many) => many.len(),
        }
    }

    /// Octets taken up elsewhere.
    pub fn octets(&self) -> usize {
        match self {
            Self::Few(..) => 0,
            Self::Many(many) => many.capacity() * size_of::<T>(),
        }
    }

    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        let (older, newer) = self.as_slices();
        older.iter().chain(newer)
    }

    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut T> {
        let (older, newer) = self.as_mut_slices();
        older.iter_mut().chain(newer)
    }

    /// The oldest.
    pub fn front(&self) -> Option<&T> {
        match self {
            Self::Few(..) => self.as_slices().0.first(),
            Self::Many(many) => many.front(),
        }
    }

    /// The newest.
    pub fn back(&self) -> Option<&T> {
        match self {
            Self::Few(..) => self.as_slices().0.last(),
            Self::Many(many) => many.back(),
        }
    }

    pub fn push_back(&mut self, entry: T) {
        match self {
            Self::Few(len, few) => match few.get_mut(usize::from(*len)) {
                Some(place) => {
                    *place = entry;
                    *len += 1;
                }
                None => *self = Self::Many(few.iter().copied().chain([entry]).collect()),
            },
            Self::Many(many) => many.push_back(entry),
        }
    }

    /// Drops the oldest for which `keep`, which may change them, says so, up to the first for which it does not.
    pub fn drop_oldest(&mut self, mut keep: impl FnMut(&mut T) -> bool) {
        match self {
            Self::Few(len, few) => {
                let waiting = few.get_mut(..usize::from(*len)).unwrap_or_default();
                let gone = waiting.iter_mut().position(&mut keep).unwrap_or(waiting.len());
                waiting.copy_within(gone.., 0);
                *len -= gone as u8;
            }
            Self::Many(many) => {
                while many.front_mut().is_some_and(|first| !keep(first)) {
                    many.pop_front();
                }
            }
        }
    }

    /// Drops each for which `keep`, which may change it, does not say otherwise.
    pub fn retain_mut(&mut self, mut keep: impl FnMut(&mut T) -> bool) {
        match self {
            Self::Few(len, few) => {
                let mut kept = 0;
                for at in 0..usize::from(*len) {
                    if keep(&mut few[at]) {
                        few[kept] = few[at];
                        kept += 1;
                    }
                }
                *len = kept as u8;
            }
            Self::Many(many) => many.retain_mut(keep),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Against a list on the heap.
        #[test]
        fn is_a_queue(steps in prop::collection::vec((0u32..4, 0u32..10), 0..60)) {
            let (mut queue, mut list) = (Queue::default(), VecDeque::new());
            for (step, number) in steps {
                let keep = |entry: &mut u32| {
                    *entry += 1;
                    *entry % 4 >= number % 4
                };
                match step {
                    0 => {
                        queue.retain_mut(keep);
                        list.retain_mut(keep);
                    }
                    1 => {
                        queue.drop_oldest(keep);
                        while list.front_mut().is_some_and(|first| !keep(first)) {
                            list.pop_front();
                        }
                    }
                    _ => {
                        queue.push_back(number);
                        list.push_back(number);
                    }
                }
                queue.iter_mut().zip(&mut list).for_each(|(one, other)| {
                    *one += 1;
                    *other += 1;
                });
                prop_assert!(queue.iter().eq(&list));
                prop_assert_eq!((queue.front(), queue.back(), queue.len()), (list.front(), list.back(), list.len()));
            }
        }
    }
}
