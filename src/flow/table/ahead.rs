//! Looking ahead: the memory that the next few segments will need, asked for before the first of them is counted.
//!
//! With tens of thousands of interleaved connections every segment's flow has left the cache. One after the other, each
//! would wait for memory three times (index, entry, flow). Asked for together, the waits overlap; that is all this
//! module does, and nothing depends on it having run.

use super::{Handle, Kept, Table};
use crate::flow::Notes;
use crate::wire::Segment;
use std::hash::BuildHasher;
use std::hint::black_box;

/// How many segments are looked ahead; more than this does not fit what a core keeps under way.
pub const FAR: usize = 32;

impl<T: Notes> Table<T> {
    /// Touches what counting `segments` will touch; the first [`FAR`] of them.
    pub fn look_ahead(&self, segments: &[Segment]) {
        let mut places = [None; FAR];
        for (place, segment) in places.iter_mut().zip(segments) {
            *place = self.addresses.find(segment).map(|key| (key, self.hasher.hash_one(key)));
        }
        let mut kept = [None; FAR];
        for (kept, (key, hash)) in kept.iter_mut().zip(places.into_iter().flatten()) {
            *kept = self.index.find(hash, |handle: &Handle| self.key_of(*handle) == Some(&key)).copied();
        }
        let mut sum = 0u64;
        for handle in kept.into_iter().flatten() {
            if let Kept::Live(at) = handle.into() {
                sum = sum.wrapping_add(self.live.get(at).map_or(0, |live| live.touched()));
            }
        }
        black_box(sum);
    }
}
