//! Looking ahead: the memory that the next few segments will need, asked for before the first of them is counted.
//!
//! With tens of thousands of interleaved connections every segment's flow has left the cache. One after the other, each
//! would wait for memory three times (index, entry, flow). Asked for together, the waits overlap. What was found is
//! handed back as hints, which are checked before they are believed: nothing depends on them.

use super::index::Hash;
use super::key::Key;
use super::{Handle, Kept, Live, Table};
use crate::flow::Notes;
use crate::wire::Segment;
use std::hint::black_box;

/// How many segments are looked ahead; more than this does not fit what a core keeps under way.
pub const FAR: usize = 32;

/// Where the pair of a segment may be kept.
#[derive(Clone, Copy, Debug)]
pub struct Hint {
    pub(super) key: Key,
    pub(super) hash: Hash,
    pub(super) handle: Option<Handle>,
}

/// Where the pairs of the next few segments may be kept.
pub type Hints = [Option<Hint>; FAR];

impl<T: Notes> Table<T> {
    /// Touches what counting `segments` will touch; the first [`FAR`] of them.
    pub fn look_ahead(&self, segments: &[Segment]) -> Hints {
        let mut hints = [None; FAR];
        for (hint, segment) in hints.iter_mut().zip(segments) {
            let key = self.addresses.find(segment);
            *hint = key.map(|key| Hint { key, hash: self.index.hash(&key), handle: None });
        }
        // Which of those with a like hash it is shows when it is counted; most often there is one.
        for hint in hints.iter_mut().flatten() {
            hint.handle = self.index.candidate(hint.hash);
        }
        let mut sum = 0u64;
        for handle in hints.iter().flatten().filter_map(|hint| hint.handle) {
            sum = sum.wrapping_add(match handle.into() {
                Kept::Live(at) => self.live.get(at).map_or(0, Live::touched),
                Kept::Asking(at) => self.asking.get(at).map_or(0, |asking| u64::from(asking.stream)),
                Kept::Remembered(at) => self.remembered.get(at).map_or(0, |remembered| u64::from(remembered.stream)),
            });
        }
        // What lies behind a pointer comes last, when all pointers are here.
        for handle in hints.iter().flatten().filter_map(|hint| hint.handle) {
            if let Kept::Live(at) = handle.into() {
                sum = sum.wrapping_add(self.live.get(at).map_or(0, |live| live.touched_behind(&self.log)));
            }
        }
        black_box(sum);
        hints
    }

    /// Touches what telling of the next closed flow will touch: nobody has, since it closed.
    pub(super) fn look_ahead_at_closed(&self) {
        let next = self.closed.front().and_then(|(at, ..)| self.live.get(*at));
        black_box(next.map_or(0, |live| {
            let place = self.index.candidate(self.index.hash(&live.key));
            live.touched() ^ live.touched_first(&self.log) ^ u64::from(place.is_some())
        }));
    }

    /// Where the pair of `segment` is kept; `hint` is what looking ahead found.
    #[inline]
    pub(super) fn find(&self, segment: &Segment, hint: Option<&Hint>) -> Option<Kept> {
        let handle = match hint.filter(|hint| hint.key.is_lasting()) {
            Some(Hint { key, handle: Some(handle), .. }) if self.key_of(*handle) == Some(key) => Some(*handle),
            Some(Hint { key, hash, .. }) => self.look_up(key, *hash),
            None => {
                let key = self.addresses.find(segment)?;
                self.look_up(&key, self.index.hash(&key))
            }
        };
        handle.map(Kept::from)
    }

    fn look_up(&self, key: &Key, hash: Hash) -> Option<Handle> {
        self.index.find(hash, |handle| self.key_of(handle) == Some(key))
    }
}
