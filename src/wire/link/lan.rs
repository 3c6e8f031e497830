//! Local networks that are not Ethernet: FDDI, ARCNET, IP over InfiniBand.

use super::ethernet::ethertype;
use super::llc::llc;
use crate::wire::ip::{ip, ipv6};
use crate::wire::octets::Octets;
use crate::wire::walk::{Outcome, Walk};
use crate::wire::{Part, Skip};

/// Frame control, destination, source, then LLC where frame control says so.
pub(super) fn fddi(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    const LLC_ASYNCHRONOUS: std::ops::RangeInclusive<u8> = 0x50..=0x5f;
    walk.mark_at(Part::HardwareAddress, octets, 1, 6);
    walk.mark_at(Part::HardwareAddress, octets, 7, 6);
    walk.macs(octets.array(7)?, octets.array(1)?);
    match octets.u8(0)? {
        control if LLC_ASYNCHRONOUS.contains(&control) => llc(walk, octets.skip(13)?),
        _ => walk.nothing(Skip::NotTcp),
    }
}

/// An ARCNET frame from its protocol field on. RFC 1201 puts a fragment flag and a sequence number behind that, and BSD
/// hands on an exception header, told by its flag, in front of them.
pub(super) fn arcnet(walk: &mut Walk<'_>, octets: Octets<'_>, exceptions: bool) -> Outcome {
    const IP_RFC_1051: u8 = 0xf0;
    const IP_RFC_1201: u8 = 0xd4;
    const IPV6: u8 = 0xc4;
    const EXCEPTION: u8 = 0xff;
    let protocol = octets.u8(0)?;
    let header = if exceptions && octets.u8(1)? == EXCEPTION { 8 } else { 4 };
    match protocol {
        IP_RFC_1051 => ip(walk, octets.skip(1)?),
        IP_RFC_1201 => ip(walk, octets.skip(header)?),
        IPV6 => ipv6(walk, octets.skip(header)?),
        _ => walk.nothing(Skip::NotTcp),
    }
}

/// A header of 40 octets made up by the capture, EtherType, two octets reserved (RFC 4391 §6).
pub(super) fn ipoib(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    walk.mark_at(Part::Private, octets, 0, 40);
    ethertype(walk, octets.u16(40)?, octets.skip(44)?)
}

#[cfg(test)]
mod tests {
    use crate::wire::testing::*;

    #[test]
    fn fddi_carries_llc() {
        let frame = |control: u8| join(&[&[control], &[2; 12], &snap(IPV4, &ipv4(6, &tcp()))]);
        all_hold_it(10, &[frame(0x50), frame(0x54)]);
        none_holds_any(10, &[frame(0x40), frame(0xd0)]);
    }

    #[test]
    fn arcnet_comes_in_three_headers() {
        let (v4, v6) = (ipv4(6, &tcp()), ipv6(6, &tcp()));
        all_hold_it(
            7,
            &[
                join(&[&[1, 2, 0xf0], &v4]),
                join(&[&[1, 2, 0xd4, 0, 0, 0], &v4]),
                join(&[&[1, 2, 0xd4, 0xff, 0, 0, 0, 0, 0, 0], &v4]),
                join(&[&[1, 2, 0xc4, 0, 0, 0], &v6]),
            ],
        );
        all_hold_it(129, &[join(&[&[1, 2, 0, 0, 0xf0], &v4]), join(&[&[1, 2, 0, 0, 0xd4, 0, 0, 0], &v4])]);
    }

    #[test]
    fn infiniband_has_a_made_up_header() {
        all_hold_it(242, &[join(&[&[0; 40], &[8, 0, 0, 0], &ipv4(6, &tcp())])]);
    }
}
