//! Sequence numbers: a circle of 2³² on which "less than" is only meaningful within half the circle.

use std::fmt;
use std::ops::{Add, Sub};

/// A sequence or acknowledgement number (RFC 9293 §3.4). No `Ord`: use [`SeqNum::before`] and [`SeqNum::after`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SeqNum(pub u32);

impl SeqNum {
    /// Signed distance from `origin` to `self`: positive when `self` is later.
    pub const fn offset_from(self, origin: Self) -> i32 {
        self.0.wrapping_sub(origin.0) as i32
    }

    /// Octets from `origin` forward to `self`, always going up the circle.
    pub const fn distance_from(self, origin: Self) -> u32 {
        self.0.wrapping_sub(origin.0)
    }

    /// Whether `self` comes before `other`.
    pub const fn before(self, other: Self) -> bool {
        self.offset_from(other) < 0
    }

    /// Whether `self` comes after `other`.
    pub const fn after(self, other: Self) -> bool {
        self.offset_from(other) > 0
    }

    /// Whether `self` is `other` or before it.
    pub const fn at_or_before(self, other: Self) -> bool {
        self.offset_from(other) <= 0
    }

    /// Whether `self` is `other` or after it.
    pub const fn at_or_after(self, other: Self) -> bool {
        self.offset_from(other) >= 0
    }

    /// The later of two.
    pub const fn max(self, other: Self) -> Self {
        if self.before(other) { other } else { self }
    }
}

impl Add<u32> for SeqNum {
    type Output = Self;
    fn add(self, octets: u32) -> Self {
        Self(self.0.wrapping_add(octets))
    }
}

impl Sub<u32> for SeqNum {
    type Output = Self;
    fn sub(self, octets: u32) -> Self {
        Self(self.0.wrapping_sub(octets))
    }
}

impl fmt::Display for SeqNum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDGES: [u32; 5] = [0, (1 << 31) - 1, 1 << 31, u32::MAX - 1, u32::MAX];

    #[test]
    fn one_later_is_after_at_every_edge() {
        for edge in EDGES {
            let here = SeqNum(edge);
            assert!((here + 1).after(here) && here.before(here + 1), "{edge}");
            assert!(here.at_or_after(here) && here.at_or_before(here) && !here.after(here));
            assert_eq!((here + 1) - 1, here);
        }
    }

    #[test]
    fn half_a_circle_away_is_both_before_by_definition() {
        let far = SeqNum(5) + (1 << 31);
        assert_eq!(far.offset_from(SeqNum(5)), i32::MIN);
        assert!(far.before(SeqNum(5)) && SeqNum(5).before(far));
    }

    #[test]
    fn distance_goes_up_the_circle() {
        assert_eq!(SeqNum(2).distance_from(SeqNum(u32::MAX)), 3);
        assert_eq!(SeqNum(2).max(SeqNum(u32::MAX)), SeqNum(2));
    }
}
