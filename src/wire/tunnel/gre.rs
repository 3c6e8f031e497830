//! Generic routing encapsulation (RFC 2784, RFC 2890, PPTP's of RFC 2637) and what vendors put into it.

use crate::wire::ip::{ip, ipv6};
use crate::wire::link::{ethernet, ieee80211, mpls, ppp_hdlc};
use crate::wire::octets::Octets;
use crate::wire::path::Tag;
use crate::wire::tunnel::nsh;
use crate::wire::walk::{Datagram, Outcome, Walk};
use crate::wire::{Part, Skip};

/// Bits of the first two octets.
mod flag {
    pub const CHECKSUM: u16 = 0x8000;
    pub const ROUTING: u16 = 0x4000;
    pub const KEY: u16 = 0x2000;
    pub const SEQUENCE: u16 = 0x1000;
    pub const ACKNOWLEDGEMENT: u16 = 0x0080;
}

/// Protocol types that lead to IP; most are EtherTypes.
mod protocol {
    pub const IPV4: u16 = 0x0800;
    pub const FRAME_RELAY_BRIDGED: u16 = 0x6400;
    pub const BRIDGED: u16 = 0x6558;
    pub const ERSPAN_3: u16 = 0x22eb;
    pub const ARUBA_FIRST: u16 = 0x8200;
    pub const ARUBA_LAST: u16 = 0x8370;
    pub const ARUBA_LATER_FIRST: u16 = 0x9100;
    pub const ARUBA_LATER_LAST: u16 = 0x91f0;
    pub const IPV6: u16 = 0x86dd;
    pub const PPP: u16 = 0x880b;
    pub const WCCP: u16 = 0x883e;
    pub const MPLS_UNICAST: u16 = 0x8847;
    pub const MPLS_MULTICAST: u16 = 0x8848;
    pub const ERSPAN: u16 = 0x88be;
    pub const NSH: u16 = 0x894f;
}

pub(super) fn gre(walk: &mut Walk<'_>, outer: &Datagram, octets: Octets<'_>) -> Outcome {
    let (flags, protocol) = (octets.u16(0)?, octets.u16(2)?);
    let has = |flag: u16| flags & flag != 0;
    if has(flag::CHECKSUM) {
        walk.mark(Part::Gre, octets.data());
    }
    if has(flag::ROUTING) {
        walk.mark(Part::Opaque, octets.data());
    }
    let mut at = 4;
    if has(flag::CHECKSUM) || has(flag::ROUTING) {
        at += 4;
    }
    let mut key = None;
    if has(flag::KEY) {
        key = Some(octets.u32(at)?);
        at += 4;
    }
    at += if has(flag::SEQUENCE) { 4 } else { 0 };
    at += if has(flag::ACKNOWLEDGEMENT) && protocol == protocol::PPP { 4 } else { 0 };
    if has(flag::ROUTING) {
        at += routing_len(octets.skip(at)?)?;
    }
    // PPTP's key is a payload length and a call id of the receiver's choice, different in each direction.
    match key.filter(|_| protocol != protocol::PPP) {
        Some(key) => walk.tunnel(outer, Tag::GreKey, key),
        None => walk.tunnel(outer, Tag::Tunnel, 0),
    }
    let body = octets.skip(at)?;
    match protocol {
        protocol::ERSPAN if !has(flag::SEQUENCE) => ethernet(walk, body),
        _ => gre_payload(walk, protocol, body),
    }
}

/// Octets of the source route entries, the last of which has length zero (RFC 1701).
fn routing_len(octets: Octets<'_>) -> Result<usize, Skip> {
    let mut at = 0;
    loop {
        let (family, length) = (octets.u16(at)?, octets.u8(at + 3)?);
        at += 4;
        if family == 0 && length == 0 {
            return Ok(at);
        }
        at += usize::from(length);
    }
}

/// What a protocol type says follows.
pub(crate) fn gre_payload(walk: &mut Walk<'_>, protocol: u16, octets: Octets<'_>) -> Outcome {
    walk.deeper()?;
    if octets.reported() == 0 {
        return walk.nothing(Skip::NotTcp);
    }
    match protocol {
        protocol::IPV4 => ip(walk, octets),
        protocol::IPV6 => ipv6(walk, octets),
        protocol::BRIDGED | protocol::FRAME_RELAY_BRIDGED => ethernet(walk, octets),
        protocol::PPP => ppp_hdlc(walk, octets),
        protocol::MPLS_UNICAST | protocol::MPLS_MULTICAST => mpls(walk, octets),
        protocol::NSH => nsh(walk, octets),
        protocol::WCCP => wccp(walk, octets),
        protocol::ERSPAN => erspan(walk, octets),
        protocol::ERSPAN_3 => erspan(walk, octets),
        protocol::ARUBA_FIRST..=protocol::ARUBA_LAST | protocol::ARUBA_LATER_FIRST..=protocol::ARUBA_LATER_LAST
            if protocol & 0xf == 0 =>
        {
            ieee80211(walk, octets)
        }
        _ => walk.nothing(Skip::NotTcp),
    }
}

/// A redirect header of four octets stands in front of IP in WCCP's second version only.
fn wccp(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    let header = if octets.u8(0)? >> 4 == 4 { 0 } else { 4 };
    ip(walk, octets.skip(header)?)
}

/// A mirrored frame behind the header of type II or III, whose first word ends in the VLAN it was mirrored from.
fn erspan(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    const TYPE_2: u16 = 1;
    const TYPE_3: u16 = 2;
    let first = octets.u16(0)?;
    if walk.context.vlan == 0 {
        walk.context.vlan = first & 0x0fff;
    }
    match first >> 12 {
        TYPE_2 => ethernet(walk, octets.skip(8)?),
        TYPE_3 => {
            const ETHERNET: u16 = 0;
            let kind = octets.u16(10)?;
            if kind >> 10 & 0x1f != ETHERNET {
                return walk.nothing(Skip::NotTcp);
            }
            let platform_header = kind & 1 != 0;
            ethernet(walk, octets.skip(if platform_header { 20 } else { 12 })?)
        }
        _ => walk.nothing(Skip::NotTcp),
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::testing::*;

    fn gre(flags: u16, protocol: u16, body: &[&[u8]]) -> Vec<u8> {
        ipv4(47, &join(&[&flags.to_be_bytes(), &protocol.to_be_bytes(), &body.concat()]))
    }

    #[test]
    fn erspan_of_type_iii_may_mirror_other_than_ethernet() {
        let erspan = |kind: u8| gre(0, 0x22eb, &[&[0x20, 5, 0, 0], &[0; 6], &[kind << 2, 0], &plain()]);
        all_hold_it(RAW, &[erspan(0)]);
        none_holds_any(RAW, &[erspan(2), erspan(31)]);
    }

    #[test]
    fn optional_fields_are_skipped() {
        let ip = ipv4(6, &tcp());
        all_hold_it(
            RAW,
            &[
                gre(0, IPV4, &[&ip]),
                gre(0x8000, IPV4, &[&[0; 4], &ip]),
                gre(0x2000, IPV4, &[&[0; 4], &ip]),
                gre(0xb000, IPV4, &[&[0; 12], &ip]),
                gre(0x4000, IPV4, &[&[0; 4], &[0; 4], &ip]),
                gre(0xc000, IPV4, &[&[0; 4], &[8, 0, 0, 4, 1, 1, 1, 1], &[0; 4], &ip]),
                gre(0x3081, 0x880b, &[&[0; 12], &[0xff, 3, 0, 0x21], &ip]),
            ],
        );
    }

    #[test]
    fn protocols_lead_to_every_kind_of_frame() {
        let (v4, v6, frame) = (ipv4(6, &tcp()), ipv6(6, &tcp()), plain());
        let wlan = join(&[&[8, 0, 0, 0], &[2; 18], &[0, 0], &snap(IPV4, &v4)]);
        all_hold_it(
            RAW,
            &[
                gre(0, IPV6, &[&v6]),
                gre(0, 0x6558, &[&frame]),
                gre(0, 0x8847, &[&[0, 1, 1, 64], &v4]),
                gre(0, 0x883e, &[&v4]),
                gre(0, 0x883e, &[&[0; 4], &v4]),
                gre(0, 0x88be, &[&frame]),
                gre(0x1000, 0x88be, &[&[0; 4], &[0x10], &[0; 7], &frame]),
                gre(0x1000, 0x22eb, &[&[0; 4], &[0x20], &[0; 11], &frame]),
                gre(0x1000, 0x22eb, &[&[0; 4], &[0x20], &[0; 10], &[1], &[0; 8], &frame]),
                gre(0, 0x8200, &[&wlan]),
                gre(0, 0x9110, &[&wlan]),
            ],
        );
        none_holds_any(RAW, &[gre(0, 0x0806, &[&v4]), gre(0, 0x8201, &[&wlan]), gre(0, IPV4, &[])]);
    }

    #[test]
    fn keys_tell_paths_apart_but_not_those_of_pptp() {
        let ip = ipv4(6, &tcp());
        let [one, other] = paths(RAW, [1, 2].map(|key| gre(0x2000, IPV4, &[&[0, 0, 0, key], &ip])));
        assert_ne!(one, other);
        let [one, other] = paths(RAW, [1, 2].map(|key| gre(0x2001, 0x880b, &[&[0, 0, 0, key], &[0, 0x21], &ip])));
        assert_eq!(one, other);
    }
}
