//! What tells apart two connections with the same addresses and ports: VLAN and tunnel identifiers, as one number.

use super::walk::Datagram;
use std::net::IpAddr;

/// Kinds of identifier, so that VLAN 5 and network 5 of a tunnel differ.
#[derive(Clone, Copy, Debug)]
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

/// Adds an identifier to those of outer layers. The result does not depend on the direction of travel, the machine or
/// the version of the standard library, and is 0 only where nothing was added.
pub(super) fn extend(id: u32, tag: Tag, value: u32) -> u32 {
    if value == 0 && matches!(tag, Tag::Vlan) {
        return id;
    }
    mix(mix(id, tag as u32 + 1), value).max(1)
}

/// Adds a tunnel between the end points of `outer`, whichever of them sent the frame.
pub(super) fn extend_tunnel(id: u32, outer: &Datagram, tag: Tag, value: u32) -> u32 {
    let [low, high] = if outer.source <= outer.destination {
        [outer.source, outer.destination]
    } else {
        [outer.destination, outer.source]
    };
    extend(address(address(id, low), high), tag, value)
}

fn address(id: u32, address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(address) => mix(id, address.to_bits()),
        IpAddr::V6(address) => {
            let bits = address.to_bits();
            [96, 64, 32, 0].into_iter().fold(id, |id, shift| mix(id, (bits >> shift) as u32))
        }
    }
}

/// One round of the 64-bit finalizer that MurmurHash3 made common.
fn mix(id: u32, value: u32) -> u32 {
    let mut bits = (u64::from(id) << 32 | u64::from(value)).wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    bits = (bits ^ (bits >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    (bits ^ (bits >> 33)) as u32
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
        let there = extend_tunnel(0, &datagram([10, 0, 0, 1], [10, 0, 0, 2]), Tag::Network, 7);
        let back = extend_tunnel(0, &datagram([10, 0, 0, 2], [10, 0, 0, 1]), Tag::Network, 7);
        assert_eq!(there, back);
        assert_ne!(there, extend_tunnel(0, &datagram([10, 0, 0, 1], [10, 0, 0, 3]), Tag::Network, 7));
    }

    #[test]
    fn tells_kinds_values_and_order_apart() {
        assert_eq!(extend(0, Tag::Vlan, 0), 0);
        let ids = [extend(0, Tag::Vlan, 5), extend(0, Tag::Service, 5), extend(0, Tag::Vlan, 6)];
        assert!(ids[0] != ids[1] && ids[0] != ids[2] && !ids.contains(&0));
        assert_ne!(extend(ids[0], Tag::Vlan, 6), extend(ids[2], Tag::Vlan, 5));
    }
}
