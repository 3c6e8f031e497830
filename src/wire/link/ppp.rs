//! PPP with and without HDLC framing, PPPoE, Cisco HDLC.

use super::ethernet::ethernet;
use super::llc::llc;
use super::mpls::mpls;
use crate::capture::Direction;
use crate::wire::Skip;
use crate::wire::ip::{ip, ipv6};
use crate::wire::octets::Octets;
use crate::wire::path::Tag;
use crate::wire::walk::{Outcome, Walk};

/// Address fields of HDLC frames: all stations (PPP), and Cisco's unicast and multicast.
const ALL_STATIONS: u8 = 0xff;
const CISCO_UNICAST: u8 = 0x0f;
const CISCO_MULTICAST: u8 = 0x8f;

/// PPP in HDLC-like framing (RFC 1662), whose address and control fields may have been left out.
pub(crate) fn ppp_hdlc(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    match octets.u8(0)? {
        ALL_STATIONS => ppp(walk, octets.skip(2)?),
        CISCO_UNICAST | CISCO_MULTICAST => chdlc(walk, octets),
        _ => ppp(walk, octets),
    }
}

/// PPP behind address and control fields that are there whatever they hold.
pub(super) fn framed_ppp(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    ppp(walk, octets.skip(2)?)
}

/// A PPP packet from its protocol field on, which an odd first octet cuts to one (RFC 1661 §6.5).
pub(super) fn ppp(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    walk.deeper()?;
    let first = octets.u8(0)?;
    let (protocol, length) = if first & 1 == 1 { (first.into(), 1) } else { (octets.u16(0)?, 2) };
    let body = octets.skip(length)?;
    match protocol {
        // Some equipment puts an EtherType there.
        0x0021 | 0x0800 => ip(walk, body),
        0x0057 | 0x86dd => ipv6(walk, body),
        0x004b => llc(walk, body),
        0x0281 | 0x0283 => mpls(walk, body),
        0x0053 | 0x0055 => walk.nothing(Skip::Encrypted),
        _ => walk.nothing(Skip::NotTcp),
    }
}

/// The session stage of PPP over Ethernet (RFC 2516 §4).
pub(super) fn pppoe_session(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    walk.tag(Tag::PppoeSession, octets.u16(2)?.into());
    let length = octets.u16(4)?;
    ppp(walk, octets.skip(6)?.limit(length.into()))
}

/// Cisco HDLC: address, control, protocol.
pub(super) fn chdlc(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    let body = octets.skip(4)?;
    match octets.u16(2)? {
        0x0800 => ip(walk, body),
        0x86dd => ipv6(walk, body),
        0x6558 => ethernet(walk, body),
        0x8847 | 0x8848 => mpls(walk, body),
        _ => walk.nothing(Skip::NotTcp),
    }
}

/// PPP behind an octet that is 0 for what was received.
pub(super) fn with_direction(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    let sent = octets.u8(0)? != 0;
    if walk.context.path.direction == Direction::Unknown {
        walk.context.path.direction = if sent { Direction::Outbound } else { Direction::Inbound };
    }
    ppp_hdlc(walk, octets.skip(1)?)
}

#[cfg(test)]
mod tests {
    use crate::capture::Direction;
    use crate::wire::Skip;
    use crate::wire::testing::*;

    const PPP: u16 = 9;
    const C_HDLC: u16 = 104;
    const PPP_WITH_DIRECTION: u16 = 204;

    #[test]
    fn fields_may_be_left_out_or_compressed() {
        let (v4, v6) = (ipv4(6, &tcp()), ipv6(6, &tcp()));
        all_hold_it(
            PPP,
            &[
                join(&[&[0xff, 3, 0, 0x21], &v4]),
                join(&[&[0, 0x21], &v4]),
                join(&[&[0x21], &v4]),
                join(&[&[0xff, 3, 0x57], &v6]),
                join(&[&[2, 0x81, 0, 1, 1, 64], &v4]),
                join(&[&[0x0f, 0, 8, 0], &v4]),
            ],
        );
        none_holds_any(PPP, &[join(&[&[0xc0, 0x21], &v4]), vec![0xff]]);
        assert_eq!(segments(PPP, &join(&[&[0, 0x53], &v4])), Err(Skip::Encrypted));
    }

    #[test]
    fn cisco_hdlc_has_types() {
        let frames = [join(&[&[0x0f, 0, 8, 0], &ipv4(6, &tcp())]), join(&[&[0x8f, 0, 0x86, 0xdd], &ipv6(6, &tcp())])];
        all_hold_it(C_HDLC, &frames);
    }

    #[test]
    fn pppoe_is_limited_by_its_own_length() {
        let ppp = join(&[&[0, 0x21], &ipv4(6, &tcp())]);
        let pppoe =
            |length: u16, session: u8| ethernet(0x8864, &join(&[&[0x11, 0, 0, session], &length.to_be_bytes(), &ppp]));
        let whole = ppp.len() as u16;
        assert_eq!(segment(ETHERNET, &pppoe(whole, 1)).payload_len(), Some(5));
        assert_eq!(segment(ETHERNET, &pppoe(whole - 2, 1)).payload_len(), Some(3));
        let [one, other] = paths(ETHERNET, [1, 2].map(|session| pppoe(whole, session)));
        assert_ne!(one, other);
    }

    #[test]
    fn an_octet_may_tell_the_direction() {
        let frame = |sent: u8| join(&[&[sent, 0xff, 3, 0, 0x21], &ipv4(6, &tcp())]);
        assert_eq!(segment(PPP_WITH_DIRECTION, &frame(0)).path.direction, Direction::Inbound);
        assert_eq!(segment(PPP_WITH_DIRECTION, &frame(1)).path.direction, Direction::Outbound);
    }
}
