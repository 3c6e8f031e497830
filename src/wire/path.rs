//! What tells apart two connections with the same addresses and ports: VLAN and tunnel identifiers, as one number.
//!
//! Numbers are given in the order of appearance, not by a hash: nobody can choose two tunnels that are taken for one, and
//! every run gives the same.

use super::walk::Datagram;
use std::collections::HashMap;
use std::net::IpAddr;

/// Combinations remembered, those of outer layers among them. What comes after so many begins anew: a combination gets
/// another number then, and never that of another one.
const MOST: usize = 1 << 19;
/// How many combinations are found without looking them up.
const RECENT: usize = 8;

/// Kinds of identifier, so that VLAN 5 and network 5 of a tunnel differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Tag {
    /// VLAN id, of any depth. Id 0 is a mere priority tag and counts for nothing.
    Vlan,
    /// Service instance of a provider backbone (802.1ah).
    Service,
    /// PPPoE session.
    PppoeSession,
    /// A tunnel whose identifier may differ per direction, or that has none: only its end points count.
    Tunnel,
    /// GRE key.
    GreKey,
    /// Network identifier of VXLAN, GENEVE and their like.
    Network,
    /// The IPv4 address of one end of the tunnel that follows.
    End4,
    /// A quarter of its IPv6 address.
    End6,
}

/// One identifier within those of outer layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Step {
    outer: u32,
    tag: Tag,
    value: u32,
}

/// The combinations met so far.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// A keyed hash, so that no capture can choose what collides.
    numbers: HashMap<Step, u32>,
    recent: [Option<(Step, u32)>; RECENT],
    /// The number given last.
    latest: u32,
}

impl Paths {
    /// Adds an identifier to those of outer layers, which are `outer`; 0 is none. The result does not depend on the
    /// direction of travel.
    pub fn extend(&mut self, outer: u32, tag: Tag, value: u32) -> u32 {
        if value == 0 && matches!(tag, Tag::Vlan) {
            return outer;
        }
        self.number(Step { outer, tag, value })
    }

    /// Adds a tunnel between the end points of `around`, whichever of them sent the frame.
    pub fn extend_tunnel(&mut self, outer: u32, around: &Datagram, tag: Tag, value: u32) -> u32 {
        let (one, other) = (around.source, around.destination);
        let outer = self.address(outer, one.min(other));
        let outer = self.address(outer, one.max(other));
        self.number(Step { outer, tag, value })
    }

    fn address(&mut self, outer: u32, address: IpAddr) -> u32 {
        match address {
            IpAddr::V4(address) => self.number(Step { outer, tag: Tag::End4, value: address.to_bits() }),
            IpAddr::V6(address) => {
                let bits = address.to_bits();
                let quarters = [96, 64, 32, 0].map(|shift| (bits >> shift) as u32);
                quarters.into_iter().fold(outer, |outer, value| self.number(Step { outer, tag: Tag::End6, value }))
            }
        }
    }

    fn number(&mut self, step: Step) -> u32 {
        let place = step.outer.wrapping_add(step.value) as usize % RECENT;
        if let Some((_, number)) = self.recent[place].filter(|(known, _)| *known == step) {
            return number;
        }
        let number = self.numbers.get(&step).copied().unwrap_or_else(|| self.enter(step));
        self.recent[place] = Some((step, number));
        number
    }

    fn enter(&mut self, step: Step) -> u32 {
        if self.numbers.len() >= MOST {
            (self.numbers, self.recent) = Default::default();
        }
        self.latest = self.latest.wrapping_add(1).max(1);
        self.numbers.insert(step, self.latest);
        self.latest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn datagram(source: [u8; 4], destination: [u8; 4]) -> Datagram {
        let (source, destination) = (source.into(), destination.into());
        Datagram { source, destination, ttl: 64, ecn: 0, ip_id: None, length_known: true }
    }

    #[test]
    fn is_the_same_in_both_directions() {
        let mut paths = Paths::default();
        let there = paths.extend_tunnel(0, &datagram([10, 0, 0, 1], [10, 0, 0, 2]), Tag::Network, 7);
        let back = paths.extend_tunnel(0, &datagram([10, 0, 0, 2], [10, 0, 0, 1]), Tag::Network, 7);
        assert_eq!(there, back);
        assert_ne!(there, paths.extend_tunnel(0, &datagram([10, 0, 0, 1], [10, 0, 0, 3]), Tag::Network, 7));
    }

    #[test]
    fn tells_kinds_values_and_order_apart() {
        let mut paths = Paths::default();
        assert_eq!(paths.extend(0, Tag::Vlan, 0), 0);
        let ids = [(Tag::Vlan, 5), (Tag::Service, 5), (Tag::Vlan, 6)].map(|(tag, value)| paths.extend(0, tag, value));
        assert!(ids[0] != ids[1] && ids[0] != ids[2] && !ids.contains(&0));
        assert_ne!(paths.extend(ids[0], Tag::Vlan, 6), paths.extend(ids[2], Tag::Vlan, 5));
    }

    #[test]
    fn what_is_remembered_is_bounded_and_no_two_get_one_number() {
        let mut paths = Paths::default();
        for value in 0..2 * MOST as u32 {
            assert_eq!(paths.extend(0, Tag::Network, value), value + 1);
            assert!(paths.numbers.len() <= MOST);
        }
        assert_eq!(paths.extend(0, Tag::Network, 77), 2 * MOST as u32 + 1);
        assert_eq!(paths.extend(0, Tag::Network, 2 * MOST as u32 + 9), 2 * MOST as u32 + 2);
    }
}
