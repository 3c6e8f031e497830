//! A key to what replaces octets, ports and hardware addresses: keyed hashes (SipHash-2-4) and permutations made of them.

use siphasher::sip::SipHasher24;
use siphasher::sip128::{Hasher128, SipHasher24 as SipHasher24With128Bits};
use std::hash::Hasher;

/// What a hash is for, so that equal octets in different places have nothing in common.
#[derive(Clone, Copy, Debug)]
pub(super) enum Use {
    AddressBit = 1,
    Hardware,
    Port,
    Table,
    Stream,
    Value,
}

/// A key of 128 bits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Key([u64; 2]);

impl Key {
    /// A key with whatever surprise there is in `secret`.
    pub fn from_secret(secret: &[u8]) -> Self {
        let mut hasher = SipHasher24With128Bits::new();
        hasher.write(secret);
        let hash = hasher.finish128();
        Self([hash.h1, hash.h2])
    }

    /// The hash of some octets.
    pub fn hash(&self, purpose: Use, parts: &[&[u8]]) -> u64 {
        let mut hasher = SipHasher24::new_with_keys(self.0[0], self.0[1]);
        hasher.write_u8(purpose as u8);
        for part in parts {
            hasher.write(part);
        }
        hasher.finish()
    }

    /// What stands for a hardware address of any length. None, all stations and groups stay what they are, as do the
    /// bits that tell groups and local addresses.
    pub fn hardware(&self, address: &mut [u8]) {
        const GROUP: u8 = 1;
        const KEPT: u8 = 3;
        let is_group = address.first().is_some_and(|first| first & GROUP != 0);
        if is_group || address.iter().all(|octet| *octet == 0) {
            return;
        }
        let first = address.first().map_or(0, |first| first & KEPT);
        self.value(address);
        if let Some(octet) = address.first_mut() {
            *octet = *octet & !KEPT | first;
        }
    }

    /// Replaces octets by others that depend on all of them.
    pub fn value(&self, octets: &mut [u8]) {
        let seed = self.hash(Use::Value, &[octets]).to_le_bytes();
        for (index, eight) in octets.chunks_mut(8).enumerate() {
            let fresh = self.hash(Use::Hardware, &[&seed, &(index as u64).to_le_bytes()]).to_le_bytes();
            eight.iter_mut().zip(fresh).for_each(|(to, from)| *to = from);
        }
    }

    /// What stands for a port.
    pub fn port(&self, port: u16) -> u16 {
        self.walk_port(port, [0, 1, 2, 3])
    }

    /// The port that another stands for.
    pub fn restore_port(&self, port: u16) -> u16 {
        self.walk_port(port, [3, 2, 1, 0])
    }

    /// Permutes all ports until one of the same range comes.
    fn walk_port(&self, port: u16, rounds: [u8; 4]) -> u16 {
        let range = |port: u16| match port {
            0 => 0,
            1..=1023 => 1,
            1024..=49_151 => 2,
            49_152.. => 3,
        };
        let mut next = port;
        loop {
            next = self.permute_port(next, rounds);
            if range(next) == range(port) {
                return next;
            }
        }
    }

    /// A Feistel network over two octets; the rounds backwards undo it.
    fn permute_port(&self, port: u16, rounds: [u8; 4]) -> u16 {
        let [mut left, mut right] = port.to_be_bytes();
        for round in rounds {
            let mask = self.hash(Use::Port, &[&[round, right]]) as u8;
            (left, right) = (right, left ^ mask);
        }
        u16::from_be_bytes([right, left])
    }

    /// A permutation of the octets.
    pub fn table(&self) -> [u8; 256] {
        let mut table = [0; 256];
        for (place, octet) in table.iter_mut().zip(0..=u8::MAX) {
            *place = octet;
        }
        for last in (1..256usize).rev() {
            let other = self.hash(Use::Table, &[&(last as u64).to_le_bytes()]) % (last as u64 + 1);
            table.swap(last, other as usize);
        }
        table
    }
}

/// Replaces the octets of streams: an octet at one place of one stream always by the same, a different one by a
/// different one, and what stands for it elsewhere says nothing of it.
#[derive(Clone)]
pub(super) struct Streams {
    key: Key,
    table: [u8; 256],
}

impl Streams {
    /// Replaces by `key`.
    pub fn new(key: Key) -> Self {
        Self { key, table: key.table() }
    }

    /// Replaces `octets`, the first of which is at `start` of the stream called `name`.
    pub fn replace(&self, name: &[u8], start: u32, octets: &mut [u8]) {
        let name = self.key.hash(Use::Stream, &[name]).to_le_bytes();
        let mut at = start;
        let mut rest = octets;
        while !rest.is_empty() {
            let mask = self.key.hash(Use::Stream, &[&name, &(at / 8).to_le_bytes()]).to_le_bytes();
            let skipped = (at % 8) as usize;
            let (here, later) = rest.split_at_mut(rest.len().min(8 - skipped));
            for (octet, mask) in here.iter_mut().zip(mask.iter().skip(skipped)) {
                *octet = self.table.get(usize::from(*octet ^ mask)).copied().unwrap_or_default();
            }
            at = at.wrapping_add(here.len() as u32);
            rest = later;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> Key {
        Key::from_secret(b"a secret of some length")
    }

    #[test]
    fn ports_are_permuted_within_their_ranges() {
        let mut seen = vec![false; 65_536];
        for port in 0..=u16::MAX {
            let other = key().port(port);
            assert_eq!((port < 1024, port < 49_152, port == 0), (other < 1024, other < 49_152, other == 0));
            assert_eq!(key().restore_port(other), port);
            assert!(!std::mem::replace(&mut seen[usize::from(other)], true));
        }
    }

    #[test]
    fn the_table_is_a_permutation() {
        let mut table = key().table();
        assert_ne!(table, Key::from_secret(b"another").table());
        table.sort_unstable();
        assert!(table.iter().zip(0..=u8::MAX).all(|(octet, index)| *octet == index));
    }

    #[test]
    fn hardware_addresses_keep_what_they_are() {
        let replaced = |mut address: [u8; 6]| {
            key().hardware(&mut address);
            address
        };
        assert_eq!(replaced([0; 6]), [0; 6]);
        assert_eq!(replaced([0xff; 6]), [0xff; 6]);
        assert_eq!(replaced([1, 0, 0x5e, 1, 2, 3]), [1, 0, 0x5e, 1, 2, 3]);
        let (one, two) = (replaced([2, 0, 0, 0, 0, 1]), replaced([2, 0, 0, 0, 0, 2]));
        assert!(one != two && one != [2, 0, 0, 0, 0, 1] && one[0] & 3 == 2);
    }

    proptest! {
        #[test]
        fn an_octet_of_a_stream_is_replaced_alike_however_it_is_cut(
            octets in prop::collection::vec(any::<u8>(), 1..100),
            start: u32,
            cut in any::<prop::sample::Index>(),
        ) {
            let streams = Streams::new(key());
            let mut whole = octets.clone();
            streams.replace(b"name", start, &mut whole);
            let cut = cut.index(octets.len());
            let (mut one, mut two) = (octets[..cut].to_vec(), octets[cut..].to_vec());
            streams.replace(b"name", start, &mut one);
            streams.replace(b"name", start.wrapping_add(cut as u32), &mut two);
            prop_assert_eq!([one, two].concat(), whole);
        }

        #[test]
        fn different_octets_are_replaced_by_different_ones(one: u8, two: u8, at: u32) {
            let streams = Streams::new(key());
            let (mut first, mut second) = ([one], [two]);
            streams.replace(b"name", at, &mut first);
            streams.replace(b"name", at, &mut second);
            prop_assert_eq!(one == two, first == second);
        }
    }
}
