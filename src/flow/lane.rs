//! The connections that follow each other on one pair of endpoints in one VLAN or tunnel: which one a segment is of.

use super::{EndReason, Ending, Flow, Side};
use crate::wire::{Flags, Segment};

/// A flow with what its reader keeps of it.
#[derive(Clone, Debug)]
pub struct Tracked<T> {
    /// The flow.
    pub flow: Flow,
    /// Wireshark's `tcp.stream` of its first frame.
    pub stream: u32,
    /// Wireshark's `tcp.completeness`, as of its latest segment.
    pub completeness: u8,
    /// What the reader keeps.
    pub notes: T,
    /// How it ended, once another connection took its place.
    pub ending: Option<Ending>,
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
}

impl<T> Lane<T> {
    /// Where `segment` belongs.
    pub fn place(&self, segment: &Segment) -> Place {
        let Some(current) = &self.current else { return Place::Next };
        let flow = &current.flow;
        if segment.flags.has(Flags::SYN) && !opens_credibly(segment) {
            return Place::Current;
        }
        let previous_fits = || self.previous.as_ref().is_some_and(|previous| previous.flow.fits(segment));
        match (segment.flags.has(Flags::SYN), segment.flags.any(Flags::ACK.with(Flags::RST))) {
            (true, false) if continues(flow, segment) => Place::Current,
            (true, false) => Place::Next,
            (true, true) if answers(flow, segment) => Place::Current,
            (true, true) if self.previous.as_ref().is_some_and(|previous| answers(&previous.flow, segment)) => {
                Place::Previous
            }
            (true, true) if flow.opening.ack.is_none() && flow.opening.syn.is_some() => Place::Current,
            (true, true) => Place::Next,
            (false, _) if !flow.fits(segment) && previous_fits() => Place::Previous,
            (false, _) => Place::Current,
        }
    }

    /// Puts `next` in the place of the latest connection, which `segment` ends; returns the one that has to go.
    pub fn succeed(&mut self, next: Tracked<T>, segment: &Segment) -> Option<Box<Tracked<T>>> {
        let mut current = self.current.replace(Box::new(next));
        if let Some(current) = &mut current {
            current.ending = Some(Ending { reason: EndReason::Reused, time: segment.time });
        }
        std::mem::replace(&mut self.previous, current)
    }
}

/// Whether a segment with SYN is one that could open a connection: no receiver takes SYN with FIN or RST for one.
const fn opens_credibly(segment: &Segment) -> bool {
    segment.auditable() && !segment.flags.any(Flags::FIN.with(Flags::RST))
}

/// Whether a SYN belongs to `flow`: sent again, or crossing the other end's.
fn continues(flow: &Flow, segment: &Segment) -> bool {
    let side = flow.side_of(segment);
    match flow.ends[side].iss {
        Some(iss) => iss == segment.seq,
        None => side == Side::Server && flow.opening.syn.is_some() && flow.opening.syn_ack.is_none(),
    }
}

/// Whether a SYN-ACK belongs to `flow`: sent again, or the answer to its SYN.
fn answers(flow: &Flow, segment: &Segment) -> bool {
    let side = flow.side_of(segment);
    let repeats = flow.ends[side].iss == Some(segment.seq);
    let peer = &flow.ends[side.peer()];
    let covers = peer.syn_seen
        && peer.iss.is_some_and(|iss| segment.ack.after(iss))
        && peer.snd_nxt.is_some_and(|next| segment.ack.at_or_before(next));
    repeats || (covers && flow.opening.ack.is_none())
}
