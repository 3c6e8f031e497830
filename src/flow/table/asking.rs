//! A connection of which nothing but one ordinary SYN was seen, in the few octets that a flood of them leaves each.

use super::key::Key;
use crate::capture::Direction;
use crate::flow::Sides;
use crate::flow::conversation::Slot;
use crate::wire::{Bits, Endpoint, Flags, Packed, Rest, Segment, SeqNum, Timestamps};
use std::num::NonZero;

/// One SYN, packed once more; unpacked it is the segment again, less its hardware addresses. Key and time are taken apart:
/// whole, they would leave octets unused.
#[derive(Clone, Copy, Debug)]
pub struct Asking {
    addresses: [u32; 2],
    ports: [u16; 2],
    pub(super) stream: u32,
    time: [u32; 2],
    frame: u32,
    seq: u32,
    tsval: u32,
    path: u16,
    window: u16,
    mss: u16,
    ip_id: u16,
    checksum: u16,
    bits: Bits,
    ttl: u8,
    window_scale: u8,
    offers: u8,
    /// With [`THERE`], so that none takes no more room than one.
    from: NonZero<u8>,
}

const THERE: NonZero<u8> = NonZero::<u8>::MIN;
const HIGH: u8 = 1 << 1;
const OUTBOUND: u8 = 1 << 2;
const INBOUND: u8 = 1 << 3;
const V6: u8 = 1 << 4;

impl Asking {
    /// Packs a segment that `slot` sent; `None` if it is not an ordinary SYN.
    pub fn pack(packed: &Packed, rest: &Rest, key: Key, slot: Slot, stream: u32) -> Option<Self> {
        let ordinary = packed.bits.flags() == Flags::SYN
            && packed.len == 0
            && rest.is_whole(packed)
            && rest.interface() == 0
            && (packed.ack.0, packed.payload_sum, packed.bits.ecn(), packed.timestamps.tsecr) == (0, 0, 0, 0);
        let direction = match rest.direction() {
            Direction::Unknown => 0,
            Direction::Inbound => INBOUND,
            Direction::Outbound => OUTBOUND,
        };
        let (addresses, ports, v6) = key.parts();
        ordinary.then(|| Self {
            addresses,
            ports,
            stream,
            time: [(packed.time >> 32) as u32, packed.time as u32],
            frame: packed.frame,
            seq: packed.seq.0,
            tsval: packed.timestamps.tsval,
            path: packed.path,
            window: packed.window,
            mss: packed.mss,
            ip_id: packed.ip_id,
            checksum: packed.checksum,
            bits: packed.bits,
            ttl: packed.ttl,
            window_scale: packed.window_scale,
            offers: packed.offers,
            from: THERE | direction | if slot == Slot::High { HIGH } else { 0 } | if v6 { V6 } else { 0 },
        })
    }

    /// The pair that it asks for.
    #[inline]
    pub const fn key(&self) -> Key {
        Key::of_parts(self.addresses, self.ports, self.is(V6))
    }

    /// The SYN again, without a mark of where it was captured.
    pub const fn packed(&self) -> Packed {
        Packed {
            time: self.nanoseconds(),
            frame: self.frame,
            seq: SeqNum(self.seq),
            ack: SeqNum(0),
            timestamps: Timestamps { tsval: self.tsval, tsecr: 0 },
            window: self.window,
            len: 0,
            checksum: self.checksum,
            payload_sum: 0,
            ip_id: self.ip_id,
            bits: self.bits,
            path: self.path,
            mss: self.mss,
            window_scale: self.window_scale,
            offers: self.offers,
            ttl: self.ttl,
            mark: 0,
        }
    }

    /// The whole SYN, from one of `ends` to the other.
    pub fn segment(&self, ends: Sides<Endpoint>) -> Segment {
        let direction = match (self.is(OUTBOUND), self.is(INBOUND)) {
            (true, _) => Direction::Outbound,
            (_, true) => Direction::Inbound,
            _ => Direction::Unknown,
        };
        let packed = self.packed();
        packed.segment([ends.client, ends.server], &Rest::going(direction, packed.reported()))
    }

    /// Which end sent it.
    pub const fn slot(&self) -> Slot {
        if self.is(HIGH) { Slot::High } else { Slot::Low }
    }

    /// When the SYN came, nanoseconds since the epoch.
    pub const fn nanoseconds(&self) -> i64 {
        (self.time[0] as i64) << 32 | self.time[1] as i64
    }

    const fn is(&self, bit: u8) -> bool {
        self.from.get() & bit != 0
    }
}

#[cfg(test)]
mod tests {
    use super::Asking;

    #[test]
    fn stays_small() {
        assert!(size_of::<Option<Asking>>() <= 52, "{} octets", size_of::<Option<Asking>>());
    }
}
