//! The connections that follow each other on one pair of endpoints in one VLAN or tunnel: which one a segment is of.

use super::held::Held;
use super::{EndReason, Ending, Flow, Limits, Side, answers_syn};
use crate::wire::{Flags, Segment, SeqNum};

/// A flow with what its reader keeps of it.
#[derive(Clone, Debug)]
pub struct Tracked<T> {
    /// The flow.
    pub flow: Flow,
    /// Wireshark's `tcp.stream` of its first frame.
    pub stream: u32,
    /// Those of later frames, where Wireshark took a SYN of it for the first of another connection; not more than
    /// [`Tracked::MOST_STREAMS`].
    pub later_streams: Vec<u32>,
    /// Wireshark's `tcp.completeness`, as of its latest segment.
    pub completeness: u8,
    /// What the reader keeps.
    pub notes: T,
    /// How it ended, once another connection took its place.
    pub ending: Option<Ending>,
}

impl<T> Tracked<T> {
    /// How many streams of a connection are known by number; no kernel makes as many of one.
    pub const MOST_STREAMS: usize = 1 << 10;

    /// A flow of which nothing was told yet.
    pub fn new(flow: Flow, stream: u32, completeness: u8, notes: T) -> Self {
        Self { flow, stream, later_streams: Vec::new(), completeness, notes, ending: None }
    }

    /// Notes the stream of its segment at hand.
    pub fn note_stream(&mut self, stream: u32) {
        let known = self.stream == stream || self.later_streams.contains(&stream);
        if !known && self.later_streams.len() < Self::MOST_STREAMS {
            self.later_streams.push(stream);
        }
    }
}

/// The connection of now and the one before it, whose stragglers may still come.
#[derive(Clone, Debug)]
pub struct Lane<T> {
    /// VLAN and tunnel.
    pub path: u32,
    /// The latest connection; `None` once it was told of.
    pub current: Option<Box<Tracked<T>>>,
    /// The one before.
    pub previous: Option<Box<Tracked<T>>>,
    /// A SYN that came while the latest connection was alive, until it is known whether it opens anything.
    pub held: Option<Box<Held>>,
}

/// Which connection of a lane a segment is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The latest.
    Current,
    /// The one before.
    Previous,
    /// One that it opens.
    Next,
    /// The one that the held SYN opens, as this segment shows.
    Opened,
    /// Nobody knows yet.
    Held,
}

impl<T> Lane<T> {
    /// A lane without connections.
    pub const fn new(path: u32) -> Self {
        Self { path, current: None, previous: None, held: None }
    }

    /// Where `segment` belongs.
    pub fn place(&self, segment: &Segment, limits: &Limits) -> Place {
        let Some(current) = &self.current else { return Place::Next };
        if self.held.as_ref().is_some_and(|held| held.is_opened_by(segment, &current.flow, limits)) {
            return Place::Opened;
        }
        let flags = segment.flags;
        match (flags.has(Flags::SYN), flags.has(Flags::ACK)) {
            (true, _) if !opens_credibly(segment) => Place::Current,
            (true, false) => self.place_syn(&current.flow, segment, limits),
            (true, true) => self.place_syn_ack(&current.flow, segment, limits),
            (false, _) if self.belongs_to_previous(&current.flow, segment) => Place::Previous,
            (false, _) if current.flow.is_left_behind_by(segment) => Place::Next,
            (false, _) => Place::Current,
        }
    }

    /// Puts `next` in the place of the latest connection, which `segment` ends; returns the one that has to go.
    pub fn succeed(&mut self, mut next: Tracked<T>, segment: &Segment) -> Option<Box<Tracked<T>>> {
        if let Some(current) = &self.current {
            next.flow.follow(&current.flow);
            next.flow.inherit_time_wait(&current.flow);
        }
        let mut current = self.current.replace(Box::new(next));
        if let Some(current) = &mut current {
            current.ending = Some(Ending { reason: EndReason::Reused, time: segment.time });
        }
        std::mem::replace(&mut self.previous, current)
    }

    /// A RST for the connection before may have ended its TIME-WAIT (RFC 1337).
    pub fn end_time_wait(&mut self, segment: &Segment) {
        let Some(current) = self.current.as_mut().filter(|_| segment.flags.has(Flags::RST)) else { return };
        if segment.source == current.flow.endpoints.client {
            current.flow.time_wait = None;
        }
    }

    /// Holds a SYN until it is known what it is; one held before is forgotten, unless this is a copy of it.
    pub fn hold(&mut self, segment: &Segment) {
        let copied = |held: &Held| (held.segment.source, held.segment.seq) == (segment.source, segment.seq);
        if self.held.as_deref().is_some_and(copied) {
            return;
        }
        self.held = self.current.as_ref().map(|current| Box::new(Held::new(*segment, &current.flow)));
    }

    /// Holds `segment`, which is of the latest connection, against a held SYN.
    pub fn settle_held(&mut self, segment: &Segment, limits: &Limits) {
        let (Some(held), Some(current)) = (&mut self.held, &mut self.current) else { return };
        held.observe(segment, &current.flow);
        if let Some(stray) = held.settled_by(segment, limits) {
            current.flow.stray.get_or_insert_with(|| Box::new(stray));
            self.held = None;
        }
    }

    /// The held SYN, if it has to be taken for one that opens a connection now that the latest one ends.
    pub fn release_held(&mut self) -> Option<Segment> {
        let held = self.held.take()?;
        let stray = |current: &Tracked<T>| held.at_end().or_else(|| held.repeats(&current.flow));
        match (self.current.as_deref().and_then(stray), &mut self.current) {
            (Some(stray), Some(current)) => {
                current.flow.stray.get_or_insert_with(|| Box::new(stray));
                None
            }
            _ => Some(held.segment),
        }
    }

    fn place_syn(&self, current: &Flow, segment: &Segment, limits: &Limits) -> Place {
        if current.is_asked_again_by(segment, limits) {
            // An old copy of its SYN, unless it is answered once more.
            Place::Held
        } else if continues(current, segment) || current.repeats_attempt(segment) {
            Place::Current
        } else if current.is_alive() {
            Place::Held
        } else {
            Place::Next
        }
    }

    fn place_syn_ack(&self, current: &Flow, segment: &Segment, limits: &Limits) -> Place {
        let answers_previous = self.previous.as_ref().is_some_and(|previous| covers_syn(&previous.flow, segment));
        if answers_previous && !covers_syn(current, segment) {
            return Place::Previous;
        }
        let both_seen = current.vantage.client_seen && current.vantage.server_seen;
        let opening = current.opening.ack.is_none() && current.opening.syn.is_some() && !current.is_closed();
        // Once both have sent FIN it answers the next SYN, which comes late or was not captured.
        let over = current.ends.client.fin.is_some() && current.ends.server.fin.is_some();
        let alive = current.is_alive() && !over;
        let changed = both_seen && alive && current.vantage.handshake_seen && concerns(current, segment);
        // After so long the ports may have been taken again, by a SYN that was not captured.
        let afresh = current.opening.syn_ack.is_some() && segment.time.since(current.last) >= limits.time_wait();
        let of_this = answers(current, segment) || ((opening || changed) && !afresh);
        if of_this { Place::Current } else { Place::Next }
    }

    fn belongs_to_previous(&self, current: &Flow, segment: &Segment) -> bool {
        let Some(previous) = self.previous.as_ref().map(|previous| &previous.flow) else { return false };
        // What is just where the one before stands, while nobody has answered the latest.
        let unanswered = current.opening.syn.is_some() && !current.ends.server.seen();
        let exact = unanswered && previous.goes_on_with(segment) && !current.goes_on_with(segment);
        // A RST that a closed socket answers with, long on its way.
        let answered =
            segment.flags.has(Flags::RST) && previous.goes_on_with(segment) && !current.goes_on_with(segment);
        exact || answered || (!current.fits(segment) && previous.fits(segment))
    }
}

/// Whether a segment with SYN is one that could open a connection: no receiver takes SYN with FIN or RST for one.
const fn opens_credibly(segment: &Segment) -> bool {
    segment.auditable() && !segment.flags.any(Flags::FIN.with(Flags::RST))
}

/// Whether a SYN belongs to `flow`: sent again, crossing the other end's, or captured after its answer.
fn continues(flow: &Flow, segment: &Segment) -> bool {
    let opening = &flow.opening;
    let side = flow.side_of(segment);
    match (flow.ends[side].iss, side) {
        (Some(iss), _) => iss == segment.seq,
        (None, Side::Server) => opening.syn.is_some() && opening.syn_ack.is_none(),
        (None, Side::Client) => opening.syn.is_none() && opening.syn_ack.is_some_and(|it| it.ack == segment.seq + 1),
    }
}

/// Whether a SYN-ACK belongs to `flow`: sent again, or the answer to its SYN.
fn answers(flow: &Flow, segment: &Segment) -> bool {
    flow.ends[flow.side_of(segment)].iss == Some(segment.seq) || covers_syn(flow, segment)
}

/// Whether a SYN-ACK with another number has to do with `flow` all the same: it acknowledges its SYN, or stands where its
/// sender is by now. Else it answers a SYN that the capture does not have.
fn concerns(flow: &Flow, segment: &Segment) -> bool {
    /// About as far as one end gets ahead of what was seen of it.
    const NEAR: u32 = 1 << 20;
    let side = flow.side_of(segment);
    let (own, peer) = (&flow.ends[side], &flow.ends[side.peer()]);
    let near =
        |number: SeqNum, known: Option<SeqNum>| known.is_some_and(|it| number.offset_from(it).unsigned_abs() < NEAR);
    peer.iss.is_some_and(|iss| answers_syn(segment.ack, iss, flow.opening.syn_data()))
        || (near(segment.seq, own.snd_nxt) && near(segment.ack, peer.snd_nxt))
}

/// Whether a SYN-ACK acknowledges the SYN of `flow`, which waits for that.
fn covers_syn(flow: &Flow, segment: &Segment) -> bool {
    let peer = &flow.ends[flow.side_of(segment).peer()];
    peer.syn_seen
        && flow.opening.ack.is_none()
        && peer.iss.is_some_and(|iss| segment.ack.after(iss))
        && peer.snd_nxt.is_some_and(|next| segment.ack.at_or_before(next))
}
