//! Ethernet and what EtherTypes lead to.

use crate::wire::Skip;
use crate::wire::ip::ip;
use crate::wire::octets::Octets;
use crate::wire::walk::{Outcome, Walk};
use etherparse::{Ethernet2HeaderSlice, SingleVlanHeaderSlice, ether_type};

/// The largest value of the type field that is a length (IEEE 802.3).
const MAX_LENGTH: u16 = 1500;

pub(super) fn ethernet(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    walk.deeper()?;
    let header = Ethernet2HeaderSlice::from_slice(octets.need(14)?).map_err(|_| Skip::Malformed)?;
    walk.macs(header.source(), header.destination());
    ethertype(walk, header.ether_type().0, octets.skip(14)?)
}

/// What a type of 1536 or more says follows.
pub(super) fn ethertype(walk: &mut Walk<'_>, value: u16, octets: Octets<'_>) -> Outcome {
    walk.deeper()?;
    match etherparse::EtherType(value) {
        ether_type::IPV4 | ether_type::IPV6 => ip(walk, octets),
        ether_type::VLAN_TAGGED_FRAME | ether_type::PROVIDER_BRIDGING | ether_type::VLAN_DOUBLE_TAGGED_FRAME => {
            vlan(walk, octets)
        }
        _ => walk.nothing(Skip::NotTcp),
    }
}

fn vlan(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    let tag = SingleVlanHeaderSlice::from_slice(octets.need(4)?).map_err(|_| Skip::Malformed)?;
    let id = tag.vlan_identifier().value();
    if walk.context.vlan == 0 {
        walk.context.vlan = id;
    }
    let _ = MAX_LENGTH;
    ethertype(walk, tag.ether_type().0, octets.skip(4)?)
}
