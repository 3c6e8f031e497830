//! Everything between one pair of endpoints while something of it goes on.

use super::Observer;
use super::key::Key;
use crate::flow::conversation::Conversation;
use crate::flow::lane::{Lane, Place, Tracked};
use crate::flow::{EndReason, Ending, Flow, Limits};
use crate::wire::Segment;

/// The connections between one pair of endpoints.
#[derive(Debug)]
pub struct Live<T> {
    pub(super) key: Key,
    /// Wireshark's `tcp.stream` of now.
    pub(super) stream: u32,
    pub(super) conversation: Conversation,
    /// When the last segment came, nanoseconds of the capture's clock.
    pub(super) last: i64,
    lane: Lane<T>,
    /// Further VLANs and tunnels with the same endpoints.
    others: Vec<Lane<T>>,
}

impl<T: Default> Live<T> {
    /// Nothing yet.
    pub fn new(key: Key, stream: u32, path: u32) -> Self {
        let lane = Lane { path, current: None, previous: None };
        Self { key, stream, conversation: Conversation::default(), last: 0, lane, others: Vec::new() }
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
        let (stream, completeness) = (self.stream, self.conversation.completeness().0);
        let lane = self.lane(segment.path.id);
        let place = lane.place(segment);
        if place == Place::Next {
            let flow = Flow::new(segment);
            let next = Tracked { flow, stream, completeness, notes: T::default(), ending: None };
            if let Some(gone) = lane.succeed(next, segment) {
                end(*gone, Ending { reason: EndReason::Reused, time: segment.time }, limits, observer);
            }
        }
        let tracked = if place == Place::Previous { &mut lane.previous } else { &mut lane.current };
        let Some(tracked) = tracked else { return false };
        if tracked.stream == stream {
            tracked.completeness = completeness;
        }
        let closed_before = tracked.flow.is_closed();
        let step = tracked.flow.observe(segment, limits);
        observer.step(&step, stream, &mut tracked.notes);
        !closed_before && tracked.flow.is_closed()
    }

    /// The connection, where there is just one and nothing beside it.
    pub fn only(&self) -> Option<&Tracked<T>> {
        let alone = self.others.is_empty() && self.lane.previous.is_none();
        self.lane.current.as_deref().filter(|current| alone && current.stream == self.stream)
    }

    /// Ends every flow of the pair, the earlier ones first.
    pub fn end(self, ending: Ending, limits: &Limits, observer: &mut impl Observer<T>) {
        for lane in std::iter::once(self.lane).chain(self.others) {
            for tracked in [lane.previous, lane.current].into_iter().flatten() {
                end(*tracked, ending, limits, observer);
            }
        }
    }

    fn lane(&mut self, path: u32) -> &mut Lane<T> {
        if self.lane.path == path {
            return &mut self.lane;
        }
        let at = self.others.iter().position(|lane| lane.path == path).unwrap_or_else(|| {
            self.others.push(Lane { path, current: None, previous: None });
            self.others.len() - 1
        });
        &mut self.others[at]
    }
}

/// Runs the last step of a flow and tells of it; one that was superseded ended when that happened.
pub fn end<T>(mut tracked: Tracked<T>, ending: Ending, limits: &Limits, observer: &mut impl Observer<T>) {
    let ending = tracked.ending.unwrap_or(ending);
    observer.step(&tracked.flow.end(ending, limits), tracked.stream, &mut tracked.notes);
    observer.ended(&tracked);
}
