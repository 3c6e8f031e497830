//! A segment beyond its sender's SND.NXT: a later segment in; whether octets were lost or its number is wrong, out.
//!
//! `expected` is where the segment should have stood, `mark.seq` where it stood; between them is the hole.

use super::{Judgement, MORE_THAN_A_FLIGHT, Suspicion, Witness};
use crate::flow::{Ending, Limits};
use crate::wire::{Flags, Segment, SeqNum};

impl Suspicion {
    /// Whether its sender went on, or its peer acknowledged, as if the segment had stood where it should: it took the
    /// place of one, and was not added to the rest.
    pub fn took_a_place(&self) -> bool {
        self.since.went_on || self.since.heard
    }

    /// SND.NXT of the sender, had the segment stood where it should.
    pub(crate) fn next_if_misplaced(&self) -> SeqNum {
        self.expected + self.mark.seg_len()
    }

    /// The sender shows where it really is: by going on from there, by a bare segment, by its FIN.
    pub(super) fn judge_seq_by_its_sender(&mut self, witness: Witness<'_>) -> Judgement {
        let segment = witness.segment;
        if segment.flags.has(Flags::SYN) || segment.seq.before(self.expected) {
            return Judgement::Pending;
        }
        let occupies = self.mark.seg_len() > 0;
        let went_on = occupies && segment.seq == self.next_if_misplaced() && !self.since.restarted;
        let goes_on = segment.seq.at_or_after(self.mark.end());
        let later = witness.newest || witness.is_late(&self.mark);
        // Whichever left first: no flight is that long.
        let far = self.since.outside && self.mark.seq.offset_from(self.expected) > MORE_THAN_A_FLIGHT;
        // Behind its FIN its sender stands in any case.
        let insists = goes_on && self.mark.flags.has(Flags::FIN) && segment.seg_len() == 0;
        match () {
            () if segment.flags.has(Flags::RST) => judge(went_on || self.aborts_behind(segment), Judgement::Confirmed),
            () if insists => Judgement::Pending,
            () if goes_on => Judgement::Late,
            () if witness.stale || segment.ack.before(self.mark.ack) => self.note_older(segment),
            () if segment.seq == self.mark.seq && segment.end() == self.mark.end() => self.repeat(segment),
            // A keep-alive stands one below SND.NXT (RFC 9293 §3.8.4).
            () if segment.seg_len() == 0 && segment.seq + 1 == self.mark.seq => Judgement::Pending,
            () if segment.seg_len() == 0 => judge(self.bare_steps_back(went_on, witness), Judgement::Confirmed),
            () if self.since.went_on && segment.seq == self.expected => Judgement::Late,
            () if went_on && (self.since.heard || self.is_cut_by(segment) || later || far) => self.go_on(segment),
            () if segment.seq == self.since.reached => {
                // Behind the place of what no window allowed its sender goes on; it does not fill a hole.
                self.since.restarted |= !(self.since.went_on && self.since.exceeds);
                self.fill(segment)
            }
            () => Judgement::Pending,
        }
    }

    /// Whether `segment` begins inside the culprit and goes on behind it, as no two that follow each other do.
    fn is_cut_by(&self, segment: &Segment) -> bool {
        let inside = segment.seq.after(self.mark.seq) && segment.seq.before(self.mark.end());
        inside && segment.end().after(self.mark.end())
    }

    /// The peer shows what it received.
    pub(super) fn judge_seq_by_its_receiver(&mut self, segment: &Segment) -> Judgement {
        let ack = segment.ack;
        if segment.flags.has(Flags::RST) || !segment.flags.has(Flags::ACK) {
            self.since.stopped[0] |= segment.flags.has(Flags::ACK) && ack == self.expected;
            return Judgement::Pending;
        }
        let holds = |left: SeqNum, right: SeqNum| left.at_or_before(self.mark.seq) && self.mark.seq.before(right);
        if segment.options.sack().iter().any(|block| holds(block.left, block.right)) {
            return Judgement::Late;
        }
        if ack.at_or_before(self.expected) {
            let stopped = ack == self.expected;
            self.since.stopped[0] |= stopped;
            self.since.stopped[1] |= stopped && self.since.repeated.is_some();
            self.since.stopped[2] |= stopped && self.since.due.is_some_and(|due| segment.time.nanoseconds() >= due);
            return Judgement::Pending;
        }
        if !self.since.went_on && ack.at_or_before(self.since.reached) {
            return Judgement::Pending;
        }
        let real = self.next_if_misplaced();
        let short = ack.before(self.mark.end());
        if self.mark.seg_len() == 0 || !short || self.since.restarted {
            return Judgement::Lost;
        }
        self.since.heard |= ack == real;
        match () {
            () if self.since.went_on && ack.at_or_after(real) => Judgement::Confirmed,
            () => {
                if ack == real {
                    Judgement::Pending
                } else {
                    Judgement::Lost
                }
            }
        }
    }

    /// Nothing more comes: the peer heard the segment where it should have stood, or its ACKs stop in front of what no
    /// window allowed, or of a FIN that was repeated without what it skipped, or before which nothing was sent.
    pub(super) fn seq_stands_at_end(&self, ending: Ending, limits: &Limits) -> bool {
        let since = &self.since;
        let insists = since.repeated.is_some_and(|last| {
            last.saturating_sub(self.mark.time.nanoseconds()) >= limits.rto / 5
                && ending.time.nanoseconds().saturating_sub(last) >= limits.rto / 5
        });
        let fin = self.mark.flags.has(Flags::FIN);
        let stuck = fin && insists && since.stopped[1];
        // What an end sends passes a capture taken there before it can be lost: what is neither there nor with the peer
        // was never sent.
        let nothing_between = fin && ((since.unbroken && since.stopped[0]) || since.stopped[2]);
        let refused = !fin && since.outside && since.stopped[0];
        // An ACK of the hole alone looks the same as one of the culprit where it should have stood, if both are as long.
        let alike = self.mark.seq == self.next_if_misplaced() && !since.unbroken;
        !since.restarted && ((since.heard && !alike) || stuck || refused || nothing_between)
    }

    /// A RST with ACK comes from a connection that was there, and carries its SND.NXT (RFC 9293 §3.10.5), as the culprit
    /// would have done if it carries no octets.
    fn aborts_behind(&self, segment: &Segment) -> bool {
        let behind = segment.seq == self.since.reached && segment.seq.before(self.mark.seq);
        let bare = self.mark.seg_len() == 0 && behind;
        segment.flags.has(Flags::ACK) && (bare || (self.since.outside && segment.seq == self.expected))
    }

    /// Octets of the hole that left before the culprit, or may have.
    fn note_older(&mut self, segment: &Segment) -> Judgement {
        if segment.seq == self.since.reached && !self.since.went_on && segment.end().at_or_before(self.mark.seq) {
            self.since.reached = segment.end();
        }
        let whole = !self.since.went_on && self.since.reached == self.mark.seq;
        judge(whole, Judgement::Late)
    }

    fn repeat(&mut self, segment: &Segment) -> Judgement {
        self.since.repeated = Some(segment.time.nanoseconds());
        Judgement::Pending
    }

    /// A segment without octets carries SND.NXT.
    fn bare_steps_back(&self, went_on: bool, witness: Witness<'_>) -> bool {
        let segment = witness.segment;
        let steps_back = segment.seq == self.since.reached && segment.seq.before(self.mark.seq);
        let bare_itself = self.mark.seg_len() == 0;
        // It left after the culprit, and was not just overtaken.
        let later = self.since.outside || witness.is_late(&self.mark);
        (went_on && (later || witness.newest)) || (steps_back && (bare_itself || later))
    }

    /// Octets that follow those the culprit would have had, had it stood where it should.
    fn go_on(&mut self, segment: &Segment) -> Judgement {
        let proof = self.since.heard
            || self.since.outside
            || segment.flags.has(Flags::FIN)
            || segment.end().after(self.mark.seq);
        self.since.went_on = true;
        if !proof {
            self.since.reached = self.since.reached.max(segment.end());
        }
        judge(proof, Judgement::Confirmed)
    }

    /// Octets from the beginning of the hole, or where the last of these left off.
    fn fill(&mut self, segment: &Segment) -> Judgement {
        let end = segment.end();
        let other_fin = segment.flags.has(Flags::FIN)
            && end != self.mark.end()
            && (self.mark.flags.has(Flags::FIN) || end.at_or_before(self.mark.seq));
        match () {
            () if other_fin => Judgement::Confirmed,
            () if end == self.mark.seq || end.at_or_after(self.mark.end()) => self.filled(end),
            () if self.since.outside || end.after(self.mark.seq) => Judgement::Confirmed,
            () => {
                self.since.reached = end;
                Judgement::Pending
            }
        }
    }

    /// A bare segment inside octets that its sender sends afterwards was misplaced; any other may have been repeated
    /// together with what was before it.
    fn filled(&self, end: SeqNum) -> Judgement {
        if self.mark.seg_len() == 0 && end.after(self.mark.seq) { Judgement::Confirmed } else { Judgement::Late }
    }
}

fn judge(proved: bool, judgement: Judgement) -> Judgement {
    if proved { judgement } else { Judgement::Pending }
}
