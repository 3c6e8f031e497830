//! The frame that nearly all traffic consists of, read at once: Ethernet, IPv4 without options, one whole TCP segment.
//!
//! What is read here is what the walk through the headers would find; whatever is otherwise is left to it.

use super::{ChecksumStatus, Endpoint, Flags, Path, RawWindow, Segment, SeqNum, Standing};
use super::{checksum, option_walk};
use crate::capture::{LinkType, Record};
use std::net::Ipv4Addr;

const ETHERNET: LinkType = LinkType(1);
/// Octets of the Ethernet header.
const LINK: usize = 14;
/// Octets of an IPv4 header without options.
const IP: usize = 20;
/// Octets of a TCP header without options.
const TCP: usize = 20;

/// The segment in `record`, if it is captured whole in a frame of that kind; `None` if not. (Always inlined: what is packed
/// at once is never written down whole.)
#[inline(always)]
pub(super) fn read(record: &Record<'_>, verify_checksums: bool) -> Option<Segment> {
    let head: &[u8; LINK + IP + TCP] = record.data.first_chunk()?;
    let u16_at = |at: usize| u16::from_be_bytes([head[at], head[at + 1]]);
    let u32_at = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let whole = record.link_type == ETHERNET
        && record.fcs_len == 0
        && record.data.len() >= record.original_len as usize
        && u16_at(12) == 0x0800
        && head[LINK] == 0x45
        && u16_at(LINK + 6) & 0x3fff == 0
        && head[LINK + 9] == 6;
    if !whole {
        return None;
    }
    let total = usize::from(u16_at(LINK + 2));
    let octets = record.data.get(LINK + IP..LINK + total)?;
    let data_offset = head[LINK + IP + 12] >> 4;
    let (header, payload) = octets.split_at_checked(usize::from(data_offset) * 4)?;
    if header.len() < TCP {
        return None;
    }
    let address = |at: usize| Ipv4Addr::from_bits(u32_at(at)).into();
    let hardware = |at: usize| [head[at], head[at + 1], head[at + 2], head[at + 3], head[at + 4], head[at + 5]];
    let (source, destination) = (address(LINK + 12), address(LINK + 16));
    let field = u16_at(LINK + IP + 16);
    let (mut checksum_status, mut payload_sum) = (ChecksumStatus::Unverified, 0);
    if verify_checksums {
        let pseudo = checksum::pseudo_header_sum(source, destination, octets.len());
        payload_sum = checksum::ones_complement_sum(payload);
        checksum_status = checksum::judge(field, pseudo, checksum::ones_complement_sum(header), payload_sum);
    }
    Some(Segment {
        frame: record.number,
        time: record.time,
        source: Endpoint { ip: source, port: u16_at(LINK + IP) },
        destination: Endpoint { ip: destination, port: u16_at(LINK + IP + 2) },
        path: Path {
            id: 0,
            interface: record.interface,
            direction: record.direction,
            macs: [hardware(6), hardware(0)],
        },
        ttl: head[LINK + 8],
        ecn: head[LINK + 1] & 3,
        ip_id: Some(u16_at(LINK + 4)),
        standing: Standing::Whole,
        seq: SeqNum(u32_at(LINK + IP + 4)),
        ack: SeqNum(u32_at(LINK + IP + 8)),
        flags: Flags(u16_at(LINK + IP + 12) & 0x0fff),
        window: RawWindow(u16_at(LINK + IP + 14)),
        checksum: field,
        checksum_status,
        payload_sum,
        urgent_pointer: u16_at(LINK + IP + 18),
        data_offset,
        captured: octets.len() as u32,
        reported: octets.len() as u32,
        options: option_walk::read(header, false),
    })
}

#[cfg(test)]
mod tests {
    use crate::capture::testing::captures;
    use crate::capture::{self, Record};
    use crate::wire::testing::*;
    use crate::wire::{Decoder, Segment};
    use proptest::prelude::*;

    /// What is read at once, after seeing that the walk reads just that.
    fn checked(record: &Record<'_>) -> Option<Segment> {
        let read = super::read(record, true)?;
        assert_eq!(decode(&mut Decoder::default(), record), Ok(vec![read]), "frame {}", record.number);
        Some(read)
    }

    #[test]
    #[cfg_attr(miri, ignore = "reads every capture of the test data")]
    fn reads_what_the_walk_reads() {
        let mut read = 0;
        for file in captures() {
            let Ok(mut reader) = capture::open(&file) else { continue };
            while let Ok(Some(record)) = reader.next_record() {
                read += usize::from(checked(&record).is_some());
            }
        }
        assert!(read > 300, "{read} segments were read at once");
    }

    #[test]
    fn leaves_what_is_otherwise() {
        let frame = plain();
        assert!(checked(&record(ETHERNET, &frame)).is_some());
        assert!(checked(&record(RAW, &frame)).is_none());
        assert!(checked(&record(ETHERNET, &ethernet(IPV4, &ipv4_fragment(6, 0x2000, &tcp())))).is_none());
        let mut cut = record(ETHERNET, &frame);
        cut.original_len += 1;
        assert!(checked(&cut).is_none());
    }

    proptest! {
        #[test]
        fn any_damage_leads_to_what_the_walk_reads(
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
            longer in 0usize..9,
        ) {
            let mut frame = join(&[&plain(), &vec![0; longer]]);
            for (at, octet) in damage {
                let at = at.index(frame.len());
                frame[at] = octet;
            }
            checked(&record(ETHERNET, &frame));
        }
    }
}
