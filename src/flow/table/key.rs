//! What the table knows a pair of endpoints by: twelve octets, whatever the address family.

use crate::flow::Sides;
use crate::flow::buckets::Buckets;
use crate::flow::conversation::Slot;
use crate::flow::orderly::may_connect;
use crate::wire::{Endpoint, Ends4, Segment};
use foldhash::quality::RandomState;
use std::hash::{BuildHasher, Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A pair of endpoints, the greater one first.
///
/// IPv4 addresses stand for themselves. IPv6 addresses are numbered by an [`Addresses`], so that a key means nothing
/// without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    addresses: [u32; 2],
    ports: [u16; 2],
    v6: bool,
}

/// In two words, not field by field: every segment is looked up.
impl Hash for Key {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let [high, low] = self.addresses.map(u64::from);
        let [first, second] = self.ports.map(u64::from);
        state.write_u64(high << 32 | low);
        state.write_u64(first << 32 | second << 16 | u64::from(self.v6));
    }
}

impl Key {
    /// The key of an IPv4 segment, which `slot` sent.
    #[inline]
    pub const fn of_ends(ends: &Ends4, slot: Slot) -> Self {
        let ([from, to], [source, destination]) = (ends.addresses, ends.ports);
        match slot {
            Slot::High => Self { addresses: [from, to], ports: [source, destination], v6: false },
            Slot::Low => Self { addresses: [to, from], ports: [destination, source], v6: false },
        }
    }

    /// All there is to it, to be kept in less room: addresses, ports, and whether they are IPv6's.
    pub const fn parts(&self) -> ([u32; 2], [u16; 2], bool) {
        (self.addresses, self.ports, self.v6)
    }

    /// The key of these [`Key::parts`].
    pub const fn of_parts(addresses: [u32; 2], ports: [u16; 2], v6: bool) -> Self {
        Self { addresses, ports, v6 }
    }

    /// Whether it means the same as long as the table lives.
    pub const fn is_lasting(&self) -> bool {
        !self.v6
    }

    /// Whether its ends have ports, and are two.
    pub const fn may_connect(&self) -> bool {
        let [high, low] = self.addresses;
        may_connect(self.ports, high == low)
    }
}

/// Numbers the IPv6 addresses in use: a host has many connections, and its address is kept once.
#[derive(Debug, Default)]
pub struct Addresses {
    numbered: Vec<Numbered>,
    free: Vec<u32>,
    index: Buckets,
    hasher: RandomState,
}

#[derive(Clone, Copy, Debug)]
struct Numbered {
    ip: Ipv6Addr,
    /// Keys that hold it.
    holders: u32,
}

impl Addresses {
    /// The key of the pair that `segment` belongs to, and which end of it sent that; `None` if no key in use has its
    /// addresses.
    pub fn find(&self, segment: &Segment) -> Option<(Key, Slot)> {
        let slot = Slot::of(segment);
        let [high, low] = ordered(segment, slot);
        let addresses = [self.number_of(high.ip)?, self.number_of(low.ip)?];
        Some((Key { addresses, ports: [high.port, low.port], v6: high.ip.is_ipv6() }, slot))
    }

    /// The key of the pair that `segment` belongs to, which is in use until [`Addresses::release`].
    pub fn acquire(&mut self, segment: &Segment) -> Key {
        let [high, low] = ordered(segment, Slot::of(segment));
        let addresses = [self.hold(high.ip), self.hold(low.ip)];
        Key { addresses, ports: [high.port, low.port], v6: high.ip.is_ipv6() }
    }

    /// Ends the use of a key.
    pub fn release(&mut self, key: &Key) {
        if !key.v6 {
            return;
        }
        for number in key.addresses {
            let Some(numbered) = self.numbered.get_mut(number as usize) else { continue };
            numbered.holders = numbered.holders.saturating_sub(1);
            if numbered.holders == 0 {
                self.index.remove(hash_of(&self.hasher, numbered.ip), number);
                self.free.push(number);
            }
        }
    }

    /// The endpoints of a key in use, the greater one first.
    pub fn endpoints(&self, key: &Key) -> [Endpoint; 2] {
        [self.endpoint(key, Slot::High), self.endpoint(key, Slot::Low)]
    }

    /// The same, `client` as the client. (Each is made where it goes: to swap two that were just written takes longer than
    /// all the rest of a segment.)
    #[inline]
    pub fn sides(&self, key: &Key, client: Slot) -> Sides<Endpoint> {
        Sides { client: self.endpoint(key, client), server: self.endpoint(key, client.other()) }
    }

    #[inline]
    fn endpoint(&self, key: &Key, slot: Slot) -> Endpoint {
        let end = slot as usize;
        Endpoint { ip: self.address(key.addresses[end], key.v6), port: key.ports[end] }
    }

    fn address(&self, number: u32, v6: bool) -> IpAddr {
        if v6 {
            self.numbered.get(number as usize).map_or(Ipv6Addr::UNSPECIFIED, |numbered| numbered.ip).into()
        } else {
            Ipv4Addr::from_bits(number).into()
        }
    }

    fn number_of(&self, ip: IpAddr) -> Option<u32> {
        match ip {
            IpAddr::V4(ip) => Some(ip.to_bits()),
            IpAddr::V6(ip) => {
                self.index.find(hash_of(&self.hasher, ip), |number| self.numbered[number as usize].ip == ip)
            }
        }
    }

    fn hold(&mut self, ip: IpAddr) -> u32 {
        let known = self.number_of(ip);
        let IpAddr::V6(ip) = ip else { return known.unwrap_or_default() };
        if let Some(number) = known {
            self.numbered[number as usize].holders += 1;
            return number;
        }
        let fresh = Numbered { ip, holders: 1 };
        let number = match self.free.pop() {
            Some(number) => {
                self.numbered[number as usize] = fresh;
                number
            }
            None => {
                self.numbered.push(fresh);
                (self.numbered.len() - 1) as u32
            }
        };
        self.index.insert(hash_of(&self.hasher, ip), number);
        number
    }
}

fn hash_of(hasher: &RandomState, ip: Ipv6Addr) -> u32 {
    (hasher.hash_one(ip.to_bits()) >> 32) as u32
}

/// The endpoints of a segment that `slot` sent, the greater one first.
fn ordered(segment: &Segment, slot: Slot) -> [Endpoint; 2] {
    match slot {
        Slot::High => [segment.source, segment.destination],
        Slot::Low => [segment.destination, segment.source],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who makes a capture cannot choose addresses that collide: where they go differs from run to run.
    #[test]
    fn no_two_tables_hash_alike() {
        let ip = IpAddr::from([10, 0, 0, 1]);
        let hash = |_| Addresses::default().hasher.hash_one(ip);
        let hashes: std::collections::BTreeSet<u64> = (0..8).map(hash).collect();
        assert!(hashes.len() > 1, "{hashes:?}");
    }
}
