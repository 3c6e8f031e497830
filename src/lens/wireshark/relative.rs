//! Raw windows and option shifts to the windows that Wireshark shows: what is known of each direction's scale.

use crate::wire::{Flags, RawWindow};

/// What is known of the window scale of one direction (`tcp.window_size_scalefactor`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Nothing: the handshake was not seen; shown as −1.
    #[default]
    Unknown,
    /// Scaling is not in use; shown as −2.
    Unused,
    /// The window is shifted left by 0 to 14 bits.
    Shift(u8),
}

impl Scale {
    /// The scale that a Window Scale option announces (RFC 7323 §2.3: 14 at most).
    pub fn announced(shift: u8) -> Self {
        Self::Shift(shift.min(14))
    }

    /// `tcp.window_size_scalefactor`.
    pub const fn factor(self) -> i32 {
        match self {
            Self::Unknown => -1,
            Self::Unused => -2,
            Self::Shift(shift) => 1 << (shift & 15),
        }
    }

    /// `tcp.window_size`: the window in octets; a SYN's is never scaled.
    pub const fn apply(self, window: RawWindow, flags: Flags) -> u32 {
        if flags.has(Flags::SYN) { window.0 as u32 } else { self.shift(window.0 as u32) }
    }

    /// A window shifted as far as the scale is known.
    pub const fn shift(self, window: u32) -> u32 {
        match self {
            Self::Shift(shift) => window.wrapping_shl(shift as u32),
            _ => window,
        }
    }
}

/// The verdict after the options of a SYN or SYN-ACK: a side without the option means that neither scales.
pub fn settle_scales(own: &mut Scale, peer: &mut Scale, flags: Flags) {
    if *own == Scale::Unknown {
        *own = Scale::Unused;
        *peer = Scale::Unused;
    } else if flags.is_syn_ack() && *peer == Scale::Unused {
        *own = Scale::Unused;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYN_ACK: Flags = Flags::SYN.with(Flags::ACK);

    #[test]
    fn a_syn_s_window_is_never_scaled() {
        assert_eq!(Scale::announced(15).apply(RawWindow(2), Flags::ACK), 2 << 14);
        assert_eq!(Scale::announced(7).apply(RawWindow(2), SYN_ACK), 2);
        assert_eq!(Scale::Unknown.apply(RawWindow(2), Flags::ACK), 2);
    }

    #[test]
    fn scaling_needs_both_sides() {
        let (mut own, mut peer) = (Scale::Unknown, Scale::Shift(7));
        settle_scales(&mut own, &mut peer, SYN_ACK);
        assert_eq!((own, peer), (Scale::Unused, Scale::Unused));
        own = Scale::Shift(7);
        settle_scales(&mut own, &mut peer, Flags::SYN);
        assert_eq!(own, Scale::Shift(7), "a repeated SYN keeps its own");
        settle_scales(&mut own, &mut peer, SYN_ACK);
        assert_eq!(own, Scale::Unused);
    }
}
