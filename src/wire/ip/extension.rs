//! IPv6 extension headers (RFC 8200 §4), which may stand behind an IPv4 header just as well.

use super::payload;
use crate::wire::Skip;
use crate::wire::fragment::{Carrier, Fragment, Key};
use crate::wire::octets::Octets;
use crate::wire::walk::{Datagram, Outcome, Walk};
use etherparse::Ipv6FragmentHeaderSlice;
use std::net::{IpAddr, Ipv6Addr};

/// Octets of the fragment header.
const FRAGMENT_HEADER: usize = 8;

/// Hop-by-hop and destination options and whatever has their form: next header, length in units of 8 octets less one.
pub(super) fn options(walk: &mut Walk<'_>, ip: &Datagram, octets: Octets<'_>) -> Outcome {
    let (next, length) = (octets.u8(0)?, octets.u8(1)?);
    payload(walk, ip, next, octets.skip((usize::from(length) + 1) * 8)?)
}

/// The authentication header (RFC 4302 §2): length in units of 4 octets less two.
pub(super) fn authentication(walk: &mut Walk<'_>, ip: &Datagram, octets: Octets<'_>) -> Outcome {
    let (next, length) = (octets.u8(0)?, octets.u8(1)?);
    payload(walk, ip, next, octets.skip((usize::from(length) + 2) * 4)?)
}

/// A routing header: with segments left the datagram has another final destination than its IP header says.
pub(super) fn routing(walk: &mut Walk<'_>, ip: &Datagram, octets: Octets<'_>) -> Outcome {
    let (next, length) = (octets.u8(0)?, octets.u8(1)?);
    let rest = octets.skip((usize::from(length) + 1) * 8)?;
    let header = octets.limit((usize::from(length) + 1) * 8);
    let destination = final_destination(ip.destination, header).map_or(ip.destination, IpAddr::V6);
    payload(walk, &Datagram { destination, ..*ip }, next, rest)
}

/// Where the header of types 0 (RFC 5095), 2 (RFC 6275 §6.4), 3 (RFC 6554 §3) and 4 (RFC 8754 §2) leads in the end.
fn final_destination(current: IpAddr, header: Octets<'_>) -> Option<Ipv6Addr> {
    let (kind, segments_left) = (header.u8(2).ok()?, header.u8(3).ok()?);
    if segments_left == 0 {
        return None;
    }
    let address = |at: usize| header.array::<16>(at).ok().map(Ipv6Addr::from);
    match kind {
        0 => address(header.reported().saturating_sub(16).max(8)),
        2 | 4 => address(8),
        3 => rpl_destination(current, header),
        _ => None,
    }
}

/// The last address of an RPL source route, whose first octets are those of the current destination.
fn rpl_destination(current: IpAddr, header: Octets<'_>) -> Option<Ipv6Addr> {
    let IpAddr::V6(current) = current else { return None };
    let compressed = usize::from(header.u8(4).ok()? & 0xf);
    let padding = usize::from(header.u8(5).ok()? >> 4);
    let end = header.reported().checked_sub(padding)?;
    let start = end.checked_sub(16 - compressed).filter(|start| *start >= 8)?;
    let suffix = header.need(end).ok()?.get(start..)?;
    let mut address = current.octets();
    address.iter_mut().skip(compressed).zip(suffix).for_each(|(to, from)| *to = *from);
    Some(address.into())
}

/// A fragment completes its datagram, or waits; one that holds everything is passed through (RFC 6946).
pub(super) fn fragment(walk: &mut Walk<'_>, ip: &Datagram, octets: Octets<'_>) -> Outcome {
    let header = Ipv6FragmentHeaderSlice::from_slice(octets.need(FRAGMENT_HEADER)?).map_err(|_| Skip::Malformed)?;
    let next = header.next_header().0;
    let body = octets.skip(FRAGMENT_HEADER)?;
    if !header.is_fragmenting_payload() {
        return payload(walk, ip, next, body);
    }
    if !body.is_whole() || body.reported() == 0 {
        return walk.nothing(Skip::Fragment);
    }
    let key = Key::new(Carrier::Ip, ip, header.identification());
    let offset = usize::from(header.fragment_offset().value()) * 8;
    match walk.fragments.add(key, Fragment { offset, more: header.more_fragments(), data: body.data() }) {
        Some(whole) => payload(walk, ip, next, Octets::new(&whole, whole.len())),
        None => walk.nothing(Skip::Fragment),
    }
}
