//! Two capture times to the time between them, with the odd fractions that Wireshark keeps.

use crate::capture::Timestamp;

/// A signed span of time, not normalised: both parts have one sign for sane input.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Elapsed {
    /// Whole seconds.
    pub seconds: i64,
    /// Nanoseconds; 10⁹ or more where a capture's fraction was that large.
    pub nanos: i32,
}

impl Elapsed {
    /// The time from `earlier` to `later`, negative when the clock went back.
    pub const fn between(earlier: Timestamp, later: Timestamp) -> Self {
        let seconds = later.seconds.wrapping_sub(earlier.seconds);
        let nanos = later.nanos.wrapping_sub(earlier.nanos);
        if seconds > 0 && nanos < 0 {
            Self { seconds: seconds - 1, nanos: nanos.wrapping_add(1_000_000_000) }
        } else if seconds < 0 && nanos > 0 {
            Self { seconds: seconds + 1, nanos: nanos.wrapping_sub(1_000_000_000) }
        } else {
            Self { seconds, nanos }
        }
    }

    /// Whether no time passed at all.
    pub const fn is_zero(self) -> bool {
        self.seconds == 0 && self.nanos == 0
    }

    /// Whether the clock went back.
    pub const fn is_negative(self) -> bool {
        self.seconds < 0 || self.nanos < 0
    }

    /// Nanoseconds, saturating.
    pub const fn nanoseconds(self) -> i64 {
        self.seconds.saturating_mul(1_000_000_000).saturating_add(self.nanos as i64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(earlier: (i64, i32), later: (i64, i32)) -> (i64, i32) {
        let span = Elapsed::between(Timestamp::new(earlier.0, earlier.1), Timestamp::new(later.0, later.1));
        (span.seconds, span.nanos)
    }

    #[test]
    fn is_plain_subtraction_for_sane_times() {
        assert_eq!(between((1, 900_000_000), (3, 100_000_000)), (1, 200_000_000));
        assert_eq!(between((3, 100_000_000), (1, 900_000_000)), (-1, -200_000_000));
        assert_eq!(between((3, 5), (3, 2)), (0, -3));
    }

    #[test]
    fn keeps_a_fraction_of_a_whole_second() {
        assert_eq!(between((5, 1_000_000_000), (5, 0)), (0, -1_000_000_000));
        assert_eq!(between((5, 0), (6, 1_500_000_000)), (1, 1_500_000_000));
    }
}
