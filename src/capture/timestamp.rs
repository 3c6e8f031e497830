//! Capture times: what a record's header said, and the arithmetic the audit and Wireshark need on it.

use std::fmt;
use std::str::FromStr;

/// A point in time as the capture stored it: seconds since 1970-01-01T00:00:00Z and a fraction.
///
/// The fraction is kept as written, so a file with nonsense (a nanosecond part of 10⁹ or more, as Wireshark shows it)
/// survives the trip; [`Timestamp::nanoseconds`] is what arithmetic uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Timestamp {
    /// Whole seconds since the epoch.
    pub seconds: i64,
    /// Nanoseconds after `seconds`; not normalised.
    pub nanos: i32,
}

impl Timestamp {
    /// A time from seconds and nanoseconds, kept as they are.
    pub const fn new(seconds: i64, nanos: i32) -> Self {
        Self { seconds, nanos }
    }

    /// A normalised time from nanoseconds since the epoch.
    pub const fn from_nanoseconds(nanoseconds: i64) -> Self {
        Self { seconds: nanoseconds.div_euclid(1_000_000_000), nanos: nanoseconds.rem_euclid(1_000_000_000) as i32 }
    }

    /// Nanoseconds since the epoch, saturating about the years 1677 and 2262.
    #[inline]
    pub const fn nanoseconds(self) -> i64 {
        /// Seconds whose nanoseconds fit, with any fraction: for these, nothing has to saturate.
        const REACH: i64 = 9_223_372_030;
        if -REACH < self.seconds && self.seconds < REACH {
            return self.seconds * 1_000_000_000 + self.nanos as i64;
        }
        let nanoseconds = self.seconds as i128 * 1_000_000_000 + self.nanos as i128;
        if nanoseconds < i64::MIN as i128 {
            i64::MIN
        } else if nanoseconds > i64::MAX as i128 {
            i64::MAX
        } else {
            nanoseconds as i64
        }
    }

    /// Nanoseconds from `earlier` to `self`; negative when the capture's clock went back.
    pub const fn since(self, earlier: Self) -> i64 {
        self.nanoseconds().saturating_sub(earlier.nanoseconds())
    }
}

/// RFC 3339 in UTC with nine digits: `2026-11-22T09:55:00.123456789Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_nanosecond(i128::from(self.nanoseconds())) {
            Ok(time) => write!(f, "{time:.9}"),
            Err(_) => write!(f, "{}.{:09}", self.seconds, self.nanos),
        }
    }
}

/// Reads RFC 3339, with any offset and up to nine digits.
impl FromStr for Timestamp {
    type Err = UnknownTime;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let time: jiff::Timestamp = text.parse().map_err(|_| UnknownTime)?;
        let nanoseconds = time.as_nanosecond().clamp(i64::MIN.into(), i64::MAX.into());
        i64::try_from(nanoseconds).map(Self::from_nanoseconds).map_err(|_| UnknownTime)
    }
}

/// Text that is no time in RFC 3339.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownTime;

impl fmt::Display for UnknownTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a time in RFC 3339, as in 2026-11-22T09:55:00Z")
    }
}

impl std::error::Error for UnknownTime {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_rfc_3339_with_nine_digits() {
        assert_eq!(Timestamp::new(0, 1).to_string(), "1970-01-01T00:00:00.000000001Z");
        assert_eq!(Timestamp::from_nanoseconds(-1).to_string(), "1969-12-31T23:59:59.999999999Z");
    }

    #[test]
    fn reads_what_it_prints() {
        let time = Timestamp::new(1_763_806_500, 123_456_789);
        assert_eq!(time.to_string().parse(), Ok(time));
        assert_eq!("1970-01-01T01:00:00+01:00".parse(), Ok(Timestamp::default()));
        assert_eq!("yesterday".parse::<Timestamp>(), Err(UnknownTime));
    }

    #[test]
    fn keeps_an_odd_fraction_but_counts_it() {
        let odd = Timestamp::new(5, 1_000_000_000);
        assert_eq!(odd.nanoseconds(), 6_000_000_000);
        assert_eq!(odd.since(Timestamp::new(6, 0)), 0);
    }

    #[test]
    fn saturates_instead_of_wrapping() {
        assert_eq!(Timestamp::new(i64::MAX, i32::MAX).nanoseconds(), i64::MAX);
        for end in [i64::MIN, i64::MAX] {
            assert_eq!(Timestamp::from_nanoseconds(end).nanoseconds(), end);
        }
        let early: Timestamp = "1013-11-22T09:55:00.5Z".parse().unwrap();
        assert_eq!(early.to_string().parse(), Ok(early), "as early as can be told");
    }
}
