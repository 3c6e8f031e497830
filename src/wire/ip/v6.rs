//! An IPv6 packet in, its payload handed on behind the extension headers.

use super::{payload, protocol};
use crate::wire::octets::Octets;
use crate::wire::walk::{Datagram, Outcome, Walk};
use crate::wire::{Part, Skip};
use etherparse::Ipv6HeaderSlice;

/// Octets of the fixed header.
const FIXED_HEADER: usize = 40;

pub(crate) fn ipv6(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    walk.deeper()?;
    let header = Ipv6HeaderSlice::from_slice(octets.need(FIXED_HEADER)?).map_err(|_| Skip::Malformed)?;
    walk.mark(Part::Ipv6, header.slice());
    walk.ip_layer(header.source_addr().into(), header.destination_addr().into());
    let next = header.next_header().0;
    let rest = octets.skip(FIXED_HEADER)?;
    let length = match usize::from(header.payload_length()) {
        0 if next == protocol::HOP_BY_HOP => jumbo_length(rest)?,
        length => length,
    };
    let datagram = Datagram {
        source: header.source_addr().into(),
        destination: header.destination_addr().into(),
        ttl: header.hop_limit(),
        ecn: header.ecn().value(),
        ip_id: None,
        length_known: length <= rest.reported(),
    };
    payload(walk, &datagram, next, rest.limit(length))
}

/// The payload length of a jumbogram (RFC 2675 §2); 0 where its option is missing or its length needs none.
fn jumbo_length(rest: Octets<'_>) -> Result<usize, Skip> {
    const PAD1: u8 = 0;
    const JUMBO_PAYLOAD: u8 = 0xc2;
    const MAX_PLAIN: usize = 65_535;
    let end = (usize::from(rest.u8(1)?) + 1) * 8;
    let mut at = 2;
    while at < end {
        match rest.u8(at)? {
            PAD1 => at += 1,
            JUMBO_PAYLOAD if rest.u8(at + 1)? == 4 => {
                return Ok(Some(rest.u32(at + 2)? as usize).filter(|length| *length > MAX_PLAIN).unwrap_or(0));
            }
            _ => at += 2 + usize::from(rest.u8(at + 1)?),
        }
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use crate::wire::testing::*;

    #[test]
    fn the_payload_length_rules_where_it_can() {
        let with_length = |length: u16| {
            let mut ip = ipv6(6, &tcp());
            ip[4..6].copy_from_slice(&length.to_be_bytes());
            ethernet(IPV6, &join(&[&ip, b"padding"]))
        };
        assert_eq!(segment(ETHERNET, &with_length(25)).payload_len(), Some(5));
        assert_eq!(segment(ETHERNET, &with_length(22)).payload_len(), Some(2));
        assert_eq!(segment(ETHERNET, &with_length(1000)).payload_len(), Some(5 + 7));
        none_holds_any(ETHERNET, &[with_length(0), with_length(3)]);
    }

    #[test]
    fn a_jumbogram_tells_its_length_in_an_option() {
        let jumbo = |length: u32, octets: usize| {
            let options = join(&[&[6, 0, 0xc2, 4], &length.to_be_bytes()]);
            let mut ip = ipv6(0, &[]);
            ip.extend(join(&[&options, &tcp(), &vec![0; octets]]));
            ip
        };
        let payload = segment(RAW, &jumbo(70_000, 80_000)).payload_len();
        assert_eq!(payload, Some(70_000 - 8 - 20));
        none_holds_any(RAW, &[jumbo(33, 0)]);
    }
}
