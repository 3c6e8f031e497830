//! Link layers that an operating system makes up: BSD loopback, Linux cooked capture, none at all.

use super::ethernet::{ethernet, ethertype};
use super::llc::llc;
use super::ppp::ppp_hdlc;
use super::radio::radiotap;
use crate::capture::Direction;
use crate::wire::Skip;
use crate::wire::ip::{ip, ipv4, ipv6};
use crate::wire::octets::Octets;
use crate::wire::tunnel;
use crate::wire::walk::{Outcome, Walk};

/// What PPP frames begin with: all stations, unnumbered information (RFC 1662 §3.1).
const PPP: u16 = 0xff03;

/// A 32-bit address family in the byte order of the capturing machine, or 16 bits of it on IRIX.
pub(super) fn null(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    if octets.u16(0)? == PPP {
        return ppp_hdlc(walk, octets);
    }
    let family = match octets.u32(0)? {
        family if family & 0xffff_0000 == 0 => family,
        family if family < 0x0006_0000 => family >> 16,
        family => family.swap_bytes(),
    };
    match family {
        // Some systems put an EtherType there.
        1501..=0xffff => ethertype(walk, family as u16, octets.skip(4)?),
        _ => address_family(walk, family, octets.skip(4)?),
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
    cooked(walk, octets.u16(2)?, octets.u16(14)?, octets.skip(16)?)
}

/// Its second version: protocol, interface, hardware type, packet type, address.
pub(super) fn sll2(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    direction(walk, octets.u8(10)?.into());
    cooked(walk, octets.u16(8)?, octets.u16(0)?, octets.skip(20)?)
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
