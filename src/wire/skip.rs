//! Why a frame holds no auditable segment: counted by reason, never an error.

use std::fmt;

/// Why a frame gave no TCP segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Skip {
    /// Carries something other than TCP.
    NotTcp,
    /// The capture's link type is not one that can be decoded.
    UnknownLinkType,
    /// The capture cut the frame before the TCP ports.
    Cut,
    /// A header on the way to TCP makes no sense.
    Malformed,
    /// An IP fragment that waits for the rest of its datagram, or whose rest never came.
    Fragment,
    /// Encrypted below TCP.
    Encrypted,
    /// Deeper nested than the decoder follows.
    TooDeep,
    /// Holds TCP within something that is not rewritten, where it was to be redacted.
    NotRedactable,
}

impl Skip {
    /// Every reason, in the order of the declaration.
    pub const ALL: [Self; 8] = [
        Self::NotTcp,
        Self::UnknownLinkType,
        Self::Cut,
        Self::Malformed,
        Self::Fragment,
        Self::Encrypted,
        Self::TooDeep,
        Self::NotRedactable,
    ];

    /// The reason as reports spell it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotTcp => "not-tcp",
            Self::UnknownLinkType => "unknown-link-type",
            Self::Cut => "cut",
            Self::Malformed => "malformed",
            Self::Fragment => "fragment",
            Self::Encrypted => "encrypted",
            Self::TooDeep => "too-deep",
            Self::NotRedactable => "not-redactable",
        }
    }
}

impl fmt::Display for Skip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
