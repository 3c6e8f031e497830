//! Where a pair of endpoints is kept, in four octets.

/// Where a pair is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    Asking(u32),
    Live(u32),
    Remembered(u32),
}

/// A [`Kept`] in four octets: what it is in the two high bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle(pub u32);

pub(super) const PLACE_BITS: u32 = 30;

impl From<Kept> for Handle {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Asking(at) => Self(at),
            Kept::Live(at) => Self(at | 1 << PLACE_BITS),
            Kept::Remembered(at) => Self(at | 2 << PLACE_BITS),
        }
    }
}

impl From<Handle> for Kept {
    fn from(handle: Handle) -> Self {
        let at = handle.0 & ((1 << PLACE_BITS) - 1);
        match handle.0 >> PLACE_BITS {
            0 => Self::Asking(at),
            1 => Self::Live(at),
            _ => Self::Remembered(at),
        }
    }
}
