//! Anything a reader of an audit may want, in the one output order, and the trait that receives it.

use super::{Clusters, NotJudged, Whereabouts};
use crate::capture::{FrameNumber, Record, Timestamp};
use crate::flow::{FlowSummary, Limits, Relation, Side, State};
use crate::rules::{Finding, Rule, Severity};
use crate::wire::{Decoded, Endpoint, Segment, Skip};
use std::collections::BTreeMap;
use std::io;

/// What a capture is, known when its first frame was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaptureHead {
    /// Its name as given: a path, or `-`.
    pub name: String,
    /// `pcap` or `pcapng`, with byte order, resolution and compression: `pcapng, gzip`.
    pub format: String,
    /// The configuration file that its findings were judged by.
    pub configuration: Option<String>,
    /// The limits that it is audited under.
    pub limits: Limits,
}

/// One end as findings name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The end that asked.
    pub client: Endpoint,
    /// Its peer.
    pub server: Endpoint,
}

/// One TCP segment and what it did.
#[derive(Clone, Copy, Debug)]
pub struct SegmentEvent<'a> {
    /// The frame it was in.
    pub record: &'a Record<'a>,
    /// Time of the first frame of the capture.
    pub capture_start: Timestamp,
    /// The segment and its octets.
    pub decoded: &'a Decoded<'a>,
    /// Wireshark's `tcp.stream`; `None` where too little of the header was captured.
    pub stream: Option<u32>,
    /// The flow's first frame; `None` where the segment belongs to none (quoted headers).
    pub flow_id: Option<FrameNumber>,
    /// Who sent it.
    pub side: Side,
    /// How it relates to what its sender was seen to send; `None` where it belongs to no flow.
    pub relation: Option<Relation>,
    /// State of the client after it, where known.
    pub client_state: Option<State>,
    /// State of the server after it, where known.
    pub server_state: Option<State>,
    /// Codes of the findings known at this frame.
    pub findings: &'a [Finding],
}

/// A finding and the flow it was found in.
#[derive(Clone, Copy, Debug)]
pub struct FindingEvent<'a> {
    /// What was found.
    pub finding: &'a Finding,
    /// Time of the culprit's frame.
    pub time: Timestamp,
    /// Wireshark's `tcp.stream`; `None` where it concerns no single flow.
    pub stream: Option<u32>,
    /// The flow's first frame.
    pub flow_id: Option<FrameNumber>,
    /// Both ends; `None` where it concerns no single flow.
    pub ends: Option<Ends>,
    /// The file and the number in it of the culprit's frame, where several captures are audited as one.
    pub origin: Option<(&'a str, FrameNumber)>,
    /// Finds its frames in their files; only where the sink [`Sink::wants_places`].
    pub whereabouts: Option<&'a Whereabouts>,
}

/// A finding without its words: what is counted of it.
#[derive(Clone, Copy, Debug)]
pub struct Outline {
    /// The rule.
    pub rule: &'static Rule,
    /// How bad it is here.
    pub severity: Severity,
    /// Both ends; `None` where it concerns no single flow.
    pub ends: Option<Ends>,
    /// The culprit's frame.
    pub frame: FrameNumber,
    /// Its time.
    pub time: Timestamp,
}

impl FindingEvent<'_> {
    /// What is counted of it.
    pub const fn outline(&self) -> Outline {
        let evidence = &self.finding.evidence;
        Outline {
            rule: self.finding.rule,
            severity: evidence.severity,
            ends: self.ends,
            frame: evidence.frame,
            time: self.time,
        }
    }
}

/// A flow that ended, with the codes of its findings in the order they became known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowEvent {
    /// The flow.
    pub summary: FlowSummary,
    /// Wireshark's `tcp.stream` of its segments, where it is another than that of its first.
    pub later_streams: Vec<u32>,
    /// Codes of its findings.
    pub findings: Vec<&'static str>,
    /// The worst severity among them.
    pub worst: Option<Severity>,
}

/// Whether an expectation was met: by a connection, or by a capture where none is named.
#[derive(Clone, Copy, Debug)]
pub struct ExpectationEvent<'a> {
    /// The expectation's name.
    pub name: &'a str,
    /// Wireshark's `tcp.stream`.
    pub stream: Option<u32>,
    /// The flow's first frame.
    pub flow_id: Option<FrameNumber>,
    /// Both ends.
    pub ends: Option<Ends>,
    /// What is not as expected; `None` where all is.
    pub failure: Option<&'a str>,
}

/// What came of one capture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Frames read.
    pub frames: u64,
    /// TCP segments among them.
    pub segments: u64,
    /// Connections.
    pub flows: u64,
    /// Frames without an auditable segment, by reason.
    pub skipped: BTreeMap<Skip, u64>,
    /// Datagrams with TCP of which fragments are missing.
    pub incomplete_datagrams: u64,
    /// TCP headers that a switch sampled (sFlow): evidence, never segments.
    pub sampled: u64,
    /// Link types met, by name.
    pub link_types: Vec<String>,
    /// Time of the first frame.
    pub start: Option<Timestamp>,
    /// Time of the latest frame.
    pub end: Option<Timestamp>,
    /// Findings by severity: notes, warnings, errors.
    pub findings: BTreeMap<Severity, u64>,
    /// Findings by code.
    pub by_code: BTreeMap<&'static str, u64>,
    /// Findings grouped by what they have in common.
    pub clusters: Clusters,
    /// What was not judged.
    pub not_judged: NotJudged,
    /// Findings that a suppression kept back.
    pub suppressed: u64,
    /// Findings that the baseline knew.
    pub known: u64,
    /// Expectations that were met.
    pub passed: u64,
    /// Expectations that were not.
    pub failed: u64,
    /// What the reader has to say: a cut file, a lying length, each with its octet offset.
    pub notes: Vec<String>,
    /// Whether the file ended in the middle of a record, or became unreadable.
    pub damaged: bool,
    /// Whether reading failed before the end, as on a bad disk.
    pub read_error: bool,
    /// Whether the reader of the report asked to stop before the capture ended.
    pub interrupted: bool,
    /// Where the capture was taken, as far as it shows: `client`, `server`, `on the path`, …
    pub vantage: String,
}

impl Totals {
    /// Counts a finding that is told.
    pub(super) fn count(&mut self, finding: &Outline) {
        *self.findings.entry(finding.severity).or_default() += 1;
        *self.by_code.entry(finding.rule.code).or_default() += 1;
        self.clusters.count(finding);
    }
}

/// Something a reader may want.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A capture begins.
    Capture(&'a CaptureHead),
    /// A TCP segment was read; only where the sink [`Sink::wants_segments`].
    Segment(&'a SegmentEvent<'a>),
    /// A rule was broken.
    Finding(&'a FindingEvent<'a>),
    /// A flow ended; all its findings came before.
    Flow(&'a FlowEvent),
    /// An expectation was met, or was not.
    Expectation(&'a ExpectationEvent<'a>),
    /// A capture ended.
    Totals(&'a Totals),
}

/// Receives events in output order.
pub trait Sink {
    /// Whether [`Event::Segment`] is to be delivered; costs time.
    fn wants_segments(&self) -> bool {
        false
    }

    /// Whether findings are to come with [`FindingEvent::whereabouts`]; costs three octets of memory a frame.
    fn wants_places(&self) -> bool {
        false
    }

    /// Whether the sink can do without a flow of which nothing was found, and has counted it. Asked before such a flow is
    /// summed up, so that nothing is made that nobody prints.
    fn passes_over(&mut self) -> bool {
        false
    }

    /// Whether the sink can do without a flow of which just `finding` was found, and without that, and has counted both.
    /// Asked before either is put in words.
    fn passes_over_with(&mut self, _finding: &Outline) -> bool {
        false
    }

    /// How many flows of a capture it keeps until it begins to pass over; `None` where it never does.
    fn keeps(&self) -> Option<usize> {
        None
    }

    /// Hears of a segment that comes soon, so that it can ask for the memory it will need; whether and when it hears of it
    /// says nothing.
    fn expect(&mut self, _segment: &Segment) {}

    /// Takes one event. Errors end the audit.
    fn event(&mut self, event: &Event<'_>) -> io::Result<()>;
}
