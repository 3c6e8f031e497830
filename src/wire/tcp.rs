//! The octets of one TCP segment in, a [`Segment`] out, however little of it was captured.

use super::octets::Octets;
use super::walk::{Datagram, Outcome, Walk};
use super::{ChecksumStatus, Endpoint, Flags, Part, Quote, RawWindow, Segment, SeqNum, Standing};
use super::{checksum, option_walk};

/// Octets of the header without options (RFC 9293 §3.1).
const FIXED_HEADER: usize = 20;

/// Octets of the ports, without which there is nothing to tell.
const PORTS: usize = 4;

/// Delivers the segment in `octets`, of which at least the ports must have been captured.
pub(super) fn tcp(walk: &mut Walk<'_>, ip: &Datagram, octets: Octets<'_>) -> Outcome {
    octets.need(PORTS)?;
    let fixed = Fixed::read(octets.data());
    let (header, payload) = split(octets, fixed.header_len());
    let (source, destination, reported) = (ip.source, ip.destination, octets.reported());
    walk.mark(Part::Tcp { source, destination, header: header.len(), reported }, octets.data());
    let standing = match quote(walk, ip) {
        Some(quote) => Standing::Quoted(quote),
        None if walk.context.fragmented => Standing::FirstFragment,
        None => Standing::Whole,
    };
    let mut segment = Segment {
        frame: walk.frame,
        time: walk.time,
        source: Endpoint { ip: ip.source, port: fixed.u16(0) },
        destination: Endpoint { ip: ip.destination, port: fixed.u16(2) },
        path: walk.context.path,
        ttl: ip.ttl,
        ecn: ip.ecn,
        ip_id: ip.ip_id,
        standing,
        seq: SeqNum(fixed.u32(4)),
        ack: SeqNum(fixed.u32(8)),
        flags: Flags(fixed.u16(12) & 0x0fff),
        window: RawWindow(fixed.u16(14)),
        checksum: fixed.u16(16),
        checksum_status: ChecksumStatus::Unverified,
        payload_sum: 0,
        urgent_pointer: fixed.u16(18),
        data_offset: fixed.data_offset(),
        captured: octets.captured().try_into().unwrap_or(u32::MAX),
        reported: octets.reported().try_into().unwrap_or(u32::MAX),
        options: option_walk::read(header, header.len() < fixed.header_len()),
    };
    let whole = standing == Standing::Whole && octets.is_whole() && ip.length_known && segment.whole_header();
    if walk.verify_checksums && whole {
        let pseudo = checksum::pseudo_header_sum(ip.source, ip.destination, octets.reported());
        segment.payload_sum = checksum::ones_complement_sum(payload);
        let header_sum = checksum::ones_complement_sum(header);
        segment.checksum_status = checksum::judge(segment.checksum, pseudo.into(), header_sum, segment.payload_sum);
    }
    walk.deliver(segment, header, payload);
    end_of_dissection(octets, fixed.header_len())
}

/// What quotes the segment. Behind a tunnel or an extension header in the quoted packet, ICMP's error is one about those.
fn quote(walk: &Walk<'_>, ip: &Datagram) -> Option<Quote> {
    // The IP header and its payload count as one header each.
    let direct = ip.source.is_ipv4() && walk.context.depth == walk.context.quoted_at + 2;
    match walk.context.quote? {
        Quote::Icmp { v6: false, .. } if !direct => Some(Quote::Other),
        quote => Some(quote),
    }
}

/// Wireshark stops where it would have to read what is not there, and with the segment stops the frame.
fn end_of_dissection(octets: Octets<'_>, header_len: usize) -> Outcome {
    if octets.captured() >= FIXED_HEADER && header_len < FIXED_HEADER {
        return Ok(());
    }
    octets.need(header_len.max(FIXED_HEADER)).map(|_| ())
}

/// The captured octets of header and payload. A data offset below 5 makes the fixed header the header.
fn split(octets: Octets<'_>, header_len: usize) -> (&[u8], &[u8]) {
    let data = octets.data();
    data.split_at_checked(header_len.max(FIXED_HEADER)).unwrap_or((data, &[]))
}

/// The twenty octets of the fixed header, zero where they were not captured.
struct Fixed([u8; FIXED_HEADER]);

impl Fixed {
    fn read(data: &[u8]) -> Self {
        Self(data.first_chunk().copied().unwrap_or_else(|| {
            // A field that was captured in part says nothing.
            const FIELD_ENDS: [usize; 7] = [18, 16, 14, 12, 8, 4, 0];
            let end = FIELD_ENDS.into_iter().find(|end| *end <= data.len()).unwrap_or(0);
            let mut octets = [0; FIXED_HEADER];
            octets.iter_mut().zip(data).take(end).for_each(|(to, from)| *to = *from);
            octets
        }))
    }

    fn u16(&self, at: usize) -> u16 {
        self.0.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |octets| u16::from_be_bytes(*octets))
    }

    fn u32(&self, at: usize) -> u32 {
        self.0.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |octets| u32::from_be_bytes(*octets))
    }

    fn data_offset(&self) -> u8 {
        self.0[12] >> 4
    }

    fn header_len(&self) -> usize {
        usize::from(self.data_offset()) * 4
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::testing::*;
    use crate::wire::{ChecksumStatus, Decoder, Flags, Segment, Skip};

    /// What is found of the first `captured` octets of a packet with `segment`.
    fn cut(segment: &[u8], captured: usize) -> Result<Segment, Skip> {
        let packet = ipv4(6, segment);
        let mut record = record(RAW, &packet[..20 + captured]);
        record.original_len = packet.len() as u32;
        decode(&mut Decoder::default(), &record).map(|found| found[0])
    }

    #[test]
    fn what_was_not_captured_is_zero() {
        let segment = tcp();
        for captured in 0..4 {
            assert_eq!(cut(&segment, captured), Err(Skip::Cut));
        }
        for captured in 4..segment.len() {
            let found = cut(&segment, captured).unwrap();
            assert_eq!((found.source.port, found.captured, found.reported), (1000, captured as u32, 25));
            assert_eq!(found.ack.0, if captured >= 12 { 2 } else { 0 });
            assert_eq!(found.window.0, if captured >= 16 { 4096 } else { 0 });
            assert_eq!(found.payload_len(), (captured >= 14).then_some(5));
            assert_eq!(found.auditable(), captured >= 20);
        }
    }

    #[test]
    fn all_twelve_bits_are_kept() {
        let mut segment = tcp();
        segment[12..14].copy_from_slice(&[0x5f, 0xff]);
        assert_eq!(cut(&segment, 25).unwrap().flags, Flags(0xfff));
    }

    #[test]
    fn a_checksum_is_judged_where_all_octets_are_there() {
        let status = |segment: &[u8], captured: usize| cut(segment, captured).unwrap().checksum_status;
        let mut segment = tcp();
        assert_eq!(status(&segment, 25), ChecksumStatus::Good);
        assert_eq!(status(&segment, 24), ChecksumStatus::Unverified);
        segment[24] ^= 1;
        assert_eq!(status(&segment, 25), ChecksumStatus::Bad);
        segment[16..18].copy_from_slice(&(0x0a00u16 + 1 + 0x0a00 + 2 + 6 + 25).to_be_bytes());
        assert_eq!(status(&segment, 25), ChecksumStatus::Partial);
        let packet = ipv4(6, &segment);
        let found = decode(&mut Decoder::new(false), &record(RAW, &packet)).unwrap();
        assert_eq!(found[0].checksum_status, ChecksumStatus::Unverified);
    }

    #[test]
    fn a_nonsensical_data_offset_leaves_the_rest_readable() {
        for (words, whole) in [(0, false), (4, false), (5, true), (6, true), (7, false), (15, false)] {
            let mut segment = tcp();
            segment[12] = words << 4;
            let found = cut(&segment, 25).unwrap();
            assert_eq!((found.data_offset, found.whole_header()), (words, whole));
            assert_eq!(found.seq.0, 1);
        }
    }
}
