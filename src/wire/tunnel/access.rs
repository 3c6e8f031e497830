//! Tunnels of access networks: mobile, wireless, dial-in, and IPv6 over IPv4.

use crate::wire::Skip;
use crate::wire::fragment::{Carrier, Fragment, Key};
use crate::wire::ip::{ipv4, ipv6, payload};
use crate::wire::link::{ethernet, ieee80211_swapped, llc, ppp_hdlc};
use crate::wire::octets::Octets;
use crate::wire::path::Tag;
use crate::wire::walk::{Datagram, Outcome, Walk};

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
        rest = rest.skip(13 + usize::from(rest.u8(2)?) + usize::from(rest.u8(3)?))?;
    }
    if rest.u16(0)? == ORIGIN {
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
    let [preamble, header, binding, flags] = octets.array(0)?;
    if preamble & 0xf == DTLS {
        return walk.nothing(Skip::Encrypted);
    }
    if flags & KEEP_ALIVE != 0 {
        return walk.nothing(Skip::NotTcp);
    }
    walk.tunnel(outer, Tag::Tunnel, 0);
    let body = octets.skip(usize::from(header >> 3) * 4)?;
    let frame: fn(&mut Walk<'_>, Octets<'_>) -> Outcome = match binding & NATIVE_FRAME {
        0 => ethernet,
        _ if (binding >> 1) & 0x1f == IEEE_802_11 => ieee80211_swapped,
        _ => return walk.nothing(Skip::NotTcp),
    };
    if flags & FRAGMENT == 0 {
        return frame(walk, body);
    }
    if !body.is_whole() {
        return walk.nothing(Skip::Fragment);
    }
    let key = Key::new(Carrier::Capwap, outer, octets.u16(4)?.into());
    let offset = usize::from(octets.u16(6)? & !7);
    match walk.fragments.add(key, Fragment { offset, more: flags & LAST_FRAGMENT == 0, data: body.data() }) {
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
