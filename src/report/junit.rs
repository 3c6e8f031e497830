//! An audit as JUnit XML: a suite a capture, a case for each connection and family of rules, so that passes show, too.

use super::expectation::unmet;
use super::{Report, Summary, printable};
use crate::audit::{Event, ExpectationEvent, FindingEvent, FlowEvent, Sink, Totals};
use crate::capture::FrameNumber;
use crate::error::Error;
use crate::rules::{Family, Finding, Severity};
use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite, XmlString};
use std::collections::HashMap;
use std::io::{self, Write};

/// Connections without findings that get cases of their own; more are counted in one.
const MOST_CLEAN: u64 = 1000;

const FAMILIES: [Family; 7] = [
    Family::Handshake,
    Family::Teardown,
    Family::Sequence,
    Family::Reset,
    Family::Options,
    Family::Header,
    Family::Timing,
];

/// Gathers the cases and writes them at the end; findings milder than `fail_on` do not make a case fail.
pub struct Junit<W> {
    out: W,
    fail_on: Severity,
    document: Document,
    suite: Option<TestSuite>,
    pending: HashMap<FrameNumber, Vec<Told>>,
    clean: u64,
}

/// A finding whose flow has not ended yet.
struct Told {
    family: Family,
    failure: String,
    message: String,
}

impl<W: Write> Junit<W> {
    /// Writes to `out`; findings of `fail_on` and worse fail their case.
    pub fn new(out: W, fail_on: Severity) -> Self {
        let document = Document::new("tcpflow-audit");
        Self { out, fail_on, document, suite: None, pending: HashMap::new(), clean: 0 }
    }

    fn finding(&mut self, event: &FindingEvent<'_>) {
        if event.finding.evidence.severity < self.fail_on {
            return;
        }
        let told = Told {
            family: event.finding.rule.family,
            failure: format!("{} {}", event.finding.rule.code, event.finding.rule.name),
            message: sentence(event.finding),
        };
        match event.flow_id {
            Some(flow) => self.pending.entry(flow).or_default().push(told),
            None => {
                let case = case("capture", &told.failure, std::slice::from_ref(&told));
                self.add(case);
            }
        }
    }

    fn flow(&mut self, event: &FlowEvent) {
        let flow = &event.summary;
        let told = self.pending.remove(&flow.flow_id).unwrap_or_default();
        if told.is_empty() {
            self.clean += 1;
            if self.clean > MOST_CLEAN {
                return;
            }
        }
        let (client, server) = (flow.ends.client.endpoint, flow.ends.server.endpoint);
        let name = format!("stream {} {client} > {server}", flow.stream);
        for family in FAMILIES {
            let (of_family, _): (Vec<_>, Vec<_>) = told.iter().partition(|told| told.family == family);
            let failed: Vec<Told> = of_family.into_iter().map(Told::again).collect();
            self.add(case(family_name(family), &name, &failed));
        }
    }

    /// Each is a case, met or not.
    fn expectation(&mut self, event: &ExpectationEvent<'_>) {
        let place = event.stream.map(|stream| format!(", stream {stream}")).unwrap_or_default();
        let told =
            unmet(event).map(|message| Told { family: Family::Capture, failure: "expectation".to_owned(), message });
        self.add(case("expectation", &format!("{}{place}", event.name), told.as_slice()));
    }

    fn totals(&mut self, totals: &Totals) {
        if self.clean > MOST_CLEAN {
            let name = format!("{} more connections without findings", self.clean - MOST_CLEAN);
            self.add(case("capture", &name, &[]));
        }
        if let Some(mut suite) = self.suite.take() {
            suite.add_property(("frames", totals.frames.to_string().as_str()));
            suite.add_property(("segments", totals.segments.to_string().as_str()));
            for (name, number) in [("suppressed", totals.suppressed), ("known", totals.known)] {
                if number > 0 {
                    suite.add_property((name, number.to_string().as_str()));
                }
            }
            self.document.add_test_suite(suite);
        }
    }

    fn add(&mut self, case: TestCase) {
        if let Some(suite) = &mut self.suite {
            suite.add_test_case(case);
        }
    }
}

impl Told {
    fn again(&self) -> Self {
        Self { family: self.family, failure: self.failure.clone(), message: self.message.clone() }
    }
}

impl<W: Write> Sink for Junit<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture(head) => {
                self.clean = 0;
                let mut suite = TestSuite::new(xml(&head.name));
                if let Some(path) = &head.configuration {
                    suite.add_property((xml("configuration"), xml(path)));
                }
                self.suite = Some(suite);
            }
            Event::Finding(finding) => self.finding(finding),
            Event::Flow(flow) => self.flow(flow),
            Event::Totals(totals) => self.totals(totals),
            Event::Expectation(event) => self.expectation(event),
            Event::Segment(_) => {}
        }
        Ok(())
    }
}

impl<W: Write> Report for Junit<W> {
    fn unreadable(&mut self, capture: &str, error: &Error) -> io::Result<()> {
        let mut suite = TestSuite::new(xml(capture));
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(xml(&error.to_string()));
        suite.add_test_case(TestCase::new("can be read", status));
        self.document.add_test_suite(suite);
        Ok(())
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        self.document.serialize(&mut self.out).map_err(io::Error::other)?;
        self.out.flush()
    }
}

fn case(class: &str, name: &str, failed: &[Told]) -> TestCase {
    let mut status = TestCaseStatus::success();
    if let Some(first) = failed.first() {
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_type(xml(&first.failure));
        status.set_message(xml(&first.message));
        let all: Vec<_> = failed.iter().map(|told| format!("{}: {}", told.failure, told.message)).collect();
        status.set_description(xml(&all.join("\n")));
    }
    let mut case = TestCase::new(xml(name), status);
    case.set_classname(xml(class));
    case
}

fn sentence(finding: &Finding) -> String {
    let evidence = &finding.evidence;
    format!("frame {}: {} ({})", evidence.frame, evidence.message, finding.rule.reference)
}

fn xml(text: &str) -> XmlString {
    XmlString::new(text.split('\n').map(printable).collect::<Vec<_>>().join("\n"))
}

const fn family_name(family: Family) -> &'static str {
    match family {
        Family::Handshake => "handshake",
        Family::Teardown => "teardown",
        Family::Sequence => "sequence",
        Family::Reset => "reset",
        Family::Options => "options",
        Family::Header => "header",
        Family::Timing => "timing",
        Family::Capture => "capture",
    }
}
