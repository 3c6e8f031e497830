//! Which rows a reader wants to see.

use crate::audit::{SegmentEvent, Selection, Subject};
use crate::capture::FrameNumber;
use crate::flow::Side;
use crate::lens::wireshark::expert;
use crate::report::fields::View;
use crate::wire::Endpoint;
use std::ops::RangeInclusive;

/// Which rows are written; all by default.
#[derive(Clone, Debug, Default)]
pub struct PacketChoice {
    /// Endpoints, streams and times.
    pub selection: Selection,
    /// Frame numbers.
    pub frames: Option<RangeInclusive<FrameNumber>>,
    /// Whether only what Wireshark marks, or what a finding is about, is wanted.
    pub flagged: bool,
}

impl PacketChoice {
    /// Whether the choice depends on who is the client, or on findings.
    pub fn needs_audit(&self) -> bool {
        self.flagged || !self.selection.is_everything()
    }

    /// Whether the row of `view` is wanted.
    pub fn takes(&self, view: &View<'_>, event: &SegmentEvent<'_>) -> bool {
        let in_frames = self.frames.as_ref().is_none_or(|frames| frames.contains(&view.record.number));
        in_frames && (!self.flagged || is_flagged(view)) && self.selects(view, event)
    }

    fn selects(&self, view: &View<'_>, event: &SegmentEvent<'_>) -> bool {
        self.selection.is_everything() || self.selection.matches(&subject(view, event))
    }
}

fn subject(view: &View<'_>, event: &SegmentEvent<'_>) -> Subject {
    let segment = &view.decoded.segment;
    let (client, server): (Endpoint, Endpoint) = match event.side {
        Side::Client => (segment.source, segment.destination),
        Side::Server => (segment.destination, segment.source),
    };
    let stream = view.row.stream.unwrap_or(u32::MAX);
    Subject { client, server, stream, from: segment.time, to: segment.time, origin: view.capture_start }
}

fn is_flagged(view: &View<'_>) -> bool {
    let segment = &view.decoded.segment;
    let marked = view.row.record.is_some_and(|record| !record.marks.is_empty());
    let faulty = view.row.exception.is_some()
        || expert::short_segment(segment, view.row)
        || expert::bogus_header_length(segment, view.row);
    marked || faulty || !view.findings.is_empty()
}
