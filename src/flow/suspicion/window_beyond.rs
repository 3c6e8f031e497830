//! Octets beyond every window that was offered: a later ACK in; whether an offer was missed, out.
//!
//! `expected` is the largest right edge when the octets were sent.

use super::{Judgement, Suspicion, SuspicionKind, Witness};
use crate::wire::{Flags, SeqNum};

/// A segment farther than this from the window is not too much of anything: its number is wrong.
const NEAR: i32 = 0xffff;

impl Suspicion {
    /// The right edge that the culprit passed, where what is wrong with it is just that: it was not put far away, and
    /// not in the place of another.
    pub fn exceeds(&self) -> Option<SeqNum> {
        let edge = self.since.edge?;
        let only = match self.kind {
            SuspicionKind::WindowBeyond => true,
            SuspicionKind::SeqBeyond => self.since.outside && !self.took_a_place(),
            SuspicionKind::AckBeyond => false,
        };
        let near = self.mark.seq.offset_from(edge) <= NEAR;
        (only && near && self.mark.len > 0 && !self.mark.flags.has(Flags::FIN)).then_some(edge)
    }

    /// The first ACK that follows shows what the receiver offers now.
    pub(super) fn judge_excess_by_its_receiver(&self, witness: Witness<'_>) -> Judgement {
        let segment = witness.segment;
        let flags = segment.flags;
        if !flags.has(Flags::ACK) || flags.any(Flags::SYN.with(Flags::RST)) {
            return Judgement::Pending;
        }
        let window = u32::from(segment.window.0) << self.since.shift;
        let end = self.excess_end();
        let offered = (segment.ack + window).at_or_after(end);
        match (offered, segment.ack.after(self.mark.seq)) {
            (false, _) => Judgement::Confirmed,
            (true, false) if self.had_heard(witness) => Judgement::Late,
            (true, false) => Judgement::Confirmed,
            (true, true) if window.max(self.since.window) >= self.mark.len => Judgement::Lost,
            (true, true) => Judgement::Confirmed,
        }
    }

    /// The number just after the payload: a FIN's own number may lie beyond the window.
    pub(super) fn excess_end(&self) -> SeqNum {
        self.mark.seq + self.mark.len
    }

    /// Whether the sender may have heard the witness, which was captured later, before it sent the culprit: the timestamp
    /// it echoed tells, and without one the time between them.
    fn had_heard(&self, witness: Witness<'_>) -> bool {
        match self.since.tsecr.zip(witness.segment.options.timestamps()) {
            Some((echoed, offer)) => echoed.wrapping_sub(offer.tsval) as i32 >= 0,
            None => !witness.is_late(&self.mark),
        }
    }
}
