//! IPv6 extension headers (RFC 8200 §4), which may stand behind an IPv4 header just as well.

use super::payload;
use crate::wire::fragment::{Carrier, Fragment, Key};
use crate::wire::octets::Octets;
use crate::wire::walk::{Datagram, Outcome, Walk};
use crate::wire::{Part, Skip};
use etherparse::{IpNumber, Ipv6FragmentHeaderSlice};
use std::net::{IpAddr, Ipv6Addr};

/// Octets of the fragment header.
const FRAGMENT_HEADER: usize = 8;

/// Hop-by-hop and destination options and whatever has their form: next header, length in units of 8 octets less one.
pub(super) fn options(walk: &mut Walk<'_>, ip: &Datagram, octets: Octets<'_>) -> Outcome {
    let (next, length) = (octets.u8(0)?, octets.u8(1)?);
    let length = (usize::from(length) + 1) * 8;
    check_options(octets, length)?;
    walk.mark_at(Part::IpOptions, octets, 0, length);
    payload(walk, ip, next, octets.skip(length)?)
}

/// An option that runs past the packet, not just past its header of `length` octets, ends the dissection.
fn check_options(octets: Octets<'_>, length: usize) -> Outcome {
    const PAD1: u8 = 0;
    let mut at = 2;
    while at < length {
        at += match octets.u8(at)? {
            PAD1 => 1,
            _ => 2 + usize::from(octets.u8(at + 1)?),
        };
        octets.need(at)?;
    }
    Ok(())
}

/// The authentication header (RFC 4302 §2): length in units of 4 octets less two.
pub(super) fn authentication(walk: &mut Walk<'_>, ip: &Datagram, octets: Octets<'_>) -> Outcome {
    /// Octets of the header in front of the integrity check value.
    const FIXED_HEADER: usize = 12;
    let (next, length) = (octets.u8(0)?, octets.u8(1)?);
    let length = (usize::from(length) + 2) * 4;
    walk.mark_at(Part::Private, octets, FIXED_HEADER, length.saturating_sub(FIXED_HEADER));
    payload(walk, ip, next, octets.skip(length)?)
}

/// A routing header: with segments left the datagram has another final destination than its IP header says.
pub(super) fn routing(walk: &mut Walk<'_>, ip: &Datagram, octets: Octets<'_>) -> Outcome {
    let (next, length) = (octets.u8(0)?, octets.u8(1)?);
    let rest = octets.skip((usize::from(length) + 1) * 8)?;
    let header = octets.limit((usize::from(length) + 1) * 8);
    if matches!(octets.u8(2)?, 2 | 4) {
        // These have room for an address even if no segment is left.
        header.need(24)?;
    }
    let part = if matches!(octets.u8(2)?, 0 | 2 | 4) { Part::Routing } else { Part::Opaque };
    walk.mark(part, header.data());
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
    if walk.is_traced() {
        let offset = usize::from(header.fragment_offset().value()) * 8;
        return walk.trace_fragment(ip, (header.identification(), next), offset, body, payload);
    }
    if !body.is_whole() || body.reported() == 0 {
        return walk.nothing(Skip::Fragment);
    }
    let offset = usize::from(header.fragment_offset().value()) * 8;
    let key = Key::new(Carrier::Ip, ip, header.identification());
    let (more, tcp) = (header.more_fragments(), next == IpNumber::TCP.0);
    match walk.fragments.add(key, Fragment { frame: walk.frame, offset, more, data: body.data(), tcp }) {
        Some(whole) => payload(walk, ip, next, Octets::new(&whole, whole.len())),
        None => walk.nothing(Skip::Fragment),
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::testing::*;
    use crate::wire::{Decoder, Skip};
    use std::net::{IpAddr, Ipv6Addr};

    #[test]
    fn every_extension_header_is_walked() {
        let options = [6, 0, 1, 4, 0, 0, 0, 0];
        let chain = join(&[&[60, 0, 0, 0, 0, 0, 0, 0], &options, &tcp()]);
        let authentication = join(&[&[6, 4], &[0; 22], &tcp()]);
        all_hold_it(
            RAW,
            &[
                ipv6(0, &join(&[&options, &tcp()])),
                ipv6(60, &join(&[&options, &tcp()])),
                ipv6(0, &chain),
                ipv6(43, &join(&[&[6, 0, 0, 0, 0, 0, 0, 0], &tcp()])),
                ipv6(44, &join(&[&[6, 0, 0, 0, 0, 0, 0, 1], &tcp()])),
                ipv6(51, &authentication),
                ipv4(51, &authentication),
                ipv6(135, &join(&[&options, &tcp()])),
            ],
        );
        assert_eq!(segments(RAW, &ipv6(50, &tcp())), Err(Skip::Encrypted));
        none_holds_any(RAW, &[ipv6(0, &join(&[&[6, 0, 1, 200, 0, 0, 0, 0], &tcp()])), ipv6(59, &tcp())]);
    }

    #[test]
    fn segments_left_lead_to_another_destination() {
        let routed = |kind: u8, left: u8, data: &[u8]| {
            let header = join(&[&[6, (data.len() / 8) as u8, kind, left], data]);
            segment(RAW, &ipv6(43, &join(&[&header, &tcp()]))).destination.ip
        };
        let to = |last: u8| IpAddr::V6(Ipv6Addr::from(address(last)));
        let two = join(&[&[0; 4], &address(8), &address(9)]);
        assert_eq!(routed(0, 0, &two), to(2));
        assert_eq!(routed(0, 1, &two), to(9));
        assert_eq!(routed(2, 1, &two[..20]), to(8));
        assert_eq!(routed(4, 1, &two), to(8));
        assert_eq!(routed(3, 1, &[0xff, 0x70, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]), to(7));
        assert_eq!(routed(9, 1, &two), to(2));
    }

    #[test]
    fn fragments_are_put_together() {
        let segment = tcp();
        let part = |offset: u8, data: &[u8]| ipv6(44, &join(&[&[6, 0, 0, offset, 0, 0, 0, 7], data]));
        let mut decoder = Decoder::default();
        let mut find = |packet: &[u8]| decode(&mut decoder, &record(RAW, packet)).map(|found| found[0].payload_len());
        assert_eq!(find(&part(1, &segment[..16])), Err(Skip::Fragment));
        assert_eq!(find(&part(16, &segment[16..])), Ok(Some(5)));
    }
}
