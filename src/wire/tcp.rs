//! The octets of one TCP segment in, a [`Segment`] out, however little of it was captured.

use super::octets::Octets;
use super::walk::{Datagram, Outcome, Walk};
use super::{ChecksumStatus, Decoded, Endpoint, Flags, RawWindow, Segment, SeqNum, Standing};
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
    let standing = match walk.context.quote {
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
        segment.checksum_status = checksum::judge(segment.checksum, pseudo, header_sum, segment.payload_sum);
    }
    walk.deliver(Decoded { segment, header, payload, ip_layers: &[] });
    end_of_dissection(octets, fixed.header_len())
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
            let mut octets = [0; FIXED_HEADER];
            octets.iter_mut().zip(data).for_each(|(to, from)| *to = *from);
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
