//! ICMP and ICMPv6 errors: the packet they quote is evidence about its connection.

use super::{ip as any_ip, ipv6};
use crate::wire::octets::Octets;
use crate::wire::walk::{Datagram, Outcome, Walk};
use crate::wire::{Part, Quote, Skip};

/// Octets in front of what an error quotes, in both versions.
const HEADER: usize = 8;

/// ICMP types that quote (RFC 792).
mod icmp_type {
    pub const UNREACHABLE: u8 = 3;
    pub const SOURCE_QUENCH: u8 = 4;
    pub const REDIRECT: u8 = 5;
    pub const TIME_EXCEEDED: u8 = 11;
    pub const PARAMETER_PROBLEM: u8 = 12;
}

pub(super) fn icmp(walk: &mut Walk<'_>, ip: &Datagram, octets: Octets<'_>) -> Outcome {
    const FRAGMENTATION_NEEDED: u8 = 4;
    let (kind, code) = (octets.u8(0)?, octets.u8(1)?);
    walk.mark(Part::Icmp, octets.data());
    if kind == icmp_type::REDIRECT {
        // The gateway to go by.
        walk.mark_at(Part::Address, octets, 4, 4);
    }
    let quoted = match kind {
        icmp_type::REDIRECT => redirected(octets)?,
        icmp_type::UNREACHABLE | icmp_type::SOURCE_QUENCH | icmp_type::TIME_EXCEEDED | icmp_type::PARAMETER_PROBLEM => {
            original(octets)?
        }
        _ => return walk.nothing(Skip::NotTcp),
    };
    let needs_mtu = kind == icmp_type::UNREACHABLE && code == FRAGMENTATION_NEEDED;
    let mtu = if needs_mtu { octets.u16(6)?.into() } else { 0 };
    walk.context.quote = Some(Quote::Icmp { v6: false, kind, code, mtu, reporter: ip.source });
    walk.context.quoted_at = walk.context.depth;
    any_ip(walk, quoted)
}

/// Of a redirected packet the IP header and 8 octets count.
fn redirected(octets: Octets<'_>) -> Result<Octets<'_>, Skip> {
    let quoted = octets.skip(HEADER)?;
    Ok(quoted.limit(header_len(quoted)? + 8))
}

/// The quoted packet: a length in words, where there is one, separates it from what extends the message (RFC 4884 §4).
fn original(octets: Octets<'_>) -> Result<Octets<'_>, Skip> {
    let length = usize::from(octets.u8(5)?) * 4;
    let quoted = octets.skip(HEADER)?;
    let extended = length != 0 && octets.reported() > HEADER + length && usize::from(quoted.u16(2)?) > length;
    if extended { Ok(quoted.limit(header_len(quoted)? + length)) } else { Ok(quoted) }
}

fn header_len(quoted: Octets<'_>) -> Result<usize, Skip> {
    Ok(usize::from(quoted.u8(0)? & 0xf) * 4)
}

/// Errors have the types below 128 (RFC 4443 §2.1).
pub(super) fn icmpv6(walk: &mut Walk<'_>, ip: &Datagram, octets: Octets<'_>) -> Outcome {
    const UNREACHABLE: u8 = 1;
    const PACKET_TOO_BIG: u8 = 2;
    const PARAMETER_PROBLEM: u8 = 4;
    let (kind, code) = (octets.u8(0)?, octets.u8(1)?);
    walk.mark(Part::Icmpv6 { source: ip.source, destination: ip.destination }, octets.data());
    if !(UNREACHABLE..=PARAMETER_PROBLEM).contains(&kind) {
        return walk.nothing(Skip::NotTcp);
    }
    let mtu = if kind == PACKET_TOO_BIG { octets.u32(4)? } else { 0 };
    walk.context.quote = Some(Quote::Icmp { v6: true, kind, code, mtu, reporter: ip.source });
    ipv6(walk, octets.skip(HEADER)?)
}

#[cfg(test)]
mod tests {
    use crate::wire::testing::*;
    use crate::wire::{Quote, Segment, Standing};

    fn error(kind: u8, code: u8, rest: [u8; 4], quoted: &[u8]) -> Vec<u8> {
        ipv4(1, &join(&[&[kind, code, 0, 0], &rest, quoted]))
    }

    fn quote(segment: &Segment) -> Quote {
        match segment.standing {
            Standing::Quoted(quote) => quote,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn errors_quote_and_other_messages_do_not() {
        let ip = ipv4(6, &tcp());
        all_hold_it(RAW, &[3, 4, 5, 11, 12].map(|kind| error(kind, 0, [0; 4], &ip)));
        none_holds_any(RAW, &[0, 8, 13].map(|kind| error(kind, 0, [0; 4], &ip)));
        let v6 = |kind: u8| ipv6(58, &join(&[&[kind, 0, 0, 0, 0, 0, 5, 0], &ipv6(6, &tcp())]));
        all_hold_it(RAW, &[1, 2, 3, 4].map(v6));
        none_holds_any(RAW, &[0, 5, 128, 135].map(v6));
    }

    #[test]
    fn the_error_is_described() {
        let found = segment(RAW, &error(3, 4, [0, 0, 5, 120], &ipv4(6, &tcp())));
        let reporter = [10, 0, 0, 1].into();
        assert_eq!(quote(&found), Quote::Icmp { v6: false, kind: 3, code: 4, mtu: 1400, reporter });
        assert!(!found.auditable() && found.payload_len().is_none());
    }

    #[test]
    fn a_redirect_shows_eight_octets_and_a_length_limits_the_others() {
        let ip = ipv4(6, &join(&[&tcp(), &[0; 200]]));
        let reported = |kind: u8, rest: [u8; 4]| segment(RAW, &error(kind, 0, rest, &ip)).reported;
        assert_eq!(reported(5, [0; 4]), 8);
        assert_eq!(reported(3, [0; 4]), 225);
        assert_eq!(reported(3, [0, 32, 0, 0]), 128);
        assert_eq!(reported(3, [0, 255, 0, 0]), 225, "longer than what is quoted");
    }

    #[test]
    fn a_segment_in_a_quoted_tunnel_is_not_what_the_error_is_about() {
        let tunnelled = error(3, 1, [0; 4], &ipv4(4, &ipv4(6, &tcp())));
        assert_eq!(quote(&segment(RAW, &tunnelled)), Quote::Other);
        let nested = error(3, 1, [0; 4], &error(3, 2, [0; 4], &ipv4(6, &tcp())));
        assert!(matches!(quote(&segment(RAW, &nested)), Quote::Icmp { code: 2, .. }));
    }

    #[test]
    fn a_quote_is_of_the_path_of_what_it_quotes() {
        let quoted = segment(RAW, &error(3, 1, [0; 4], &ipv4(6, &tcp())));
        assert_eq!(quoted.path.id, segment(RAW, &ipv4(6, &tcp())).path.id);
    }
}
