//! The hash of a key to the places of pairs with that hash.
//!
//! Hashes are kept beside the places: the index grows without asking where keys are, and hardly ever names a place that
//! is not meant. Pairs with nothing going on have an index of their own, which is seldom needed and may grow large: the
//! one that every segment needs stays in the cache.

use super::handle::{Handle, Kept};
use super::key::Key;
use crate::flow::Errand;
use crate::flow::buckets::Buckets;
use foldhash::quality::RandomState;
use std::hash::BuildHasher;
use std::sync::mpsc::Sender;

/// The hash of a key, seeded against keys that were chosen to collide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hash(u32);

/// Where every pair is kept.
#[derive(Debug, Default)]
pub struct Index {
    /// Asking and live ones.
    going_on: Buckets,
    /// Remembered ones.
    over: Buckets,
    hasher: RandomState,
}

impl Index {
    /// The hash of `key`.
    #[inline]
    pub fn hash(&self, key: &Key) -> Hash {
        Hash((self.hasher.hash_one(key) >> 32) as u32)
    }

    /// Who is to make room ready.
    pub fn engage(&mut self, errands: &Sender<Errand>) {
        self.going_on.engage(errands);
        self.over.engage(errands);
    }

    /// How many pairs there are.
    pub const fn len(&self) -> usize {
        self.going_on.len() + self.over.len()
    }

    /// Asks for where it is noted what a pair with this hash is kept as, to have it in the cache later; `begins` is
    /// whether that may be a pair of which nothing goes on.
    #[inline]
    pub fn ask_for(&self, hash: Hash, begins: bool) {
        self.going_on.ask_for(hash.0);
        if begins {
            self.over.ask_for(hash.0);
        }
    }

    /// A place with this hash; most often the only one.
    #[inline]
    pub fn candidate(&self, hash: Hash) -> Option<Handle> {
        self.find(hash, |_| true)
    }

    /// The place with this hash that `is_meant`.
    #[inline]
    pub fn find(&self, hash: Hash, is_meant: impl Fn(Handle) -> bool) -> Option<Handle> {
        let meant = |place| is_meant(Handle(place));
        self.going_on.find(hash.0, meant).or_else(|| self.over.find(hash.0, meant)).map(Handle)
    }

    /// Enters a pair.
    pub fn insert(&mut self, hash: Hash, handle: Handle) {
        self.part(handle).insert(hash.0, handle.0);
    }

    /// Notes that a pair is kept elsewhere.
    pub fn replace(&mut self, hash: Hash, old: Handle, new: Handle) {
        if is_over(old) == is_over(new) {
            self.part(old).replace(hash.0, old.0, new.0);
        } else {
            self.remove(hash, old);
            self.insert(hash, new);
        }
    }

    /// Forgets a pair.
    pub fn remove(&mut self, hash: Hash, handle: Handle) {
        self.part(handle).remove(hash.0, handle.0);
    }

    fn part(&mut self, handle: Handle) -> &mut Buckets {
        if is_over(handle) { &mut self.over } else { &mut self.going_on }
    }
}

fn is_over(handle: Handle) -> bool {
    matches!(handle.into(), Kept::Remembered(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::conversation::Slot;
    use crate::wire::Ends4;

    /// Whatever the seed, and however regular the endpoints, few pairs find their bucket full.
    #[test]
    #[cfg_attr(miri, ignore = "takes minutes there")]
    fn regular_endpoints_are_spread() {
        const PAIRS: u32 = 4096;
        type Pair = fn(u32) -> Ends4;
        let patterns: [Pair; 4] = [
            |number| Ends4 { addresses: [0x0a00_0001, 0xc000_0201], ports: [1024 + number as u16, 443] },
            |number| Ends4 { addresses: [0x0a00_0001 + number, 0xc000_0201], ports: [1024, 443] },
            |number| Ends4 { addresses: [0x0a00_0000 + (number << 8), 0x0b00_0000 + number], ports: [7, 7] },
            |number| Ends4 { addresses: [number << 20, 0xc000_0201], ports: [(number as u16) << 4, 80] },
        ];
        for ends in patterns {
            for _ in 0..300 {
                let mut index = Index::default();
                for number in 0..PAIRS {
                    let ends = ends(number);
                    let key = Key::of_ends(&ends, Slot::of_ends(&ends));
                    index.insert(index.hash(&key), Kept::Live(number).into());
                }
                let (strayed, example) = (index.going_on.strayed(), ends(1));
                assert!(strayed < PAIRS as usize / 8, "{strayed} of {PAIRS} elsewhere: {example:?}");
            }
        }
    }
}
