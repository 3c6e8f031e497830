//! A segment of a brief connection, packed: what no other segment of the connection tells of it.
//!
//! Numbers and times count from those before, so that an entry takes six words, or eight with timestamps. With tens of
//! thousands of connections, that is most of what they take.

use crate::wire::{Bits, Flags, Packed, SeqNum, Timestamps};

/// One segment, as far as it does not follow from those before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    /// Nanoseconds since the segment before.
    pub waited: i64,
    /// Frames since the segment before.
    pub frames: u32,
    /// How far the acknowledgement number lies behind SND.NXT of the peer.
    pub behind: u32,
    /// Whether the client sent it.
    pub clients: bool,
    /// The rest; what follows from other segments, or is known of the connection, is zero.
    pub rest: Packed,
}

/// Words of an entry.
pub(super) const PLAIN: usize = 6;
/// Words of an entry with timestamps.
pub(super) const STAMPED: usize = 8;

/// Frames, and octets behind, that an entry can count.
const FAR: u32 = 1 << 24;

/// The time waited is in microseconds, not nanoseconds.
const MICROSECONDS: u32 = 1 << 31;

/// Whether there are timestamps is known of the connection: the bit tells who sent the segment.
const FROM_SERVER: u16 = Bits::STAMPED;

impl Entry {
    /// The words that are kept of a segment, which came `waited` nanoseconds and `frames` frames after the one before and
    /// whose peer's SND.NXT is `peer`. `None` if it is too far from them.
    #[inline]
    pub fn pack(packed: &Packed, waited: i64, frames: u32, peer: SeqNum, client: bool) -> Option<[u32; STAMPED]> {
        let pair = |high: u16, low: u16| u32::from(high) << 16 | u32::from(low);
        let bits = packed.bits.without(FROM_SERVER).with(if client { 0 } else { FROM_SERVER });
        let behind = if packed.bits.flags().has(Flags::ACK) { peer.0.wrapping_sub(packed.ack.0) } else { 0 };
        let waited = packed_time(waited)?;
        let near = frames < FAR && behind < FAR;
        near.then(|| {
            [
                waited,
                frames << 8 | u32::from(packed.ttl),
                behind << 8 | u32::from(packed.mark),
                pair(packed.window, packed.len),
                pair(packed.checksum, packed.payload_sum),
                pair(packed.ip_id, bits.0),
                packed.timestamps.tsval,
                packed.timestamps.tsecr,
            ]
        })
    }

    /// The entry that `words` hold.
    pub fn unpack(words: &[u32]) -> Option<Self> {
        let clock = |at: usize| words.get(at).copied().unwrap_or_default();
        let &[waited, frames, behind, size, sums, id, ..] = words else { return None };
        let bits = Bits(id as u16);
        let rest = Packed {
            timestamps: Timestamps { tsval: clock(6), tsecr: clock(7) },
            window: (size >> 16) as u16,
            len: size as u16,
            checksum: (sums >> 16) as u16,
            payload_sum: sums as u16,
            ip_id: (id >> 16) as u16,
            bits: bits.without(FROM_SERVER),
            ttl: frames as u8,
            mark: behind as u8,
            ..Packed::default()
        };
        let clients = !bits.any(FROM_SERVER);
        Some(Self { waited: unpacked_time(waited), frames: frames >> 8, behind: behind >> 8, clients, rest })
    }
}

/// Nanoseconds in a word, if they go into it: few, or whole microseconds. (Which it is cannot be foretold, so that both are
/// worked out.)
#[inline]
fn packed_time(nanoseconds: i64) -> Option<u32> {
    let few = nanoseconds as u64;
    let whole = few / 1000;
    let is_few = few < u64::from(MICROSECONDS);
    let is_whole = (whole * 1000 == few) & (whole < u64::from(MICROSECONDS));
    let word = if is_few { few as u32 } else { whole as u32 | MICROSECONDS };
    (is_few | is_whole).then_some(word)
}

/// The nanoseconds that a word holds.
const fn unpacked_time(word: u32) -> i64 {
    let value = (word & !MICROSECONDS) as i64;
    if word & MICROSECONDS != 0 { value * 1000 } else { value }
}

#[cfg(test)]
mod tests {
    use super::{packed_time, unpacked_time};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_time_that_goes_into_a_word_comes_out_of_it(nanoseconds in 0..5_000_000_000_000_i64, whole in any::<bool>()) {
            let nanoseconds = if whole { nanoseconds / 1000 * 1000 } else { nanoseconds };
            match packed_time(nanoseconds) {
                Some(word) => prop_assert_eq!(unpacked_time(word), nanoseconds),
                None => prop_assert!(nanoseconds >= 1 << 31),
            }
        }
    }
}
