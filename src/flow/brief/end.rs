//! One end of a brief connection: what the next segment in order is held against, and what its SYN said.

use crate::wire::{OptionSet, Packed, SeqNum, Timestamps};

/// What is known of one end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BriefEnd {
    pub snd_nxt: SeqNum,
    /// RCV.NXT, once it has acknowledged anything.
    pub rcv_nxt: SeqNum,
    /// The right edge it advertised last, which is the largest.
    pub right_edge: SeqNum,
    /// Its first TSval and its newest, where it sends any.
    pub clock: [u32; 2],
    /// The greatest payload it takes, once its SYN is known.
    pub takes: u16,
    /// The shift of its windows, once both SYNs are known.
    pub shift: u8,
    pub fin: Fin,
}

/// How far the FIN of an end has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Fin {
    /// Not sent.
    #[default]
    None,
    /// Sent.
    Sent,
    /// Acknowledged by its peer.
    Acknowledged,
}

/// What the SYN of an end said.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked {
    /// Its options.
    pub options: OptionSet,
    /// The shift that it offers.
    pub window_scale: u8,
    /// Whether its packet had ECN bits set.
    pub marked: bool,
}

impl Asked {
    /// What `syn`, or a SYN-ACK, says.
    pub const fn by(syn: &Packed) -> Self {
        Self { options: syn.options(), window_scale: syn.window_scale, marked: syn.bits.ecn() != 0 }
    }

    /// The shift of its windows if `peer` has sent its SYN, too (RFC 7323 §2.2).
    pub fn shift(&self, peer: &Self) -> u8 {
        let both = self.options.has(OptionSet::WINDOW_SCALE) && peer.options.has(OptionSet::WINDOW_SCALE);
        if both { self.window_scale.min(14) } else { 0 }
    }
}

impl BriefEnd {
    /// The end that sent `syn`, or a SYN-ACK.
    #[inline]
    pub fn asking(syn: &Packed) -> Self {
        let takes = if syn.options().has(OptionSet::MSS) { syn.mss } else { 536 };
        Self { snd_nxt: syn.end(), takes, clock: [syn.timestamps.tsval; 2], ..Self::default() }
    }

    /// Whether it has sent its FIN.
    pub const fn finished(&self) -> bool {
        !matches!(self.fin, Fin::None)
    }

    /// Whether its peer has acknowledged that.
    pub const fn released(&self) -> bool {
        matches!(self.fin, Fin::Acknowledged)
    }

    /// Takes over the numbers of a segment in order; `edge` is what it advertises.
    #[inline]
    pub fn advance(&mut self, packed: &Packed, edge: SeqNum) {
        self.snd_nxt = packed.end();
        self.rcv_nxt = packed.ack;
        self.right_edge = edge;
        self.clock[1] = packed.timestamps.tsval;
    }

    /// Its first timestamps and its newest, as far as clocks go.
    pub fn timestamps(&self) -> (Timestamps, Timestamps) {
        let [first, newest] = self.clock.map(|tsval| Timestamps { tsval, tsecr: 0 });
        (first, newest)
    }
}
