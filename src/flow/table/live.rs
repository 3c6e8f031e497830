//! Everything between one pair of endpoints while something of it goes on.

use super::Observer;
use super::key::Key;
use crate::flow::conversation::Conversation;
use crate::flow::lane::{Lane, Place, Tracked};
use crate::flow::{EndReason, Ending, Flow, Limits};
use crate::wire::Segment;

/// VLANs and tunnels that one pair of endpoints may have beside its first; nobody has so many who means well.
const MOST_OTHERS: usize = 63;

/// The connections between one pair of endpoints.
#[derive(Debug)]
pub struct Live<T> {
    pub(super) key: Key,
    /// Wireshark's `tcp.stream` of now.
    pub(super) stream: u32,
    pub(super) conversation: Conversation,
    /// When the last segment came, nanoseconds of the capture's clock.
    pub(super) last: i64,
    /// When it was last put to the end of the order of pairs; never after `last`.
    pub(super) listed: i64,
    lane: Lane<T>,
    /// Further VLANs and tunnels with the same endpoints.
    others: Vec<Lane<T>>,
}

impl<T: Default> Live<T> {
    /// Nothing yet.
    pub fn new(key: Key, stream: u32, path: u32, now: i64) -> Self {
        Self {
            key,
            stream,
            conversation: Conversation::default(),
            last: now,
            listed: now,
            lane: Lane::new(path),
            others: Vec::new(),
        }
    }

    /// Counts a header that an ICMP error quoted.
    pub fn quote(&mut self, segment: &Segment) {
        if let Some(current) = &mut self.lane.current {
            current.flow.observe_quote(segment);
        }
    }

    /// Puts a flow that was followed elsewhere into the empty lane of `path`.
    pub fn adopt(&mut self, path: u32, flow: Flow, completeness: u8, notes: T) {
        let stream = self.stream;
        self.lane(path).current = Some(Box::new(Tracked { flow, stream, completeness, notes, ending: None }));
    }

    /// Counts a segment; whether its flow is closed now and was not before.
    pub fn observe(&mut self, segment: &Segment, limits: &Limits, observer: &mut impl Observer<T>) -> bool {
        let told = self.told(limits);
        let lane = self.lane(segment.path.id);
        let restored = lane.current.as_mut().and_then(|current| current.flow.restored(segment, limits));
        let segment = restored.as_ref().unwrap_or(segment);
        match lane.place(segment, limits) {
            Place::Current => {
                lane.settle_held(segment, limits);
                told.step(&mut lane.current, segment, observer)
            }
            Place::Previous => told.step(&mut lane.previous, segment, observer),
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

    /// Reads a word of each part of the latest flow that counting a segment reads, to have it in the cache by then.
    pub fn touched(&self) -> u64 {
        self.lane.current.as_ref().map_or(0, |current| current.flow.touched())
    }

    /// The connection, where there is just one and nothing beside it.
    pub fn only(&self) -> Option<&Tracked<T>> {
        let alone = self.others.is_empty() && self.lane.previous.is_none() && self.lane.held.is_none();
        self.lane.current.as_deref().filter(|current| alone && current.stream == self.stream)
    }

    /// Ends every flow of the pair, the earlier ones first.
    pub fn end(self, ending: Ending, limits: &Limits, observer: &mut impl Observer<T>) {
        let told = self.told(limits);
        for lane in std::iter::once(self.lane).chain(self.others) {
            told.end(lane, ending, observer);
        }
    }

    /// Tells of the one flow of the pair without a last step.
    pub fn tell(&self, observer: &mut impl Observer<T>) {
        if let Some(current) = &self.lane.current {
            observer.ended(current);
        }
    }

    /// Whether nothing came by `path` before.
    pub fn is_new(&self, path: u32) -> bool {
        self.lane.path != path && self.others.iter().all(|lane| lane.path != path)
    }

    /// VLANs and tunnels beside the first.
    pub fn others(&self) -> usize {
        self.others.len()
    }

    /// Ends what came by the first of the other VLANs and tunnels, if there may be no more of them; whether it did.
    pub fn narrow(&mut self, ending: Ending, limits: &Limits, observer: &mut impl Observer<T>) -> bool {
        let crowded = self.others.len() >= MOST_OTHERS;
        if crowded {
            let lane = self.others.remove(0);
            self.told(limits).end(lane, ending, observer);
        }
        crowded
    }

    fn told<'l>(&self, limits: &'l Limits) -> Told<'l> {
        Told { stream: self.stream, completeness: self.conversation.completeness().0, limits }
    }

    fn lane(&mut self, path: u32) -> &mut Lane<T> {
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

/// What is told with each step of a pair.
struct Told<'l> {
    stream: u32,
    completeness: u8,
    limits: &'l Limits,
}

impl Told<'_> {
    /// Opens the next connection of `lane` with `segment`.
    fn open<T: Default>(&self, lane: &mut Lane<T>, segment: &Segment, observer: &mut impl Observer<T>) -> bool {
        let (stream, completeness) = (self.stream, self.completeness);
        let next = Tracked { flow: Flow::new(segment), stream, completeness, notes: T::default(), ending: None };
        if let Some(gone) = lane.succeed(next, segment) {
            end(*gone, Ending { reason: EndReason::Reused, time: segment.time }, self.limits, observer);
        }
        self.step(&mut lane.current, segment, observer)
    }

    /// Lets go of a held SYN.
    fn release<T: Default>(&self, lane: &mut Lane<T>, observer: &mut impl Observer<T>) {
        if let Some(syn) = lane.release_held() {
            self.open(lane, &syn, observer);
        }
    }

    /// Ends every flow of `lane`.
    fn end<T: Default>(&self, mut lane: Lane<T>, ending: Ending, observer: &mut impl Observer<T>) {
        self.release(&mut lane, observer);
        for tracked in [lane.previous, lane.current].into_iter().flatten() {
            end(*tracked, ending, self.limits, observer);
        }
    }

    /// Counts a segment of the connection in `place`; whether that is closed now and was not before.
    fn step<T>(&self, place: &mut Option<Box<Tracked<T>>>, segment: &Segment, observer: &mut impl Observer<T>) -> bool {
        let Some(tracked) = place else { return false };
        if tracked.stream == self.stream {
            tracked.completeness = self.completeness;
        }
        let closed_before = tracked.flow.is_closed();
        let step = tracked.flow.observe(segment, self.limits);
        observer.step(&step, self.stream, &mut tracked.notes);
        !closed_before && tracked.flow.is_closed()
    }
}

/// Runs the last step of a flow and tells of it; one that was superseded ended when that happened.
pub fn end<T>(mut tracked: Tracked<T>, ending: Ending, limits: &Limits, observer: &mut impl Observer<T>) {
    let ending = tracked.ending.unwrap_or(ending);
    observer.step(&tracked.flow.end(ending, limits), tracked.stream, &mut tracked.notes);
    observer.ended(&tracked);
}
