//! The frame that nearly all traffic consists of, read at once: Ethernet, IPv4 without options, one whole TCP segment.
//!
//! What is read here is what the walk through the headers would find; whatever is otherwise is left to it.

use super::everyday::everyday;
use super::packed::is_countable;
use super::{Bits, ChecksumStatus, Ends4, Flags, Packed, Path, RawWindow, Rest, Segment, SeqNum, Standing};
use super::{checksum, option_walk};
use crate::capture::{LinkType, Record};

const ETHERNET: LinkType = LinkType(1);
/// Octets of the Ethernet header.
const LINK: usize = 14;
/// Octets of an IPv4 header without options.
const IP: usize = 20;
/// Octets of a TCP header without options.
const TCP: usize = 20;

/// A frame of that kind with a whole TCP segment in it.
pub(super) struct Direct<'a> {
    record: &'a Record<'a>,
    head: &'a [u8; LINK + IP + TCP],
    header: &'a [u8],
    /// Octets of segment.
    len: usize,
    checksum_status: ChecksumStatus,
    payload_sum: u16,
}

impl<'a> Direct<'a> {
    /// The segment in `record`, if it is captured whole in a frame of that kind.
    #[inline(always)]
    pub fn read(record: &'a Record<'a>, verify_checksums: bool) -> Option<Self> {
        let head: &[u8; LINK + IP + TCP] = record.data.first_chunk()?;
        let whole = record.link_type == ETHERNET
            && record.fcs_len == 0
            && record.data.len() >= record.original_len as usize
            && u16_at(head, 12) == 0x0800
            && head[LINK] == 0x45
            && u16_at(head, LINK + 6) & 0x3fff == 0
            && head[LINK + 9] == 6;
        if !whole {
            return None;
        }
        let total = usize::from(u16_at(head, LINK + 2));
        let octets = record.data.get(LINK + IP..LINK + total)?;
        let data_offset = head[LINK + IP + 12] >> 4;
        let (header, payload) = octets.split_at_checked(usize::from(data_offset) * 4)?;
        if header.len() < TCP {
            return None;
        }
        let len = octets.len();
        let (mut checksum_status, mut payload_sum) = (ChecksumStatus::Unverified, 0);
        if verify_checksums {
            let addresses = u64::from(u32_at(head, LINK + 12)) + u64::from(u32_at(head, LINK + 16));
            let pseudo = checksum::pseudo_header(addresses, len);
            payload_sum = checksum::ones_complement_sum(payload);
            let header_sum = match header.try_into() {
                Ok(header) => checksum::sum_of_header(header),
                Err(_) => checksum::ones_complement_sum(header),
            };
            checksum_status = checksum::judge(u16_at(head, LINK + IP + 16), pseudo, header_sum, payload_sum);
        }
        Some(Self { record, head, header, len, checksum_status, payload_sum })
    }

    /// The segment.
    pub fn segment(&self) -> Segment {
        let (record, head) = (self.record, self.head);
        let [source, destination] = self.ends().endpoints();
        Segment {
            frame: record.number,
            time: record.time,
            source,
            destination,
            path: Path { id: 0, interface: record.interface, direction: record.direction, macs: self.macs() },
            ttl: head[LINK + 8],
            ecn: head[LINK + 1] & 3,
            ip_id: Some(u16_at(head, LINK + 4)),
            standing: Standing::Whole,
            seq: SeqNum(u32_at(head, LINK + IP + 4)),
            ack: SeqNum(u32_at(head, LINK + IP + 8)),
            flags: self.flags(),
            window: RawWindow(u16_at(head, LINK + IP + 14)),
            checksum: u16_at(head, LINK + IP + 16),
            checksum_status: self.checksum_status,
            payload_sum: self.payload_sum,
            urgent_pointer: u16_at(head, LINK + IP + 18),
            data_offset: head[LINK + IP + 12] >> 4,
            captured: self.len as u32,
            reported: self.len as u32,
            options: option_walk::read(self.header, false),
        }
    }

    /// The segment packed, if it can be seen at once that it is ordinary: no options, or such as every system sends. (Packing
    /// what was written down whole would take as long as all the rest.)
    #[inline(always)]
    pub fn packed(&self) -> Option<Packed> {
        let (record, head) = (self.record, self.head);
        let options = everyday(self.header.get(TCP..)?)?;
        let (tc, words) = (head[LINK + 1], head[LINK + IP + 12] >> 4);
        let bits = Bits::plain(self.flags(), tc, words, self.checksum_status, options.present)?;
        let no_pointer = u16_at(head, LINK + IP + 18) == 0;
        if !no_pointer || record.number > u32::MAX.into() || !is_countable(record.time) {
            return None;
        }
        Some(Packed {
            time: record.time.nanoseconds(),
            frame: record.number as u32,
            seq: SeqNum(u32_at(head, LINK + IP + 4)),
            ack: SeqNum(u32_at(head, LINK + IP + 8)),
            timestamps: options.timestamps,
            window: u16_at(head, LINK + IP + 14),
            len: (self.len - self.header.len()) as u16,
            checksum: u16_at(head, LINK + IP + 16),
            payload_sum: self.payload_sum,
            ip_id: u16_at(head, LINK + 4),
            bits,
            path: 0,
            mss: options.mss,
            window_scale: options.window_scale,
            offers: options.offers(),
            ttl: head[LINK + 8],
            mark: Path::mark_of(self.mac_words(), record.direction, record.interface, 0),
        })
    }

    /// Addresses and ports.
    #[inline]
    pub fn ends(&self) -> Ends4 {
        let head = self.head;
        Ends4 {
            addresses: [u32_at(head, LINK + 12), u32_at(head, LINK + 16)],
            ports: [u16_at(head, LINK + IP), u16_at(head, LINK + IP + 2)],
        }
    }

    /// What of a packed segment is seldom asked for.
    #[inline]
    pub fn rest(&self) -> Rest {
        let (interface, direction) = (self.record.interface, self.record.direction);
        Rest { captured: self.len as u32, interface, direction, macs: self.macs() }
    }

    fn flags(&self) -> Flags {
        Flags(u16_at(self.head, LINK + IP + 12) & 0x0fff)
    }

    /// The first eight and the last four octets of source and destination.
    fn mac_words(&self) -> (u64, u32) {
        let &[a, b, c, d, e, f, g, h, i, j, k, l, ..] = self.head;
        (u64::from_le_bytes([g, h, i, j, k, l, a, b]), u32::from_le_bytes([c, d, e, f]))
    }

    /// Source and destination.
    fn macs(&self) -> [[u8; 6]; 2] {
        let &[a, b, c, d, e, f, g, h, i, j, k, l, ..] = self.head;
        [[g, h, i, j, k, l], [a, b, c, d, e, f]]
    }
}

const fn u16_at(head: &[u8; LINK + IP + TCP], at: usize) -> u16 {
    u16::from_be_bytes([head[at], head[at + 1]])
}

const fn u32_at(head: &[u8; LINK + IP + TCP], at: usize) -> u32 {
    u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]])
}

#[cfg(test)]
mod tests {
    use super::Direct;
    use crate::capture::testing::captures;
    use crate::capture::{self, Record};
    use crate::wire::testing::*;
    use crate::wire::{Decoder, Ends4, Packed, Rest, Segment};
    use proptest::prelude::*;

    /// What is read at once, after seeing that the walk reads just that.
    fn checked(record: &Record<'_>) -> Option<Segment> {
        let direct = Direct::read(record, true)?;
        let read = direct.segment();
        assert_eq!(decode(&mut Decoder::default(), record), Ok(vec![read]), "frame {}", record.number);
        if let Some(packed) = direct.packed() {
            assert_eq!(Some(packed), Packed::of(&read), "frame {}", record.number);
            assert_eq!((Some(direct.ends()), direct.rest()), (Ends4::of(&read), Rest::of(&read)));
        }
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
