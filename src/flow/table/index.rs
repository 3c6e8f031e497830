//! The hash of a key to the places of pairs with that hash.
//!
//! Hashes are kept beside the places: the index grows without asking where keys are, and hardly ever names a place that
//! is not meant. Pairs with nothing going on have an index of their own, which is seldom needed and may grow large: the
//! one that every segment needs stays in the cache.

use super::buckets::Buckets;
use super::handle::{Handle, Kept};
use super::key::Key;
use foldhash::fast::RandomState;
use std::hash::BuildHasher;

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
        self.going_on.find(hash.0, &is_meant).or_else(|| self.over.find(hash.0, &is_meant))
    }

    /// Enters a pair.
    pub fn insert(&mut self, hash: Hash, handle: Handle) {
        self.part(handle).insert(hash.0, handle);
    }

    /// Notes that a pair is kept elsewhere.
    pub fn replace(&mut self, hash: Hash, old: Handle, new: Handle) {
        if is_over(old) == is_over(new) {
            self.part(old).replace(hash.0, old, new);
        } else {
            self.remove(hash, old);
            self.insert(hash, new);
        }
    }

    /// Forgets a pair.
    pub fn remove(&mut self, hash: Hash, handle: Handle) {
        self.part(handle).remove(hash.0, handle);
    }

    fn part(&mut self, handle: Handle) -> &mut Buckets {
        if is_over(handle) { &mut self.over } else { &mut self.going_on }
    }
}

fn is_over(handle: Handle) -> bool {
    matches!(handle.into(), Kept::Remembered(_))
}
