//! Ethernet and what EtherTypes lead to: tags, bridged frames, MPLS, PPPoE, IP.

use super::{llc, mpls, ppp};
use crate::wire::ip::{ip, ipv6};
use crate::wire::octets::Octets;
use crate::wire::path::Tag;
use crate::wire::tunnel;
use crate::wire::walk::{Outcome, Walk};
use crate::wire::{Part, Skip};
use etherparse::{Ethernet2HeaderSlice, SingleVlanHeaderSlice};

/// Octets of destination, source and type.
const HEADER: usize = 14;
/// The largest value of the type field that is a length (IEEE 802.3 §3.2.6).
const MAX_LENGTH: u16 = 1500;

/// EtherTypes (IEEE registry) that lead to IP.
mod ether {
    pub const IPV4: u16 = 0x0800;
    pub const TRANSPARENT_BRIDGING: u16 = 0x6558;
    pub const VLAN: u16 = 0x8100;
    pub const IPV6: u16 = 0x86dd;
    pub const MPLS_UNICAST: u16 = 0x8847;
    pub const MPLS_MULTICAST: u16 = 0x8848;
    pub const PPPOE_SESSION: u16 = 0x8864;
    pub const LLC: u16 = 0x8870;
    pub const PROVIDER_BRIDGE: u16 = 0x88a8;
    pub const MACSEC: u16 = 0x88e5;
    pub const BACKBONE_SERVICE: u16 = 0x88e7;
    pub const FABRIC_PATH: u16 = 0x8903;
    pub const E_TAG: u16 = 0x893f;
    pub const NSH: u16 = 0x894f;
    pub const VLAN_OLD: u16 = 0x9100;
    pub const IP_PRIVATE: u16 = 0xfff2;
}

/// A frame from its destination address on.
pub(crate) fn ethernet(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    walk.deeper()?;
    walk.mark_at(Part::HardwareAddress, octets, 0, 6);
    walk.mark_at(Part::HardwareAddress, octets, 6, 6);
    if let Some(header) = fabric_path_header(octets) {
        return ethernet(walk, octets.skip(header)?);
    }
    let header = Ethernet2HeaderSlice::from_slice(octets.need(HEADER)?).map_err(|_| Skip::Malformed)?;
    walk.macs(header.source(), header.destination());
    type_or_length(walk, header.ether_type().0, octets.skip(HEADER)?)
}

/// Octets of the Cisco FabricPath header, which looks like Ethernet, in front of the frame proper.
fn fabric_path_header(octets: Octets<'_>) -> Option<usize> {
    const PLAIN: usize = 16;
    const TAGGED: usize = 20;
    match octets.u16(12).ok()? {
        ether::FABRIC_PATH => Some(PLAIN),
        ether::VLAN | ether::PROVIDER_BRIDGE if octets.u16(16) == Ok(ether::FABRIC_PATH) => Some(TAGGED),
        _ => None,
    }
}

/// What a type field says follows, which may also be a length of IEEE 802.3.
pub(super) fn type_or_length(walk: &mut Walk<'_>, value: u16, octets: Octets<'_>) -> Outcome {
    match value {
        0..=MAX_LENGTH if octets.u16(0) == Ok(0xffff) => walk.nothing(Skip::NotTcp),
        1..=MAX_LENGTH => llc(walk, octets.limit(value.into())),
        _ => ethertype(walk, value, octets),
    }
}

/// What an EtherType says follows.
pub(crate) fn ethertype(walk: &mut Walk<'_>, value: u16, octets: Octets<'_>) -> Outcome {
    walk.deeper()?;
    match value {
        ether::IPV4 | ether::IP_PRIVATE => ip(walk, octets),
        ether::IPV6 => ipv6(walk, octets),
        ether::VLAN | ether::VLAN_OLD => customer_tag(walk, octets),
        ether::PROVIDER_BRIDGE => provider_tag(walk, octets),
        ether::MPLS_UNICAST | ether::MPLS_MULTICAST => mpls(walk, octets),
        ether::PPPOE_SESSION => ppp::pppoe_session(walk, octets),
        ether::TRANSPARENT_BRIDGING => ethernet(walk, octets),
        ether::LLC => llc(walk, octets),
        ether::BACKBONE_SERVICE => backbone_service(walk, octets),
        ether::E_TAG => extended_tag(walk, octets),
        ether::NSH => tunnel::nsh(walk, octets),
        ether::MACSEC => walk.nothing(Skip::Encrypted),
        _ => walk.nothing(Skip::NotTcp),
    }
}

/// Whether an EtherType is one that leads to IP sooner or later.
pub(super) fn is_carrier(value: u16) -> bool {
    matches!(
        value,
        ether::IPV4
            | ether::TRANSPARENT_BRIDGING
            | ether::VLAN
            | ether::IPV6
            | ether::MPLS_UNICAST
            | ether::MPLS_MULTICAST
            | ether::PPPOE_SESSION
            | ether::PROVIDER_BRIDGE
    )
}

/// IEEE 802.1Q.
fn customer_tag(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    let tag = tag(walk, octets)?;
    if walk.context.vlan == 0 {
        walk.context.vlan = tag.vlan_identifier().value();
    }
    type_or_length(walk, tag.ether_type().0, octets.skip(4)?)
}

/// IEEE 802.1ad: there is always a type behind it, never a length, and Wireshark does not tell fragments apart by it.
fn provider_tag(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    let tag = tag(walk, octets)?;
    ethertype(walk, tag.ether_type().0, octets.skip(4)?)
}

fn tag<'a>(walk: &mut Walk<'_>, octets: Octets<'a>) -> Result<SingleVlanHeaderSlice<'a>, Skip> {
    let header = SingleVlanHeaderSlice::from_slice(octets.need(4)?).map_err(|_| Skip::Malformed)?;
    walk.tag(Tag::Vlan, header.vlan_identifier().value().into());
    walk.deeper()?;
    Ok(header)
}

/// IEEE 802.1ah: flags and service instance, then the customer's frame, which has a type, not a length.
fn backbone_service(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    const TAG: usize = 4;
    walk.tag(Tag::Service, octets.u32(0)? & 0x00ff_ffff);
    walk.mark_at(Part::HardwareAddress, octets, TAG, 6);
    walk.mark_at(Part::HardwareAddress, octets, TAG + 6, 6);
    ethertype(walk, octets.u16(TAG + 12)?, octets.skip(TAG + HEADER)?)
}

/// IEEE 802.1BR: a tag that only concerns the switch, then the type proper.
fn extended_tag(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    ethertype(walk, octets.u16(6)?, octets.skip(8)?)
}

#[cfg(test)]
mod tests {
    use crate::wire::testing::*;
    use crate::wire::{Decoder, Skip};

    fn tagged(kind: u16, id: u16, inner: u16, payload: &[u8]) -> Vec<u8> {
        ethernet(kind, &join(&[&id.to_be_bytes(), &inner.to_be_bytes(), payload]))
    }

    #[test]
    fn follows_types_tags_and_lengths() {
        let ip = ipv4(6, &tcp());
        let frame = plain();
        let double = join(&[&[0, 5, 0x81, 0, 0, 6], &IPV4.to_be_bytes(), &ip]);
        all_hold_it(
            ETHERNET,
            &[
                frame.clone(),
                join(&[&frame, &[0; 9]]),
                ethernet(IPV6, &ipv6(6, &tcp())),
                tagged(0x8100, 5, IPV4, &ip),
                tagged(0x9100, 5, IPV4, &ip),
                tagged(0x88a8, 5, IPV4, &ip),
                ethernet(0x8100, &double),
                tagged(0x8100, 5, 60, &snap(IPV4, &ip)),
                ethernet(0x88e7, &join(&[&[0, 0, 0, 7], &frame])),
                ethernet(0x893f, &join(&[&[0; 6], &IPV4.to_be_bytes(), &ip])),
                ethernet(0x6558, &frame),
                join(&[&[2; 12], &[0x89, 3, 0, 0], &frame]),
                join(&[&[2; 12], &[0x81, 0, 0, 1, 0x89, 3, 0, 0], &frame]),
                ethernet(0x8870, &snap(IPV4, &ip)),
            ],
        );
    }

    #[test]
    fn a_length_is_no_type() {
        let ip = ipv4(6, &tcp());
        none_holds_any(
            ETHERNET,
            &[
                ethernet(0, &snap(IPV4, &ip)),
                ethernet(1501, &snap(IPV4, &ip)),
                ethernet(60, &join(&[&[0xff, 0xff], &snap(IPV4, &ip)])),
                ethernet(60, &ip),
                tagged(0x88a8, 5, 60, &snap(IPV4, &ip)),
            ],
        );
        assert_eq!(segments(ETHERNET, &ethernet(0x88e5, &plain())), Err(Skip::Encrypted));
        assert_eq!(segments(ETHERNET, &ethernet(0x0806, &[0; 28])), Err(Skip::NotTcp));
    }

    #[test]
    fn a_path_tells_vlans_apart_but_not_priorities() {
        let in_vlan = |tag: u16| tagged(0x8100, tag, IPV4, &ipv4(6, &tcp()));
        let [none, five, also_five, six] = paths(ETHERNET, [0x2000, 0x2005, 5, 6].map(in_vlan));
        assert_eq!(none, 0);
        assert_eq!(five, also_five);
        assert_ne!(five, six);
        let macs = segment(ETHERNET, &plain()).path.macs;
        assert_eq!(macs, [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]]);
    }

    #[test]
    fn no_number_of_tags_exhausts_the_stack() {
        let mut frame = ethernet(0x8100, &[]);
        frame.extend([0, 5, 0x81, 0].repeat(50_000));
        assert_eq!(segments(ETHERNET, &frame), Err(Skip::TooDeep));
    }

    #[test]
    fn a_frame_check_sequence_that_is_announced_is_no_payload() {
        let mut ip = ipv4(6, &tcp());
        ip[2..4].fill(0);
        let frame = join(&[&ethernet(IPV4, &ip), b"fcs!"]);
        let mut record = record(ETHERNET, &frame);
        record.fcs_len = 4;
        let found = decode(&mut Decoder::default(), &record).unwrap();
        assert_eq!(found[0].payload_len(), Some(5));
    }
}
