//! Everything between one pair of endpoints while something of it goes on.

use super::branches::{Branches, Standing};
use super::key::Key;
use super::told::Told;
use super::{Detail, Observer, Orderly};
use crate::flow::brief::{Brief, Log, Outcome};
use crate::flow::conversation::{Conversation, Slot};
use crate::flow::lane::{Lane, Place, Tracked};
use crate::flow::{EndReason, Ending, Flow, Limits, Side, Sides};
use crate::wire::{Endpoint, Flags, Packed, Segment, SeqNum};

/// VLANs and tunnels that one pair of endpoints may have beside its first; nobody has so many who means well.
const MOST_OTHERS: usize = 63;

/// The connections between one pair of endpoints: whole lines of memory, no more of them than needed, and what every
/// segment needs in two of them.
#[derive(Debug)]
#[repr(C, align(64))]
pub struct Live<T> {
    pub(super) key: Key,
    /// Wireshark's `tcp.stream` of now.
    pub(super) stream: u32,
    pub(super) conversation: Conversation,
    /// When the last segment came, nanoseconds of the capture's clock.
    pub(super) last: i64,
    /// When it was last put to the end of the order of pairs; never after `last`.
    pub(super) listed: i64,
    followed: Followed<T>,
}

/// How the connections of a pair are kept. The larger way is the common one: it is in place so that nothing is to be followed.
#[allow(clippy::large_enum_variant)]
#[derive(Debug)]
enum Followed<T> {
    /// There is one, and it has gone in order so far.
    Briefly(Brief),
    /// Whole.
    Whole(Lanes<T>),
}

/// The connections of a pair in each VLAN and tunnel.
#[derive(Debug)]
struct Lanes<T> {
    lane: Lane<T>,
    /// Further VLANs and tunnels with the same endpoints.
    others: Vec<Lane<T>>,
    /// Which VLANs and tunnels show the connections of others; nothing where there is one alone.
    branches: Option<Box<Branches>>,
}

impl<T: Default> Live<T> {
    /// Octets at the beginning that every segment needs.
    pub const NEAR: usize = 128;

    /// Nothing yet.
    pub fn new(key: Key, stream: u32, path: u32, now: i64) -> Self {
        let followed = Followed::Whole(Lanes::new(path));
        Self { key, stream, conversation: Conversation::default(), last: now, listed: now, followed }
    }

    /// The connection that `syn`, which [`Brief::may_begin`] and `slot` sent, asks for; the SYN is not entered yet.
    #[inline(always)]
    pub fn asked_for(key: Key, stream: u32, syn: &Packed, slot: Slot, now: i64) -> Self {
        let followed = Followed::Briefly(Brief::asked_for(syn, slot));
        Self { key, stream, conversation: Conversation::begun(syn, slot), last: now, listed: now, followed }
    }

    /// Enters the SYN that the connection was asked for with.
    pub fn enter_syn(&mut self, syn: &Packed, log: &mut Log) {
        if let Followed::Briefly(brief) = &mut self.followed {
            brief.enter_syn(syn, log);
        }
    }

    /// Counts a segment if the connection has gone in order so far and still does; what became of it.
    pub fn observe_briefly(&mut self, segment: &Segment, limits: &Limits, log: &mut Log) -> Outcome {
        match (&self.followed, Packed::of(segment)) {
            (Followed::Briefly(_), Some(packed)) => self.observe_packed(&packed, Slot::of(segment), limits, log),
            _ => Outcome::Refused,
        }
    }

    /// The same of an ordinary segment, which `slot` sent.
    #[inline]
    pub fn observe_packed(&mut self, packed: &Packed, slot: Slot, limits: &Limits, log: &mut Log) -> Outcome {
        let Followed::Briefly(brief) = &mut self.followed else { return Outcome::Refused };
        let outcome = brief.observe(packed, slot, limits, log);
        if outcome == Outcome::Refused {
            return outcome;
        }
        if packed.bits.flags().has(Flags::SYN) {
            self.conversation.answered(packed, slot);
        } else {
            self.conversation.go_on(packed);
        }
        outcome
    }

    /// Client and server of a connection that has gone in order so far, and when the SYN came, nanoseconds since the epoch;
    /// `sides` are those of a key and its client.
    pub fn asked(&self, sides: impl FnOnce(&Key, Slot) -> Sides<Endpoint>) -> Option<(Sides<Endpoint>, i64)> {
        match &self.followed {
            Followed::Briefly(brief) => Some((sides(&self.key, brief.client()), brief.asked_at())),
            Followed::Whole(_) => None,
        }
    }

    /// Makes the connection whole; `endpoints` are those of the key.
    pub fn unfold(&mut self, limits: &Limits, log: &mut Log, endpoints: impl FnOnce(&Key) -> [Endpoint; 2]) {
        let Followed::Briefly(brief) = &self.followed else { return };
        let (stream, completeness) = (self.stream, self.conversation.completeness().0);
        let (ends, bases) = (endpoints(&self.key), self.conversation.bases(brief.client()));
        let current = brief.begun(ends, bases, log).map(|flow| {
            let mut tracked = Box::new(Tracked::new(flow, stream, completeness, T::default()));
            brief.unfold(ends, bases, limits, log, &mut tracked.flow);
            tracked
        });
        let path = brief.path();
        brief.free(log);
        self.followed = Followed::Whole(Lanes { lane: Lane { current, ..Lane::new(path) }, ..Lanes::new(path) });
    }

    /// Counts a header that an ICMP error quoted.
    pub fn quote(&mut self, segment: &Segment) {
        if let Followed::Whole(lanes) = &mut self.followed
            && let Some(current) = &mut lanes.lane.current
        {
            current.flow.observe_quote(segment);
        }
    }

    /// Puts a flow that was followed elsewhere into the empty lane of `path`.
    pub fn adopt(&mut self, path: u32, flow: Flow, completeness: u8, notes: T) {
        let stream = self.stream;
        if let Followed::Whole(lanes) = &mut self.followed {
            lanes.of(path).current = Some(Box::new(Tracked::new(flow, stream, completeness, notes)));
        }
    }

    /// Counts a segment of a pair that is followed whole; whether its flow is closed now and was not before.
    pub fn observe(&mut self, segment: &Segment, limits: &Limits, observer: &mut impl Observer<T>) -> bool {
        let told = self.told(limits);
        let Followed::Whole(lanes) = &mut self.followed else { return false };
        let mut path = segment.path.id;
        if lanes.lane.path != path || lanes.branches.is_some() {
            let (lane, standing) = lanes.branch(segment, limits);
            path = lane;
            if standing == Standing::Copy {
                told.copy(&mut lanes.of(path).current, segment, observer);
                return false;
            }
        }
        let lane = lanes.of(path);
        let restored = lane.current.as_mut().and_then(|current| current.flow.restored(segment, limits));
        let segment = restored.as_ref().unwrap_or(segment);
        match lane.place(segment, limits) {
            Place::Current => {
                lane.settle_held(segment, limits);
                told.step(&mut lane.current, segment, observer)
            }
            Place::Previous => {
                lane.end_time_wait(segment);
                told.step(&mut lane.previous, segment, observer)
            }
            Place::Held => {
                lane.hold(segment);
                false
            }
            Place::Next => {
                told.release(lane, observer);
                told.open(lane, segment, observer)
            }
            Place::Opened => {
                if let Some(held) = lane.held.take() {
                    told.open(lane, &held.segment, observer);
                }
                told.step(&mut lane.current, segment, observer)
            }
        }
    }

    /// Asks for what lies behind pointers; reads it, where that leads on. The value means nothing.
    pub fn touched_behind(&self, log: &Log) -> u64 {
        match &self.followed {
            Followed::Briefly(brief) => {
                brief.ask_behind(log);
                0
            }
            Followed::Whole(lanes) => lanes.lane.current.as_ref().map_or(0, |current| current.flow.touched()),
        }
    }

    /// Asks for what telling of a flow that went in order needs.
    pub fn ask_first(&self, log: &Log) {
        if let Followed::Briefly(brief) = &self.followed {
            brief.ask_first(log);
        }
    }

    /// SND.NXT of the greater and the smaller end, where there is one connection, it is closed, and there is nothing
    /// beside it.
    pub fn closed_at(&self) -> Option<[SeqNum; 2]> {
        match &self.followed {
            Followed::Briefly(brief) => brief.is_closed().then(|| brief.snd_nxt()),
            Followed::Whole(lanes) => {
                let flow = lanes.only().filter(|only| only.stream == self.stream).map(|only| &only.flow)?;
                // Who refused a connection sent nothing but RST, and will stand there.
                let rst = flow.closing.as_deref().and_then(|closing| closing.rst);
                let refused = |side: Side| rst.filter(|rst| rst.side == side).map(|rst| rst.seq);
                let next = |side: Side| flow.ends[side].snd_nxt.or_else(|| refused(side));
                let (client, server) = (next(Side::Client)?, next(Side::Server)?);
                let client_is_high = flow.endpoints.client > flow.endpoints.server;
                flow.is_closed().then_some(if client_is_high { [client, server] } else { [server, client] })
            }
        }
    }

    /// Ends every flow of the pair, the earlier ones first; `endpoints` are those of the key. Nothing is left of it.
    pub fn end(
        &mut self,
        ending: Ending,
        limits: &Limits,
        log: &mut Log,
        endpoints: impl Fn(&Key) -> [Endpoint; 2],
        observer: &mut impl Observer<T>,
    ) {
        if let Followed::Briefly(brief) = &self.followed
            && ending.reason == EndReason::CaptureEnd
            && let Some(open) = brief.still_open(endpoints(&self.key), log)
            && observer.still_open(&open) == Detail::Nothing
        {
            brief.free(log);
        } else if let Followed::Briefly(brief) = &self.followed
            && brief.is_closed()
        {
            let (stream, completeness) = (self.stream, self.conversation.completeness().0);
            let summary = || {
                let bases = self.conversation.bases(brief.client());
                brief.summary(endpoints(&self.key), bases, stream, completeness, limits, log)
            };
            observer.orderly(&Orderly { answers: brief.answers(log), summary: &summary });
            return brief.free(log);
        } else {
            self.unfold(limits, log, endpoints);
        }
        let told = self.told(limits);
        let Followed::Whole(lanes) = &mut self.followed else { return };
        let lanes = std::mem::replace(lanes, Lanes::new(0));
        for lane in std::iter::once(lanes.lane).chain(lanes.others) {
            told.end(lane, ending, observer);
        }
    }

    /// Whether `segment` comes by a VLAN or tunnel of which nothing is followed, and shows no connection of another one.
    pub fn is_new(&self, segment: &Segment, limits: &Limits) -> bool {
        match &self.followed {
            Followed::Briefly(brief) => brief.path() != segment.path.id,
            Followed::Whole(lanes) => lanes.is_new(segment, limits),
        }
    }

    /// VLANs and tunnels beside the first.
    pub fn others(&self) -> usize {
        match &self.followed {
            Followed::Briefly(_) => 0,
            Followed::Whole(lanes) => lanes.others.len(),
        }
    }

    /// Ends what came by the first of the other VLANs and tunnels, if there may be no more of them; whether it did.
    pub fn narrow(&mut self, ending: Ending, limits: &Limits, observer: &mut impl Observer<T>) -> bool {
        let told = self.told(limits);
        let Followed::Whole(lanes) = &mut self.followed else { return false };
        let crowded = lanes.others.len() >= MOST_OTHERS;
        if crowded {
            let lane = lanes.others.remove(0);
            told.end(lane, ending, observer);
        }
        crowded
    }

    fn told<'l>(&self, limits: &'l Limits) -> Told<'l> {
        Told { stream: self.stream, completeness: self.conversation.completeness().0, limits }
    }

    /// Tells of the one flow of the pair without a last step.
    pub fn tell(&self, observer: &mut impl Observer<T>) {
        if let Followed::Whole(lanes) = &self.followed
            && let Some(current) = &lanes.lane.current
        {
            observer.ended(current);
        }
    }
}

impl<T> Lanes<T> {
    fn new(path: u32) -> Self {
        Self { lane: Lane::new(path), others: Vec::new(), branches: None }
    }

    fn is_new(&self, segment: &Segment, limits: &Limits) -> bool {
        let path = segment.path.id;
        let known = self.branches.as_ref().and_then(|branches| branches.lane_of(path));
        self.followed(path).is_none() && known.is_none() && self.shown_by(segment, limits).is_none()
    }

    /// The VLAN or tunnel among whose connections `segment` counts, and how.
    fn branch(&mut self, segment: &Segment, limits: &Limits) -> (u32, Standing) {
        let path = segment.path.id;
        let known = self.branches.as_ref().and_then(|branches| branches.lane_of(path));
        let lane = known.or_else(|| self.followed(path).map(|_| path)).or_else(|| self.shown_by(segment, limits));
        let Some(lane) = lane else { return (path, Standing::Own) };
        if lane != path && known.is_none() && !self.branches.get_or_insert_default().attach(path, lane) {
            return (path, Standing::Own);
        }
        let flow = self.followed(lane).and_then(|lane| lane.current.as_deref()).map(|current| &current.flow);
        let seen = flow.is_none_or(|flow| flow.ends[flow.side_of(segment)].seen());
        let fits = flow.is_some_and(|flow| segment.flags.has(Flags::SYN) || flow.fits(segment));
        let Some(branches) = &mut self.branches else { return (lane, Standing::Own) };
        match branches.standing(path, lane, Slot::of(segment), seen) {
            Standing::Own => (lane, Standing::Own),
            Standing::Copy if fits => (lane, Standing::Copy),
            // Another connection with these endpoints, on its own way from now on.
            Standing::Copy => {
                branches.detach(path);
                (path, Standing::Own)
            }
        }
    }

    fn followed(&self, path: u32) -> Option<&Lane<T>> {
        std::iter::once(&self.lane).chain(&self.others).find(|lane| lane.path == path)
    }

    /// The VLAN or tunnel that shows the connection of `segment` already: its copy, or what it answers.
    fn shown_by(&self, segment: &Segment, limits: &Limits) -> Option<u32> {
        let shows = |lane: &&Lane<T>| lane.current.as_ref().is_some_and(|it| it.flow.is_shown_by(segment, limits));
        std::iter::once(&self.lane).chain(&self.others).find(shows).map(|lane| lane.path)
    }

    /// The connection, where there is just one and nothing beside it.
    fn only(&self) -> Option<&Tracked<T>> {
        let alone = self.others.is_empty() && self.lane.previous.is_none() && self.lane.held.is_none();
        self.lane.current.as_deref().filter(|_| alone)
    }

    fn of(&mut self, path: u32) -> &mut Lane<T> {
        if self.lane.path == path {
            return &mut self.lane;
        }
        let at = self.others.iter().position(|lane| lane.path == path).unwrap_or_else(|| {
            self.others.push(Lane::new(path));
            self.others.len() - 1
        });
        &mut self.others[at]
    }
}

#[cfg(test)]
mod tests {
    use super::Live;
    use crate::flow::brief::Brief;
    use std::mem::offset_of;

    #[test]
    fn stays_small() {
        assert!(size_of::<Option<Live<()>>>() <= 192, "{} octets", size_of::<Option<Live<()>>>());
        assert_eq!(offset_of!(Live<()>, followed) + Brief::NEAR, Live::<()>::NEAR);
    }
}
