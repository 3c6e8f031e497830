//! Wireshark's numbers for pairs of addresses: the `[Stream index: N]` of the Ethernet, IPv4, IPv6 and UDP layers.

use super::multipath::Multipath;
use crate::capture::Timestamp;
use crate::lens::wireshark::Elapsed;
use crate::wire::SeqNum;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;

/// The pairs met so far, each numbered in the order of its first frame.
#[derive(Clone, Debug, Default)]
pub(super) struct Conversations {
    ethernet: Pairs<[u8; 6]>,
    ipv4: Pairs<IpAddr>,
    ipv6: Pairs<IpAddr>,
    udp: HashMap<(End, End), UdpStream>,
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
            self.handed_on.insert((stream, from), end);
        }
        known.is_some_and(|known| start.before(known))
    }

    /// Counts a datagram between two UDP ports.
    pub fn udp(&mut self, from: End, to: End, time: Timestamp) -> Datagram {
        let number = u32::try_from(self.udp.len()).unwrap_or(u32::MAX);
        let stream = self.udp.entry((from.min(to), from.max(to))).or_insert(UdpStream {
            number,
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

#[derive(Clone, Debug)]
struct Pairs<A>(HashMap<(A, A), u32>);

impl<A> Default for Pairs<A> {
    fn default() -> Self {
        Self(HashMap::default())
    }
}

impl<A: Ord + Hash + Copy> Pairs<A> {
    fn number(&mut self, a: A, b: A) -> u32 {
        let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        *self.0.entry((a.min(b), a.max(b))).or_insert(next)
    }
}
