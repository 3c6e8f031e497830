//! The flow table: a [`Segment`] in; the [`Step`] of its connection, and the connections that end meanwhile, out.

use super::conversation::{Conversation, Pair, Relation, Slot};
use super::lane::{Lane, Place, Tracked};
use super::list::{Links, List};
use super::{EndReason, Ending, Flow, Limits, Step};
use crate::capture::Timestamp;
use crate::wire::{Segment, Standing};
use rustc_hash::FxBuildHasher;
use std::collections::HashMap;

/// Who is told what happens in a table; `T` is what it keeps with each flow.
pub trait Observer<T> {
    /// A segment was counted.
    fn step(&mut self, step: &Step<'_>, stream: u32, notes: &mut T);
    /// A flow ended.
    fn ended(&mut self, flow: &Tracked<T>);
}

/// What a segment was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Wireshark's `tcp.stream`; `None` where too little of the header was captured.
    pub stream: Option<u32>,
}

/// Everything between one pair of endpoints.
#[derive(Debug)]
struct Entry<T> {
    pair: Pair,
    conversation: Conversation,
    stream: u32,
    lane: Lane<T>,
    /// Further VLANs and tunnels with the same endpoints.
    others: Vec<Lane<T>>,
    last: i64,
    links: Links,
}

/// All connections of a capture.
#[derive(Debug)]
pub struct Table<T> {
    limits: Limits,
    index: HashMap<Pair, u32, FxBuildHasher>,
    entries: Vec<Entry<T>>,
    recent: List,
    streams: u32,
    clock: Timestamp,
}

impl<T: Default> Table<T> {
    /// An empty table.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            index: HashMap::default(),
            entries: Vec::new(),
            recent: List::default(),
            streams: 0,
            clock: Timestamp::default(),
        }
    }

    /// The limits it judges by.
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// How many streams, as Wireshark counts them, there were.
    pub const fn streams(&self) -> u32 {
        self.streams
    }

    /// Counts a segment and tells `observer` what came of it.
    pub fn observe(&mut self, segment: &Segment, observer: &mut impl Observer<T>) -> Placed {
        self.tick(segment.time);
        if !Conversation::admits(segment) {
            return Placed { stream: None };
        }
        let at = self.entry(segment, observer);
        let entry = &mut self.entries[at as usize];
        if entry.conversation.arrive(segment, Slot::of(segment)).relation == Relation::Reused {
            entry.stream = self.streams;
            self.streams += 1;
        }
        let stream = entry.stream;
        match segment.standing {
            Standing::Quoted(_) => entry.quote(segment),
            _ if segment.auditable() => entry.observe(segment, &self.limits, observer),
            _ => {}
        }
        Placed { stream: Some(stream) }
    }

    /// Puts the capture's clock forward to `time`: frames without a segment show that time went on, too.
    pub fn tick(&mut self, time: Timestamp) {
        if time.nanoseconds() > self.clock.nanoseconds() {
            self.clock = time;
        }
    }

    /// Ends every flow: the capture is over.
    pub fn finish(&mut self, observer: &mut impl Observer<T>) {
        let ending = Ending { reason: EndReason::CaptureEnd, time: self.clock };
        for entry in &mut self.entries {
            entry.end(ending, observer);
        }
        self.entries.clear();
        self.index.clear();
        self.recent = List::default();
    }

    /// The place of the segment's pair, made if there is none.
    fn entry(&mut self, segment: &Segment, observer: &mut impl Observer<T>) -> u32 {
        let pair = Pair::of(segment);
        if let Some(&at) = self.index.get(&pair) {
            self.recent.touch(at, &mut self.entries);
            self.entries[at as usize].last = self.clock.nanoseconds();
            return at;
        }
        self.expire(observer);
        let entry = Entry {
            pair,
            conversation: Conversation::default(),
            stream: self.streams,
            lane: Lane { path: segment.path.id, current: None, previous: None },
            others: Vec::new(),
            last: self.clock.nanoseconds(),
            links: Links::default(),
        };
        self.streams += 1;
        let at = self.recent.insert(entry, &mut self.entries);
        self.index.insert(pair, at);
        at
    }

    /// Ends what has been silent for too long, and the most silent where there are too many.
    fn expire(&mut self, observer: &mut impl Observer<T>) {
        let now = self.clock.nanoseconds();
        while let Some(oldest) = self.recent.oldest() {
            let entry = &mut self.entries[oldest as usize];
            let reason = match () {
                () if now.saturating_sub(entry.last) > self.limits.idle_timeout => EndReason::Idle,
                () if self.index.len() >= self.limits.max_flows => EndReason::Evicted,
                () => return,
            };
            entry.end(Ending { reason, time: self.clock }, observer);
            self.index.remove(&entry.pair);
            self.recent.remove(oldest, &mut self.entries);
        }
    }
}

impl<T> AsMut<Links> for Entry<T> {
    fn as_mut(&mut self) -> &mut Links {
        &mut self.links
    }
}

impl<T: Default> Entry<T> {
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

    fn quote(&mut self, segment: &Segment) {
        if let Some(current) = &mut self.lane.current {
            current.flow.observe_quote(segment);
        }
    }

    fn observe(&mut self, segment: &Segment, limits: &Limits, observer: &mut impl Observer<T>) {
        let (stream, completeness) = (self.stream, self.conversation.completeness().0);
        let lane = self.lane(segment.path.id);
        let place = lane.place(segment);
        if place == Place::Next {
            let flow = Flow::new(segment);
            let next = Tracked { flow, stream, completeness, notes: T::default(), ending: None };
            if let Some(gone) = lane.succeed(next, segment) {
                end(*gone, Ending { reason: EndReason::Reused, time: segment.time }, observer);
            }
        }
        let tracked = if place == Place::Previous { &mut lane.previous } else { &mut lane.current };
        if let Some(tracked) = tracked {
            if tracked.stream == stream {
                tracked.completeness = completeness;
            }
            let step = tracked.flow.observe(segment, limits);
            observer.step(&step, stream, &mut tracked.notes);
        }
    }

    /// Ends every flow of the pair, the earlier ones first.
    fn end(&mut self, ending: Ending, observer: &mut impl Observer<T>) {
        for lane in std::iter::once(&mut self.lane).chain(&mut self.others) {
            for tracked in [lane.previous.take(), lane.current.take()].into_iter().flatten() {
                end(*tracked, ending, observer);
            }
        }
    }
}

/// Runs the last step of a flow and tells of it; one that was superseded ended when that happened.
fn end<T>(mut tracked: Tracked<T>, ending: Ending, observer: &mut impl Observer<T>) {
    let ending = tracked.ending.unwrap_or(ending);
    observer.step(&tracked.flow.end(ending), tracked.stream, &mut tracked.notes);
    observer.ended(&tracked);
}
