//! The segments of one connection to a time–sequence graph for each direction: data, the lines of ACKs and of the
//! window's edge, SACK blocks, repeats, and where SYN, FIN and RST stand.

mod plot;
mod thinned;

pub use plot::Plot;

use crate::audit::SegmentEvent;
use crate::capture::Timestamp;
use crate::flow::{Relation, Side, Sides};
use crate::wire::{Flags, SackBlock, Segment, SeqNum};
use thinned::{Merge, Thinned};

/// Repeats, late segments and gaps kept of each direction; more are counted.
const MOST_ODD: usize = 256;
/// SYNs, FINs, RSTs and closed windows kept of each direction.
const MOST_MARKS: usize = 32;
/// Largest shift that counts (RFC 7323 §2.3).
const MAX_SHIFT: u8 = 14;

/// Octets on their way: sent from one time to another, from one number to another.
#[derive(Clone, Copy, Debug)]
struct Span {
    from: i64,
    to: i64,
    low: i64,
    high: i64,
}

impl Merge for Span {
    fn merge(&mut self, next: &Self) {
        *self = Self { from: self.from, to: next.to, low: self.low.min(next.low), high: self.high.max(next.high) };
    }
}

/// A line at a time.
#[derive(Clone, Copy, Debug)]
struct Step {
    at: i64,
    place: i64,
}

impl Merge for Step {
    fn merge(&mut self, next: &Self) {
        *self = *next;
    }
}

/// What a segment is beside new data in its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Odd {
    /// Sent before.
    Again,
    /// Fills a hole that was left by another order.
    Late,
}

/// A control bit, or a closed window, at its place.
#[derive(Clone, Copy, Debug)]
struct Sign {
    at: i64,
    place: i64,
    name: &'static str,
}

/// What one end sent, and what its peer said to that.
#[derive(Clone, Debug, Default)]
struct Trace {
    /// A number, and where it is on the axis; later numbers are placed from here, however often they wrap.
    anchor: Option<(SeqNum, i64)>,
    data: Thinned<Span>,
    odd: Vec<(Odd, Span)>,
    acks: Thinned<Step>,
    sacks: Thinned<Span>,
    edge: Thinned<Step>,
    signs: Vec<Sign>,
    /// Whether the peer's window is zero.
    closed: bool,
    left_out: u64,
    octets: u64,
}

/// The graphs of one connection as they grow.
#[derive(Clone, Debug)]
pub struct Graph {
    start: Timestamp,
    traces: Sides<Trace>,
    /// Whether a SYN of that end was seen, and the window scale in it.
    scales: Sides<Option<Option<u8>>>,
}

impl Graph {
    /// For a connection that begins at `start`.
    pub fn new(start: Timestamp) -> Self {
        Self { start, traces: Sides::default(), scales: Sides::default() }
    }

    /// Adds a segment; of what is as it should be no more than `most` points are kept a line.
    pub fn add(&mut self, event: &SegmentEvent<'_>, most: usize) {
        let (segment, side) = (&event.decoded.segment, event.side);
        if event.relation.is_none_or(|relation| relation == Relation::Copy) {
            return;
        }
        if segment.flags.has(Flags::SYN) {
            self.scales[side] = Some(segment.options.window_scale().map(|shift| shift.min(MAX_SHIFT)));
        }
        let at = segment.time.since(self.start);
        let edge = self.window(segment, side);
        self.traces[side].sent(segment, event.relation, at, most);
        if segment.flags.has(Flags::ACK) && !segment.flags.has(Flags::RST) {
            self.traces[side.peer()].heard(segment.ack, edge, at, most);
            self.traces[side.peer()].heard_of_blocks(segment.options.sack(), at, most);
        }
    }

    /// The graph of what `side` sent; `None` where it sent no data.
    pub fn plot(&self, side: Side, id: &str) -> Option<Plot> {
        let trace = &self.traces[side];
        (trace.octets > 0).then(|| Plot::new(trace, side, id))
    }

    /// Octets that a segment offers to take; `None` where the scale is not known.
    fn window(&self, segment: &Segment, side: Side) -> Option<i64> {
        let (own, peer) = (self.scales[side]?, self.scales[side.peer()]?);
        let scaled = !segment.flags.has(Flags::SYN) && peer.is_some();
        let shift = own.filter(|_| scaled).unwrap_or(0);
        Some(i64::from(segment.window.0) << shift)
    }
}

impl Trace {
    fn sent(&mut self, segment: &Segment, relation: Option<Relation>, at: i64, most: usize) {
        let low = self.place(segment.seq);
        let high = low.saturating_add(segment.seg_len().into());
        for (bit, name, place) in [(Flags::SYN, "SYN", low), (Flags::FIN, "FIN", high), (Flags::RST, "RST", low)] {
            if segment.flags.has(bit) && self.signs.len() < MOST_MARKS {
                self.signs.push(Sign { at, place, name });
            }
        }
        if segment.data_len() == 0 || segment.flags.has(Flags::RST) {
            return;
        }
        self.octets = self.octets.saturating_add(segment.data_len().into());
        let span = Span { from: at, to: at, low, high };
        match relation {
            Some(Relation::Retransmission | Relation::RetransmissionWithNew | Relation::KeepAlive) => {
                self.keep(Odd::Again, span);
            }
            Some(Relation::OutOfOrder) => self.keep(Odd::Late, span),
            _ => self.data.push(span, most),
        }
        if self.anchor.is_none_or(|(_, highest)| high > highest) {
            self.anchor = Some((segment.seq + segment.seg_len(), high));
        }
    }

    fn heard(&mut self, ack: SeqNum, window: Option<i64>, at: i64, most: usize) {
        let place = self.place(ack);
        if self.acks.items().last().is_none_or(|last| last.place != place) {
            self.acks.push(Step { at, place }, most);
        }
        let edge = window.map(|window| place.saturating_add(window));
        if let Some(edge) = edge.filter(|edge| self.edge.items().last().is_none_or(|last| last.place != *edge)) {
            self.edge.push(Step { at, place: edge }, most);
        }
        let closed = window == Some(0);
        if closed && !self.closed && self.signs.len() < MOST_MARKS {
            self.signs.push(Sign { at, place, name: "window 0" });
        }
        self.closed = closed;
    }

    /// Octets that the peer has beyond what it acknowledges (RFC 2018).
    fn heard_of_blocks(&mut self, blocks: &[SackBlock], at: i64, most: usize) {
        for block in blocks {
            let (low, high) = (self.place(block.left), self.place(block.right));
            // A reversed block is no stretch; another rule tells of it.
            if low < high {
                self.sacks.push(Span { from: at, to: at, low, high }, most);
            }
        }
    }

    fn keep(&mut self, odd: Odd, span: Span) {
        if self.odd.len() < MOST_ODD {
            self.odd.push((odd, span));
        } else {
            self.left_out += 1;
        }
    }

    /// Where a number is on the axis, near the last ones; the first number is at 0.
    fn place(&mut self, number: SeqNum) -> i64 {
        let (anchor, place) = *self.anchor.get_or_insert((number, 0));
        place.saturating_add(number.offset_from(anchor).into())
    }
}
