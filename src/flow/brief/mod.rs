//! A connection that has gone in order so far, in the few octets that takes: an ordinary segment in; the same facts as a
//! [`Flow`](super::Flow)'s, or a refusal, out.
//!
//! Nearly all connections open, run and close without anything to remark on. As long as that is so, no rule has anything
//! to say, and nobody asks for the facts of a flow. So of such a connection the numbers are kept that the next segment is
//! held against, and its segments, packed; the first one that is not ordinary makes it unfold to the whole flow: all of
//! them are counted once more. That is what it would be had it been whole from the start (proved on every segment of every
//! capture of the tests). With tens of thousands of connections interleaved, what decides the speed is how many lines of
//! memory a segment touches: two here, and one where it is put.

mod end;
mod entry;
mod log;
mod order;
mod summary;
mod unfold;

use super::conversation::Slot;
use super::memory::ask_for;
use super::orderly::is_orderly_syn;
use super::{Limits, Open, Side, Sides};
use crate::capture::Timestamp;
use crate::wire::{Endpoint, Packed, SeqNum};
use end::{Asked, BriefEnd, Fin};
use entry::{Entry, PLAIN};
pub(super) use log::Log;
use log::{Pieces, Words};

/// How far a brief connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The SYN was seen.
    Asked,
    /// And the SYN-ACK.
    Answered,
    /// And the ACK of both.
    Open,
    /// And a FIN.
    Closing,
}

/// A connection that has gone in order so far.
///
/// What every segment is held against comes first. With what a [`Live`](super::table) pair has before it, that is two
/// lines of memory; the third is wanted only where a connection opens, closes, or takes more room.
#[derive(Clone, Debug)]
#[repr(C)]
pub(super) struct Brief {
    /// Whether the client is the greater one of its pair.
    client_is_high: bool,
    stage: Stage,
    /// Whether both ends send timestamps (RFC 7323 §3.2).
    timestamps: bool,
    /// Segments.
    count: u8,
    /// VLAN and tunnel.
    path: u16,
    /// Every segment, packed.
    words: Words,
    /// Time of its latest segment, nanoseconds since the epoch.
    last: i64,
    /// Number of its first frame.
    id: u32,
    /// Frame of its latest segment, counted from the first.
    last_after: u32,
    ends: Sides<BriefEnd>,
    /// When the SYN came, nanoseconds since the epoch.
    asked_at: i64,
    /// When the first FIN that was acknowledged was, nanoseconds since the epoch.
    half_closed_at: i64,
    asked: Sides<Asked>,
    /// Where the words are.
    pieces: Pieces,
}

/// Segments of which a brief connection is made: more of them take more room than the whole flow.
const LONGEST: u8 = 32;

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
    /// Octets at the beginning that every segment needs.
    #[cfg(test)]
    pub const NEAR: usize = std::mem::offset_of!(Self, asked_at);

    /// Whether `syn` may be the first segment of one: there is nothing odd about it.
    pub fn may_begin(syn: &Packed) -> bool {
        is_orderly_syn(syn)
    }

    /// The connection that `syn`, which [`Brief::may_begin`] and `slot` sent, asks for. The SYN is not entered yet. (The
    /// connection is made where it is kept: to move what was just written takes longer than to write it.)
    #[inline(always)]
    pub fn asked_for(syn: &Packed, slot: Slot) -> Self {
        Self {
            client_is_high: slot == Slot::High,
            stage: Stage::Asked,
            timestamps: false,
            count: 0,
            path: syn.path,
            last: syn.time,
            id: syn.frame,
            last_after: 0,
            words: Words::default(),
            ends: Sides { client: BriefEnd::asking(syn), server: BriefEnd::default() },
            asked_at: syn.time,
            half_closed_at: 0,
            asked: Sides { client: Asked::by(syn), server: Asked::default() },
            pieces: Pieces::default(),
        }
    }

    /// Enters the SYN that the connection was asked for with.
    pub fn enter_syn(&mut self, syn: &Packed, log: &mut Log) {
        self.enter(syn, Side::Client, log);
    }

    /// Counts a segment that `slot` sent if it is ordinary.
    #[inline]
    pub fn observe(&mut self, packed: &Packed, slot: Slot, limits: &Limits, log: &mut Log) -> Outcome {
        if !self.is_timely(packed, limits) {
            return Outcome::Refused;
        }
        match (self.stage, self.side_of(slot)) {
            (Stage::Open | Stage::Closing, side) => self.observe_open(packed, side, limits, log),
            (Stage::Answered, Side::Client) => self.observe_ack(packed, limits, log),
            (Stage::Asked, Side::Server) => self.observe_answer(packed, log),
            _ => Outcome::Refused,
        }
    }

    /// Gives back the room of its segments.
    pub fn free(&self, log: &mut Log) {
        log.free(&self.pieces, self.words);
    }

    /// Whether both FINs were acknowledged, and nothing came since.
    pub fn is_closed(&self) -> bool {
        self.ends.client.released() && self.ends.server.released()
    }

    /// VLAN and tunnel.
    pub fn path(&self) -> u32 {
        self.path.into()
    }

    /// SND.NXT of the greater and the smaller end of its pair.
    pub fn snd_nxt(&self) -> [SeqNum; 2] {
        let Sides { client, server } = &self.ends;
        if self.client_is_high { [client.snd_nxt, server.snd_nxt] } else { [server.snd_nxt, client.snd_nxt] }
    }

    /// Nanoseconds that the server took to answer the SYN, and the client to answer the SYN-ACK.
    pub fn answers(&self, log: &Log) -> [i64; 2] {
        let waited = |entry: u16| {
            let words = log.get(&self.pieces, self.words, entry * PLAIN as u16, PLAIN);
            words.and_then(|(words, _)| Entry::unpack(words)).map_or(0, |entry| entry.waited)
        };
        [waited(1), waited(2)]
    }

    /// What there is to tell of a connection that is open both ways; `endpoints` are those of its pair, the greater one
    /// first.
    pub fn still_open(&self, endpoints: [Endpoint; 2], log: &Log) -> Option<Open> {
        (self.stage == Stage::Open).then(|| Open {
            ends: self.sides(endpoints),
            frame: u64::from(self.id) + u64::from(self.last_after),
            time: Timestamp::from_nanoseconds(self.last),
            answers: self.answers(log),
        })
    }

    /// Client and server of its pair's endpoints, the greater one first.
    fn sides(&self, [high, low]: [Endpoint; 2]) -> Sides<Endpoint> {
        if self.client_is_high { Sides { client: high, server: low } } else { Sides { client: low, server: high } }
    }

    /// Which end of its pair is the client.
    pub const fn client(&self) -> Slot {
        if self.client_is_high { Slot::High } else { Slot::Low }
    }

    /// When the SYN came, nanoseconds since the epoch.
    pub const fn asked_at(&self) -> i64 {
        self.asked_at
    }

    /// Asks for what counting a segment needs beside what comes first.
    pub fn ask_behind(&self, log: &Log) {
        let more = log.ask_for(self.words);
        if more || self.stage != Stage::Open {
            ask_for(&self.asked_at);
        }
    }

    /// Asks for the first segments.
    pub fn ask_first(&self, log: &Log) {
        log.ask_for_first(&self.pieces);
    }

    fn side_of(&self, slot: Slot) -> Side {
        if (slot == Slot::High) == self.client_is_high { Side::Client } else { Side::Server }
    }

    /// Whether the entry after `number` others keeps timestamps: those of SYN and SYN-ACK are known of the ends.
    const fn is_stamped(&self, number: u8) -> bool {
        number >= 2 && self.timestamps
    }

    /// Keeps `packed`; whether it can be kept.
    #[inline]
    fn enter(&mut self, packed: &Packed, side: Side, log: &mut Log) -> bool {
        let after = packed.frame - self.id;
        let peer = self.ends[side.peer()].snd_nxt;
        // Frames only ever count up: what would be a step back is too far.
        let frames = after.wrapping_sub(self.last_after);
        let Some(entry) = Entry::pack(packed, packed.time - self.last, frames, peer, side == Side::Client) else {
            return false;
        };
        let stamped = self.is_stamped(self.count);
        let [a, b, c, d, e, f, ..] = entry;
        let (words, pieces) = (&mut self.words, &mut self.pieces);
        let kept = if stamped { log.push(words, pieces, entry) } else { log.push(words, pieces, [a, b, c, d, e, f]) };
        if !kept {
            return false;
        }
        self.count += 1;
        self.last_after = after;
        self.last = packed.time;
        true
    }
}
