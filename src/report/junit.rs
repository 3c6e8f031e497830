//! An audit as JUnit XML: a suite a capture, a case for each connection and family of rules, so that passes show, too.
//!
//! The numbers of cases stand before them, so that they wait, as text and put by, for the end.

use super::expectation::unmet;
use super::{Report, Summary, printable};
use crate::audit::{Event, ExpectationEvent, FindingEvent, FlowEvent, Sink, Totals};
use crate::capture::FrameNumber;
use crate::error::Error;
use crate::rules::{Family, Finding, Severity};
use quick_junit::{NonSuccessKind, Report as Document, TestCase, TestCaseStatus, TestSuite, XmlString};
use std::collections::HashMap;
use std::io::{self, Cursor, Read, Seek, Write};

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

/// Cases that are gathered before they are put by.
const GATHERED: usize = 500;
/// Where a suite ends, with the room before it. No text in a document has an angle bracket.
const SUITE_END: &str = "\n    </testsuite>";

/// Gathers the cases and writes them at the end; findings milder than `fail_on` do not make a case fail. `S` is where it
/// puts by what has to wait.
pub struct Junit<W, S = Cursor<Vec<u8>>> {
    out: W,
    fail_on: Severity,
    /// The suites without their cases.
    document: Document,
    /// The suite at hand with the latest of its cases.
    suite: Option<TestSuite>,
    /// The other cases as text, and how many octets those of each suite are.
    put_by: (S, Vec<u64>),
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
    /// Writes to `out`; findings of `fail_on` and worse fail their case. Cases are kept in memory.
    pub fn new(out: W, fail_on: Severity) -> Self {
        Self::putting_by(out, fail_on, Cursor::default())
    }
}

impl<W: Write, S: Read + Write + Seek> Junit<W, S> {
    /// The same, with the cases kept in `store`, which is to be empty.
    pub fn putting_by(out: W, fail_on: Severity, store: S) -> Self {
        let document = Document::new("tcpflow-audit");
        Self { out, fail_on, document, suite: None, put_by: (store, Vec::new()), pending: HashMap::new(), clean: 0 }
    }

    fn finding(&mut self, event: &FindingEvent<'_>) -> io::Result<()> {
        if event.finding.evidence.severity < self.fail_on {
            return Ok(());
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
                self.add(case)?;
            }
        }
        Ok(())
    }

    fn flow(&mut self, event: &FlowEvent) -> io::Result<()> {
        let flow = &event.summary;
        let told = self.pending.remove(&flow.flow_id).unwrap_or_default();
        if told.is_empty() {
            self.clean += 1;
            if self.clean > MOST_CLEAN {
                return Ok(());
            }
        }
        let (client, server) = (flow.ends.client.endpoint, flow.ends.server.endpoint);
        let name = format!("stream {} {client} > {server}", flow.stream);
        for family in FAMILIES {
            let (of_family, _): (Vec<_>, Vec<_>) = told.iter().partition(|told| told.family == family);
            let failed: Vec<Told> = of_family.into_iter().map(Told::again).collect();
            self.add(case(family_name(family), &name, &failed))?;
        }
        Ok(())
    }

    /// Each is a case, met or not.
    fn expectation(&mut self, event: &ExpectationEvent<'_>) -> io::Result<()> {
        let place = event.stream.map(|stream| format!(", stream {stream}")).unwrap_or_default();
        let told =
            unmet(event).map(|message| Told { family: Family::Capture, failure: "expectation".to_owned(), message });
        self.add(case("expectation", &format!("{}{place}", event.name), told.as_slice()))
    }

    fn totals(&mut self, totals: &Totals) -> io::Result<()> {
        if self.clean > MOST_CLEAN {
            let name = format!("{} more connections without findings", self.clean - MOST_CLEAN);
            self.add(case("capture", &name, &[]))?;
        }
        self.put_by()?;
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
        Ok(())
    }

    fn add(&mut self, case: TestCase) -> io::Result<()> {
        let Some(suite) = &mut self.suite else { return Ok(()) };
        suite.add_test_case(case);
        if suite.test_cases.len() < GATHERED { Ok(()) } else { self.put_by() }
    }

    /// Puts the latest cases of the suite by; it goes on counting them.
    fn put_by(&mut self) -> io::Result<()> {
        let Some(suite) = &mut self.suite else { return Ok(()) };
        let mut part = TestSuite::new("");
        part.test_cases = std::mem::take(&mut suite.test_cases);
        let mut document = Document::new("");
        document.test_suites.push(part);
        let text = document.to_string().map_err(io::Error::other)?;
        let cases =
            text.find("\n        <testcase").zip(text.rfind(SUITE_END)).and_then(|(from, to)| text.get(from..to));
        let (store, lengths) = &mut self.put_by;
        let cases = cases.unwrap_or_default();
        store.write_all(cases.as_bytes())?;
        if let Some(len) = lengths.last_mut() {
            *len += cases.len() as u64;
        }
        Ok(())
    }

    /// Writes the document, each suite with its cases.
    fn write(&mut self) -> io::Result<()> {
        let text = self.document.to_string().map_err(io::Error::other)?;
        let mut rest = text.as_str();
        let (store, lengths) = &mut self.put_by;
        store.rewind()?;
        for len in lengths.drain(..) {
            let (suite, after) = rest.split_at(rest.find(SUITE_END).unwrap_or(rest.len()));
            self.out.write_all(suite.as_bytes())?;
            io::copy(&mut Read::by_ref(store).take(len), &mut self.out)?;
            let (end, after) = after.split_at(SUITE_END.len().min(after.len()));
            self.out.write_all(end.as_bytes())?;
            rest = after;
        }
        self.out.write_all(rest.as_bytes())
    }
}

impl Told {
    fn again(&self) -> Self {
        Self { family: self.family, failure: self.failure.clone(), message: self.message.clone() }
    }
}

impl<W: Write, S: Read + Write + Seek> Sink for Junit<W, S> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture(head) => {
                self.clean = 0;
                let mut suite = TestSuite::new(xml(&head.name));
                if let Some(path) = &head.configuration {
                    suite.add_property((xml("configuration"), xml(path)));
                }
                self.suite = Some(suite);
                self.put_by.1.push(0);
                Ok(())
            }
            Event::Finding(finding) => self.finding(finding),
            Event::Flow(flow) => self.flow(flow),
            Event::Totals(totals) => self.totals(totals),
            Event::Expectation(event) => self.expectation(event),
            Event::Segment(_) => Ok(()),
        }
    }
}

impl<W: Write, S: Read + Write + Seek> Report for Junit<W, S> {
    fn unreadable(&mut self, capture: &str, error: &Error) -> io::Result<()> {
        let mut suite = TestSuite::new(xml(capture));
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(xml(&error.to_string()));
        suite.add_test_case(TestCase::new("can be read", status));
        self.document.add_test_suite(suite);
        self.put_by.1.push(0);
        Ok(())
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        self.write()?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::CaptureHead;

    /// More cases than are gathered, of two captures and of one that cannot be read.
    #[test]
    fn cases_that_were_put_by_stand_in_their_suites() {
        let mut out = Vec::new();
        let mut junit = Junit::new(&mut out, Severity::Note);
        let counts = [3 * GATHERED + 7, 0, GATHERED];
        for (number, count) in counts.into_iter().enumerate() {
            let head = CaptureHead { name: format!("</testsuite> {number}"), ..CaptureHead::default() };
            junit.event(&Event::Capture(&head)).unwrap();
            for case in 0..count {
                let name = format!("\n    </testsuite> {number} {case}");
                let failure = (case % 2 == 1).then_some("<testcase");
                let event = ExpectationEvent { name: &name, stream: None, flow_id: None, ends: None, failure };
                junit.event(&Event::Expectation(&event)).unwrap();
            }
            junit.event(&Event::Totals(&Totals::default())).unwrap();
        }
        junit.unreadable("gone", &Error::format(0, "nothing")).unwrap();
        junit.finish(&Summary::default()).unwrap();
        let document = Document::deserialize_from_str(std::str::from_utf8(&out).unwrap()).unwrap();
        let cases: Vec<usize> = document.test_suites.iter().map(|suite| suite.test_cases.len()).collect();
        assert_eq!(cases, [&counts[..], &[1]].concat());
        assert_eq!((document.tests, document.failures), (4 * GATHERED + 8, (3 * GATHERED + 7) / 2 + GATHERED / 2));
        let last = document.test_suites[2].test_cases.last().unwrap();
        assert!(last.name.as_str().ends_with(&format!("2 {}", GATHERED - 1)), "{}", last.name.as_str());
    }
}
