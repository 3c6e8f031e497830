//! Faults that only hindsight can tell from loss: kept, a few per flow, until a later segment settles them.

use super::{Limits, Mark, Side};
use crate::wire::{Flags, Segment, SeqNum};

/// Most suspicions a flow keeps; more than this at once means the capture is not one to judge by.
const MOST: usize = 6;

/// What is suspected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SuspicionKind {
    /// An ACK beyond what its receiver was seen to send: a wrong number, or octets that the capture lost.
    AckBeyond,
    /// A segment that starts beyond its sender's SND.NXT: a wrong number, or octets that were lost.
    SeqBeyond,
}

/// Something suspected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspicion {
    /// What is suspected.
    pub kind: SuspicionKind,
    /// The culprit.
    pub mark: Mark,
    /// The segment whose numbers it contradicts.
    pub against: Option<Mark>,
    /// The number it should have had, at most (ACK) or exactly (SEQ).
    pub expected: SeqNum,
    /// Whether the culprit belongs to the handshake.
    pub opening: bool,
    /// The segment that settled it.
    pub settled_by: Option<Mark>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Judgement {
    Pending,
    Confirmed,
    Refuted,
}

/// The suspicions of a flow.
#[derive(Clone, Debug, Default)]
pub struct Suspicions {
    pending: Vec<Suspicion>,
    confirmed: Vec<Suspicion>,
}

impl Suspicions {
    /// Remembers one more, unless there are too many.
    pub fn push(&mut self, suspicion: Suspicion) {
        if self.pending.len() < MOST {
            self.pending.push(suspicion);
        }
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Those that the last segment confirmed.
    pub fn confirmed(&self) -> &[Suspicion] {
        &self.confirmed
    }

    /// Holds a segment that `side` sent against what is pending. Returns how many of them were refuted: loss in the
    /// capture, then.
    pub fn settle(&mut self, segment: &Segment, side: Side, limits: &Limits) -> usize {
        self.confirmed.clear();
        let before = self.pending.len();
        let confirmed = &mut self.confirmed;
        self.pending.retain(|suspicion| match suspicion.judge(segment, side, limits) {
            Judgement::Pending => true,
            Judgement::Refuted => false,
            Judgement::Confirmed => {
                confirmed.push(Suspicion { settled_by: Some(Mark::of(segment, side)), ..*suspicion });
                false
            }
        });
        before - self.pending.len() - self.confirmed.len()
    }
}

impl Suspicion {
    fn judge(&self, segment: &Segment, side: Side, limits: &Limits) -> Judgement {
        match (self.kind, side == self.mark.side) {
            (SuspicionKind::AckBeyond, false) => self.judge_ack_by_its_receiver(segment, limits),
            (SuspicionKind::AckBeyond, true) => Judgement::Pending,
            (SuspicionKind::SeqBeyond, true) => self.judge_seq_by_its_sender(segment, limits),
            (SuspicionKind::SeqBeyond, false) => self.judge_seq_by_its_receiver(segment),
        }
    }

    /// The end that was told of octets it may not have sent shows by its next number whether it had.
    fn judge_ack_by_its_receiver(&self, segment: &Segment, limits: &Limits) -> Judgement {
        if segment.flags.has(Flags::RST) {
            // The answer to an unacceptable ACK before ESTABLISHED is a RST with its number (RFC 9293 §3.10.7.4).
            let refused = self.opening && segment.seq == self.mark.ack;
            return if refused { Judgement::Confirmed } else { Judgement::Pending };
        }
        if segment.seq.at_or_after(self.mark.ack) {
            return Judgement::Refuted;
        }
        let late = segment.time.since(self.mark.time) > limits.reordering;
        let cut = segment.end().after(self.mark.ack);
        if segment.seq == self.expected && segment.seg_len() > 0 && (late || cut) {
            return Judgement::Confirmed;
        }
        Judgement::Pending
    }

    /// The sender of a segment that seemed to skip octets goes back and sends them, sooner than any retransmission.
    fn judge_seq_by_its_sender(&self, segment: &Segment, limits: &Limits) -> Judgement {
        if segment.seq != self.expected || segment.flags.any(Flags::SYN.with(Flags::RST)) {
            return Judgement::Pending;
        }
        let waited = segment.time.since(self.mark.time);
        let fills = segment.end() == self.mark.seq;
        match (segment.seg_len() > 0, fills) {
            (true, false) if waited < limits.rto / 5 => Judgement::Confirmed,
            (true, _) => Judgement::Refuted,
            (false, _) => Judgement::Pending,
        }
    }

    /// The peer acknowledges the octets that were thought skipped: they were sent, and the capture lost them.
    fn judge_seq_by_its_receiver(&self, segment: &Segment) -> Judgement {
        let heard = segment.flags.has(Flags::ACK) && segment.ack.after(self.expected);
        if heard { Judgement::Refuted } else { Judgement::Pending }
    }
}
