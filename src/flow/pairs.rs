//! A pair of endpoints to the place where somebody else keeps what belongs to it.

use super::buckets::Buckets;
use super::conversation::Pair;
use foldhash::quality::RandomState;
use std::hash::BuildHasher;

/// Places by pair. The pairs themselves stand at those places, so that one look finds both.
#[derive(Debug, Default)]
pub(crate) struct Places {
    places: Buckets,
    /// Seeded, so that no capture can choose endpoints that collide.
    hasher: RandomState,
}

/// The hash of a pair.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PairHash(u32);

impl Places {
    /// The hash by which a place is found.
    #[inline]
    pub fn hash(&self, pair: &Pair) -> PairHash {
        PairHash((self.hasher.hash_one(pair) >> 32) as u32)
    }

    /// Asks for where it is noted which place a pair with this hash has, to have it in the cache later.
    #[inline]
    pub fn ask_for(&self, hash: PairHash) {
        self.places.ask_for(hash.0);
    }

    /// The place of `pair`, if it has one; `pair_at` says which pair stands at a place.
    pub fn find(&self, pair: &Pair, pair_at: impl Fn(u32) -> Option<Pair>) -> Option<u32> {
        self.places.find(self.hash(pair).0, |place| pair_at(place).as_ref() == Some(pair))
    }

    /// A place that may be that of a pair with this hash, and most often is, without a look at the pair that stands there.
    pub fn candidate(&self, hash: PairHash) -> Option<u32> {
        self.places.find(hash.0, |_| true)
    }

    /// Gives `pair`, which has none, a place.
    pub fn insert(&mut self, pair: &Pair, place: u32) {
        self.places.insert(self.hash(pair).0, place);
    }

    /// Forgets that `pair` stands at `place`.
    pub fn remove(&mut self, pair: &Pair, place: u32) {
        self.places.remove(self.hash(pair).0, place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Side, testing};

    #[test]
    fn every_pair_finds_its_place() {
        let pair = |port| {
            let mut segment = testing::ack(Side::Client, 0, 0, 0, 0);
            segment.source.port = port;
            Pair::of(&segment)
        };
        let pairs: Vec<Pair> = (0..500).map(pair).collect();
        let pair_at = |place: u32| pairs.get(place as usize).copied();
        let mut places = Places::default();
        for (place, pair) in pairs.iter().enumerate() {
            assert_eq!(places.find(pair, pair_at), None);
            places.insert(pair, place as u32);
        }
        let all: Vec<_> = pairs.iter().map(|pair| places.find(pair, pair_at)).collect();
        assert_eq!(all, (0..500).map(Some).collect::<Vec<_>>());
        let right =
            (0..).zip(&pairs).filter(|(place, pair)| places.candidate(places.hash(pair)) == Some(*place)).count();
        assert!(right > 400, "{right} candidates of 500");
        places.remove(&pairs[7], 7);
        let left: Vec<_> = pairs.iter().filter_map(|pair| places.find(pair, pair_at)).collect();
        assert_eq!(left, (0..500).filter(|place| *place != 7).collect::<Vec<_>>());
    }
}
