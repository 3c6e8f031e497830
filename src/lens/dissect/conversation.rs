//! Wireshark's numbers for pairs of addresses: the `[Stream index: N]` of the Ethernet, IPv4, IPv6 and UDP layers.

use super::multipath::Multipath;
use crate::capture::Timestamp;
use crate::lens::wireshark::Elapsed;
use crate::wire::SeqNum;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

/// Most pairs of one kind that are known at a time: beyond it, what was known makes room, and pairs are numbered on.
pub(super) const MOST: usize = 1 << 20;

/// The pairs met so far, each numbered in the order of its first frame.
#[derive(Clone, Debug, Default)]
pub(super) struct Conversations {
    ethernet: Pairs<[u8; 6]>,
    ipv4: Pairs<IpAddr>,
    ipv6: Pairs<IpAddr>,
    udp: HashMap<(End, End), UdpStream>,
    next_udp: u32,
    handed_on: HashMap<(u32, End), SeqNum>,
    /// Connections over several streams.
    pub multipath: Multipath,
}

/// Address and port.
pub(super) type End = (IpAddr, u16);

#[derive(Clone, Copy, Debug)]
struct UdpStream {
    number: u32,
    datagrams: u64,
    first: Timestamp,
    latest: Timestamp,
}

/// What is shown of a datagram's conversation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Datagram {
    pub stream: u32,
    pub number: u64,
    pub since_first: Elapsed,
    pub since_previous: Elapsed,
}

impl Conversations {
    /// The number of a pair of Ethernet addresses.
    pub fn ethernet(&mut self, source: [u8; 6], destination: [u8; 6]) -> u32 {
        self.ethernet.number(source, destination)
    }

    /// The number of a pair of network-layer addresses, counted for each version by itself.
    pub fn ip(&mut self, source: IpAddr, destination: IpAddr) -> u32 {
        let pairs = if source.is_ipv4() { &mut self.ipv4 } else { &mut self.ipv6 };
        pairs.number(source, destination)
    }

    /// Hands the data of a segment on to the protocol above; whether its beginning had been handed on before.
    pub fn hand_on(&mut self, stream: u32, from: End, start: SeqNum, end: SeqNum) -> bool {
        let known = self.handed_on.get(&(stream, from)).copied();
        if known.is_none_or(|known| known.before(end)) {
            make_room(&mut self.handed_on, &(stream, from));
            self.handed_on.insert((stream, from), end);
        }
        known.is_some_and(|known| start.before(known))
    }

    /// Counts a datagram between two UDP ports.
    pub fn udp(&mut self, from: End, to: End, time: Timestamp) -> Datagram {
        let pair = (from.min(to), from.max(to));
        make_room(&mut self.udp, &pair);
        let next = &mut self.next_udp;
        let stream = self.udp.entry(pair).or_insert_with(|| UdpStream {
            number: counted(next),
            datagrams: 0,
            first: time,
            latest: time,
        });
        stream.datagrams = stream.datagrams.saturating_add(1);
        let datagram = Datagram {
            stream: stream.number,
            number: stream.datagrams,
            since_first: Elapsed::between(stream.first, time),
            since_previous: Elapsed::between(stream.latest, time),
        };
        stream.latest = time;
        datagram
    }
}

/// Pairs of one kind, and the number of the next.
#[derive(Clone, Debug)]
struct Pairs<A>(HashMap<(A, A), u32>, u32);

impl<A> Default for Pairs<A> {
    fn default() -> Self {
        Self(HashMap::default(), 0)
    }
}

impl<A: Ord + Hash + Copy> Pairs<A> {
    fn number(&mut self, a: A, b: A) -> u32 {
        let Self(known, next) = self;
        let pair = (a.min(b), a.max(b));
        make_room(known, &pair);
        *known.entry(pair).or_insert_with(|| counted(next))
    }
}

/// Forgets all that is `known` where there is no room for a new `key`.
fn make_room<K: Eq + Hash, V>(known: &mut HashMap<K, V>, key: &K) {
    if known.len() >= MOST && !known.contains_key(key) {
        known.clear();
    }
}

fn counted(next: &mut u32) -> u32 {
    let number = *next;
    *next = next.saturating_add(1);
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_beyond_the_most_are_numbered_on_and_not_kept() {
        let mut pairs = Pairs::default();
        let most = u32::try_from(MOST).unwrap();
        for number in 0..=most {
            assert_eq!(pairs.number(number, u32::MAX), number);
        }
        assert_eq!((pairs.0.len(), pairs.number(u32::MAX, most), pairs.number(0, u32::MAX)), (1, most, most + 1));
    }
}
