//! A connection that has gone in order so far, in the few octets that takes: an ordinary segment in; the same facts as a
//! [`Flow`](super::Flow)'s, or a refusal, out.
//!
//! Nearly all connections open, run and close without anything to remark on. As long as that is so, most of what a flow
//! has room for is empty, or follows from the numbers of the handshake, and no rule has anything to say. So such a
//! connection is kept briefly; the first segment that is not ordinary makes it unfold to the whole flow, which is what it
//! would be had it been whole from the start (proved on every segment of every capture of the tests). With tens of
//! thousands of connections interleaved, what decides the speed is how many lines of memory a segment touches.

mod end;
mod milestone;
mod order;
mod unfold;

use super::conversation::Slot;
use super::copies::Copies;
use super::orderly::is_orderly_syn;
use super::{Limits, Side, Sides};
use crate::capture::FrameNumber;
use crate::wire::{Segment, SeqNum};
use end::BriefEnd;
use milestone::Milestone;

/// How far a brief connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The SYN was seen.
    Asked,
    /// And the SYN-ACK.
    Answered,
    /// And the ACK of both.
    Open,
}

/// A connection that has gone in order so far.
#[derive(Clone, Debug)]
pub(super) struct Brief {
    /// Number of its first frame.
    id: FrameNumber,
    /// Time of its latest segment, nanoseconds since the epoch.
    last: i64,
    /// Frame of its latest segment, counted from the first.
    last_after: u32,
    /// VLAN and tunnel.
    path: u32,
    stage: Stage,
    /// Whether the client is the greater one of its pair.
    client_is_high: bool,
    ends: Sides<BriefEnd>,
    copies: Copies,
    /// SYN, SYN-ACK and ACK, as many as there were.
    handshake: [Milestone; 3],
    tail: Option<Box<Tail>>,
}

/// How a brief connection closes.
#[derive(Clone, Debug, Default)]
struct Tail {
    /// Every segment from the first FIN on.
    segments: Vec<(Side, Milestone)>,
    /// The number of each end's FIN.
    fins: Sides<Option<SeqNum>>,
    /// When the peer first acknowledged it, nanoseconds since the epoch.
    acknowledged: Sides<Option<i64>>,
}

/// Segments from the first FIN on of which a brief connection is made: four close it, data may come between.
const LONGEST_TAIL: usize = 12;

/// What became of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It is not ordinary, and changed nothing.
    Refused,
    /// It was counted.
    Counted,
    /// It was counted, and completed the handshake.
    Agreed,
    /// It was counted, and completed the close.
    Closed,
}

impl Brief {
    /// The connection that `syn` asks for; `None` if there is something odd about it.
    pub fn begin(syn: &Segment) -> Option<Self> {
        if !is_orderly_syn(syn) || !milestone::fits(syn, syn.frame) {
            return None;
        }
        let mut brief = Self {
            id: syn.frame,
            last: syn.time.nanoseconds(),
            last_after: 0,
            path: syn.path.id,
            stage: Stage::Asked,
            client_is_high: Slot::of(syn) == Slot::High,
            ends: Sides::default(),
            copies: Copies::default(),
            handshake: [Milestone::default(); 3],
            tail: None,
        };
        brief.ends.client.ask(syn);
        brief.count(syn, Side::Client);
        brief.handshake[0] = Milestone::of(syn, brief.id);
        Some(brief)
    }

    /// Counts `segment` if it is ordinary.
    #[inline]
    pub fn observe(&mut self, segment: &Segment, limits: &Limits) -> Outcome {
        let side = self.side_of(segment);
        if !self.is_timely(segment, limits) {
            return Outcome::Refused;
        }
        match (self.stage, side) {
            (Stage::Open, _) if self.tail.is_none() => self.observe_open(segment, side),
            (Stage::Open, _) => self.observe_tail(segment, side, limits),
            (Stage::Answered, Side::Client) => self.observe_ack(segment, limits),
            (Stage::Asked, Side::Server) => self.observe_answer(segment),
            _ => Outcome::Refused,
        }
    }

    /// Whether both FINs were acknowledged, and nothing came since.
    pub fn is_closed(&self) -> bool {
        self.tail.as_deref().is_some_and(Tail::is_over)
    }

    /// VLAN and tunnel.
    pub const fn path(&self) -> u32 {
        self.path
    }

    /// SND.NXT of the greater and the smaller end of its pair.
    pub fn snd_nxt(&self) -> [SeqNum; 2] {
        let Sides { client, server } = &self.ends;
        if self.client_is_high { [client.snd_nxt, server.snd_nxt] } else { [server.snd_nxt, client.snd_nxt] }
    }

    /// Nanoseconds that the server took to answer the SYN, and the client to answer the SYN-ACK.
    pub fn answers(&self) -> [i64; 2] {
        let [syn, syn_ack, ack] = &self.handshake;
        [syn_ack.time.saturating_sub(syn.time), ack.time.saturating_sub(syn_ack.time)]
    }

    /// When the SYN came, nanoseconds since the epoch.
    pub fn asked_at(&self) -> i64 {
        self.handshake[0].time
    }

    /// Reads a word of each line in place that counting a segment reads; the value means nothing.
    pub fn touched(&self) -> u64 {
        let Sides { client, server } = &self.ends;
        let own = self.last as u64 ^ u64::from(self.last_after) ^ u64::from(self.tail.is_some());
        own ^ client.touched() ^ server.touched() ^ self.copies.touched()
    }

    /// The same for what lies behind pointers.
    pub fn touched_behind(&self) -> u64 {
        let tail = self.tail.as_deref().map_or(0, |tail| tail.segments.len() as u64);
        let Sides { client, server } = &self.ends;
        tail ^ client.sums.touched() ^ server.sums.touched()
    }

    fn side_of(&self, segment: &Segment) -> Side {
        if (Slot::of(segment) == Slot::High) == self.client_is_high { Side::Client } else { Side::Server }
    }

    /// What counting does to the facts whatever the segment is for.
    fn count(&mut self, segment: &Segment, side: Side) {
        self.copies.remember(segment, side);
        self.ends[side].count(segment);
        self.last = segment.time.nanoseconds();
        self.last_after = (segment.frame - self.id) as u32;
    }
}

impl Tail {
    fn is_over(&self) -> bool {
        self.acknowledged.client.is_some() && self.acknowledged.server.is_some()
    }
}
