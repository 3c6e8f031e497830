//! An ACK of octets that were not seen: a later segment in; whether they existed, out.

use super::{Judgement, Suspicion, Witness};
use crate::flow::SECOND;
use crate::wire::Flags;

impl Suspicion {
    /// The end that was told of octets it may not have sent shows by its next number whether it had.
    pub(super) fn judge_ack_by_its_receiver(&mut self, witness: Witness<'_>) -> Judgement {
        let segment = witness.segment;
        let (claimed, reached) = (self.mark.ack, self.since.reached);
        self.since.unbroken &= witness.follows;
        if segment.flags.has(Flags::RST) {
            // The answer to an unacceptable ACK before ESTABLISHED is a RST with its number and no ACK (RFC 9293
            // §3.10.7.4); an abort has ACK, and carries SND.NXT (§3.10.5).
            let abort = segment.flags.has(Flags::ACK);
            return match () {
                () if segment.seq == claimed && abort => Judgement::Lost,
                () if segment.seq == claimed && self.opening => Judgement::Confirmed,
                () if segment.seq == reached && abort && witness.is_late(&self.mark) => Judgement::Confirmed,
                () => Judgement::Pending,
            };
        }
        if segment.seq.at_or_after(claimed) {
            return Judgement::Lost;
        }
        // A keep-alive stands one below SND.NXT (RFC 9293 §3.8.4); it does not acknowledge what came just before.
        let bare = segment.data_len() == 0 && !segment.flags.has(Flags::FIN);
        let acknowledges = self.since.fresh && segment.ack.at_or_after(self.mark.end());
        let soon = acknowledges && segment.time.since(self.mark.time) < SECOND;
        if segment.seq + 1 == claimed && bare && !soon {
            return Judgement::Pending;
        }
        self.since.reached = reached.max(segment.end());
        match segment.seq == reached {
            true if self.is_answered_by(segment) => Judgement::Confirmed,
            // What ends just there may be sent again, its first copy missing from the capture.
            true if segment.end() == claimed && !self.since.unbroken => Judgement::Late,
            true if segment.end() == claimed && !witness.is_late(&self.mark) => Judgement::Late,
            // Of packets that a card joined each is acknowledged on its own, and another queue may show those ACKs first.
            true if witness.has_a_packet_to(claimed) && !witness.is_late(&self.mark) => Judgement::Late,
            true if segment.end().after(claimed) || witness.is_late(&self.mark) => Judgement::Confirmed,
            _ => Judgement::Pending,
        }
    }

    /// An ACK goes back only where it was wrong before, or where the capture swapped two.
    pub(super) fn judge_ack_by_its_sender(&mut self, witness: Witness<'_>) -> Judgement {
        let segment = witness.segment;
        if witness.stale && self.since.tsval == segment.options.timestamps().map(|it| it.tsval) {
            // It was sent before the culprit with the same timestamp: an echo is of either.
            self.since.tsval = None;
        }
        let told = segment.flags.has(Flags::ACK) && !segment.flags.has(Flags::SYN);
        let takes_back = segment.ack.before(self.mark.ack) && segment.ack.at_or_before(self.since.reached);
        let later = witness.newest || witness.is_late(&self.mark);
        if told && takes_back && later { Judgement::Confirmed } else { Judgement::Pending }
    }
}
