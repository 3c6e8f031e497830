//! Link layers that an operating system makes up: BSD loopback, Linux cooked capture, none at all.

use super::ethernet::{ethernet, ethertype};
use super::llc::llc;
use super::ppp::ppp_hdlc;
use super::radio::radiotap;
use crate::capture::Direction;
use crate::wire::ip::{ip, ipv4, ipv6};
use crate::wire::octets::Octets;
use crate::wire::tunnel;
use crate::wire::walk::{Outcome, Walk};
use crate::wire::{Part, Skip};

/// What PPP frames begin with: all stations, unnumbered information (RFC 1662 §3.1).
const PPP: u16 = 0xff03;

/// The largest value of a type field that is none (IEEE 802.3 §3.2.6).
const MAX_LENGTH: u16 = 1500;

/// A 32-bit address family in the byte order of the capturing machine, or 16 bits of it on IRIX.
pub(super) fn null(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    if octets.u16(0)? == PPP {
        return ppp_hdlc(walk, octets);
    }
    let body = octets.skip(4)?;
    // Some systems put an EtherType there, and whatever else in front of it.
    let kind = octets.u16(2)?;
    if kind > MAX_LENGTH {
        return ethertype(walk, kind, body);
    }
    match u32::from_le_bytes(octets.array(0)?) {
        family @ 0x1_0000..0x6_0000 => address_family(walk, family >> 16, body),
        family @ 0x6_0000.. => address_family(walk, family.swap_bytes(), body),
        family if family & 0xff == 0 && family < 0x0600 => address_family(walk, family >> 8, body),
        kind if kind > MAX_LENGTH.into() => ethertype(walk, kind as u16, body),
        family => address_family(walk, family, body),
    }
}

/// A 32-bit address family in network byte order.
pub(super) fn loopback(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    address_family(walk, octets.u32(0)?, octets.skip(4)?)
}

/// Families of BSD, whose descendants never agreed on the number of IPv6.
fn address_family(walk: &mut Walk<'_>, family: u32, octets: Octets<'_>) -> Outcome {
    match family {
        2 => ip(walk, octets),
        24 | 28 | 30 => ipv6(walk, octets),
        _ => walk.nothing(Skip::NotTcp),
    }
}

/// No link layer, in principle; some systems leave a PPP header or zeroes.
pub(super) fn raw(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    for at in [0, 6, 1] {
        if octets.u16(at)? == PPP {
            return ppp_hdlc(walk, octets.skip(at)?);
        }
    }
    if octets.array(0)? == [0; 10] {
        return ip(walk, octets.skip(10)?);
    }
    match octets.u8(0)? >> 4 {
        4 => ipv4(walk, octets),
        6 => ipv6(walk, octets),
        _ => walk.nothing(Skip::NotTcp),
    }
}

/// Linux cooked capture: packet type, hardware type, address, protocol.
pub(super) fn sll(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    direction(walk, octets.u16(0)?);
    address(walk, octets, 6, octets.u16(4)?.into());
    cooked(walk, octets.u16(2)?, octets.u16(14)?, octets.skip(16)?)
}

/// Its second version: protocol, interface, hardware type, packet type, address.
pub(super) fn sll2(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    direction(walk, octets.u8(10)?.into());
    address(walk, octets, 12, octets.u8(11)?.into());
    cooked(walk, octets.u16(8)?, octets.u16(0)?, octets.skip(20)?)
}

/// A hardware address in a field of eight octets, of which it may take up fewer.
fn address(walk: &mut Walk<'_>, octets: Octets<'_>, at: usize, length: usize) {
    const FIELD: usize = 8;
    let length = length.min(FIELD);
    walk.mark_at(Part::HardwareAddress, octets, at, length);
    walk.mark_at(Part::Private, octets, at + length, FIELD - length);
}

/// Packet types: 0 was sent to the capturing host, 4 by it.
fn direction(walk: &mut Walk<'_>, packet_type: u16) {
    if walk.context.path.direction == Direction::Unknown {
        walk.context.path.direction = match packet_type {
            0 => Direction::Inbound,
            4 => Direction::Outbound,
            _ => Direction::Unknown,
        };
    }
}

/// A protocol is an EtherType, or one of Linux's own numbers for what has none.
fn cooked(walk: &mut Walk<'_>, hardware: u16, protocol: u16, octets: Octets<'_>) -> Outcome {
    const HARDWARE_GRE: u16 = 778;
    const HARDWARE_RADIOTAP: u16 = 803;
    const HARDWARE_NETLINK: u16 = 824;
    const ETHERNET: u16 = 3;
    const LLC: u16 = 4;
    const PPP_HDLC: u16 = 7;
    match (hardware, protocol) {
        (HARDWARE_NETLINK, _) => walk.nothing(Skip::NotTcp),
        (HARDWARE_RADIOTAP, 0..=1536) => radiotap(walk, octets),
        (_, ETHERNET) => ethernet(walk, octets),
        (_, LLC) => llc(walk, octets),
        (_, PPP_HDLC) => ppp_hdlc(walk, octets),
        (_, 0..=1536) => walk.nothing(Skip::NotTcp),
        (HARDWARE_GRE, _) => tunnel::gre_payload(walk, protocol, octets),
        _ => ethertype(walk, protocol, octets),
    }
}

#[cfg(test)]
mod tests {
    use crate::capture::Direction;
    use crate::wire::testing::*;

    const NULL: u16 = 0;
    const LOOP: u16 = 108;
    const SLL: u16 = 113;
    const SLL2: u16 = 276;

    #[test]
    fn families_come_in_either_byte_order() {
        let (v4, v6) = (ipv4(6, &tcp()), ipv6(6, &tcp()));
        let mut frames = vec![join(&[&[2, 0, 0, 0], &v4]), join(&[&[0, 0, 0, 2], &v4]), join(&[&[0, 2, 0, 0], &v4])];
        for family in [24, 28, 30] {
            frames.extend([join(&[&[family, 0, 0, 0], &v6]), join(&[&[0, 0, 0, family], &v6])]);
        }
        frames.extend([join(&[&[0, 0, 8, 0], &v4]), join(&[&[0xff, 3, 0, 0x21], &v4])]);
        // IRIX leaves two octets to chance behind the family.
        frames.extend([[2, 0, 2, 0], [1, 0, 2, 0], [0, 8, 2, 0], [0, 0, 2, 0]].map(|family| join(&[&family, &v4])));
        all_hold_it(NULL, &frames);
        none_holds_any(NULL, &[[2, 0, 1, 0], [0, 2, 0, 2], [0, 5, 0, 0]].map(|family| join(&[&family, &v4])));
        all_hold_it(LOOP, &[join(&[&[0, 0, 0, 2], &v4]), join(&[&[0, 0, 0, 24], &v6])]);
        none_holds_any(LOOP, &[join(&[&[2, 0, 0, 0], &v4]), join(&[&[0, 0, 8, 0], &v4])]);
    }

    #[test]
    fn raw_begins_with_ip_or_nearly() {
        let (v4, v6) = (ipv4(6, &tcp()), ipv6(6, &tcp()));
        let ppp = join(&[&[0xff, 3, 0, 0x21], &v4]);
        let frames = [v4.clone(), v6, ppp.clone(), join(&[&[7], &ppp]), join(&[&[7; 6], &ppp]), join(&[&[0; 10], &v4])];
        for link_type in [12, 14, RAW] {
            all_hold_it(link_type, &frames);
        }
        none_holds_any(RAW, &[join(&[&[0; 4], &v4]), vec![0x45], Vec::new()]);
        all_hold_it(228, &frames[..2]);
        all_hold_it(229, &frames[1..2]);
    }

    #[test]
    fn cooked_frames_tell_their_direction() {
        let ip = ipv4(6, &tcp());
        let sll =
            |kind: u8, hardware: u8, protocol: [u8; 2]| join(&[&[0, kind, 3, hardware, 0, 6], &[2; 8], &protocol, &ip]);
        assert_eq!(segment(SLL, &sll(0, 1, [8, 0])).path.direction, Direction::Inbound);
        assert_eq!(segment(SLL, &sll(4, 1, [8, 0])).path.direction, Direction::Outbound);
        assert_eq!(segment(SLL, &sll(3, 1, [8, 0])).path.direction, Direction::Unknown);
        // 0x0338 is netlink; GRE devices (0x030a) use protocol types of GRE.
        none_holds_any(SLL, &[sll(0, 0x38, [8, 0]), sll(0, 1, [0, 1])]);
        all_hold_it(SLL, &[sll(0, 0x0a, [8, 0])]);

        let sll2 = join(&[&[8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 4, 6], &[2; 8], &ip]);
        assert_eq!(segment(SLL2, &sll2).path.direction, Direction::Outbound);
    }

    #[test]
    fn cooked_frames_may_hold_link_layers() {
        let ip = ipv4(6, &tcp());
        let bodies = [(3, plain()), (4, snap(IPV4, &ip)), (7, join(&[&[0xff, 3, 0, 0x21], &ip]))];
        all_hold_it(SLL, &bodies.map(|(kind, body)| join(&[&[0, 0, 0, 1, 0, 6], &[2; 8], &[0, kind], &body])));
    }
}
