//! Local networks that are not Ethernet: FDDI, ARCNET, IP over InfiniBand.

use super::ethernet::ethertype;
use super::llc::llc;
use crate::wire::Skip;
use crate::wire::ip::{ip, ipv6};
use crate::wire::octets::Octets;
use crate::wire::walk::{Outcome, Walk};

/// Frame control, destination, source, then LLC where frame control says so.
pub(super) fn fddi(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    const LLC_ASYNCHRONOUS: std::ops::RangeInclusive<u8> = 0x50..=0x5f;
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
    ethertype(walk, octets.u16(40)?, octets.skip(44)?)
}
