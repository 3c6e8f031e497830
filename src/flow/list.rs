//! Entries in one vector, linked from the one touched least recently to the one touched most recently.

/// Neighbours of an entry; the entry embeds them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Links {
    older: Option<u32>,
    newer: Option<u32>,
}

/// The order of entries that live in a `Vec`, and the free places in it.
#[derive(Clone, Debug, Default)]
pub struct List {
    oldest: Option<u32>,
    newest: Option<u32>,
    free: Vec<u32>,
}

impl List {
    /// The entry touched least recently.
    pub const fn oldest(&self) -> Option<u32> {
        self.oldest
    }

    /// Puts `entry` into a free place, as the most recent.
    pub fn insert<E: AsMut<Links>>(&mut self, entry: E, entries: &mut Vec<E>) -> u32 {
        let at = match self.free.pop() {
            Some(at) => {
                entries[at as usize] = entry;
                at
            }
            None => {
                entries.push(entry);
                (entries.len() - 1) as u32
            }
        };
        self.append(at, entries);
        at
    }

    /// Makes the entry at `at` the most recent.
    pub fn touch<E: AsMut<Links>>(&mut self, at: u32, entries: &mut [E]) {
        if self.newest != Some(at) {
            self.unlink(at, entries);
            self.append(at, entries);
        }
    }

    /// Takes the entry at `at` out of the order; its place is used again.
    pub fn remove<E: AsMut<Links>>(&mut self, at: u32, entries: &mut [E]) {
        self.unlink(at, entries);
        self.free.push(at);
    }

    fn append<E: AsMut<Links>>(&mut self, at: u32, entries: &mut [E]) {
        *entries[at as usize].as_mut() = Links { older: self.newest, newer: None };
        match self.newest {
            Some(newest) => entries[newest as usize].as_mut().newer = Some(at),
            None => self.oldest = Some(at),
        }
        self.newest = Some(at);
    }

    fn unlink<E: AsMut<Links>>(&mut self, at: u32, entries: &mut [E]) {
        let Links { older, newer } = *entries[at as usize].as_mut();
        match older {
            Some(older) => entries[older as usize].as_mut().newer = newer,
            None => self.oldest = newer,
        }
        match newer {
            Some(newer) => entries[newer as usize].as_mut().older = older,
            None => self.newest = older,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl AsMut<Links> for Links {
        fn as_mut(&mut self) -> &mut Links {
            self
        }
    }

    #[test]
    fn the_untouched_one_is_the_oldest_and_places_are_used_again() {
        let (mut list, mut entries) = (List::default(), Vec::new());
        let [a, b, c] = [0; 3].map(|_| list.insert(Links::default(), &mut entries));
        list.touch(a, &mut entries);
        assert_eq!(list.oldest(), Some(b));
        list.remove(b, &mut entries);
        assert_eq!(list.oldest(), Some(c));
        assert_eq!(list.insert(Links::default(), &mut entries), b);
        list.remove(c, &mut entries);
        list.remove(a, &mut entries);
        assert_eq!(list.oldest(), Some(b));
        list.remove(b, &mut entries);
        assert_eq!(list.oldest(), None);
    }
}
