//! Entries in the order they came, each at a place that stays its own, without anything kept beside them: for very many of
//! which the oldest goes first.

use super::handle::PLACE_BITS;
use prefetch_index::prefetch_index;
use std::collections::VecDeque;

/// Places are counted modulo this: as many as there can be.
const PLACES: u32 = 1 << PLACE_BITS;

/// Places without an entry that are put up with, whatever there is beside them.
const FEW: usize = 64;

/// Entries from the oldest to the newest.
#[derive(Clone, Debug)]
pub struct Queue<E> {
    /// Those taken out of the middle leave holes.
    entries: VecDeque<Option<E>>,
    /// The place of the first.
    first: u32,
    len: usize,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Self { entries: VecDeque::new(), first: 0, len: 0 }
    }
}

impl<E> Queue<E> {
    /// The oldest entry. (There is no hole in front.)
    pub fn oldest(&self) -> Option<(u32, &E)> {
        Some((self.first, self.entries.front()?.as_ref()?))
    }

    /// The entry at `at`.
    pub fn get(&self, at: u32) -> Option<&E> {
        self.entries.get(self.index(at))?.as_ref()
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, at: u32) -> Option<&mut E> {
        let index = self.index(at);
        self.entries.get_mut(index)?.as_mut()
    }

    /// Asks for the entry at `at`, to have it in the cache later.
    pub fn ask_for(&self, at: u32) {
        let (front, back) = self.entries.as_slices();
        let index = self.index(at);
        if index < front.len() { prefetch_index(front, index) } else { prefetch_index(back, index - front.len()) }
    }

    /// Puts `entry` behind all others; its place.
    pub fn push(&mut self, entry: E) -> u32 {
        self.entries.push_back(Some(entry));
        self.len += 1;
        self.first.wrapping_add(self.entries.len() as u32 - 1) % PLACES
    }

    /// Takes the entry at `at` out.
    pub fn remove(&mut self, at: u32) -> Option<E> {
        let index = self.index(at);
        let entry = self.entries.get_mut(index)?.take()?;
        self.len -= 1;
        while let Some(None) = self.entries.front() {
            self.entries.pop_front();
            self.first = self.first.wrapping_add(1) % PLACES;
        }
        Some(entry)
    }

    /// Whether holes take more room than entries do.
    pub fn is_hollow(&self) -> bool {
        self.entries.len() - self.len > self.len.max(FEW)
    }

    /// Gives every entry another place, without holes between them; `moved` hears of each, where it was and where it is.
    pub fn close_up(&mut self, mut moved: impl FnMut(&E, u32, u32)) {
        let next = self.first.wrapping_add(self.entries.len() as u32) % PLACES;
        let hollow = std::mem::replace(self, Self { first: next, ..Self::default() });
        for (index, entry) in hollow.entries.into_iter().enumerate() {
            if let Some(entry) = entry {
                let old = hollow.first.wrapping_add(index as u32) % PLACES;
                let new = self.first.wrapping_add(self.entries.len() as u32) % PLACES;
                moved(&entry, old, new);
                self.push(entry);
            }
        }
    }

    fn index(&self, at: u32) -> usize {
        (at.wrapping_sub(self.first) % PLACES) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_keep_their_places_until_they_are_closed_up() {
        let mut queue = Queue { first: PLACES - 2, ..Queue::default() };
        let places: Vec<u32> = (0..300).map(|number| queue.push(number)).collect();
        assert_eq!(places[..3], [PLACES - 2, PLACES - 1, 0]);
        assert_eq!(queue.oldest(), Some((places[0], &0)));
        assert_eq!(queue.remove(places[1]), Some(1));
        assert_eq!((queue.remove(places[1]), queue.get(places[1])), (None, None));
        assert_eq!(queue.remove(places[0]), Some(0));
        assert_eq!(queue.oldest(), Some((places[2], &2)));
        assert!(!queue.is_hollow());
        (3..200).for_each(|number| assert_eq!(queue.remove(places[number]), Some(number)));
        assert!(queue.is_hollow());
        let mut now = places.clone();
        queue.close_up(|number, old, new| {
            assert_eq!(std::mem::replace(&mut now[*number], new), old);
        });
        assert!(!queue.is_hollow());
        assert_eq!(queue.oldest(), Some((now[2], &2)));
        for (number, place) in now.iter().enumerate() {
            let kept = number == 2 || number >= 200;
            assert_eq!(queue.get_mut(*place).copied().filter(|it| *it == number), kept.then_some(number));
        }
        assert_eq!(queue.push(300), (now[299] + 1) % PLACES);
    }
}
