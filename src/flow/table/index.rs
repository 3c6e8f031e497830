//! The hash of a key to the places of pairs with that hash.
//!
//! Hashes are kept beside the places: the index grows without asking where keys are, and hardly ever names a place that
//! is not meant. Pairs with nothing going on have an index of their own, which is seldom needed and may grow large: the
//! one that every segment needs stays in the cache.

use super::handle::{Handle, Kept};
use super::key::Key;
use foldhash::fast::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// The hash of a key, seeded against keys that were chosen to collide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hash(u32);

/// Where every pair is kept.
#[derive(Debug, Default)]
pub struct Index {
    /// Asking and live ones.
    going_on: HashTable<Entry>,
    /// Remembered ones.
    over: HashTable<Entry>,
    hasher: RandomState,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    hash: Hash,
    handle: Handle,
}

impl Hash {
    /// Both ends of a word are wanted: buckets are chosen by the low bits, entries in them by the high ones.
    const fn word(self) -> u64 {
        (self.0 as u64) << 32 | self.0 as u64
    }
}

impl Index {
    /// The hash of `key`.
    #[inline]
    pub fn hash(&self, key: &Key) -> Hash {
        Hash((self.hasher.hash_one(key) >> 32) as u32)
    }

    /// How many pairs there are.
    pub fn len(&self) -> usize {
        self.going_on.len() + self.over.len()
    }

    /// A place with this hash; most often the only one.
    #[inline]
    pub fn candidate(&self, hash: Hash) -> Option<Handle> {
        self.find(hash, |_| true)
    }

    /// The place with this hash that `is_meant`.
    #[inline]
    pub fn find(&self, hash: Hash, is_meant: impl Fn(Handle) -> bool) -> Option<Handle> {
        let meant = |entry: &Entry| entry.hash == hash && is_meant(entry.handle);
        let found = self.going_on.find(hash.word(), meant).or_else(|| self.over.find(hash.word(), meant));
        found.map(|entry| entry.handle)
    }

    /// Reads where a pair with this hash is kept, and where it will be once it is over; the value means nothing.
    pub fn touched(&self, hash: Hash) -> bool {
        let meant = |entry: &Entry| entry.hash == hash;
        self.going_on.find(hash.word(), meant).is_some() ^ self.over.find(hash.word(), meant).is_some()
    }

    /// Enters a pair.
    pub fn insert(&mut self, hash: Hash, handle: Handle) {
        self.part(handle).insert_unique(hash.word(), Entry { hash, handle }, |entry| entry.hash.word());
    }

    /// Notes that a pair is kept elsewhere.
    pub fn replace(&mut self, hash: Hash, old: Handle, new: Handle) {
        if is_over(old) != is_over(new) {
            self.remove(hash, old);
            self.insert(hash, new);
        } else if let Some(entry) = self.part(old).find_mut(hash.word(), |entry| entry.handle == old) {
            entry.handle = new;
        }
    }

    /// Forgets a pair.
    pub fn remove(&mut self, hash: Hash, handle: Handle) {
        if let Ok(entry) = self.part(handle).find_entry(hash.word(), |entry| entry.handle == handle) {
            entry.remove();
        }
    }

    fn part(&mut self, handle: Handle) -> &mut HashTable<Entry> {
        if is_over(handle) { &mut self.over } else { &mut self.going_on }
    }
}

fn is_over(handle: Handle) -> bool {
    matches!(handle.into(), Kept::Remembered(_))
}
