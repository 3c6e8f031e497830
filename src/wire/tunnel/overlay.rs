//! Overlay networks of data centres: VXLAN, GENEVE, NSH, MPLS in UDP.

use crate::wire::ip::{ip, ipv6};
use crate::wire::link::{ethernet, ethertype, mpls};
use crate::wire::octets::Octets;
use crate::wire::path::Tag;
use crate::wire::walk::{Datagram, Outcome, Walk};
use crate::wire::{Part, Skip};

/// Octets of the header of VXLAN and of GENEVE without options.
const HEADER: usize = 8;

/// RFC 7348 §5: always Ethernet, whatever the flags say.
pub(super) fn vxlan(walk: &mut Walk<'_>, outer: &Datagram, octets: Octets<'_>) -> Outcome {
    walk.tunnel(outer, Tag::Network, octets.u32(4)? >> 8);
    ethernet(walk, octets.skip(HEADER)?)
}

/// VXLAN with a protocol field.
pub(super) fn vxlan_gpe(walk: &mut Walk<'_>, outer: &Datagram, octets: Octets<'_>) -> Outcome {
    walk.tunnel(outer, Tag::Network, octets.u32(4)? >> 8);
    next_protocol(walk, octets.u8(3)?, octets.skip(HEADER)?)
}

/// RFC 8926 §3.4.
pub(super) fn geneve(walk: &mut Walk<'_>, outer: &Datagram, octets: Octets<'_>) -> Outcome {
    let options = usize::from(octets.u8(0)? & 0x3f) * 4;
    walk.mark_at(Part::Private, octets, HEADER, options);
    walk.tunnel(outer, Tag::Network, octets.u32(4)? >> 8);
    ethertype(walk, octets.u16(2)?, octets.skip(HEADER + options)?)
}

/// RFC 7510.
pub(super) fn mpls_in_udp(walk: &mut Walk<'_>, outer: &Datagram, octets: Octets<'_>) -> Outcome {
    walk.tunnel(outer, Tag::Tunnel, 0);
    mpls(walk, octets)
}

/// A network service header (RFC 8300 §2).
pub(crate) fn nsh(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    walk.deeper()?;
    let words = octets.u8(1)? & 0x3f;
    match octets.u8(2)? {
        // Metadata of type 1 has a fixed length, that of type 2 may be missing.
        1 if words != 6 => return walk.nothing(Skip::Malformed),
        2 if words < 2 => return walk.nothing(Skip::Malformed),
        _ => {}
    }
    let length = usize::from(words) * 4;
    walk.mark_at(Part::Private, octets, HEADER, length.saturating_sub(HEADER));
    next_protocol(walk, octets.u8(3)?, octets.skip(length)?)
}

/// The protocol numbers that NSH and VXLAN-GPE share.
fn next_protocol(walk: &mut Walk<'_>, protocol: u8, octets: Octets<'_>) -> Outcome {
    match protocol {
        1 => ip(walk, octets),
        2 => ipv6(walk, octets),
        3 => ethernet(walk, octets),
        4 => nsh(walk, octets),
        5 => mpls(walk, octets),
        _ => walk.nothing(Skip::NotTcp),
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::testing::*;

    fn vxlan(network: u8) -> Vec<u8> {
        udp(4789, &join(&[&[8, 0, 0, 0, 0, 0, network, 0], &plain()]))
    }

    #[test]
    fn networks_are_paths() {
        let [one, other] = paths(RAW, [1, 2].map(vxlan));
        assert_ne!(one, other);
    }

    #[test]
    fn each_overlay_reaches_the_segment() {
        let (v4, v6, frame) = (ipv4(6, &tcp()), ipv6(6, &tcp()), plain());
        let geneve = |words: u8, kind: u16, body: &[u8]| {
            let options = vec![0; usize::from(words) * 4];
            udp(6081, &join(&[&[words, 0], &kind.to_be_bytes(), &[0, 0, 5, 0], &options, body]))
        };
        let nsh = |next: u8, body: &[u8]| join(&[&[0, 6, 1, next], &[0; 20], body]);
        all_hold_it(
            RAW,
            &[
                geneve(0, 0x6558, &frame),
                geneve(3, IPV4, &v4),
                geneve(0, IPV6, &v6),
                udp(4790, &join(&[&[0x0c, 0, 0, 1, 0, 0, 5, 0], &v4])),
                udp(4790, &join(&[&[0x0c, 0, 0, 3, 0, 0, 5, 0], &frame])),
                udp(6635, &join(&[&[0, 1, 1, 64], &v4])),
            ],
        );
        let chains = [nsh(1, &v4), nsh(2, &v6), nsh(3, &frame), nsh(4, &nsh(5, &join(&[&[0, 1, 1, 64], &v4])))];
        all_hold_it(ETHERNET, &chains.map(|chain| ethernet(0x894f, &chain)));
        none_holds_any(ETHERNET, &[ethernet(0x894f, &join(&[&[0, 2, 1, 1, 0, 0, 0, 0], &v4]))]);
    }
}
