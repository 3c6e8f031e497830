//! The hash of a key to the places of pairs with that hash.
//!
//! Hashes are kept beside the places: the index grows without asking where keys are, and hardly ever names a place that
//! is not meant.

use super::handle::Handle;
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
    entries: HashTable<Entry>,
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
        self.entries.len()
    }

    /// A place with this hash; most often the only one.
    #[inline]
    pub fn candidate(&self, hash: Hash) -> Option<Handle> {
        self.find(hash, |_| true)
    }

    /// The place with this hash that `is_meant`.
    #[inline]
    pub fn find(&self, hash: Hash, is_meant: impl Fn(Handle) -> bool) -> Option<Handle> {
        let found = self.entries.find(hash.word(), |entry| entry.hash == hash && is_meant(entry.handle));
        found.map(|entry| entry.handle)
    }

    /// Enters a pair.
    pub fn insert(&mut self, hash: Hash, handle: Handle) {
        self.entries.insert_unique(hash.word(), Entry { hash, handle }, |entry| entry.hash.word());
    }

    /// Notes that a pair is kept elsewhere.
    pub fn replace(&mut self, hash: Hash, old: Handle, new: Handle) {
        if let Some(entry) = self.entries.find_mut(hash.word(), |entry| entry.handle == old) {
            entry.handle = new;
        }
    }

    /// Forgets a pair.
    pub fn remove(&mut self, hash: Hash, handle: Handle) {
        if let Ok(entry) = self.entries.find_entry(hash.word(), |entry| entry.handle == handle) {
            entry.remove();
        }
    }
}
