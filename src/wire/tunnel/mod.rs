//! What IP carries beside TCP: tunnels, told by protocol number or UDP port, and what is inside of them.

mod access;
mod gre;
mod overlay;
mod sflow;

use super::ip::{ip, ipv6};
use super::link::{ethernet, mpls};
use super::octets::Octets;
use super::path::Tag;
use super::walk::{Datagram, Outcome, Walk};
use super::{Part, Skip};
use etherparse::UdpHeaderSlice;

pub(super) use gre::gre_payload;
pub(super) use overlay::nsh;

/// Octets of a UDP header (RFC 768).
const UDP_HEADER: usize = 8;

/// A tunnel directly on IP.
pub(super) fn over_ip(walk: &mut Walk<'_>, outer: &Datagram, protocol: u8, octets: Octets<'_>) -> Outcome {
    const IP_IN_IP: u8 = 4;
    const IPV6: u8 = 41;
    const GRE: u8 = 47;
    const ETHER_IP: u8 = 97;
    const ETHER_IP_HEADER: usize = 2;
    const MPLS: u8 = 137;
    const ETHERNET: u8 = 143;
    if protocol == GRE {
        return gre::gre(walk, outer, octets);
    }
    walk.tunnel(outer, Tag::Tunnel, 0);
    match protocol {
        IP_IN_IP => ip(walk, octets),
        IPV6 => ipv6(walk, octets),
        ETHER_IP => ethernet(walk, octets.skip(ETHER_IP_HEADER)?),
        MPLS => mpls(walk, octets),
        ETHERNET => ethernet(walk, octets),
        _ => walk.nothing(Skip::NotTcp),
    }
}

/// A UDP datagram, which is a tunnel if the lower port is a tunnel's, or else the higher.
pub(super) fn udp(walk: &mut Walk<'_>, outer: &Datagram, octets: Octets<'_>) -> Outcome {
    let header = UdpHeaderSlice::from_slice(octets.need(UDP_HEADER)?).map_err(|_| Skip::Malformed)?;
    let length = usize::from(header.length());
    let jumbo = length == 0 && outer.source.is_ipv6();
    if length < UDP_HEADER && !jumbo {
        return walk.nothing(Skip::Malformed);
    }
    let datagram = octets.limit(if jumbo { usize::MAX } else { length });
    walk.mark(Part::Udp { source: outer.source, destination: outer.destination }, datagram.data());
    let body = datagram.skip(UDP_HEADER)?;
    let (source, destination) = (header.source_port(), header.destination_port());
    if body.captured() == 0 {
        return walk.nothing(Skip::NotTcp);
    }
    let ports = [source.min(destination), source.max(destination)];
    match ports.into_iter().find_map(|port| by_port(port, body)) {
        Some(tunnel) => tunnel(walk, outer, body),
        None => walk.nothing(Skip::NotTcp),
    }
}

type Tunnel = fn(&mut Walk<'_>, &Datagram, Octets<'_>) -> Outcome;

/// The tunnel that has a UDP port of its own (IANA), unless the datagram cannot be of its kind.
fn by_port(port: u16, body: Octets<'_>) -> Option<Tunnel> {
    Some(match port {
        1701 if access::is_l2tp(body) => access::l2tp,
        2123 | 2152 if access::is_user_data(body) => access::gtp_u,
        3544 => access::teredo,
        4500 => ipsec,
        4754 => gre::gre,
        4789 | 8472 => overlay::vxlan,
        4790 => overlay::vxlan_gpe,
        5072 => access::ayiya,
        5247 => access::capwap_data,
        6081 => overlay::geneve,
        6343 if sflow::is_sflow(body) => sflow::sflow,
        6635 => overlay::mpls_in_udp,
        // A logical link layer for IBM's networks (RFC 2353 §2.4).
        12_000..=12_004 => access::llc_in_udp,
        _ => return None,
    })
}

/// IPsec behind address translation (RFC 3948).
fn ipsec(walk: &mut Walk<'_>, _: &Datagram, _: Octets<'_>) -> Outcome {
    walk.nothing(Skip::Encrypted)
}

#[cfg(test)]
mod tests {
    use crate::wire::Skip;
    use crate::wire::testing::*;

    #[test]
    fn protocols_of_ip_are_followed() {
        let (v4, v6) = (ipv4(6, &tcp()), ipv6(6, &tcp()));
        all_hold_it(
            RAW,
            &[
                ipv4(4, &v4),
                ipv4(41, &v6),
                ipv6(4, &v4),
                ipv6(41, &v6),
                ipv4(97, &join(&[&[0x30, 0], &plain()])),
                ipv4(137, &join(&[&[0, 1, 1, 64], &v4])),
                ipv6(143, &plain()),
            ],
        );
        assert_eq!(segments(RAW, &ipv4(89, &v4)), Err(Skip::NotTcp));
    }

    #[test]
    fn a_tunnel_is_a_path_of_its_own_in_both_directions() {
        let inner = ipv4(6, &tcp());
        let there = ipv4(4, &inner);
        let mut back = there.clone();
        back[12..20].rotate_left(4);
        let mut elsewhere = there.clone();
        elsewhere[15] ^= 1;
        let [there, none, back, elsewhere] = paths(RAW, [there, inner, back, elsewhere]);
        assert_eq!(there, back);
        assert_eq!(none, 0);
        assert_ne!(there, elsewhere);
    }

    #[test]
    fn udp_needs_a_port_and_a_length() {
        let vxlan = join(&[&[8, 0, 0, 0, 0, 0, 5, 0], &plain()]);
        all_hold_it(RAW, &[udp(4789, &vxlan), udp(8472, &vxlan)]);
        let mut short = udp(4789, &vxlan);
        short[24..26].copy_from_slice(&[0, 7]);
        none_holds_any(RAW, &[udp(4788, &vxlan), short, udp(4789, &[])]);
        assert_eq!(segments(RAW, &udp(4500, &vxlan)), Err(Skip::Encrypted));
    }

    #[test]
    fn nesting_has_an_end() {
        let packet = (0..100).fold(ipv4(6, &tcp()), |inner, _| ipv4(4, &inner));
        assert_eq!(segments(RAW, &packet), Err(Skip::TooDeep));
    }
}
