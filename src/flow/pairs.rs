//! A pair of endpoints to the place where somebody else keeps what belongs to it.

use super::conversation::Pair;
use foldhash::quality::RandomState;
use hashbrown::HashTable;
use std::hash::BuildHasher;

/// Places by pair. The pairs themselves stand at those places, so that one look finds both.
#[derive(Debug, Default)]
pub(crate) struct Places {
    places: HashTable<u32>,
    /// Seeded, so that no capture can choose endpoints that collide. (The faster one leaves some seeds with few different
    /// high bits, by which candidates are told.)
    hasher: RandomState,
}

impl Places {
    /// The place of `pair`, if it has one; `pair_at` says which pair stands at a place.
    pub fn find(&self, pair: &Pair, pair_at: impl Fn(u32) -> Option<Pair>) -> Option<u32> {
        self.places.find(self.hasher.hash_one(pair), |place| pair_at(*place).as_ref() == Some(pair)).copied()
    }

    /// A place that may be that of `pair`, and most often is, without a look at the pair that stands there.
    pub fn candidate(&self, pair: &Pair) -> Option<u32> {
        self.places.find(self.hasher.hash_one(pair), |_| true).copied()
    }

    /// Gives `pair`, which has none, a place.
    pub fn insert(&mut self, pair: &Pair, place: u32, pair_at: impl Fn(u32) -> Option<Pair>) {
        let hasher = &self.hasher;
        let rehash = |place: &u32| hasher.hash_one(pair_at(*place).as_ref().unwrap_or(pair));
        self.places.insert_unique(hasher.hash_one(pair), place, rehash);
    }

    /// Forgets that `pair` stands at `place`.
    pub fn remove(&mut self, pair: &Pair, place: u32) {
        if let Ok(entry) = self.places.find_entry(self.hasher.hash_one(pair), |other| *other == place) {
            entry.remove();
        }
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
            places.insert(pair, place as u32, pair_at);
        }
        let all: Vec<_> = pairs.iter().map(|pair| places.find(pair, pair_at)).collect();
        assert_eq!(all, (0..500).map(Some).collect::<Vec<_>>());
        let right = (0..).zip(&pairs).filter(|(place, pair)| places.candidate(pair) == Some(*place)).count();
        assert!(right > 400, "{right} candidates of 500");
        places.remove(&pairs[7], 7);
        let left: Vec<_> = pairs.iter().filter_map(|pair| places.find(pair, pair_at)).collect();
        assert_eq!(left, (0..500).filter(|place| *place != 7).collect::<Vec<_>>());
    }
}
