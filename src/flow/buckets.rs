//! Hashes to places, whatever those are places of, in buckets of one line of memory each.
//!
//! A table that is asked for millions of pairs a second, each time for another one, waits for memory. What is wanted
//! therefore, and what no table at hand offers, is to ask for the one line that will be read, to read no other, and to
//! grow where it is, in one pass from back to front: a bucket is chosen by the high bits of the hash, so that the entries
//! of one become those of two neighbours behind it. An entry that finds its bucket full goes to the next, which the bucket
//! counts; so it is known where a search may end, and entries can be taken out again.

use super::Errand;
use super::memory::ask_for;
use super::supply::Supply;
use std::sync::mpsc::Sender;

/// Entries of a bucket.
const SLOTS: usize = 7;

/// Buckets at first.
const FEWEST: usize = 8;

/// Buckets that lie together. There may be gigabytes of them, which nobody has twice: to grow adds to them, and moves none.
const TOGETHER: usize = 1 << 12;

/// Entries per bucket above which there are to be more buckets, in sixteenths: as many as leave few buckets full.
const CROWDED: usize = SLOTS * 13;

/// Parts that there are before others are made ready, and in sixteenths how near the buckets are to being crowded by then.
const MANY: usize = 16;
const NEARLY: usize = 15;

/// What fits a line of memory.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(64))]
struct Bucket {
    hashes: [u32; SLOTS],
    /// A bit for each entry there is.
    used: u32,
    places: [u32; SLOTS],
    /// Entries that would be here, or in a bucket before, had there been room.
    passed: u32,
}

impl Bucket {
    /// The entries with this hash, a bit for each.
    #[inline]
    fn with(&self, hash: u32) -> u32 {
        let mut found = 0;
        for (slot, other) in self.hashes.iter().enumerate() {
            found |= u32::from(*other == hash) << slot;
        }
        found & self.used
    }

    /// Puts an entry in; whether there was room.
    fn put(&mut self, hash: u32, place: u32) -> bool {
        let slot = (!self.used).trailing_zeros() as usize;
        let room = slot < SLOTS;
        if room {
            (self.hashes[slot], self.places[slot]) = (hash, place);
            self.used |= 1 << slot;
        }
        room
    }

    const fn has_room(&self) -> bool {
        self.used.trailing_ones() < SLOTS as u32
    }

    /// Every entry.
    fn entries(&self) -> impl Iterator<Item = (u32, u32)> {
        slots(self.used).map(|slot| (self.hashes[slot], self.places[slot]))
    }
}

/// The bits that are set.
fn slots(mut bits: u32) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let slot = bits.trailing_zeros() as usize;
        bits &= bits.wrapping_sub(1);
        (slot < SLOTS).then_some(slot)
    })
}

/// Entries by their hash.
#[derive(Debug, Default)]
pub struct Buckets {
    /// Each as long as all others but where it is the only one.
    parts: Vec<Part>,
    /// Buckets in all parts: as many as a power of two, or none.
    buckets: usize,
    len: usize,
    /// How many entries there are when more buckets are to be thought of.
    enough: usize,
    supply: Supply<Part>,
}

type Part = Box<[Bucket]>;

/// So many empty ones.
fn fresh(buckets: usize) -> Part {
    vec![Bucket::default(); buckets].into_boxed_slice()
}

impl Buckets {
    /// Who is to make room ready.
    pub fn engage(&mut self, errands: &Sender<Errand>) {
        self.supply.engage(errands.clone());
    }

    /// How many entries there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Asks for the line in which an entry with this hash is, to have it in the cache later.
    #[inline]
    pub fn ask_for(&self, hash: u32) {
        if let Some(bucket) = self.bucket(self.home(hash)) {
            ask_for(bucket);
        }
    }

    /// The entry with this hash that `is_meant`.
    #[inline]
    pub fn find(&self, hash: u32, is_meant: impl Fn(u32) -> bool) -> Option<u32> {
        let (at, slot) = self.seek(hash, is_meant)?;
        self.bucket(at).map(|bucket| bucket.places[slot])
    }

    /// Enters another one.
    pub fn insert(&mut self, hash: u32, place: u32) {
        if self.len >= self.enough {
            self.see_to_room();
        }
        self.len += 1;
        self.put(hash, place);
    }

    /// Notes that an entry has another place.
    pub fn replace(&mut self, hash: u32, old: u32, new: u32) {
        if let Some((bucket, slot)) = self.seek(hash, |place| place == old) {
            self.bucket_mut(bucket).places[slot] = new;
        }
    }

    /// Takes an entry out.
    pub fn remove(&mut self, hash: u32, place: u32) {
        let Some((bucket, slot)) = self.seek(hash, |other| other == place) else { return };
        self.bucket_mut(bucket).used &= !(1 << slot);
        self.len -= 1;
        let mut at = self.home(hash);
        while at != bucket {
            self.bucket_mut(at).passed -= 1;
            at = self.after(at);
        }
    }

    /// The bucket of this hash: its high bits.
    #[inline]
    const fn home(&self, hash: u32) -> usize {
        ((hash as u64 * self.buckets as u64) >> u32::BITS) as usize
    }

    #[inline]
    fn bucket(&self, at: usize) -> Option<&Bucket> {
        self.parts.get(at / TOGETHER)?.get(at % TOGETHER)
    }

    fn bucket_mut(&mut self, at: usize) -> &mut Bucket {
        &mut self.parts[at / TOGETHER][at % TOGETHER]
    }

    #[inline]
    const fn after(&self, bucket: usize) -> usize {
        if bucket + 1 < self.buckets { bucket + 1 } else { 0 }
    }

    /// Bucket and place in it of the entry with this hash that `is_meant`.
    #[inline]
    fn seek(&self, hash: u32, is_meant: impl Fn(u32) -> bool) -> Option<(usize, usize)> {
        let mut at = self.home(hash);
        let mut left = self.buckets;
        while let Some(bucket) = self.bucket(at).filter(|_| left > 0) {
            let found = slots(bucket.with(hash)).find(|slot| is_meant(bucket.places[*slot]));
            if found.is_some() || bucket.passed == 0 {
                return found.map(|slot| (at, slot));
            }
            at = self.after(at);
            left -= 1;
        }
        None
    }

    /// Puts an entry where there is room; there is.
    fn put(&mut self, hash: u32, place: u32) {
        let mut at = self.home(hash);
        while !self.bucket_mut(at).put(hash, place) {
            self.bucket_mut(at).passed += 1;
            at = self.after(at);
        }
    }

    /// How many entries are not in the bucket of their hash.
    #[cfg(test)]
    pub fn strayed(&self) -> usize {
        let strayed =
            |(at, bucket): (usize, &Bucket)| bucket.entries().filter(|(hash, _)| self.home(*hash) != at).count();
        self.parts.iter().flatten().enumerate().map(strayed).sum()
    }

    /// Has more buckets made ready, or takes them.
    #[cold]
    fn see_to_room(&mut self) {
        let crowded = |buckets: usize| (buckets * CROWDED).div_ceil(16);
        if self.len < crowded(self.buckets) {
            self.supply.order(self.parts.len(), || fresh(TOGETHER));
            self.enough = crowded(self.buckets);
            return;
        }
        self.grow();
        self.supply.cancel();
        let makes_ready = self.supply.is_engaged() && self.parts.len() >= MANY;
        let crowded = crowded(self.buckets);
        self.enough = if makes_ready { crowded / 16 * NEARLY } else { crowded };
    }

    /// Doubles the buckets.
    fn grow(&mut self) {
        let fewer = self.buckets;
        self.buckets = (fewer * 2).max(FEWEST);
        if self.buckets <= TOGETHER {
            let few = std::mem::replace(&mut self.parts, vec![fresh(self.buckets)]);
            few.iter().flatten().flat_map(Bucket::entries).for_each(|(hash, place)| self.put(hash, place));
            return;
        }
        self.parts.resize_with(self.buckets / TOGETHER, || self.supply.take().unwrap_or_else(|| fresh(TOGETHER)));
        // What would go where others have not left yet waits.
        let mut waiting = Vec::new();
        for at in (0..fewer).rev() {
            for (hash, place) in std::mem::take(self.bucket_mut(at)).entries() {
                let home = self.home(hash);
                let has_left = home >= at;
                if !has_left || !(self.bucket_mut(home).put(hash, place) || self.put_behind(home, hash, place)) {
                    waiting.push((hash, place));
                }
            }
        }
        waiting.into_iter().for_each(|(hash, place)| self.put(hash, place));
    }

    /// Puts an entry that finds the bucket at `home` full into one behind it, if there is room before the last; whether
    /// there was.
    #[cold]
    fn put_behind(&mut self, home: usize, hash: u32, place: u32) -> bool {
        let has_room = |at: &usize| self.bucket(*at).is_some_and(Bucket::has_room);
        let Some(free) = (home..self.buckets).find(has_room) else { return false };
        (home..free).for_each(|at| self.bucket_mut(at).passed += 1);
        self.bucket_mut(free).put(hash, place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_bucket_takes_a_line() {
        assert_eq!(size_of::<Bucket>(), 64);
    }

    /// Hashes that crowd both ends, so that entries stray from the last bucket to the first while there come to be more.
    #[test]
    #[cfg_attr(miri, ignore = "takes minutes there")]
    fn finds_everything_while_it_grows() {
        const ENTRIES: u32 = 80_000;
        let hash = |number: u32| match number % 8 {
            0 => u32::MAX - number % 64,
            1 => number % 64,
            _ => number.wrapping_mul(0x9e37_79b1),
        };
        let mut buckets = Buckets::default();
        let mut known = 0;
        for number in 0..ENTRIES {
            let before = buckets.buckets;
            // Of those that crowd few are enough.
            if number % 8 > 1 || number < 2000 {
                buckets.insert(hash(number), number);
                known += 1;
            }
            let grew = buckets.buckets != before;
            if grew {
                let there = |number: &u32| buckets.find(hash(*number), |place| place == *number).is_some();
                assert_eq!((0..=number).filter(there).count(), known);
            }
        }
        assert!(buckets.parts.len() > 2 && buckets.len() == known);
        for number in 0..ENTRIES {
            buckets.remove(hash(number), number);
        }
        assert!(buckets.parts.iter().flatten().all(|bucket| (bucket.used, bucket.passed) == (0, 0)));
        assert_eq!(buckets.len(), 0);
    }

    #[test]
    #[cfg_attr(miri, ignore = "takes minutes there")]
    fn takes_what_was_made_ready_in_time() {
        let entries = u32::try_from((MANY * TOGETHER * CROWDED).div_ceil(16)).expect("not that many");
        let hash = |number: u32| number.wrapping_mul(0x9e37_79b1);
        let mut buckets = Buckets::default();
        let (send, errands) = std::sync::mpsc::channel();
        buckets.engage(&send);
        let mut done = 0;
        for number in 0..=entries {
            buckets.insert(hash(number), number);
            for errand in errands.try_iter() {
                errand();
                done += 1;
            }
        }
        assert_eq!((buckets.parts.len(), done, buckets.supply.take().is_some()), (2 * MANY, MANY, false));
        assert!((0..=entries).all(|number| buckets.find(hash(number), |place| place == number).is_some()));
    }

    proptest! {
        /// Few hashes, so that many are alike and buckets run over; what is left is what a list holds.
        #[test]
        fn holds_what_a_list_holds(steps in prop::collection::vec((0u8..4, 0u32..24, 0u32..6), 1..400)) {
            let mut list: Vec<(u32, u32)> = Vec::new();
            let mut buckets = Buckets::default();
            for (step, hash, handle) in steps {
                let hash = (hash << 27) | (handle / 3);
                let known = list.iter().position(|entry| *entry == (hash, handle));
                match (step, known) {
                    (0 | 1, None) => {
                        list.push((hash, handle));
                        buckets.insert(hash, handle);
                    }
                    (2, Some(at)) => {
                        list.swap_remove(at);
                        buckets.remove(hash, handle);
                    }
                    (3, Some(at)) if !list.contains(&(hash, handle + 100)) => {
                        list[at].1 += 100;
                        buckets.replace(hash, handle, handle + 100);
                    }
                    _ => {}
                }
                prop_assert_eq!(buckets.len(), list.len());
                for (hash, handle) in &list {
                    prop_assert_eq!(buckets.find(*hash, |other| other == *handle), Some(*handle));
                }
                prop_assert_eq!(buckets.find(hash, |other| other == 1000), None);
            }
            for (hash, handle) in list {
                buckets.remove(hash, handle);
            }
            prop_assert!(buckets.parts.iter().flatten().all(|bucket| (bucket.used, bucket.passed) == (0, 0)));
        }
    }
}
