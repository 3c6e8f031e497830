//! How a connection closes: the marks of its FINs, of what acknowledged them, and of resets (RFC 9293 §3.6).

use super::{Mark, Nanoseconds, Retries, Side, Sides};
use crate::capture::Timestamp;
use crate::wire::{Flags, Segment, SeqNum};

/// One end's FIN and what became of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct FinFacts {
    /// The first FIN.
    pub first: Option<Mark>,
    /// The second FIN, at the same number.
    pub second: Option<Mark>,
    /// The latest FIN.
    pub last: Option<Mark>,
    /// FINs, and when.
    pub sent: Retries,
    /// The first segment of the peer that acknowledges the FIN.
    pub acknowledged: Option<Mark>,
    /// Whether that segment was the peer's own FIN.
    pub acknowledged_by_fin: bool,
    /// The first segment of the peer, sent after the FIN, that acknowledges everything but the FIN.
    pub short_of_first: Option<Mark>,
    /// The latest such segment.
    pub short_of_last: Option<Mark>,
    /// SND.NXT of its sender before the first FIN.
    pub next: Option<SeqNum>,
    /// The number just after the highest octet its sender sent beyond the FIN.
    pub past: Option<SeqNum>,
    /// Whether the first FIN stands below where its sender was, and not because it was repeated.
    pub misplaced: bool,
    /// Whether the peer had sent its FIN, without acknowledging this one, when this one was sent.
    pub crossed: bool,
}

/// The segments of a teardown.
#[derive(Clone, Debug, Default)]
pub struct Closing {
    /// Each side's FIN.
    pub fins: Sides<FinFacts>,
    /// Who sent the first FIN.
    pub initiator: Option<Side>,
    /// The first RST.
    pub rst: Option<Mark>,
    /// How many RSTs there were.
    pub rsts: u32,
    /// A FIN from an end that had not sent or not heard a SYN yet: nobody takes it for one.
    pub premature: Option<Mark>,
    /// Whether its sender stands in front of that FIN long after, without one.
    pub premature_denied: bool,
    /// When octets were last sent after the first FIN, by either end; not counting keep-alives.
    pub octets: Option<Timestamp>,
    /// Nanoseconds since the first FIN by which only the capture's clock has gone on, not that of the ends.
    pub jumped: Nanoseconds,
    /// Whether both FINs had been acknowledged when the first RST came.
    pub reset_after_close: bool,
}

impl Closing {
    /// Whether a segment has anything to do with the close of a connection, so that there have to be facts.
    pub const fn concerns(segment: &Segment) -> bool {
        segment.flags.any(Flags::FIN.with(Flags::RST))
    }

    /// Counts a segment that `side` sent; `fin` are the numbers of both FINs, this segment's included.
    pub fn observe(&mut self, segment: &Segment, side: Side, fin: Sides<Option<SeqNum>>) {
        self.observe_mark(Mark::of(segment, side), fin);
    }

    /// The same of a segment of which no more is known.
    pub fn observe_mark(&mut self, mark: Mark, fin: Sides<Option<SeqNum>>) {
        let side = mark.side;
        if mark.len > 1 && self.initiator.is_some() {
            self.octets = Some(mark.time);
        }
        if mark.flags.has(Flags::RST) {
            self.reset(mark);
            return;
        }
        // The ACK is handled before the FIN (RFC 9293 §3.10.7.4): a FIN that acknowledges the peer's did not cross it.
        if let Some(number) = fin[side.peer()].filter(|_| mark.flags.has(Flags::ACK)) {
            self.answered(mark, side, number);
        }
        if mark.flags.has(Flags::FIN) && fin[side].is_some() {
            self.finished(mark, side);
        }
    }

    /// Whether both FINs were acknowledged.
    pub fn complete(&self) -> bool {
        Side::BOTH.into_iter().all(|side| self.fins[side].acknowledged.is_some())
    }

    fn reset(&mut self, mark: Mark) {
        if self.rst.is_none() {
            self.reset_after_close = Side::BOTH.into_iter().all(|side| self.fins[side].first.is_some());
            self.rst = Some(mark);
        }
        self.rsts = self.rsts.saturating_add(1);
    }

    fn finished(&mut self, mark: Mark, side: Side) {
        self.initiator.get_or_insert(side);
        let peer = &self.fins[side.peer()];
        let crossed = peer.first.is_some() && peer.acknowledged.is_none();
        let own = &mut self.fins[side];
        own.crossed |= own.first.is_none() && crossed;
        if own.first.is_some_and(|first| first.end() == mark.end()) {
            own.second.get_or_insert(mark);
        }
        own.first.get_or_insert(mark);
        own.last = Some(mark);
        own.sent.sent(mark.time.nanoseconds());
    }

    /// `number` is that of the FIN which `mark` may acknowledge.
    fn answered(&mut self, mark: Mark, side: Side, number: SeqNum) {
        // A FIN that is sent again shows that its sender heard nothing, not that it counts wrongly.
        let repeats_fin = mark.flags.has(Flags::FIN) && self.fins[side].first.is_some();
        let fin = &mut self.fins[side.peer()];
        if mark.ack.after(number) {
            if fin.acknowledged.is_none() {
                fin.acknowledged = Some(mark);
                fin.acknowledged_by_fin = mark.flags.has(Flags::FIN);
            }
        } else if mark.ack == number && fin.acknowledged.is_none() && !repeats_fin {
            fin.short_of_first.get_or_insert(mark);
            fin.short_of_last = Some(mark);
        }
    }
}
