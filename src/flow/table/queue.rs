//! Entries in the order they came, each at a place that stays its own, without anything kept beside them: for very many of
//! which the oldest goes first.
//!
//! They lie in blocks, so that they stay where they are while there come to be more, and the room that the oldest leave is
//! used again.

use super::handle::PLACE_BITS;
use crate::flow::Errand;
use crate::flow::supply::Supply;
use prefetch_index::prefetch_index;
use std::collections::VecDeque;
use std::sync::mpsc::Sender;

/// Places are counted modulo this: as many as there can be.
const PLACES: u32 = 1 << PLACE_BITS;

/// Entries that lie together. (Places are a multiple of it.)
const TOGETHER: u32 = 1 << 11;

/// Places without an entry that are put up with, whatever there is beside them.
const FEW: usize = 64;

/// Blocks that are used before others are made ready: there may be many more, then.
const MANY: usize = 16;

/// Blocks that are made ready at a time.
const READY: usize = 4;

type Block<E> = Vec<Option<E>>;

/// Entries from the oldest to the newest.
#[derive(Debug)]
pub struct Queue<E> {
    /// Those taken out of the middle leave holes. Each block but the last is full.
    blocks: VecDeque<Block<E>>,
    /// The place of the first of the first block.
    start: u32,
    /// The place of the oldest entry; of the next one where there is none.
    first: u32,
    /// The place of the next entry.
    next: u32,
    len: usize,
    /// A block that was left, for the next.
    spare: Block<E>,
    supply: Supply<Block<E>>,
}

impl<E: Send + 'static> Default for Queue<E> {
    fn default() -> Self {
        Self::from(0, Supply::default())
    }
}

impl<E: Send + 'static> Queue<E> {
    /// One without an entry, the next of which comes to lie at `place`, a multiple of [`TOGETHER`].
    fn from(place: u32, supply: Supply<Block<E>>) -> Self {
        let (blocks, spare) = (VecDeque::new(), Vec::new());
        Self { blocks, start: place, first: place, next: place, len: 0, spare, supply }
    }

    /// Who is to make room ready.
    pub fn engage(&mut self, errands: &Sender<Errand>) {
        self.supply.engage(errands.clone());
    }

    /// The oldest entry.
    pub fn oldest(&self) -> Option<(u32, &E)> {
        Some((self.first, self.get(self.first)?))
    }

    /// The entry that came so many places behind the oldest; `None` also where it was taken out.
    pub fn after_oldest(&self, places: u32) -> Option<&E> {
        self.get(self.first.wrapping_add(places) % PLACES)
    }

    /// The entry at `at`.
    pub fn get(&self, at: u32) -> Option<&E> {
        let (block, index) = self.split(at);
        self.blocks.get(block)?.get(index)?.as_ref()
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, at: u32) -> Option<&mut E> {
        let (block, index) = self.split(at);
        self.blocks.get_mut(block)?.get_mut(index)?.as_mut()
    }

    /// Asks for the entry at `at`, to have it in the cache later.
    pub fn ask_for(&self, at: u32) {
        let (block, index) = self.split(at);
        if let Some(block) = self.blocks.get(block) {
            prefetch_index(block, index);
        }
    }

    /// Puts `entry` behind all others; its place.
    pub fn push(&mut self, entry: E) -> u32 {
        let at = self.next;
        if self.blocks.back().is_none_or(|block| block.len() == TOGETHER as usize) {
            self.add_block();
        }
        if let Some(block) = self.blocks.back_mut() {
            block.push(Some(entry));
        }
        self.next = self.next.wrapping_add(1) % PLACES;
        self.len += 1;
        at
    }

    /// Takes the entry at `at` out.
    pub fn remove(&mut self, at: u32) -> Option<E> {
        let (block, index) = self.split(at);
        let entry = self.blocks.get_mut(block)?.get_mut(index)?.take()?;
        self.len -= 1;
        if at == self.first {
            self.pass_holes();
        }
        Some(entry)
    }

    /// Takes the oldest entry out, if it `is_wanted`.
    pub fn pop_if(&mut self, is_wanted: impl FnOnce(&E) -> bool) -> Option<E> {
        let (block, index) = self.split(self.first);
        let entry = self.blocks.get_mut(block)?.get_mut(index)?.take_if(|entry| is_wanted(entry))?;
        self.len -= 1;
        self.pass_holes();
        Some(entry)
    }

    /// Whether holes take more room than entries do.
    pub fn is_hollow(&self) -> bool {
        let places = (self.next.wrapping_sub(self.first) % PLACES) as usize;
        places - self.len > 2 * self.len.max(FEW)
    }

    /// Gives every entry another place, without holes between them; `moved` hears of each, where it was and where it is.
    pub fn close_up(&mut self, mut moved: impl FnMut(&E, u32, u32)) {
        let after = (self.next.div_ceil(TOGETHER) * TOGETHER) % PLACES;
        let fresh = Self::from(after, std::mem::take(&mut self.supply));
        let hollow = std::mem::replace(self, fresh);
        for (number, entry) in hollow.blocks.into_iter().flatten().enumerate() {
            if let Some(entry) = entry {
                let old = hollow.start.wrapping_add(number as u32) % PLACES;
                moved(&entry, old, self.next);
                self.push(entry);
            }
        }
    }

    /// Makes the next entry the oldest that there is.
    fn pass_holes(&mut self) {
        while let Some(block) = self.blocks.front() {
            let from = (self.first % TOGETHER) as usize;
            let holes = block[from..].iter().take_while(|entry| entry.is_none()).count();
            self.first = self.first.wrapping_add(holes as u32) % PLACES;
            if from + holes < TOGETHER as usize {
                return;
            }
            let mut left = self.blocks.pop_front().unwrap_or_default();
            left.clear();
            self.spare = left;
            self.start = self.first;
        }
    }

    #[cold]
    fn add_block(&mut self) {
        let mut block = match std::mem::take(&mut self.spare) {
            spare if spare.capacity() > 0 => spare,
            _ => self.supply.take().unwrap_or_default(),
        };
        // A single block grows as is needed; where there are two, there will be more.
        if self.start != self.next {
            block.reserve_exact(TOGETHER as usize);
        }
        self.blocks.push_back(block);
        if self.blocks.len() >= MANY {
            self.supply.order(READY, || {
                let mut block = Vec::new();
                block.resize_with(TOGETHER as usize, || None);
                block.clear();
                block
            });
        }
    }

    /// In which block the entry at `at` is, and where in it.
    #[inline]
    fn split(&self, at: u32) -> (usize, usize) {
        let from_start = at.wrapping_sub(self.start) % PLACES;
        ((from_start / TOGETHER) as usize, (from_start % TOGETHER) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Over the last place, over a block's end, and with holes of every kind.
    #[test]
    fn entries_keep_their_places_until_they_are_closed_up() {
        const MANY: usize = 3 * TOGETHER as usize;
        let mut queue = Queue::from(PLACES - TOGETHER, Supply::default());
        let places: Vec<u32> = (0..MANY).map(|number| queue.push(number)).collect();
        assert_eq!((places[0], places[TOGETHER as usize]), (PLACES - TOGETHER, 0));
        assert_eq!([0, 1, MANY as u32].map(|behind| queue.after_oldest(behind)), [Some(&0), Some(&1), None]);
        assert_eq!(queue.remove(places[1]), Some(1));
        assert_eq!((queue.remove(places[1]), queue.get(places[1]), queue.after_oldest(1)), (None, None, None));
        assert_eq!(queue.remove(places[0]), Some(0));
        assert_eq!(queue.oldest(), Some((places[2], &2)));
        assert!(!queue.is_hollow());
        (3..MANY - 100).for_each(|number| assert_eq!(queue.remove(places[number]), Some(number)));
        assert!(queue.is_hollow());
        let mut now = places.clone();
        queue.close_up(|number, old, new| {
            assert_eq!(std::mem::replace(&mut now[*number], new), old);
        });
        assert!(!queue.is_hollow());
        assert_eq!(queue.oldest(), Some((now[2], &2)));
        for (number, place) in now.iter().enumerate() {
            let kept = number == 2 || number >= MANY - 100;
            assert_eq!(queue.get_mut(*place).copied().filter(|it| *it == number), kept.then_some(number));
        }
        assert_eq!(queue.push(MANY), (now[MANY - 1] + 1) % PLACES);
    }

    /// However many come and go, there is no more room than for those that are there at a time.
    #[test]
    fn room_that_was_left_is_used_again() {
        let mut queue = Queue::default();
        for number in 0..4 * TOGETHER {
            let at = queue.push(number);
            assert_eq!(queue.get(at), Some(&number));
            if number >= TOGETHER {
                let oldest = queue.oldest().map(|(at, _)| at).expect("an entry");
                assert_eq!(queue.remove(oldest), Some(number - TOGETHER));
            }
            assert!(queue.blocks.len() <= 2 && queue.blocks.iter().all(|block| block.len() <= TOGETHER as usize));
        }
        while let Some((at, _)) = queue.oldest() {
            queue.remove(at);
        }
        assert_eq!((queue.first, queue.blocks.len()), (queue.next, 0));
        assert_eq!(queue.push(0), 4 * TOGETHER);
    }
}
