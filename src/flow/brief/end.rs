//! One end of a brief connection: what the next segment in order is held against.

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
    /// Options of its SYN.
    pub options: OptionSet,
    /// The greatest payload it takes, once its SYN is known.
    pub takes: u16,
    /// The shift that its SYN offers.
    pub window_scale: u8,
    /// The shift of its windows, once both SYNs are known.
    pub shift: u8,
    /// Whether the packet with its SYN had ECN bits set.
    pub marked: bool,
    /// Whether it has sent its FIN.
    pub finished: bool,
    /// Whether its peer has acknowledged that.
    pub released: bool,
}

impl BriefEnd {
    /// Takes over what its SYN, or SYN-ACK, says.
    pub fn ask(&mut self, syn: &Packed) {
        self.snd_nxt = syn.end();
        self.options = syn.options();
        self.takes = if self.options.has(OptionSet::MSS) { syn.mss } else { 536 };
        self.window_scale = syn.window_scale;
        self.marked = syn.bits.ecn() != 0;
        self.clock = [syn.timestamps.tsval; 2];
    }

    /// The MSS option of its SYN, 0 where there was none.
    pub fn mss(&self) -> u16 {
        if self.options.has(OptionSet::MSS) { self.takes } else { 0 }
    }

    /// Knows how both ends scale windows, when `peer` has sent its SYN, too (RFC 7323 §2.2).
    pub fn agree(&mut self, peer: OptionSet) {
        let both = self.options.has(OptionSet::WINDOW_SCALE) && peer.has(OptionSet::WINDOW_SCALE);
        self.shift = if both { self.window_scale.min(14) } else { 0 };
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
