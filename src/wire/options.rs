//! What the options of one TCP header said, reduced to fixed-size facts: nothing judged, nonsense noted.

use super::SeqNum;
use std::fmt;

/// Which options a header carried; unknown kinds are [`OptionSet::OTHER`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OptionSet(pub u32);

#[allow(missing_docs)]
impl OptionSet {
    pub const MSS: Self = Self(1);
    pub const WINDOW_SCALE: Self = Self(1 << 1);
    pub const SACK_PERMITTED: Self = Self(1 << 2);
    pub const SACK: Self = Self(1 << 3);
    pub const TIMESTAMPS: Self = Self(1 << 4);
    pub const FAST_OPEN: Self = Self(1 << 5);
    pub const MD5: Self = Self(1 << 6);
    pub const AO: Self = Self(1 << 7);
    pub const MPTCP: Self = Self(1 << 8);
    pub const ACC_ECN: Self = Self(1 << 9);
    pub const NOP: Self = Self(1 << 10);
    pub const END: Self = Self(1 << 11);
    pub const OTHER: Self = Self(1 << 12);
    /// Those with a value or none that only a SYN has.
    pub const SYN_ONLY: Self = Self(Self::MSS.0 | Self::WINDOW_SCALE.0 | Self::SACK_PERMITTED.0);
}

impl OptionSet {
    /// Whether every option of `set` is present.
    pub const fn has(self, set: Self) -> bool {
        self.0 & set.0 == set.0
    }

    /// Adds the options of `set`.
    pub const fn insert(&mut self, set: Self) {
        self.0 |= set.0;
    }
}

/// `[left, right)` of a SACK block (RFC 2018 §3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct SackBlock {
    /// First sequence number of the block.
    pub left: SeqNum,
    /// The sequence number just after the block.
    pub right: SeqNum,
}

/// RFC 7323 timestamps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Timestamps {
    /// Timestamp value of the sender.
    pub tsval: u32,
    /// Timestamp echo reply.
    pub tsecr: u32,
}

/// What was wrong with the form of an option list (RFC 9293 §3.1, §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OptionFault {
    /// The kind octet is the last of the area: no room for a length.
    NoLength,
    /// A length of 0 or 1.
    LengthTooSmall,
    /// The option runs past the header.
    RunsPastHeader,
    /// A length that this kind cannot have.
    WrongLength,
    /// A non-zero octet after End of Option List.
    NonZeroAfterEnd,
}

impl fmt::Display for OptionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoLength => "kind without a length octet",
            Self::LengthTooSmall => "length below 2",
            Self::RunsPastHeader => "length runs past the header",
            Self::WrongLength => "length does not fit the kind",
            Self::NonZeroAfterEnd => "non-zero octet after End of Option List",
        })
    }
}

/// Where an option list is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MalformedOption {
    /// The option's kind.
    pub kind: u8,
    /// Its length octet, 0 where there is none.
    pub length: u8,
    /// Octets from the start of the TCP header to its kind octet.
    pub offset: u8,
    /// What is wrong.
    pub fault: OptionFault,
}

/// The options of one header.
///
/// A value is meaningful only where [`Options::present`] has its option; the last occurrence of an option counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Which options were there with a length that could be read.
    pub present: OptionSet,
    /// Maximum segment size (kind 2).
    pub mss: u16,
    /// Window scale shift as sent, also above 14 (kind 3).
    pub window_scale: u8,
    /// Timestamps (kind 8).
    pub timestamps: Timestamps,
    /// Octets of Fast Open cookie (kind 34, or 254 with magic 0xF989); 0 is a request.
    pub fast_open_cookie: u8,
    /// Whether the Fast Open option was the experimental form.
    pub fast_open_experimental: bool,
    /// Subtype of the first MPTCP option (kind 30).
    pub mptcp_subtype: u8,
    /// SACK blocks in the order sent (kind 5), `sack_count` of them.
    pub sack: [SackBlock; 4],
    /// How many entries of `sack` count.
    pub sack_count: u8,
    /// The first kind that must occur once and occurred twice.
    pub repeated: Option<u8>,
    /// The first fault of form.
    pub malformed: Option<MalformedOption>,
    /// Whether the capture cut the option area, so that absence proves nothing.
    pub cut: bool,
}

impl Options {
    /// Whether every option of `set` is present.
    pub const fn has(&self, set: OptionSet) -> bool {
        self.present.has(set)
    }

    /// The maximum segment size, if the option was there.
    pub fn mss(&self) -> Option<u16> {
        self.has(OptionSet::MSS).then_some(self.mss)
    }

    /// The window scale shift as sent, if the option was there.
    pub fn window_scale(&self) -> Option<u8> {
        self.has(OptionSet::WINDOW_SCALE).then_some(self.window_scale)
    }

    /// The timestamps, if the option was there.
    pub fn timestamps(&self) -> Option<Timestamps> {
        self.has(OptionSet::TIMESTAMPS).then_some(self.timestamps)
    }

    /// The time of the peer's clock that is echoed (RFC 7323 §3.2); `None` also for 0, which those send that never echo anything.
    pub fn echo(&self) -> Option<u32> {
        self.timestamps().map(|timestamps| timestamps.tsecr).filter(|echo| *echo != 0)
    }

    /// The SACK blocks, empty if the option was not there.
    pub fn sack(&self) -> &[SackBlock] {
        &self.sack[..usize::from(self.sack_count).min(self.sack.len())]
    }
}
