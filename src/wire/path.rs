//! What tells apart two connections with the same addresses and ports: VLAN and tunnel identifiers, as one number.
//!
//! Numbers are given in the order of appearance, not by a hash: nobody can choose two tunnels that are taken for one, and
//! every run gives the same.

use super::walk::Datagram;
use std::collections::HashMap;
use std::net::IpAddr;

/// Combinations that get a number of their own; no network has so many.
const MOST: usize = 1 << 20;
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
}

/// One identifier within those of outer layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Step {
    outer: u32,
    tag: Tag,
    value: u32,
    /// The ends of a tunnel, the lower one first.
    ends: Option<[IpAddr; 2]>,
}

/// The combinations met so far.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// A keyed hash, so that no capture can choose what collides.
    numbers: HashMap<Step, u32>,
    recent: [Option<(Step, u32)>; RECENT],
}

impl Paths {
    /// Adds an identifier to those of outer layers, which are `outer`; 0 is none. The result does not depend on the
    /// direction of travel.
    pub fn extend(&mut self, outer: u32, tag: Tag, value: u32) -> u32 {
        if value == 0 && matches!(tag, Tag::Vlan) {
            return outer;
        }
        self.number(Step { outer, tag, value, ends: None })
    }

    /// Adds a tunnel between the end points of `around`, whichever of them sent the frame.
    pub fn extend_tunnel(&mut self, outer: u32, around: &Datagram, tag: Tag, value: u32) -> u32 {
        let (one, other) = (around.source, around.destination);
        self.number(Step { outer, tag, value, ends: Some([one.min(other), one.max(other)]) })
    }

    fn number(&mut self, step: Step) -> u32 {
        let place = step.outer.wrapping_add(step.value) as usize % RECENT;
        if let Some((_, number)) = self.recent[place].filter(|(known, _)| *known == step) {
            return number;
        }
        let next = self.numbers.len() as u32 + 1;
        let number = match self.numbers.get(&step) {
            Some(number) => *number,
            None if self.numbers.len() < MOST => *self.numbers.entry(step).or_insert(next),
            None => next,
        };
        self.recent[place] = Some((step, number));
        number
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

    /// What is beyond shares one number; what came before keeps its own.
    #[test]
    fn numbers_are_bounded() {
        let mut paths = Paths::default();
        for value in 0..MOST as u32 + 10 {
            paths.extend(0, Tag::Network, value);
        }
        assert_eq!((paths.numbers.len(), paths.extend(0, Tag::Network, 77)), (MOST, 78));
        assert_eq!(paths.extend(0, Tag::Network, u32::MAX), MOST as u32 + 1);
    }
}
