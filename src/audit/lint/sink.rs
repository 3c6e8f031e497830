//! Events of an audit in, the same events as a policy and a baseline leave them out, expectations among them.

use super::{Ledger, Policy};
use crate::audit::{
    CaptureHead, Ends, Event, ExpectationEvent, FindingEvent, FlowEvent, Outline, SegmentEvent, Sink, Totals,
};
use crate::capture::FrameNumber;
use crate::flow::FlowSummary;
use crate::rules::{Finding, Severity};
use crate::wire::Segment;
use std::collections::{BTreeMap, HashMap};
use std::io;

/// Stands between the audit of one capture and its report.
pub struct Lint<'a> {
    policy: &'a Policy,
    ledger: Option<&'a mut Ledger>,
    report: &'a mut dyn Sink,
    /// What was told of flows that have not ended.
    told: HashMap<FrameNumber, Told>,
    /// What was told, suppressed, known and expected so far.
    sums: Totals,
    /// Connections and resets among them, by expectation.
    counted: Vec<(u64, u64)>,
    used: BTreeMap<usize, u64>,
    totals: Totals,
    /// What was not told since the last segment, by rule and frame: the segment must not tell it either.
    kept_back: Vec<(&'static str, FrameNumber)>,
}

#[derive(Default)]
struct Told {
    codes: Vec<&'static str>,
    worst: Option<Severity>,
}

impl<'a> Lint<'a> {
    /// Tells `report` what `policy` and `ledger` leave.
    pub fn new(policy: &'a Policy, ledger: Option<&'a mut Ledger>, report: &'a mut dyn Sink) -> Self {
        let counted = vec![(0, 0); policy.expectations.len()];
        Self {
            policy,
            ledger,
            report,
            told: HashMap::new(),
            sums: Totals::default(),
            counted,
            used: BTreeMap::new(),
            totals: Totals::default(),
            kept_back: Vec::new(),
        }
    }

    /// The totals as they were told, and how many findings each suppression kept back, by its id.
    pub fn finish(self) -> (Totals, BTreeMap<usize, u64>) {
        (self.totals, self.used)
    }

    fn head(&mut self, head: &CaptureHead) -> io::Result<()> {
        let head = CaptureHead { configuration: self.policy.configuration.clone(), ..head.clone() };
        self.report.event(&Event::Capture(&head))
    }

    fn finding(&mut self, event: &FindingEvent<'_>) -> io::Result<()> {
        if let Some(suppression) = self.policy.suppression(event) {
            *self.used.entry(suppression.id).or_default() += 1;
            self.sums.suppressed += 1;
            self.keep_back(event.finding);
            return Ok(());
        }
        if self.ledger.as_mut().is_some_and(|ledger| ledger.knows(event)) {
            self.sums.known += 1;
            self.keep_back(event.finding);
            return Ok(());
        }
        let weighed = self.policy.weighed(event.finding);
        let event = FindingEvent { finding: weighed.as_ref().unwrap_or(event.finding), ..*event };
        self.count(&event);
        self.report.event(&Event::Finding(&event))
    }

    fn keep_back(&mut self, finding: &Finding) {
        if self.report.wants_segments() {
            self.kept_back.push((finding.rule.code, finding.evidence.frame));
        }
    }

    /// The segment with those of its findings that are told.
    fn segment(&mut self, event: &SegmentEvent<'_>) -> io::Result<()> {
        let kept_back = std::mem::take(&mut self.kept_back);
        if event.findings.is_empty() {
            return self.report.event(&Event::Segment(event));
        }
        let is_told = |finding: &&Finding| !kept_back.contains(&(finding.rule.code, finding.evidence.frame));
        let weighed = |finding| self.policy.weighed(finding).unwrap_or_else(|| finding.clone());
        let findings: Vec<Finding> = event.findings.iter().filter(is_told).map(weighed).collect();
        self.report.event(&Event::Segment(&SegmentEvent { findings: &findings, ..*event }))
    }

    fn count(&mut self, event: &FindingEvent<'_>) {
        self.sums.count(&event.outline());
        let (code, severity) = (event.finding.rule.code, event.finding.evidence.severity);
        if let Some(flow) = event.flow_id {
            let told = self.told.entry(flow).or_default();
            told.worst = told.worst.max(Some(severity));
            if !told.codes.contains(&code) {
                told.codes.push(code);
            }
        }
    }

    fn flow(&mut self, event: &FlowEvent) -> io::Result<()> {
        let told = self.told.remove(&event.summary.flow_id).unwrap_or_default();
        if event.findings.is_empty() {
            self.report.event(&Event::Flow(event))?;
        } else {
            let event = FlowEvent { findings: told.codes, worst: told.worst, ..event.clone() };
            self.report.event(&Event::Flow(&event))?;
        }
        self.expect(&event.summary)
    }

    /// Holds a connection against what is expected of it.
    fn expect(&mut self, flow: &FlowSummary) -> io::Result<()> {
        let policy = self.policy;
        let ends = Ends { client: flow.ends.client.endpoint, server: flow.ends.server.endpoint };
        for (index, expectation) in policy.expectations.iter().enumerate() {
            if !expectation.concerns(ends) {
                continue;
            }
            let Some((flows, resets)) = self.counted.get_mut(index) else { continue };
            *flows += 1;
            *resets += u64::from(flow.teardown.rst.is_some());
            if !expectation.judges_connections() {
                continue;
            }
            let failure = expectation.broken_by(flow, *resets);
            let (stream, flow_id) = (Some(flow.stream), Some(flow.flow_id));
            let name = &expectation.name;
            self.outcome(&ExpectationEvent { name, stream, flow_id, ends: Some(ends), failure: failure.as_deref() })?;
        }
        Ok(())
    }

    fn outcome(&mut self, event: &ExpectationEvent<'_>) -> io::Result<()> {
        let sum = if event.failure.is_some() { &mut self.sums.failed } else { &mut self.sums.passed };
        *sum += 1;
        self.report.event(&Event::Expectation(event))
    }

    fn totals(&mut self, totals: &Totals) -> io::Result<()> {
        let policy = self.policy;
        for (index, expectation) in policy.expectations.iter().enumerate() {
            let Some(bound) = expectation.flows else { continue };
            let (flows, _) = self.counted.get(index).copied().unwrap_or_default();
            let failure = (!bound.allows(flows)).then(|| format!("{flows} connections, expected {bound}"));
            let (name, failure) = (expectation.name.as_str(), failure.as_deref());
            self.outcome(&ExpectationEvent { name, stream: None, flow_id: None, ends: None, failure })?;
        }
        let sums = std::mem::take(&mut self.sums);
        let totals = Totals {
            findings: sums.findings,
            by_code: sums.by_code,
            clusters: sums.clusters,
            suppressed: sums.suppressed,
            known: sums.known,
            passed: sums.passed,
            failed: sums.failed,
            ..totals.clone()
        };
        self.totals.clone_from(&totals);
        self.report.event(&Event::Totals(&totals))
    }
}

impl Sink for Lint<'_> {
    fn wants_segments(&self) -> bool {
        self.report.wants_segments()
    }

    fn wants_places(&self) -> bool {
        self.report.wants_places()
    }

    fn passes_over(&mut self) -> bool {
        self.policy.expectations.is_empty() && self.report.passes_over()
    }

    fn passes_over_with(&mut self, finding: &Outline) -> bool {
        let policy = self.policy;
        let plain = policy.expectations.is_empty()
            && policy.suppressions.is_empty()
            && !policy.severities.contains_key(finding.rule.code)
            && self.ledger.is_none();
        let passed = plain && self.report.passes_over_with(finding);
        if passed {
            self.sums.count(finding);
        }
        passed
    }

    fn expect(&mut self, segment: &Segment) {
        self.report.expect(segment);
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture(head) => self.head(head),
            Event::Finding(finding) => self.finding(finding),
            Event::Flow(flow) => self.flow(flow),
            Event::Totals(totals) => self.totals(totals),
            Event::Segment(segment) => self.segment(segment),
            Event::Expectation(_) => self.report.event(event),
        }
    }
}
