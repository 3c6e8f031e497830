//! The segments of one connection, one by one, to the lines of its ladder.

use super::line::offer;
use super::numbers::Numbers;
use super::{Fold, Number, Rung};
use crate::audit::SegmentEvent;
use crate::capture::Timestamp;
use crate::flow::{Side, Sides, State};
use crate::wire::{Flags, Segment};

/// How far the drawing of one connection has come: nothing is kept but the place in it.
#[derive(Clone, Debug)]
pub struct Draft {
    start: Timestamp,
    states: Sides<Option<State>>,
    numbers: Numbers,
    fold: Fold,
    all_segments: bool,
}

impl Draft {
    /// For a connection that begins at `start`; `all_segments` folds nothing.
    pub fn new(start: Timestamp, all_segments: bool) -> Self {
        Self { start, states: Sides::default(), numbers: Numbers::default(), fold: Fold::default(), all_segments }
    }

    /// Takes a segment; where it is worth a line, gives what was folded before it and its rung.
    pub fn add(&mut self, event: &SegmentEvent<'_>) -> Option<(Option<Fold>, Rung)> {
        let (segment, side) = (&event.decoded.segment, event.side);
        let at = segment.time.since(self.start);
        let states = Sides { client: event.client_state, server: event.server_state };
        let moved = std::mem::replace(&mut self.states, states) != states;
        let opens_or_closes = segment.flags.any(Flags::SYN.with(Flags::FIN).with(Flags::RST));
        self.numbers.learn_base(segment, side);
        let told = if self.all_segments || moved || opens_or_closes || !event.findings.is_empty() {
            Some((self.fold.take(), self.rung(event, at, states)))
        } else {
            self.fold.add(side, segment.data_len(), at);
            None
        };
        self.numbers.count(segment, side);
        told
    }

    /// The run of segments after the last rung.
    pub fn finish(&mut self) -> Option<Fold> {
        self.fold.take()
    }

    fn rung(&self, event: &SegmentEvent<'_>, at: i64, states: Sides<Option<State>>) -> Rung {
        let (segment, side) = (&event.decoded.segment, event.side);
        let mut rung = Rung {
            frame: segment.frame,
            at,
            side,
            flags: segment.flags,
            len: segment.data_len(),
            seq: self.seq(segment, side),
            ack: segment.flags.has(Flags::ACK).then(|| self.ack(segment, side)),
            states,
            offer: offer(segment),
            findings: Vec::new(),
        };
        event.findings.iter().for_each(|finding| rung.accuse(finding.into()));
        rung
    }

    fn seq(&self, segment: &Segment, side: Side) -> Number {
        let check = self.numbers.check_seq(segment, side);
        Number { value: segment.seq, owner: side, base: self.numbers.base(side), check }
    }

    fn ack(&self, segment: &Segment, side: Side) -> Number {
        let check = self.numbers.check_ack(segment, side);
        Number { value: segment.ack, owner: side.peer(), base: self.numbers.base(side.peer()), check }
    }
}
