//! What a capture says about the interfaces its frames were captured on, and the clock each of them used.

use super::{LinkType, Timestamp};

/// One interface of one section; a pcap file has exactly one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Number of the section that declares it, from 0.
    pub section: u32,
    /// Its index in that section.
    pub id: u32,
    /// `if_name`, as `eth0`.
    pub name: Option<String>,
    /// `if_description`.
    pub description: Option<String>,
    /// `if_filter`, where it is text.
    pub filter: Option<String>,
    /// What its frames begin with.
    pub link_type: LinkType,
    /// Octets kept of each frame at most; 0 means no limit.
    pub snaplen: u32,
    /// The unit of its times.
    pub resolution: Resolution,
    /// `if_tsoffset`: seconds to add to each time.
    pub time_offset: i64,
    /// Octets of frame check sequence at the end of its frames, where the file says so.
    pub fcs_len: u8,
    /// Frames captured on it that were delivered.
    pub frames: u64,
    /// `isb_ifdrop`: frames the interface dropped, by the latest statistics block.
    pub dropped_by_interface: Option<u64>,
    /// `isb_osdrop`: frames the operating system dropped, by the latest statistics block.
    pub dropped_by_system: Option<u64>,
    /// Frames dropped between two frames, summed over `epb_dropcount` and the drop counts of obsolete packet blocks.
    pub dropped_between: u64,
}

impl Interface {
    /// An interface of which only the link type and the snapshot length are known.
    pub(super) fn new(link_type: LinkType, snaplen: u32) -> Self {
        Self {
            section: 0,
            id: 0,
            name: None,
            description: None,
            filter: None,
            link_type,
            snaplen,
            resolution: Resolution::MICROSECONDS,
            time_offset: 0,
            fcs_len: 0,
            frames: 0,
            dropped_by_interface: None,
            dropped_by_system: None,
            dropped_between: 0,
        }
    }
}

/// The unit of a clock, as `if_tsresol` of pcapng writes it: a negative power of ten, or of two with the highest bit set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolution(pub u8);

/// 10⁰ … 10¹⁹, all that fit.
const POWERS_OF_TEN: [u64; 20] = {
    let mut powers = [1; 20];
    let mut i = 1;
    while i < powers.len() {
        powers[i] = powers[i - 1] * 10;
        i += 1;
    }
    powers
};

impl Resolution {
    /// 10⁻⁶ s, which is meant where a file says nothing.
    pub const MICROSECONDS: Self = Self(6);
    /// 10⁻⁹ s.
    pub const NANOSECONDS: Self = Self(9);

    /// The time that is `units` of this resolution after the epoch, and `offset` seconds; what is finer than a
    /// nanosecond is cut off, what does not fit wraps.
    pub fn time(self, units: u64, offset: i64) -> Timestamp {
        let exponent = usize::from(self.0 & 0x7f);
        let (seconds, nanos) = if self.0 & 0x80 == 0 { decimal(units, exponent) } else { binary(units, exponent) };
        Timestamp::new((seconds as i64).wrapping_add(offset), nanos as i32)
    }

    /// How many units of this resolution `time` is after the epoch; 0 before it, and where they do not fit.
    pub fn units(self, time: Timestamp) -> u64 {
        let nanoseconds = i128::from(time.seconds) * 1_000_000_000 + i128::from(time.nanos);
        let exponent = u32::from(self.0 & 0x7f);
        let base: i128 = if self.0 & 0x80 == 0 { 10 } else { 2 };
        let units = base.checked_pow(exponent).and_then(|second| nanoseconds.checked_mul(second));
        units.and_then(|units| u64::try_from(units / 1_000_000_000).ok()).unwrap_or(0)
    }
}

/// Seconds and nanoseconds in `units` · 10^-`exponent` s.
fn decimal(units: u64, exponent: usize) -> (u64, u64) {
    // Dividing by a constant is much faster, and nearly all files divide by one of these.
    match exponent {
        6 => return (units / 1_000_000, units % 1_000_000 * 1000),
        9 => return (units / 1_000_000_000, units % 1_000_000_000),
        _ => {}
    }
    let power = |exponent: usize| POWERS_OF_TEN.get(exponent).copied();
    match (power(exponent), exponent.checked_sub(9)) {
        (Some(second), None) => (units / second, (units % second) * (1_000_000_000 / second)),
        (Some(second), Some(finer)) => (units / second, (units % second) / power(finer).unwrap_or(second)),
        // A second has more units than fit into 64 bits.
        (None, finer) => (0, finer.and_then(power).map_or(0, |nanosecond| units / nanosecond)),
    }
}

/// Seconds and nanoseconds in `units` · 2^-`exponent` s.
fn binary(units: u64, exponent: usize) -> (u64, u64) {
    let seconds = units.checked_shr(exponent as u32).unwrap_or(0);
    let fraction = u128::from(units) - (u128::from(seconds) << exponent);
    (seconds, ((fraction * 1_000_000_000) >> exponent) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resolutions_of_base_ten() {
        let time = |resolution, units| Resolution(resolution).time(units, 0);
        assert_eq!(time(0, 1_700_000_000), Timestamp::new(1_700_000_000, 0));
        assert_eq!(time(3, 1_500), Timestamp::new(1, 500_000_000));
        assert_eq!(time(6, 1_000_001), Timestamp::new(1, 1_000));
        assert_eq!(time(9, 1_000_000_001), Timestamp::new(1, 1));
        assert_eq!(time(12, 1_000_000_001_999), Timestamp::new(1, 1));
        assert_eq!(time(19, u64::MAX), Timestamp::new(1, 844_674_407));
        assert_eq!(time(20, u64::MAX), Timestamp::new(0, 184_467_440));
        assert_eq!(time(28, u64::MAX), Timestamp::new(0, 1));
        assert_eq!(time(29, u64::MAX), Timestamp::new(0, 0));
        assert_eq!(time(127, u64::MAX), Timestamp::new(0, 0));
    }

    #[test]
    fn resolutions_of_base_two() {
        let time = |exponent: u8, units| Resolution(0x80 | exponent).time(units, 0);
        assert_eq!(time(0, 7), Timestamp::new(7, 0));
        assert_eq!(time(1, 3), Timestamp::new(1, 500_000_000));
        assert_eq!(time(20, (5 << 20) + 1), Timestamp::new(5, 953));
        assert_eq!(time(32, (9 << 32) + (1 << 31)), Timestamp::new(9, 500_000_000));
        assert_eq!(time(63, (1 << 63) | (1 << 61)), Timestamp::new(1, 250_000_000));
        assert_eq!(time(64, 1 << 63), Timestamp::new(0, 500_000_000));
        assert_eq!(time(127, u64::MAX), Timestamp::new(0, 0));
    }

    #[test]
    fn units_are_those_that_the_time_was_made_of() {
        for (resolution, units) in [(0, 7), (3, 1_500), (6, 1_763_806_500_123_456), (9, u64::MAX), (0x80 | 20, 5 << 20)]
        {
            let resolution = Resolution(resolution);
            assert_eq!(resolution.units(resolution.time(units, 0)), units);
        }
        assert_eq!(Resolution::NANOSECONDS.units(Timestamp::new(-1, 0)), 0);
        assert_eq!(Resolution(127).units(Timestamp::new(1, 0)), 0);
        assert_eq!(Resolution::MICROSECONDS.units(Timestamp::new(1, 1_000_000_000)), 2_000_000);
    }

    #[test]
    fn the_offset_counts_seconds_and_may_be_negative() {
        assert_eq!(Resolution::MICROSECONDS.time(1_000_500, -3600), Timestamp::new(-3599, 500_000));
        assert_eq!(Resolution(0).time(u64::MAX, i64::MIN).seconds, i64::MAX);
    }
}
