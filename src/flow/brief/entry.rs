//! A segment of a brief connection, packed: what no other segment of the connection tells of it.
//!
//! Numbers and times count from those before, so that an entry takes six words, or eight with timestamps. With tens of
//! thousands of connections, that is most of what they take.

use crate::capture::FrameNumber;
use crate::flow::copies;
use crate::wire::{ChecksumStatus, Flags, OptionSet, Segment, SeqNum, Timestamps};

/// One segment, as far as it does not follow from those before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Nanoseconds since the segment before.
    pub waited: i64,
    /// Frames since the segment before.
    pub frames: u32,
    /// How far the acknowledgement number lies behind SND.NXT of the peer.
    pub behind: u32,
    pub window: u16,
    /// Payload octets.
    pub len: u16,
    pub checksum: u16,
    pub payload_sum: u16,
    pub ip_id: u16,
    bits: u16,
    pub ttl: u8,
    /// Where it was captured, as far as copies are told by it.
    pub place: u8,
    pub timestamps: Timestamps,
}

/// Words of an entry.
pub(super) const PLAIN: usize = 6;
/// Words of an entry with timestamps.
pub(super) const STAMPED: usize = 8;

/// Frames, and octets behind, that an entry can count.
const FAR: u32 = 1 << 24;

/// The time waited is in microseconds, not nanoseconds.
const MICROSECONDS: u32 = 1 << 31;

// The control bits of an ordinary segment are the lowest five of a header.
const CONTROL: u16 = 0x1f;
const FROM_SERVER: u16 = 1 << 5;
const HAS_IP_ID: u16 = 1 << 6;
const VERIFIED: u16 = 1 << 7;
const ECN: u32 = 8;
const DATA_OFFSET: u32 = 10;
const PADDED: u16 = 1 << 14;
const ENDED: u16 = 1 << 15;

/// Whether a connection that began with frame `id` can count `segment` at all.
pub(super) fn fits(segment: &Segment, id: FrameNumber) -> bool {
    /// Seconds that nanoseconds can count in 64 bits.
    const REACH: u64 = 9_000_000_000;
    let frame = segment.frame.checked_sub(id).is_some_and(|after| after < u64::from(u32::MAX));
    let time = segment.time.seconds.unsigned_abs() < REACH && (0..1_000_000_000).contains(&segment.time.nanos);
    frame && time && segment.reported <= u32::from(u16::MAX)
}

impl Entry {
    /// The words that are kept of an ordinary `segment`, which came `waited` nanoseconds and `frames` frames after the one
    /// before and whose peer's SND.NXT is `peer`. `None` if it is too far from them.
    #[inline]
    pub fn pack(segment: &Segment, waited: i64, frames: u32, peer: SeqNum, client: bool) -> Option<[u32; STAMPED]> {
        let bit = |set: bool, bit: u16| u16::from(set) * bit;
        let pair = |high: u16, low: u16| u32::from(high) << 16 | u32::from(low);
        let options = &segment.options;
        let bits = segment.flags.0 & CONTROL
            | bit(!client, FROM_SERVER)
            | bit(segment.ip_id.is_some(), HAS_IP_ID)
            | bit(segment.checksum_status == ChecksumStatus::Good, VERIFIED)
            | u16::from(segment.ecn & 3) << ECN
            | u16::from(segment.data_offset & 15) << DATA_OFFSET
            | bit(options.has(OptionSet::NOP), PADDED)
            | bit(options.has(OptionSet::END), ENDED);
        let behind = if segment.flags.has(Flags::ACK) { peer.0.wrapping_sub(segment.ack.0) } else { 0 };
        let waited = packed(waited)?;
        let near = frames < FAR && behind < FAR;
        near.then(|| {
            [
                waited,
                frames << 8 | u32::from(segment.ttl),
                behind << 8 | u32::from(copies::place(&segment.path)),
                pair(segment.window.0, segment.data_len() as u16),
                pair(segment.checksum, segment.payload_sum),
                pair(segment.ip_id.unwrap_or(0), bits),
                options.timestamps.tsval,
                options.timestamps.tsecr,
            ]
        })
    }

    /// The entry that `words` hold.
    pub fn unpack(words: &[u32]) -> Option<Self> {
        let clock = |at: usize| words.get(at).copied().unwrap_or_default();
        let &[waited, frames, behind, size, sums, id, ..] = words else { return None };
        Some(Self {
            waited: unpacked(waited),
            frames: frames >> 8,
            behind: behind >> 8,
            window: (size >> 16) as u16,
            len: size as u16,
            checksum: (sums >> 16) as u16,
            payload_sum: sums as u16,
            ip_id: (id >> 16) as u16,
            bits: id as u16,
            ttl: frames as u8,
            place: behind as u8,
            timestamps: Timestamps { tsval: clock(6), tsecr: clock(7) },
        })
    }

    /// Whether the client sent it.
    pub const fn is_clients(&self) -> bool {
        self.bits & FROM_SERVER == 0
    }

    /// Control bits.
    pub const fn flags(&self) -> Flags {
        Flags(self.bits & CONTROL)
    }

    /// Octets of sequence space it takes.
    pub const fn seg_len(&self) -> u32 {
        self.len as u32 + self.flags().has(Flags::SYN) as u32 + self.flags().has(Flags::FIN) as u32
    }

    /// IPv4 identification.
    pub fn identification(&self) -> Option<u16> {
        (self.bits & HAS_IP_ID != 0).then_some(self.ip_id)
    }

    /// What was found of its checksum.
    pub const fn checksum_status(&self) -> ChecksumStatus {
        if self.bits & VERIFIED != 0 { ChecksumStatus::Good } else { ChecksumStatus::Unverified }
    }

    /// The two low bits of the traffic class.
    pub const fn ecn(&self) -> u8 {
        (self.bits >> ECN & 3) as u8
    }

    /// Data offset in 32-bit words.
    pub const fn data_offset(&self) -> u8 {
        (self.bits >> DATA_OFFSET & 15) as u8
    }

    /// Which options there were that pad others.
    pub const fn padding(&self) -> OptionSet {
        let nop = if self.bits & PADDED != 0 { OptionSet::NOP.0 } else { 0 };
        OptionSet(nop | if self.bits & ENDED != 0 { OptionSet::END.0 } else { 0 })
    }
}

/// Nanoseconds in a word, if they go into it: few, or whole microseconds.
#[inline]
fn packed(nanoseconds: i64) -> Option<u32> {
    let fits = |value: i64| u32::try_from(value).ok().filter(|value| *value < MICROSECONDS);
    match fits(nanoseconds) {
        Some(few) => Some(few),
        None if nanoseconds % 1000 == 0 => fits(nanoseconds / 1000).map(|whole| whole | MICROSECONDS),
        None => None,
    }
}

/// The nanoseconds that a word holds.
pub(super) const fn unpacked(word: u32) -> i64 {
    let value = (word & !MICROSECONDS) as i64;
    if word & MICROSECONDS != 0 { value * 1000 } else { value }
}

#[cfg(test)]
mod tests {
    use super::{packed, unpacked};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_time_that_goes_into_a_word_comes_out_of_it(nanoseconds in 0..5_000_000_000_000_i64, whole in any::<bool>()) {
            let nanoseconds = if whole { nanoseconds / 1000 * 1000 } else { nanoseconds };
            match packed(nanoseconds) {
                Some(word) => prop_assert_eq!(unpacked(word), nanoseconds),
                None => prop_assert!(nanoseconds >= 1 << 31),
            }
        }
    }
}
