//! A connection of which nothing but one ordinary SYN was seen, in the few octets that a flood of them leaves each.

use super::key::Key;
use crate::capture::{Direction, Timestamp};
use crate::flow::conversation::Slot;
use crate::wire::{
    ChecksumStatus, Endpoint, Flags, OptionSet, Options, Path, RawWindow, Segment, SeqNum, Standing, Timestamps,
};

/// What can be remembered of a SYN: these options, no payload, nothing odd.
const ORDINARY: u32 = OptionSet::MSS.0
    | OptionSet::WINDOW_SCALE.0
    | OptionSet::SACK_PERMITTED.0
    | OptionSet::TIMESTAMPS.0
    | OptionSet::NOP.0
    | OptionSet::END.0;

/// One SYN, packed; unpacked it is the segment again, less its hardware addresses.
#[derive(Clone, Copy, Debug)]
pub struct Asking {
    pub(super) key: Key,
    pub(super) stream: u32,
    frame: u64,
    nanoseconds: i64,
    seq: u32,
    tsval: u32,
    path: u32,
    window: u16,
    mss: u16,
    ip_id: u16,
    checksum: u16,
    options: u16,
    ttl: u8,
    window_scale: u8,
    data_offset: u8,
    bits: u8,
}

const FROM_HIGH: u8 = 1;
const HAS_IP_ID: u8 = 1 << 1;
const OUTBOUND: u8 = 1 << 2;
const INBOUND: u8 = 1 << 3;
const VERIFIED: u8 = 1 << 4;

impl Asking {
    /// Packs `segment`; `None` if it is not an ordinary SYN.
    pub fn pack(segment: &Segment, key: Key, stream: u32) -> Option<Self> {
        let options = &segment.options;
        let ordinary = segment.flags == Flags::SYN
            && segment.standing == Standing::Whole
            && segment.whole_header()
            && segment.data_len() == 0
            && segment.captured == segment.reported
            && (segment.ack.0, segment.urgent_pointer, segment.payload_sum) == (0, 0, 0)
            && (segment.path.interface, segment.ecn) == (0, 0)
            && segment.checksum_status != ChecksumStatus::Bad
            && segment.checksum_status != ChecksumStatus::Partial
            && options.present.0 & !ORDINARY == 0
            && options.timestamps.tsecr == 0
            && (options.repeated, options.malformed, options.cut) == (None, None, false)
            && (0..1_000_000_000).contains(&segment.time.nanos);
        ordinary.then(|| Self {
            key,
            stream,
            frame: segment.frame,
            nanoseconds: segment.time.nanoseconds(),
            seq: segment.seq.0,
            tsval: options.timestamps.tsval,
            path: segment.path.id,
            window: segment.window.0,
            mss: options.mss,
            ip_id: segment.ip_id.unwrap_or(0),
            checksum: segment.checksum,
            options: options.present.0 as u16,
            ttl: segment.ttl,
            window_scale: options.window_scale,
            data_offset: segment.data_offset,
            bits: Self::bits(segment),
        })
    }

    /// The SYN again; `endpoints` are those of the key, the greater one first.
    pub fn unpack(&self, endpoints: [Endpoint; 2]) -> Segment {
        let [high, low] = endpoints;
        let (source, destination) = if self.has(FROM_HIGH) { (high, low) } else { (low, high) };
        let direction = match (self.has(OUTBOUND), self.has(INBOUND)) {
            (true, _) => Direction::Outbound,
            (_, true) => Direction::Inbound,
            _ => Direction::Unknown,
        };
        let octets = u32::from(self.data_offset) * 4;
        Segment {
            frame: self.frame,
            time: Timestamp::from_nanoseconds(self.nanoseconds),
            source,
            destination,
            path: Path { id: self.path, direction, ..Path::default() },
            ttl: self.ttl,
            ecn: 0,
            ip_id: self.has(HAS_IP_ID).then_some(self.ip_id),
            standing: Standing::Whole,
            seq: SeqNum(self.seq),
            ack: SeqNum(0),
            flags: Flags::SYN,
            window: RawWindow(self.window),
            checksum: self.checksum,
            checksum_status: if self.has(VERIFIED) { ChecksumStatus::Good } else { ChecksumStatus::Unverified },
            payload_sum: 0,
            urgent_pointer: 0,
            data_offset: self.data_offset,
            captured: octets,
            reported: octets,
            options: Options {
                present: OptionSet(u32::from(self.options)),
                mss: self.mss,
                window_scale: self.window_scale,
                timestamps: Timestamps { tsval: self.tsval, tsecr: 0 },
                ..Options::default()
            },
        }
    }

    /// When the SYN came.
    pub const fn nanoseconds(&self) -> i64 {
        self.nanoseconds
    }

    const fn has(&self, bit: u8) -> bool {
        self.bits & bit != 0
    }

    fn bits(segment: &Segment) -> u8 {
        let direction = match segment.path.direction {
            Direction::Unknown => 0,
            Direction::Inbound => INBOUND,
            Direction::Outbound => OUTBOUND,
        };
        let high = if Slot::of(segment) == Slot::High { FROM_HIGH } else { 0 };
        let ip_id = if segment.ip_id.is_some() { HAS_IP_ID } else { 0 };
        let verified = if segment.checksum_status == ChecksumStatus::Good { VERIFIED } else { 0 };
        high | direction | ip_id | verified
    }
}
