//! Tunnels of access networks: mobile, wireless, dial-in, and IPv6 over IPv4.

use crate::wire::fragment::{Carrier, Fragment, Key};
use crate::wire::ip::{ipv4, ipv6, payload};
use crate::wire::link::{ethernet, ieee80211_swapped, llc, ppp_hdlc};
use crate::wire::octets::Octets;
use crate::wire::path::Tag;
use crate::wire::walk::{Datagram, Outcome, Walk};
use crate::wire::{Part, Skip};

/// Whether a GTP message is one of user data.
pub(super) fn is_user_data(octets: Octets<'_>) -> bool {
    const USER_DATA: u8 = 255;
    octets.u8(1) == Ok(USER_DATA)
}

/// GTP-U (3GPP TS 29.281 §5). Each direction has a tunnel endpoint identifier of its own, so that only the addresses of
/// the tunnel tell connections apart.
pub(super) fn gtp_u(walk: &mut Walk<'_>, outer: &Datagram, octets: Octets<'_>) -> Outcome {
    const VERSION_0_HEADER: usize = 20;
    const VERSION_1_HEADER: usize = 8;
    let (flags, length) = (octets.u8(0)?, usize::from(octets.u16(2)?));
    let (fixed, header) = match flags >> 4 {
        0b0001 => (VERSION_0_HEADER, VERSION_0_HEADER),
        0b0011 => (VERSION_1_HEADER, gtp_header_len(octets, flags)?),
        _ => return walk.nothing(Skip::NotTcp),
    };
    walk.tunnel(outer, Tag::Tunnel, 0);
    user_data(walk, octets.limit(fixed + length).skip(header)?)
}

/// Octets of a version 1 header with its optional fields and chain of extension headers.
fn gtp_header_len(octets: Octets<'_>, flags: u8) -> Result<usize, Skip> {
    const ANY_OPTIONAL_FIELD: u8 = 0x07;
    const EXTENSION_HEADER: u8 = 0x04;
    if flags & ANY_OPTIONAL_FIELD == 0 {
        return Ok(8);
    }
    let mut at = 12;
    let mut extension = if flags & EXTENSION_HEADER != 0 { octets.u8(11)? } else { 0 };
    while extension != 0 {
        match usize::from(octets.u8(at)?) * 4 {
            0 => return Err(Skip::Malformed),
            length => at += length,
        }
        extension = octets.u8(at - 1)?;
    }
    Ok(at)
}

/// GTP-U does not say what it carries: IP has to fit to the octet.
fn user_data(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    match octets.u8(0)? {
        0x45..=0x4f if usize::from(octets.u16(2)?) == octets.reported() => ipv4(walk, octets),
        0x60..=0x6f if usize::from(octets.u16(4)?) + 40 == octets.reported() => ipv6(walk, octets),
        0x45..=0x4f | 0x60..=0x6f => walk.nothing(Skip::Malformed),
        _ => match octets.u16(12) {
            Ok(0x0800 | 0x86dd | 0x0806) => ethernet(walk, octets),
            _ => walk.nothing(Skip::NotTcp),
        },
    }
}

/// Teredo (RFC 4380 §5.1.1): IPv6 behind an authentication and an origin header, either of which may be missing.
pub(super) fn teredo(walk: &mut Walk<'_>, outer: &Datagram, octets: Octets<'_>) -> Outcome {
    const AUTHENTICATION: u16 = 1;
    const ORIGIN: u16 = 0;
    let mut rest = octets;
    if rest.u16(0)? == AUTHENTICATION {
        // Both lengths stand in front of what they measure: who asks, and the proof.
        walk.mark_at(Part::Private, rest, 4, 9 + usize::from(rest.u8(2)?) + usize::from(rest.u8(3)?));
        rest = rest.skip(13 + usize::from(rest.u8(2)?) + usize::from(rest.u8(3)?))?;
    }
    if rest.u16(0)? == ORIGIN {
        walk.mark_at(Part::Private, rest, 2, 6);
        rest = rest.skip(8)?;
    }
    walk.tunnel(outer, Tag::Tunnel, 0);
    match rest.u8(0)? >> 4 {
        6 => ipv6(walk, rest),
        _ => walk.nothing(Skip::NotTcp),
    }
}

/// AYIYA: identity and signature of announced lengths, then what the next header says.
pub(super) fn ayiya(walk: &mut Walk<'_>, outer: &Datagram, octets: Octets<'_>) -> Outcome {
    const FIXED_HEADER: usize = 8;
    const FORWARD: u8 = 1;
    let [identity, signature, operation, next] = octets.array(0)?;
    let header = FIXED_HEADER + (1usize << (identity >> 4)) + usize::from(signature >> 4) * 4;
    if operation & 0xf != FORWARD {
        return walk.nothing(Skip::NotTcp);
    }
    walk.mark_at(Part::Private, octets, FIXED_HEADER, header - FIXED_HEADER);
    payload(walk, outer, next, octets.skip(header)?)
}

/// CAPWAP's data channel (RFC 5415 §4.3): what a wireless termination point relays.
pub(super) fn capwap_data(walk: &mut Walk<'_>, outer: &Datagram, octets: Octets<'_>) -> Outcome {
    const DTLS: u8 = 1;
    const NATIVE_FRAME: u8 = 0x01;
    const FRAGMENT: u8 = 0x80;
    const LAST_FRAGMENT: u8 = 0x40;
    const KEEP_ALIVE: u8 = 0x08;
    const IEEE_802_11: u8 = 1;
    const FIXED_HEADER: usize = 8;
    let [preamble, header, binding, flags] = octets.array(0)?;
    if preamble & 0xf == DTLS {
        return walk.nothing(Skip::Encrypted);
    }
    if flags & KEEP_ALIVE != 0 {
        return walk.nothing(Skip::NotTcp);
    }
    walk.tunnel(outer, Tag::Tunnel, 0);
    let length = usize::from(header >> 3) * 4;
    walk.mark_at(Part::Private, octets, FIXED_HEADER, length.saturating_sub(FIXED_HEADER));
    let body = octets.skip(length)?;
    let frame: fn(&mut Walk<'_>, Octets<'_>) -> Outcome = match binding & NATIVE_FRAME {
        0 => ethernet,
        _ if (binding >> 1) & 0x1f == IEEE_802_11 => ieee80211_swapped,
        _ => return walk.nothing(Skip::NotTcp),
    };
    if flags & FRAGMENT == 0 {
        return frame(walk, body);
    }
    if !body.is_whole() || walk.is_traced() {
        return walk.nothing(Skip::Fragment);
    }
    let key = Key::new(Carrier::Capwap, outer, octets.u16(4)?.into());
    let offset = usize::from(octets.u16(6)? & !7);
    let more = flags & LAST_FRAGMENT == 0;
    match walk.fragments.add(key, Fragment { frame: walk.frame, offset, more, data: body.data(), tcp: false }) {
        Some(whole) => frame(walk, Octets::new(&whole, whole.len())),
        None => walk.nothing(Skip::Fragment),
    }
}

/// Whether the version is one of L2TP's two.
pub(super) fn is_l2tp(octets: Octets<'_>) -> bool {
    matches!(octets.u8(1).map(|version| version & 0xf), Ok(2 | 3))
}

/// L2TP version 2 (RFC 2661 §3.1): data messages carry PPP. Identifiers differ per direction.
pub(super) fn l2tp(walk: &mut Walk<'_>, outer: &Datagram, octets: Octets<'_>) -> Outcome {
    const CONTROL: u16 = 0x8000;
    const LENGTH: u16 = 0x4000;
    const SEQUENCE: u16 = 0x0800;
    const OFFSET: u16 = 0x0200;
    const VERSION_2: u16 = 2;
    let flags = octets.u16(0)?;
    if flags & CONTROL != 0 || flags & 0xf != VERSION_2 {
        return walk.nothing(Skip::NotTcp);
    }
    let mut at = 6;
    let mut octets = octets;
    if flags & LENGTH != 0 {
        octets = octets.limit(octets.u16(2)?.into());
        at += 2;
    }
    at += if flags & SEQUENCE != 0 { 4 } else { 0 };
    if flags & OFFSET != 0 {
        at += 2 + usize::from(octets.u16(at)?);
    }
    walk.tunnel(outer, Tag::Tunnel, 0);
    ppp_hdlc(walk, octets.skip(at)?)
}

/// Frames of a logical link layer between IBM hosts.
pub(super) fn llc_in_udp(walk: &mut Walk<'_>, outer: &Datagram, octets: Octets<'_>) -> Outcome {
    walk.tunnel(outer, Tag::Tunnel, 0);
    llc(walk, octets)
}

#[cfg(test)]
mod tests {
    use crate::wire::testing::*;
    use crate::wire::{Decoder, Skip};

    fn gtp(flags: u8, more: &[u8], body: &[u8]) -> Vec<u8> {
        let length = (more.len() + body.len()) as u16;
        udp(2152, &join(&[&[flags, 255], &length.to_be_bytes(), &[0, 0, 0, 7], more, body]))
    }

    #[test]
    fn user_data_of_gtp_must_fit() {
        let (v4, v6) = (ipv4(6, &tcp()), ipv6(6, &tcp()));
        all_hold_it(
            RAW,
            &[
                gtp(0x30, &[], &v4),
                gtp(0x30, &[], &v6),
                gtp(0x30, &[], &plain()),
                gtp(0x32, &[0; 4], &v4),
                gtp(0x34, &[0, 1, 0, 0x85, 1, 0, 1, 0], &v4),
                udp(2152, &join(&[&[0x1e, 255], &[0, v4.len() as u8], &[0; 16], &v4])),
            ],
        );
        none_holds_any(
            RAW,
            &[gtp(0x30, &[], &join(&[&v4, b"x"])), gtp(0x20, &[], &v4), gtp(0x34, &[0, 1, 0, 0x85, 0, 0, 1, 0], &v4)],
        );
    }

    #[test]
    fn ipv6_crosses_ipv4() {
        let v6 = ipv6(6, &tcp());
        let (authentication, origin) = ([0, 1, 1, 2, 9, 9, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0], [0; 8]);
        all_hold_it(
            RAW,
            &[
                udp(3544, &v6),
                udp(3544, &join(&[&origin, &v6])),
                udp(3544, &join(&[&authentication, &v6])),
                udp(3544, &join(&[&authentication, &origin, &v6])),
                udp(5072, &join(&[&[0x41, 0x51, 0x11, 41], &[0; 4 + 16 + 20], &v6])),
            ],
        );
        none_holds_any(
            RAW,
            &[udp(3544, &ipv4(6, &tcp())), udp(5072, &join(&[&[0x41, 0x51, 0x10, 41], &[0; 40], &v6]))],
        );
    }

    #[test]
    fn l2tp_carries_ppp_in_data_messages() {
        let ppp = join(&[&[0xff, 3, 0, 0x21], &ipv4(6, &tcp())]);
        let length = (8 + ppp.len()) as u8;
        all_hold_it(
            RAW,
            &[
                udp(1701, &join(&[&[0, 2, 0, 1, 0, 1], &ppp])),
                udp(1701, &join(&[&[0x40, 2, 0, length, 0, 1, 0, 1], &ppp])),
                udp(1701, &join(&[&[0x0a, 2, 0, 1, 0, 1, 0, 0, 0, 0, 0, 2, 7, 7], &ppp])),
            ],
        );
        none_holds_any(RAW, &[udp(1701, &join(&[&[0x80, 2, 0, 1, 0, 1], &ppp]))]);
    }

    fn capwap(flags: u8, identity: u8, offset: u8, body: &[u8]) -> Vec<u8> {
        udp(5247, &join(&[&[0, 2 << 3, 1 << 1, flags, 0, identity, 0, offset], body]))
    }

    #[test]
    fn capwap_relays_and_fragments_frames() {
        let frame = plain();
        let wlan = join(&[&[0, 8, 0, 0], &[2; 18], &[0, 0], &snap(IPV4, &ipv4(6, &tcp()))]);
        let native = udp(5247, &join(&[&[0, 2 << 3, 1 << 1 | 1, 0, 0, 0, 0, 0], &wlan]));
        all_hold_it(RAW, &[native, capwap(0, 0, 0, &frame)]);
        none_holds_any(RAW, &[capwap(8, 0, 0, &frame)]);
        assert_eq!(segments(RAW, &udp(5247, &join(&[&[1, 0, 0, 0], &frame]))), Err(Skip::Encrypted));

        let mut decoder = Decoder::default();
        let mut find = |packet: &[u8]| decode(&mut decoder, &record(RAW, packet)).map(|found| found.len());
        assert_eq!(find(&capwap(0x80, 7, 0, &frame[..24])), Err(Skip::Fragment));
        assert_eq!(find(&capwap(0xc0, 7, 24, &frame[24..])), Ok(1));
    }

    #[test]
    fn ibm_puts_llc_into_udp() {
        all_hold_it(RAW, &[udp(12_003, &snap(IPV4, &ipv4(6, &tcp())))]);
    }
}
