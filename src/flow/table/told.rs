//! Segments counted by flows that are followed whole, and who listens told of it.

use super::Observer;
use crate::flow::lane::{Lane, Tracked};
use crate::flow::{EndReason, Ending, Flow, Limits};
use crate::wire::Segment;

/// What is told with each step of a pair.
pub(super) struct Told<'l> {
    pub stream: u32,
    pub completeness: u8,
    pub limits: &'l Limits,
}

impl Told<'_> {
    /// Opens the next connection of `lane` with `segment`.
    pub fn open<T: Default>(&self, lane: &mut Lane<T>, segment: &Segment, observer: &mut impl Observer<T>) -> bool {
        let (stream, completeness) = (self.stream, self.completeness);
        let next = Tracked::new(Flow::new(segment), stream, completeness, T::default());
        if let Some(gone) = lane.succeed(next, segment) {
            end(gone, Ending { reason: EndReason::Reused, time: segment.time }, self.limits, observer);
        }
        self.step(&mut lane.current, segment, observer)
    }

    /// Lets go of a held SYN.
    pub fn release<T: Default>(&self, lane: &mut Lane<T>, observer: &mut impl Observer<T>) {
        if let Some(syn) = lane.release_held() {
            self.open(lane, &syn, observer);
        }
    }

    /// Ends every flow of `lane`.
    pub fn end<T: Default>(&self, mut lane: Lane<T>, ending: Ending, observer: &mut impl Observer<T>) {
        self.release(&mut lane, observer);
        for tracked in [lane.previous, lane.current].into_iter().flatten() {
            end(tracked, ending, self.limits, observer);
        }
    }

    /// Counts a segment as a copy of one of the connection in `place`.
    pub fn copy<T>(&self, place: &mut Option<Box<Tracked<T>>>, segment: &Segment, observer: &mut impl Observer<T>) {
        if let Some(tracked) = place {
            tracked.note_stream(self.stream);
            let side = tracked.flow.side_of(segment);
            let step = tracked.flow.observe_copy(segment, side);
            observer.step(&step, self.stream, &mut tracked.notes);
        }
    }

    /// Counts a segment of the connection in `place`; whether that is closed now and was not before.
    pub fn step<T>(
        &self,
        place: &mut Option<Box<Tracked<T>>>,
        segment: &Segment,
        observer: &mut impl Observer<T>,
    ) -> bool {
        let Some(tracked) = place else { return false };
        if tracked.stream == self.stream {
            tracked.completeness = self.completeness;
        } else {
            tracked.note_stream(self.stream);
        }
        let closed_before = tracked.flow.is_closed();
        let step = tracked.flow.observe(segment, self.limits);
        observer.step(&step, self.stream, &mut tracked.notes);
        !closed_before && tracked.flow.is_closed()
    }
}

/// Runs the last step of a flow and tells of it; one that was superseded ended when that happened.
fn end<T>(mut tracked: Box<Tracked<T>>, ending: Ending, limits: &Limits, observer: &mut impl Observer<T>) {
    let ending = tracked.ending.unwrap_or(ending);
    observer.step(&tracked.flow.end(ending, limits), tracked.stream, &mut tracked.notes);
    observer.ended(&tracked);
}
