//! An IPv4 packet in, its payload handed on with the length that is true for it.

use super::{payload, v4_options};
use crate::wire::fragment::{Carrier, Fragment, Key};
use crate::wire::octets::Octets;
use crate::wire::walk::{Datagram, Outcome, Walk};
use crate::wire::{Part, Skip};
use etherparse::{IpNumber, Ipv4HeaderSlice};
use std::net::Ipv4Addr;

/// Octets of the header without options.
const FIXED_HEADER: usize = 20;

pub(crate) fn ipv4(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    walk.deeper()?;
    let header_len = usize::from(octets.u8(0)? & 0xf) * 4;
    if header_len < FIXED_HEADER {
        return walk.nothing(Skip::Malformed);
    }
    let header = Ipv4HeaderSlice::from_slice(octets.need(header_len)?).map_err(|_| Skip::Malformed)?;
    walk.mark(Part::Ipv4, header.slice());
    let destination = v4_options::source_route(header.options()).unwrap_or(header.destination_addr());
    walk.ip_layer(header.source_addr().into(), destination.into());
    let total = usize::from(header.total_len());
    if total != 0 && total < header_len {
        return walk.nothing(Skip::Malformed);
    }
    if !v4_options::are_readable(header.options()) {
        return Err(Skip::Malformed);
    }
    // Zero is what segmentation offload leaves: as long as the frame. So is what exceeds the frame.
    let length_known = total != 0 && total <= octets.reported();
    let body = octets.limit(if total == 0 { usize::MAX } else { total }).skip(header_len)?;
    let datagram = Datagram {
        source: header.source_addr().into(),
        destination: destination.into(),
        ttl: header.ttl(),
        ecn: header.ecn().value(),
        ip_id: Some(header.identification()),
        length_known,
    };
    if body.reported() == 0 {
        return walk.nothing(Skip::NotTcp);
    }
    walk.context.fragmented = false;
    if header.is_fragmenting_payload() {
        return fragment(walk, &datagram, header, body, total > octets.reported());
    }
    payload(walk, &datagram, header.protocol().0, body)
}

/// A fragment completes its datagram, or waits. One that the capture cut cannot: if it is the first, its header is read
/// all the same.
fn fragment(
    walk: &mut Walk<'_>,
    ip: &Datagram,
    header: Ipv4HeaderSlice<'_>,
    body: Octets<'_>,
    exceeds_frame: bool,
) -> Outcome {
    let protocol = header.protocol().0;
    let offset = usize::from(header.fragments_offset().value()) * 8;
    let more = header.more_fragments();
    if walk.is_traced() {
        return walk.trace_fragment(ip, (header.identification().into(), protocol), offset, body, payload);
    }
    if !body.is_whole() || exceeds_frame {
        walk.context.fragmented = more;
        return if offset == 0 { payload(walk, ip, protocol, body) } else { walk.nothing(Skip::Fragment) };
    }
    let is_local = |ip: Ipv4Addr| ip.is_private() || ip.is_link_local();
    let vlan =
        if is_local(header.source_addr()) || is_local(header.destination_addr()) { walk.context.vlan } else { 0 };
    let id = u32::from(header.identification()) ^ u32::from(protocol) ^ u32::from(vlan);
    let key = Key::new(Carrier::Ip, ip, id);
    let tcp = protocol == IpNumber::TCP.0;
    match walk.fragments.add(key, Fragment { frame: walk.frame, offset, more, data: body.data(), tcp }) {
        Some(whole) => payload(walk, ip, protocol, Octets::new(&whole, whole.len())),
        None => walk.nothing(Skip::Fragment),
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::testing::*;
    use crate::wire::{Decoder, Skip, Standing};

    const MORE: u16 = 0x2000;

    fn with_total(total: u16) -> Vec<u8> {
        let mut ip = ipv4(6, &tcp());
        ip[2..4].copy_from_slice(&total.to_be_bytes());
        ethernet(IPV4, &join(&[&ip, b"padding"]))
    }

    #[test]
    fn the_total_length_rules_where_it_can() {
        let payload = |total: u16| segment(ETHERNET, &with_total(total)).payload_len();
        assert_eq!(payload(45), Some(5));
        assert_eq!(payload(42), Some(2));
        assert_eq!(payload(0), Some(5 + 7), "offload leaves zero: as long as the frame");
        assert_eq!(payload(1000), Some(5 + 7), "not longer than the frame");
        assert_eq!(segments(ETHERNET, &with_total(20)), Err(Skip::NotTcp));
        assert_eq!(segments(ETHERNET, &with_total(19)), Err(Skip::Malformed));
    }

    #[test]
    fn the_fragment_that_completes_a_datagram_has_the_segment() {
        let segment = tcp();
        let (first, last) = segment.split_at(16);
        let fragments = [ipv4_fragment(6, MORE, first), ipv4_fragment(6, 2, last)];
        for order in [[0, 1], [1, 0]] {
            let mut decoder = Decoder::default();
            let mut find = |at: usize| decode(&mut decoder, &record(RAW, &fragments[at]));
            assert_eq!(find(order[0]), Err(Skip::Fragment));
            assert_eq!(find(order[1]).unwrap()[0].payload_len(), Some(5));
        }
    }

    #[test]
    fn a_first_fragment_that_was_cut_still_tells_its_header() {
        let fragment = ipv4_fragment(6, MORE, &tcp());
        let mut cut = record(RAW, &fragment[..42]);
        cut.original_len = fragment.len() as u32;
        let found = decode(&mut Decoder::default(), &cut).unwrap();
        assert_eq!((found[0].standing, found[0].payload_len()), (Standing::FirstFragment, None));
    }

    #[test]
    fn private_networks_on_different_vlans_do_not_mix_fragments() {
        let segment = tcp();
        let (first, last) = segment.split_at(16);
        let on = |vlan: u8, ip: &[u8]| ethernet(0x8100, &join(&[&[0, vlan, 8, 0], ip]));
        let mut decoder = Decoder::default();
        let mut find = |frame: &[u8]| decode(&mut decoder, &record(ETHERNET, frame)).map(|found| found.len());
        assert_eq!(find(&on(5, &ipv4_fragment(6, MORE, first))), Err(Skip::Fragment));
        assert_eq!(find(&on(6, &ipv4_fragment(6, 2, last))), Err(Skip::Fragment));
        assert_eq!(find(&on(5, &ipv4_fragment(6, 2, last))), Ok(1));
    }
}
