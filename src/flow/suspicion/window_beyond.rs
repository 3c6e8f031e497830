//! Octets beyond every window that was offered: later segments in; whether an offer was missed, out.
//!
//! `expected` is the largest right edge when the octets were sent.

use super::{Judgement, Suspicion, SuspicionKind, Witness};
use crate::flow::{Ending, Limits};
use crate::wire::{Flags, SeqNum};

/// A segment farther than this from the window is not too much of anything: its number is wrong.
const NEAR: i32 = 0xffff;

impl Suspicion {
    /// The right edge that the culprit passed, where it was not put far away.
    pub fn exceeds(&self) -> Option<SeqNum> {
        let edge = self.since.edge?;
        let only = match self.kind {
            SuspicionKind::WindowBeyond => true,
            SuspicionKind::SeqBeyond => self.since.exceeds,
            SuspicionKind::AckBeyond => false,
        };
        let near = Self::is_near(self.mark.seq, edge);
        // A FIN out of its place says nothing of windows, and one may go along with the octet of a probe.
        let fin = self.mark.flags.has(Flags::FIN);
        let enough =
            if fin { self.kind == SuspicionKind::WindowBeyond && self.mark.len > 1 } else { self.mark.len > 0 };
        (only && near && enough).then_some(edge)
    }

    /// Whether octets from `seq` on are too much for a window that ends at `edge`, and not just somewhere.
    pub fn is_near(seq: SeqNum, edge: SeqNum) -> bool {
        seq.offset_from(edge) <= NEAR
    }

    /// The ACKs that follow show what the receiver offers now, and whether it took the octets all the same. One that
    /// comes soon after may have left before a larger offer that the capture has not shown yet; one that tells of the octets
    /// did not, and where nothing of the receiver's is missing there was no offer.
    pub(super) fn judge_excess_by_its_receiver(&mut self, witness: Witness<'_>) -> Judgement {
        let segment = witness.segment;
        // Where its identifications counted so far and skip now, something of the receiver's is missing: perhaps an offer.
        let skips = self.since.unbroken && !witness.follows;
        self.since.unbroken &= witness.follows;
        let flags = segment.flags;
        // The window of an abort is no offer, but its ACK tells that the octets were taken.
        let taken = segment.ack.after(self.mark.seq);
        if !flags.has(Flags::ACK) || flags.has(Flags::SYN) || (flags.has(Flags::RST) && !taken) {
            return Judgement::Pending;
        }
        let window = u32::from(segment.window.0) << self.since.shift;
        let offered = (segment.ack + window).at_or_after(self.excess_end());
        let late = witness.is_late(&self.mark);
        self.since.unheard = self.since.unheard.filter(|_| !late);
        match (taken, offered) {
            (true, _) if !flags.has(Flags::RST) && window.max(self.since.window) < self.mark.len => {
                Judgement::Confirmed
            }
            (true, _) if self.since.unbroken || self.since.heard_all => Judgement::Confirmed,
            (true, _) if late => Judgement::Lost,
            (true, _) => Judgement::Late,
            // What it says of the octets themselves is still to come.
            (false, true) if self.since.heard_all && !late => Judgement::Pending,
            (false, true) if self.had_heard(witness) => Judgement::Late,
            (false, true) if skips => Judgement::Lost,
            (false, offered) if !late && (witness.reordered || !offered) => Judgement::Pending,
            (false, _) => Judgement::Confirmed,
        }
    }

    /// The sender sends the octets again, closes in front of them, or stands there as if it had not sent them. The very same
    /// segment again may be a probe for an ACK that is late (RFC 8985 §7): whether it was taken its receiver tells.
    pub(super) fn judge_excess_by_its_sender(&self, witness: Witness<'_>) -> Judgement {
        let segment = witness.segment;
        let begins_before = segment.seq.at_or_before(self.mark.seq);
        if segment.flags.any(Flags::SYN.with(Flags::RST)) || !begins_before {
            return Judgement::Pending;
        }
        let probes = segment.seq == self.mark.seq && segment.end() == self.mark.end();
        let repeated = segment.end().after(self.mark.seq) && !probes;
        let closed = segment.flags.has(Flags::FIN);
        let stepped_back = segment.seg_len() == 0 && (witness.newest || witness.is_late(&self.mark));
        if repeated || closed || stepped_back { Judgement::Confirmed } else { Judgement::Pending }
    }

    /// Nothing more comes, and the octets were not taken.
    pub(super) fn excess_stands_at_end(&self, closed: bool, ending: Ending, limits: &Limits) -> bool {
        closed || ending.time.since(self.mark.time) > limits.reordering
    }

    /// The number just after the payload: a FIN's own number may lie beyond the window.
    pub(super) fn excess_end(&self) -> SeqNum {
        self.mark.seq + self.mark.len
    }

    /// Whether the sender may have heard the witness, which was captured later, before it sent the culprit: the timestamp
    /// it echoed tells, and without one the time between them, or between the octets that the witness acknowledges and the
    /// culprit: no ACK comes sooner than a round trip after what it acknowledges. What stands beyond all that the sender
    /// had acknowledged is not echoed (RFC 7323 §4.3).
    fn had_heard(&self, witness: Witness<'_>) -> bool {
        let echoes = self.since.rcv_nxt.is_none_or(|acknowledged| witness.segment.seq.at_or_before(acknowledged));
        match self.since.tsecr.filter(|_| echoes).zip(witness.segment.options.timestamps()) {
            Some((echoed, offer)) => echoed.wrapping_sub(offer.tsval) as i32 >= 0,
            None => {
                let unheard = self.since.unheard.is_some_and(|from| witness.segment.ack.after(from));
                !unheard && !witness.is_late(&self.mark)
            }
        }
    }
}
