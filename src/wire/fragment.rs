//! Fragments in, whole datagrams out, by Wireshark's rules and within a bound of memory.
//!
//! No fragment is ever too old; what overflows the bound is the datagram that has waited longest.

use super::walk::Datagram;
use crate::capture::FrameNumber;
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;

/// Datagrams that may wait at a time.
const MAX_DATAGRAMS: usize = 4096;
/// Octets that may wait at a time, [`PIECE_COST`] for each fragment included.
const MAX_OCTETS: usize = 32 << 20;
/// Fragments of one datagram that may wait: more than the smallest legal MTU makes of the largest datagram (RFC 791 §3.1).
const MAX_PIECES: usize = 2048;
/// What a fragment costs beside its octets.
const PIECE_COST: usize = 64;

/// What fragments datagrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Carrier {
    Ip,
    Capwap,
}

/// What the fragments of one datagram have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    carrier: Carrier,
    source: IpAddr,
    destination: IpAddr,
    id: u32,
}

impl Key {
    /// The addresses of the IP header, and an identification with whatever else tells datagrams apart mixed in.
    pub fn new(carrier: Carrier, ip: &Datagram, id: u32) -> Self {
        Self { carrier, source: ip.source, destination: ip.destination, id }
    }
}

/// One fragment of a datagram.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fragment<'a> {
    /// The frame it came in.
    pub frame: FrameNumber,
    /// Octets of the datagram before this one's first.
    pub offset: usize,
    /// Whether it is not the last.
    pub more: bool,
    /// Its octets, all captured.
    pub data: &'a [u8],
    /// Whether the datagram says that it carries TCP.
    pub tcp: bool,
}

/// Datagrams of which some fragments have been seen.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    waiting: HashMap<Key, Waiting>,
    /// Keys in the order of their first fragment; a key whose number is not that in `waiting` is of the past.
    order: VecDeque<(Key, u64)>,
    octets: usize,
    begun: u64,
    /// Datagrams with TCP that were given up.
    abandoned: u64,
    /// Frames whose fragments the frame at hand completes.
    pub completed: Vec<FrameNumber>,
}

/// A datagram with holes.
#[derive(Debug)]
struct Waiting {
    number: u64,
    /// In order of offset, and of arrival where offsets are equal.
    pieces: Vec<(usize, Vec<u8>)>,
    /// The frames of the pieces, in order of arrival.
    frames: Vec<FrameNumber>,
    /// Length, once a last fragment has told it; a second last fragment does not change it.
    length: Option<usize>,
    octets: usize,
    tcp: bool,
}

impl Fragments {
    /// Adds a fragment and returns the datagram if it is the one that completes it. The first copy of an octet counts;
    /// the next fragment with the same key begins a new datagram.
    pub fn add(&mut self, key: Key, fragment: Fragment<'_>) -> Option<Vec<u8>> {
        self.make_room(fragment.data.len() + PIECE_COST);
        let (begun, order) = (&mut self.begun, &mut self.order);
        let waiting = self.waiting.entry(key).or_insert_with(|| {
            *begun += 1;
            order.push_back((key, *begun));
            let tcp = fragment.tcp;
            Waiting { number: *begun, pieces: Vec::new(), frames: Vec::new(), length: None, octets: 0, tcp }
        });
        self.octets += waiting.add(fragment);
        let whole = waiting.assemble();
        if whole.is_some() {
            self.completed.append(&mut waiting.frames);
        }
        if whole.is_some() {
            self.remove(key);
        } else if waiting.pieces.len() > MAX_PIECES {
            self.abandon(key);
        }
        whole
    }

    /// Datagrams with TCP of which fragments are missing so far.
    pub fn incomplete(&self) -> u64 {
        self.abandoned + self.waiting.values().filter(|waiting| waiting.tcp).count() as u64
    }

    fn make_room(&mut self, octets: usize) {
        while self.waiting.len() >= MAX_DATAGRAMS || self.octets + octets > MAX_OCTETS {
            let Some((key, number)) = self.order.pop_front() else { return };
            if self.waiting.get(&key).is_some_and(|waiting| waiting.number == number) {
                self.abandon(key);
            }
        }
        if self.order.len() > 2 * MAX_DATAGRAMS {
            let waiting = &self.waiting;
            self.order.retain(|(key, number)| waiting.get(key).is_some_and(|waiting| waiting.number == *number));
        }
    }

    fn abandon(&mut self, key: Key) {
        self.abandoned += u64::from(self.waiting.get(&key).is_some_and(|waiting| waiting.tcp));
        self.remove(key);
    }

    fn remove(&mut self, key: Key) {
        if let Some(waiting) = self.waiting.remove(&key) {
            self.octets -= waiting.octets;
        }
    }
}

impl Waiting {
    /// Returns what the fragment costs.
    fn add(&mut self, fragment: Fragment<'_>) -> usize {
        if !fragment.more {
            self.length.get_or_insert(fragment.offset + fragment.data.len());
        }
        let place = self.pieces.partition_point(|(offset, _)| *offset <= fragment.offset);
        self.pieces.insert(place, (fragment.offset, fragment.data.to_vec()));
        self.frames.push(fragment.frame);
        let cost = fragment.data.len() + PIECE_COST;
        self.octets += cost;
        cost
    }

    /// The datagram, if there is no hole in it.
    fn assemble(&self) -> Option<Vec<u8>> {
        let length = self.length.filter(|length| *length <= self.octets)?;
        let mut end = 0;
        for (offset, data) in self.pieces.iter().take_while(|(offset, _)| *offset < length) {
            if *offset > end {
                return None;
            }
            end = end.max(offset + data.len());
        }
        (end >= length).then(|| self.copy(length))
    }

    fn copy(&self, length: usize) -> Vec<u8> {
        let mut datagram = Vec::with_capacity(length);
        for (offset, data) in &self.pieces {
            let known = datagram.len().saturating_sub(*offset);
            datagram.extend_from_slice(data.get(known..).unwrap_or_default());
        }
        datagram.truncate(length);
        datagram
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key(id: u32) -> Key {
        Key { carrier: Carrier::Ip, source: [10, 0, 0, 1].into(), destination: [10, 0, 0, 2].into(), id }
    }

    fn part(offset: usize, more: bool, data: &[u8]) -> Fragment<'_> {
        Fragment { frame: 1, offset, more, data, tcp: true }
    }

    #[test]
    fn completes_in_any_order_and_starts_anew() {
        for _ in 0..2 {
            let mut fragments = Fragments::default();
            assert_eq!(fragments.add(key(1), part(8, false, b"IJ")), None);
            assert_eq!(fragments.add(key(2), part(0, true, b"abcdefgh")), None);
            assert_eq!(fragments.add(key(1), part(0, true, b"ABCDEFGH")).unwrap(), b"ABCDEFGHIJ");
            assert_eq!(fragments.add(key(1), part(0, true, b"ABCDEFGH")), None);
        }
    }

    #[test]
    fn datagrams_that_never_complete_are_counted() {
        let mut fragments = Fragments::default();
        assert_eq!(fragments.add(key(1), part(8, false, b"IJ")), None);
        assert_eq!(fragments.add(key(2), Fragment { tcp: false, ..part(8, false, b"IJ") }), None);
        assert_eq!(fragments.incomplete(), 1);
        assert!(fragments.add(key(1), part(0, true, b"ABCDEFGH")).is_some());
        assert_eq!(fragments.incomplete(), 0);
    }

    #[test]
    fn the_first_copy_of_an_octet_counts() {
        let mut fragments = Fragments::default();
        assert_eq!(fragments.add(key(1), part(0, true, b"12345678")), None);
        assert_eq!(fragments.add(key(1), part(0, true, b"abcdefghABCDEFGH")), None);
        assert_eq!(fragments.add(key(1), part(16, false, b"Z")).unwrap(), b"12345678ABCDEFGHZ");
    }

    #[test]
    fn the_first_last_fragment_fixes_the_length() {
        let mut fragments = Fragments::default();
        assert_eq!(fragments.add(key(1), part(8, false, b"xy")), None);
        assert_eq!(fragments.add(key(1), part(16, false, b"far beyond")), None);
        assert_eq!(fragments.add(key(1), part(0, true, b"12345678")).unwrap(), b"12345678xy");
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_goes_first() {
        let mut fragments = Fragments::default();
        let big = [0; 60_000];
        for id in 0..20_000 {
            assert_eq!(fragments.add(key(id), part(8, true, if id % 2 == 0 { &big } else { &big[..8] })), None);
            assert!(fragments.octets <= MAX_OCTETS && fragments.waiting.len() <= MAX_DATAGRAMS);
            assert!(fragments.order.len() <= 2 * MAX_DATAGRAMS + 1);
        }
        assert!(fragments.waiting.contains_key(&key(19_999)) && !fragments.waiting.contains_key(&key(0)));
        let counted: usize = fragments.waiting.values().map(|waiting| waiting.octets).sum();
        assert_eq!(counted, fragments.octets);
        assert_eq!(fragments.incomplete(), 20_000);
    }

    proptest! {
        #[test]
        fn any_cut_in_any_order_gives_the_datagram_back(
            datagram in prop::collection::vec(any::<u8>(), 1..400),
            order in prop::collection::vec(any::<u64>(), 50),
        ) {
            let mut parts: Vec<_> = datagram.chunks(8).enumerate().zip(order).collect();
            parts.sort_by_key(|(_, place)| *place);
            let mut fragments = Fragments::default();
            let last = parts.len() - 1;
            for (at, ((index, data), _)) in parts.into_iter().enumerate() {
                let more = index * 8 + data.len() < datagram.len();
                let whole = fragments.add(key(7), part(index * 8, more, data));
                prop_assert_eq!(whole.as_deref(), (at == last).then_some(&datagram[..]));
            }
            prop_assert_eq!(fragments.octets, 0);
        }
    }
}
