//! An ordinary segment in three quarters of a line of memory: what nearly all traffic consists of, without the room that
//! every other one needs.
//!
//! A [`Segment`] has room for SACK blocks, quotes, IPv6 addresses and nonsense. Written for every frame and handed from
//! one core to another, that room costs more than all the reading.

use super::{
    ChecksumStatus, Endpoint, Flags, OptionSet, Options, Path, RawWindow, Segment, SeqNum, Standing, Timestamps,
};
use crate::capture::{Direction, Timestamp};

/// Options that an ordinary segment may have.
const ORDINARY: u32 = OptionSet::SYN_ONLY.0 | OptionSet::NOP.0 | OptionSet::END.0 | OptionSet::TIMESTAMPS.0;

/// An ordinary segment, less its addresses and ports and less where it was captured: the header is whole and right, with
/// everyday options, no URG, no ECN flags, no urgent pointer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Packed {
    /// Nanoseconds since the epoch.
    pub time: i64,
    /// Its frame.
    pub frame: u32,
    /// Sequence number.
    pub seq: SeqNum,
    /// Acknowledgement number as sent, also without the ACK bit.
    pub ack: SeqNum,
    /// Timestamps, zero where there are none.
    pub timestamps: Timestamps,
    /// Window as sent.
    pub window: u16,
    /// Octets of payload on the wire.
    pub len: u16,
    /// Checksum as sent.
    pub checksum: u16,
    /// Ones'-complement sum of the payload.
    pub payload_sum: u16,
    /// IPv4 identification, 0 for IPv6.
    pub ip_id: u16,
    /// What one or two bits tell.
    pub bits: Bits,
    /// [`Path::id`].
    pub path: u16,
    /// Maximum segment size, 0 where there is none.
    pub mss: u16,
    /// Window scale shift as sent, 0 where there is none.
    pub window_scale: u8,
    /// Which of [`OptionSet::SYN_ONLY`] there are.
    pub offers: u8,
    /// IPv4 time to live or IPv6 hop limit.
    pub ttl: u8,
    /// [`Path::mark`].
    pub mark: u8,
}

/// Control bits and what else of a header few bits tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bits(pub u16);

/// What of an ordinary segment is seldom asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    pub(super) captured: u32,
    pub(super) interface: u32,
    pub(super) direction: Direction,
    pub(super) macs: [[u8; 6]; 2],
}

impl Bits {
    /// The control bits of an ordinary segment are the lowest five of a header.
    const CONTROL: u16 = 0x1f;
    /// There are timestamps.
    pub const STAMPED: u16 = 1 << 5;
    const HAS_IP_ID: u16 = 1 << 6;
    const VERIFIED: u16 = 1 << 7;
    const ECN: u32 = 8;
    const DATA_OFFSET: u32 = 10;
    const PADDED: u16 = 1 << 14;
    const ENDED: u16 = 1 << 15;

    #[inline]
    fn of(segment: &Segment) -> Self {
        let bit = |set: bool, bit: u16| u16::from(set) * bit;
        let options = &segment.options;
        Self(
            segment.flags.0 & Self::CONTROL
                | bit(segment.ip_id.is_some(), Self::HAS_IP_ID)
                | bit(segment.checksum_status == ChecksumStatus::Good, Self::VERIFIED)
                | u16::from(segment.ecn & 3) << Self::ECN
                | u16::from(segment.data_offset & 15) << Self::DATA_OFFSET
                | bit(options.has(OptionSet::NOP), Self::PADDED)
                | bit(options.has(OptionSet::END), Self::ENDED)
                | bit(options.has(OptionSet::TIMESTAMPS), Self::STAMPED),
        )
    }

    /// Those of a whole IPv4 segment with the options `present`; `None` if a segment with these bits is not ordinary. The low
    /// bits of `traffic_class` are ECN's.
    #[inline]
    pub(super) fn plain(
        flags: Flags,
        traffic_class: u8,
        data_offset: u8,
        checksum: ChecksumStatus,
        present: OptionSet,
    ) -> Option<Self> {
        let verified = match checksum {
            ChecksumStatus::Good => Self::VERIFIED,
            ChecksumStatus::Unverified => 0,
            ChecksumStatus::Bad | ChecksumStatus::Partial => return None,
        };
        let bit = |option: OptionSet, bit: u16| if present.has(option) { bit } else { 0 };
        let options = bit(OptionSet::TIMESTAMPS, Self::STAMPED)
            | bit(OptionSet::NOP, Self::PADDED)
            | bit(OptionSet::END, Self::ENDED);
        let ecn = u16::from(traffic_class & 3) << Self::ECN;
        let bits = flags.0 | Self::HAS_IP_ID | verified | ecn | u16::from(data_offset) << Self::DATA_OFFSET | options;
        (flags.0 & !Self::CONTROL == 0).then_some(Self(bits))
    }

    /// Whether any of `bits` is set.
    pub const fn any(self, bits: u16) -> bool {
        self.0 & bits != 0
    }

    /// The same with `bits`.
    pub const fn with(self, bits: u16) -> Self {
        Self(self.0 | bits)
    }

    /// The same without `bits`.
    pub const fn without(self, bits: u16) -> Self {
        Self(self.0 & !bits)
    }

    /// Control bits.
    pub const fn flags(self) -> Flags {
        Flags(self.0 & Self::CONTROL)
    }

    /// What was found of the checksum: nothing wrong.
    pub const fn checksum_status(self) -> ChecksumStatus {
        if self.any(Self::VERIFIED) { ChecksumStatus::Good } else { ChecksumStatus::Unverified }
    }

    /// The two low bits of the traffic class.
    pub const fn ecn(self) -> u8 {
        (self.0 >> Self::ECN & 3) as u8
    }

    /// Data offset in 32-bit words.
    pub const fn data_offset(self) -> u8 {
        (self.0 >> Self::DATA_OFFSET & 15) as u8
    }

    /// Which options there were that pad others.
    pub const fn padding(self) -> OptionSet {
        let nop = if self.any(Self::PADDED) { OptionSet::NOP.0 } else { 0 };
        OptionSet(nop | if self.any(Self::ENDED) { OptionSet::END.0 } else { 0 })
    }

    /// The identification that `ip_id` is, if it is one.
    pub fn identification(self, ip_id: u16) -> Option<u16> {
        self.any(Self::HAS_IP_ID).then_some(ip_id)
    }
}

impl Packed {
    /// `segment`, packed; `None` if it is not ordinary, or something does not fit.
    #[inline]
    pub fn of(segment: &Segment) -> Option<Self> {
        let options = &segment.options;
        let ordinary = options.present.0 & !ORDINARY == 0
            && segment.flags.0 & !Bits::CONTROL == 0
            && segment.standing == Standing::Whole
            && segment.auditable()
            && segment.whole_header()
            && matches!(segment.checksum_status, ChecksumStatus::Good | ChecksumStatus::Unverified)
            && segment.urgent_pointer == 0
            && (options.malformed, options.repeated, options.cut) == (None, None, false)
            && segment.ecn < 4;
        if ordinary { Self::pack(segment) } else { None }
    }

    /// What of `segment` goes into so little room, whatever else it has; `None` where a number is too large for that.
    #[inline]
    fn pack(segment: &Segment) -> Option<Self> {
        let fits = segment.reported <= u16::MAX.into()
            && segment.frame <= u32::MAX.into()
            && segment.path.id <= u16::MAX.into();
        (fits && is_countable(segment.time)).then(|| Self {
            time: segment.time.nanoseconds(),
            frame: segment.frame as u32,
            seq: segment.seq,
            ack: segment.ack,
            timestamps: segment.options.timestamps,
            path: segment.path.id as u16,
            mss: segment.options.mss,
            window_scale: segment.options.window_scale,
            offers: (segment.options.present.0 & OptionSet::SYN_ONLY.0) as u8,
            window: segment.window.0,
            len: segment.data_len() as u16,
            checksum: segment.checksum,
            payload_sum: segment.payload_sum,
            ip_id: segment.ip_id.unwrap_or(0),
            bits: Bits::of(segment),
            ttl: segment.ttl,
            mark: segment.path.mark(),
        })
    }

    /// The segment again, from one of `ends` to the other.
    pub fn segment(&self, [source, destination]: [Endpoint; 2], rest: &Rest) -> Segment {
        let bits = self.bits;
        Segment {
            frame: self.frame.into(),
            time: Timestamp::from_nanoseconds(self.time),
            source,
            destination,
            path: Path { id: self.path.into(), interface: rest.interface, direction: rest.direction, macs: rest.macs },
            ttl: self.ttl,
            ecn: bits.ecn(),
            ip_id: bits.identification(self.ip_id),
            standing: Standing::Whole,
            seq: self.seq,
            ack: self.ack,
            flags: bits.flags(),
            window: RawWindow(self.window),
            checksum: self.checksum,
            checksum_status: bits.checksum_status(),
            payload_sum: self.payload_sum,
            urgent_pointer: 0,
            data_offset: bits.data_offset(),
            captured: rest.captured,
            reported: self.reported(),
            options: Options {
                present: self.options(),
                mss: self.mss,
                window_scale: self.window_scale,
                timestamps: self.timestamps,
                ..Options::default()
            },
        }
    }

    /// Which options there are.
    pub const fn options(&self) -> OptionSet {
        let stamps = if self.bits.any(Bits::STAMPED) { OptionSet::TIMESTAMPS.0 } else { 0 };
        OptionSet(self.offers as u32 | self.bits.padding().0 | stamps)
    }

    /// Octets of segment on the wire, header included.
    pub const fn reported(&self) -> u32 {
        self.bits.data_offset() as u32 * 4 + self.len as u32
    }

    /// `SEG.LEN` of RFC 9293: payload octets, and one each for SYN and FIN.
    pub const fn seg_len(&self) -> u32 {
        let flags = self.bits.flags();
        self.len as u32 + flags.has(Flags::SYN) as u32 + flags.has(Flags::FIN) as u32
    }

    /// The sequence number just after the segment: SEG.SEQ + SEG.LEN.
    pub fn end(&self) -> SeqNum {
        self.seq + self.seg_len()
    }
}

/// Whether `time` is one that nanoseconds since the epoch tell without loss.
#[inline]
pub(super) fn is_countable(time: Timestamp) -> bool {
    /// Seconds that nanoseconds can count in 64 bits.
    const REACH: u64 = 9_000_000_000;
    time.seconds.unsigned_abs() < REACH && (0..1_000_000_000).contains(&time.nanos)
}

impl Rest {
    /// That of `segment`.
    #[inline]
    pub fn of(segment: &Segment) -> Self {
        let Path { id: _, interface, direction, macs } = segment.path;
        Self { captured: segment.captured, interface, direction, macs }
    }

    /// That of a segment of which `captured` octets were captured, going that way, by the first interface of a link without
    /// hardware addresses.
    pub const fn going(direction: Direction, captured: u32) -> Self {
        Self { captured, interface: 0, direction, macs: [[0; 6]; 2] }
    }

    /// Whether all of the segment was captured.
    pub const fn is_whole(&self, packed: &Packed) -> bool {
        self.captured == packed.reported()
    }

    /// Interface it was captured on.
    pub const fn interface(&self) -> u32 {
        self.interface
    }

    /// Which way it went at the capturing host.
    pub const fn direction(&self) -> Direction {
        self.direction
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::{self, testing::captures};
    use crate::wire::Decoder;

    /// Every segment of the test data that can be packed is itself again, and most can.
    #[test]
    #[cfg_attr(miri, ignore = "reads every capture of the test data")]
    fn what_is_packed_comes_out_whole() {
        let (mut packed, mut others) = (0, 0);
        for file in captures() {
            let Ok(mut reader) = capture::open(&file) else { continue };
            let mut decoder = Decoder::default();
            while let Ok(Some(record)) = reader.next_record() {
                let _ = decoder.decode(&record, &mut |decoded| {
                    let segment = &decoded.segment;
                    let Some(it) = Packed::of(segment) else {
                        others += 1;
                        return;
                    };
                    packed += 1;
                    let again = it.segment([segment.source, segment.destination], &Rest::of(segment));
                    assert_eq!(again, *segment, "{} frame {}", file.display(), segment.frame);
                    assert_eq!((it.seg_len(), it.reported()), (segment.seg_len(), segment.reported));
                });
            }
        }
        assert!(packed > others && others > 30, "{packed} packed, {others} others");
    }

    #[test]
    fn stays_small() {
        assert!(size_of::<Packed>() <= 48, "{} octets", size_of::<Packed>());
    }
}
