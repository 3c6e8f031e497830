//! One flow table with its rules: a segment in, events out. Every driver feeds one of these.

use super::endpoints::{Attempt, Endpoints};
use super::notes::FlowNotes;
use super::select::{Selection, Subject};
use super::{Ends, Event, FindingEvent, FlowEvent, Outline, SegmentEvent, Sink, Totals};
use crate::capture::{CaptureInfo, FrameNumber, Record, Timestamp};
use crate::flow::{
    Detail, Forgotten, Limits, Observer, Open, Orderly, Relation, Side, Sides, State, Step, Table, Tracked,
};
use crate::redact::Redaction;
use crate::rules::{Confidence, Finding, Rule, Ruleset, human_duration};
use crate::wire::{Batch, Decoded, Endpoint, Packed};
use std::io;

/// What an audit is to look at and how.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Times and sizes.
    pub limits: Limits,
    /// Which connections are reported; all are tracked.
    pub selection: Selection,
    /// The rules that run.
    pub rules: Vec<&'static Rule>,
    /// Findings below this confidence are not reported.
    pub min_confidence: Confidence,
    /// Whether connections are followed and judged; a view of bare segments can do without.
    pub follow: bool,
    /// Threads to use; what is told does not depend on it.
    pub jobs: usize,
    /// Whether somebody waits for each frame: nothing is read ahead.
    pub prompt: bool,
    /// What to replace in each frame before anything is made of it; the capture is then called by its file's name alone.
    /// A selection has to know, too.
    pub redaction: Option<Redaction>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            selection: Selection::default(),
            rules: crate::rules::RULES.to_vec(),
            min_confidence: Confidence::Likely,
            follow: true,
            jobs: 1,
            prompt: false,
            redaction: None,
        }
    }
}

/// A flow table, and what it costs to know what goes on in it.
#[derive(Debug)]
pub(super) struct Engine<'s> {
    settings: &'s Settings,
    rules: Ruleset,
    pub table: Table<FlowNotes>,
    endpoints: Endpoints,
    origin: Option<Timestamp>,
}

impl<'s> Engine<'s> {
    /// An engine that has seen nothing.
    pub fn new(settings: &'s Settings) -> Self {
        let (rules, table) = (Ruleset::new(&settings.rules), Table::new(settings.limits));
        Self { settings, rules, table, endpoints: Endpoints::default(), origin: None }
    }

    /// Says when the capture's first frame was captured, before its first segment is counted.
    pub fn begin(&mut self, start: Timestamp) {
        self.origin.get_or_insert(start);
    }

    /// Counts segments and tells `sink` what came of them.
    pub fn count(&mut self, batch: &Batch, totals: &mut Totals, sink: &mut dyn Sink) -> io::Result<()> {
        let origin = self.origin.unwrap_or_default();
        let mut teller = Teller::new(self.settings, &self.rules, &mut self.endpoints, origin, totals, sink);
        self.table.observe_all(batch, &mut teller);
        teller.outcome
    }

    /// Counts a segment and tells `sink` what came of it, and the segment itself.
    pub fn show(
        &mut self,
        record: &Record<'_>,
        decoded: &Decoded<'_>,
        totals: &mut Totals,
        sink: &mut dyn Sink,
    ) -> io::Result<()> {
        let origin = self.origin.unwrap_or_default();
        let mut teller = Teller::new(self.settings, &self.rules, &mut self.endpoints, origin, totals, sink);
        if !self.settings.follow {
            return teller.tell_segment(record, decoded, None);
        }
        let placed = self.table.observe(&decoded.segment, &mut teller);
        teller.tell_segment(record, decoded, placed.stream)?;
        teller.outcome
    }

    /// Tells what concerns the capture as a whole, when all of it was read and every flow has ended.
    pub fn tell_capture(&mut self, info: &CaptureInfo, totals: &mut Totals, sink: &mut dyn Sink) -> io::Result<()> {
        for finding in self.endpoints.whole.notes(info, totals) {
            let wanted = self.settings.rules.contains(&finding.rule);
            if !wanted {
                continue;
            }
            let time = totals.start.unwrap_or_default();
            let event = FindingEvent {
                finding: &finding,
                time,
                stream: None,
                flow_id: None,
                ends: None,
                origin: None,
                whereabouts: None,
            };
            totals.count(&event.outline());
            sink.event(&Event::Finding(&event))?;
        }
        Ok(())
    }

    /// Ends every flow.
    pub fn finish(&mut self, totals: &mut Totals, sink: &mut dyn Sink) -> io::Result<()> {
        if let Some(end) = totals.end {
            self.table.tick(end);
        }
        let end = totals.end.unwrap_or_default().nanoseconds();
        let origin = self.origin.unwrap_or_default();
        let mut teller = Teller::new(self.settings, &self.rules, &mut self.endpoints, origin, totals, sink);
        for (ends, finding) in teller.endpoints.finish(end, &self.settings.limits) {
            teller.found_of_endpoint(ends, finding);
        }
        self.table.finish(&mut teller);
        teller.totals.notes.extend(forgotten(self.table.forgotten(), &self.settings.limits));
        teller.totals.not_judged.finish(teller.settings);
        teller.totals.vantage = teller.endpoints.whole.standpoint.describe();
        teller.outcome
    }
}

/// What a segment did to its flow, for views that show each segment.
#[derive(Clone, Copy)]
struct Shown {
    flow_id: FrameNumber,
    ends: Ends,
    side: Side,
    relation: Option<Relation>,
    states: [Option<State>; 2],
}

/// Listens to a table, runs the rules, and tells the sink.
struct Teller<'a> {
    settings: &'a Settings,
    rules: &'a Ruleset,
    endpoints: &'a mut Endpoints,
    origin: Timestamp,
    totals: &'a mut Totals,
    sink: &'a mut dyn Sink,
    shown: Option<Shown>,
    findings: Vec<Finding>,
    outcome: io::Result<()>,
}

impl<'a> Teller<'a> {
    fn new(
        settings: &'a Settings,
        rules: &'a Ruleset,
        endpoints: &'a mut Endpoints,
        origin: Timestamp,
        totals: &'a mut Totals,
        sink: &'a mut dyn Sink,
    ) -> Self {
        Self { settings, rules, endpoints, origin, totals, sink, shown: None, findings: Vec::new(), outcome: Ok(()) }
    }

    fn send(&mut self, event: &Event<'_>) {
        if self.outcome.is_ok() {
            self.outcome = self.sink.event(event);
        }
    }

    fn selects(&self, ends: Ends, stream: u32, from: Timestamp, to: Timestamp) -> bool {
        let Ends { client, server } = ends;
        self.settings.selection.is_everything()
            || self.settings.selection.matches(&Subject { client, server, stream, from, to, origin: self.origin })
    }

    fn tell_segment(&mut self, record: &Record<'_>, decoded: &Decoded<'_>, stream: Option<u32>) -> io::Result<()> {
        if !self.sink.wants_segments() {
            return Ok(());
        }
        let segment = &decoded.segment;
        let ends = match self.shown {
            Some(shown) => shown.ends,
            None => Ends { client: segment.source, server: segment.destination },
        };
        if !self.selects(ends, stream.unwrap_or(u32::MAX), segment.time, segment.time) {
            return Ok(());
        }
        let findings = std::mem::take(&mut self.findings);
        self.sink.event(&Event::Segment(&SegmentEvent {
            record,
            capture_start: self.origin,
            decoded,
            stream,
            flow_id: self.shown.map(|shown| shown.flow_id),
            side: self.shown.map_or(Side::Client, |shown| shown.side),
            relation: self.shown.and_then(|shown| shown.relation),
            client_state: self.shown.and_then(|shown| shown.states[0]),
            server_state: self.shown.and_then(|shown| shown.states[1]),
            findings: &findings,
        }))
    }

    fn found(&mut self, finding: Finding, step: &Step<'_>, stream: u32, notes: &mut FlowNotes) {
        if finding.evidence.confidence < self.settings.min_confidence || !notes.is_first(&finding) {
            return;
        }
        let ends = ends_of(step);
        if !self.selects(ends, stream, step.flow.first, step.flow.last) {
            return;
        }
        let event = FindingEvent {
            finding: &finding,
            time: finding.evidence.time,
            stream: Some(stream),
            flow_id: Some(step.flow.id),
            ends: Some(ends),
            origin: None,
            whereabouts: None,
        };
        self.totals.count(&event.outline());
        self.send(&Event::Finding(&event));
        if self.sink.wants_segments() && step.segment.is_some() {
            self.findings.push(finding);
        }
    }
}

impl Teller<'_> {
    fn attempted(&mut self, attempt: &Attempt) {
        if let Some((ends, finding)) = self.endpoints.observe(attempt, &self.settings.limits) {
            self.found_of_endpoint(ends, finding);
        }
    }

    /// Tells of what many flows show of one endpoint; `ends` are those of the first of them.
    fn found_of_endpoint(&mut self, ends: Ends, finding: Finding) {
        let evidence = &finding.evidence;
        let wanted = self.settings.rules.contains(&finding.rule) && evidence.confidence >= self.settings.min_confidence;
        if !wanted || !self.selects(ends, u32::MAX, evidence.time, evidence.time) {
            return;
        }
        let event = FindingEvent {
            finding: &finding,
            time: evidence.time,
            stream: None,
            flow_id: None,
            ends: None,
            origin: None,
            whereabouts: None,
        };
        self.totals.count(&event.outline());
        self.send(&Event::Finding(&event));
    }
}

impl Observer<FlowNotes> for Teller<'_> {
    fn step(&mut self, step: &Step<'_>, stream: u32, notes: &mut FlowNotes) {
        let (settings, rules) = (self.settings, self.rules);
        rules.judge(step, &settings.limits, &mut |finding| self.found(finding, step, stream, notes));
        if let Some(attempt) = Attempt::of(step) {
            self.attempted(&attempt);
        }
        if step.segment.is_some() && self.sink.wants_segments() {
            let ends = &step.flow.ends;
            self.shown = Some(Shown {
                flow_id: step.flow.id,
                ends: ends_of(step),
                side: step.side,
                relation: Some(step.relation),
                states: [ends.client.state, ends.server.state],
            });
        }
    }

    fn asked(&mut self, syn: &Packed, ends: Sides<Endpoint>) {
        let ends = Ends { client: ends.client, server: ends.server };
        self.attempted(&Attempt::begun_by(syn, ends));
        if self.sink.wants_segments() {
            let states = [Some(State::SynSent), Some(State::Listen)];
            self.shown = Some(Shown {
                flow_id: syn.frame.into(),
                ends,
                side: Side::Client,
                relation: Some(Relation::New),
                states,
            });
        }
    }

    fn wants_steps(&self) -> bool {
        self.sink.wants_segments()
    }

    fn agreed(&mut self, ends: Sides<Endpoint>, asked_at: i64) {
        let ends = Ends { client: ends.client, server: ends.server };
        self.attempted(&Attempt::settled(ends, asked_at));
    }

    fn orderly(&mut self, orderly: &Orderly<'_>) {
        self.totals.flows += 1;
        self.endpoints.whole.orderly(orderly.answers);
        let passed_over = self.sink.passes_over();
        if passed_over && self.settings.selection.is_everything() {
            return;
        }
        let summary = orderly.summary();
        let ends = Ends { client: summary.ends.client.endpoint, server: summary.ends.server.endpoint };
        if !self.selects(ends, summary.stream, summary.start, summary.end) {
            self.totals.not_judged.not_selected += 1;
        } else if !passed_over {
            let event = FlowEvent { summary, later_streams: Vec::new(), findings: Vec::new(), worst: None };
            self.send(&Event::Flow(&event));
        }
    }

    fn still_open(&mut self, open: &Open) -> Detail {
        if !self.settings.selection.is_everything() {
            return Detail::Everything;
        }
        let counted = match self.rules.open_at_end() {
            Some(rule) => {
                let ends = Ends { client: open.ends.client, server: open.ends.server };
                let (severity, frame, time) = (rule.severity, open.frame, open.time);
                let finding = Outline { rule, severity, ends: Some(ends), frame, time };
                let counted = self.sink.passes_over_with(&finding);
                if counted {
                    self.totals.count(&finding);
                }
                counted
            }
            None => self.sink.passes_over(),
        };
        if !counted {
            return Detail::Everything;
        }
        self.totals.flows += 1;
        self.endpoints.whole.orderly(open.answers);
        Detail::Nothing
    }

    /// A single SYN without an answer proves nothing: what a rule says of it is possible at most.
    fn unanswered(&mut self) -> Detail {
        if self.settings.min_confidence <= Confidence::Possible {
            Detail::Everything
        } else if self.settings.selection.is_everything() && self.sink.passes_over() {
            self.totals.flows += 1;
            Detail::Nothing
        } else {
            Detail::Flow
        }
    }

    fn ended(&mut self, tracked: &Tracked<FlowNotes>) {
        let flow = &tracked.flow;
        let ends = Ends { client: flow.endpoints.client, server: flow.endpoints.server };
        self.totals.flows += 1;
        self.endpoints.whole.ended(flow);
        let selected = self.selects(ends, tracked.stream, flow.first, flow.last);
        self.totals.not_judged.count(flow, selected);
        let clean = tracked.notes.codes.is_empty();
        if selected && !(clean && self.sink.passes_over()) {
            let summary = flow.summarize(tracked.stream, tracked.completeness, &self.settings.limits);
            let (later_streams, findings) = (tracked.later_streams.clone(), tracked.notes.codes.clone());
            let event = FlowEvent { summary, later_streams, findings, worst: tracked.notes.worst };
            self.send(&Event::Flow(&event));
        }
    }
}

/// What to say of connections that were not followed to their end.
fn forgotten(forgotten: Forgotten, limits: &Limits) -> impl Iterator<Item = String> {
    let Forgotten { for_room, idle } = forgotten;
    let Limits { max_flows: most, live_flows: whole, .. } = limits;
    let room = format!(
        "connections given up to make room: {for_room}; at most {most} are followed at a time, {whole} of them with more than one SYN"
    );
    let silence = human_duration(limits.idle_timeout);
    let silent = format!("connections given up after {silence} of silence: {idle}");
    [(for_room, room), (idle, silent)].into_iter().filter(|(count, _)| *count > 0).map(|(_, note)| note)
}

fn ends_of(step: &Step<'_>) -> Ends {
    Ends { client: step.flow.endpoints.client, server: step.flow.endpoints.server }
}
