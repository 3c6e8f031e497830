//! Entries of one kind in one vector, linked from the one touched least recently to the one touched most recently.

use crate::flow::memory::ask_for_first;
use prefetch_index::prefetch_index;

/// No entry.
const NONE: u32 = u32::MAX;

/// Entries, the order in which they were touched, and the places that are free.
///
/// The order is kept beside the entries: to change it touches three of its small links, not three entries.
#[derive(Clone, Debug)]
pub struct Slab<E> {
    entries: Vec<Option<E>>,
    links: Vec<Link>,
    oldest: u32,
    newest: u32,
    free: u32,
    len: usize,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    older: u32,
    /// The next free place where there is no entry.
    newer: u32,
}

impl<E> Default for Slab<E> {
    fn default() -> Self {
        Self { entries: Vec::new(), links: Vec::new(), oldest: NONE, newest: NONE, free: NONE, len: 0 }
    }
}

impl<E> Slab<E> {
    /// The entry touched least recently.
    pub fn oldest(&self) -> Option<(u32, &E)> {
        Some((self.oldest, self.get(self.oldest)?))
    }

    /// How many entries there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// The entry at `at`.
    pub fn get(&self, at: u32) -> Option<&E> {
        self.entries.get(at as usize)?.as_ref()
    }

    /// Asks for what is needed to take the entry at `at` out, to have it in the cache later, without waiting to see whether
    /// there is one.
    #[inline]
    pub fn ask_for_all(&self, at: u32) {
        self.ask_for_first(at, size_of::<E>());
        prefetch_index(&self.links, at as usize);
    }

    /// Asks for its first `octets`.
    #[inline]
    pub fn ask_for_first(&self, at: u32, octets: usize) {
        if let Some(place) = self.entries.get(at as usize) {
            ask_for_first(place, octets);
        }
    }

    /// The entry at `at`, whose place in the order stays what it is.
    pub fn get_mut(&mut self, at: u32) -> Option<&mut E> {
        self.entries.get_mut(at as usize)?.as_mut()
    }

    /// The entry at `at`, which becomes the most recent.
    pub fn touch(&mut self, at: u32) -> Option<&mut E> {
        if self.newest != at && self.get(at).is_some() {
            self.unlink(at);
            self.append(at);
        }
        self.get_mut(at)
    }

    /// Puts `entry` into a free place, as the most recent.
    #[inline]
    pub fn insert(&mut self, entry: E) -> u32 {
        let at = match self.links.get(self.free as usize) {
            Some(link) => {
                let at = self.free;
                self.free = link.newer;
                if let Some(place @ None) = self.entries.get_mut(at as usize) {
                    *place = Some(entry);
                }
                self.ask_for_all(self.free);
                at
            }
            None => {
                self.entries.push(Some(entry));
                self.links.push(Link { older: NONE, newer: NONE });
                (self.links.len() - 1) as u32
            }
        };
        self.append(at);
        self.len += 1;
        at
    }

    /// Takes the entry at `at` out; its place is used again.
    pub fn remove(&mut self, at: u32) -> Option<E> {
        let entry = self.entries.get_mut(at as usize)?.take()?;
        self.vacate(at);
        Some(entry)
    }

    /// Drops the entry at `at` where it lies; its place is used again.
    pub fn discard(&mut self, at: u32) {
        let Some(entry) = self.entries.get_mut(at as usize).filter(|entry| entry.is_some()) else { return };
        *entry = None;
        self.vacate(at);
    }

    /// Every entry with its place, in no order that means anything.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &E)> {
        self.entries.iter().enumerate().filter_map(|(at, entry)| Some((at as u32, entry.as_ref()?)))
    }

    fn vacate(&mut self, at: u32) {
        self.unlink(at);
        self.links[at as usize].newer = self.free;
        self.free = at;
        self.len -= 1;
    }

    fn append(&mut self, at: u32) {
        let newest = self.newest;
        self.links[at as usize] = Link { older: newest, newer: NONE };
        match self.links.get_mut(newest as usize) {
            Some(newest) => newest.newer = at,
            None => self.oldest = at,
        }
        self.newest = at;
    }

    fn unlink(&mut self, at: u32) {
        let Link { older, newer } = self.links[at as usize];
        match self.links.get_mut(older as usize) {
            Some(older) => older.newer = newer,
            None => self.oldest = newer,
        }
        match self.links.get_mut(newer as usize) {
            Some(newer) => newer.older = older,
            None => self.newest = older,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_untouched_one_is_the_oldest_and_places_are_used_again() {
        let mut slab = Slab::default();
        let [a, b, c] = ["a", "b", "c"].map(|entry| slab.insert(entry));
        slab.touch(a);
        assert_eq!(slab.oldest(), Some((b, &"b")));
        assert_eq!(slab.remove(b), Some("b"));
        assert_eq!(slab.remove(b), None);
        assert_eq!(slab.oldest(), Some((c, &"c")));
        assert_eq!((slab.insert("d"), slab.len()), (b, 3));
        slab.remove(c);
        slab.remove(a);
        assert_eq!(slab.oldest(), Some((b, &"d")));
        slab.remove(b);
        assert_eq!((slab.oldest(), slab.len()), (None, 0));
        slab.discard(b);
        let d = slab.insert("d");
        slab.discard(d);
        assert_eq!((d, slab.oldest(), slab.len()), (b, None, 0));
        assert_eq!(slab.insert("e"), b, "the place freed last is used first");
    }
}
