//! An audit as JUnit XML: a suite a capture, a case for each connection and family of rules, so that passes show, too.
//!
//! The numbers of cases stand before them, so that they wait, as text and put by, for the end.

mod suite;

use super::expectation::unmet;
use super::{Report, Summary};
use crate::audit::{Event, ExpectationEvent, FindingEvent, FlowEvent, Sink, Totals};
use crate::capture::FrameNumber;
use crate::error::Error;
use crate::rules::{Family, Finding, Severity};
use std::collections::HashMap;
use std::io::{self, Cursor, Read, Seek, Write};
use suite::{Fault, Suite, write_case, write_document};

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

/// Octets of cases that are gathered before they are put by.
const GATHERED: usize = 1 << 16;

/// Gathers the cases and writes them at the end; findings milder than `fail_on` do not make a case fail. `S` is where it
/// puts by what has to wait.
pub struct Junit<W, S = Cursor<Vec<u8>>> {
    out: W,
    fail_on: Severity,
    /// The suites without their cases, that of the capture at hand last.
    suites: Vec<Suite>,
    /// The cases of all suites, and the latest of them.
    store: S,
    gathered: Vec<u8>,
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
        let (suites, gathered, pending) = (Vec::new(), Vec::new(), HashMap::new());
        Self { out, fail_on, suites, store, gathered, pending, clean: 0 }
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
            None => self.add("capture", &told.failure, &[&told])?,
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
            let failed: Vec<&Told> = told.iter().filter(|told| told.family == family).collect();
            self.add(family_name(family), &name, &failed)?;
        }
        Ok(())
    }

    /// Each is a case, met or not.
    fn expectation(&mut self, event: &ExpectationEvent<'_>) -> io::Result<()> {
        let place = event.stream.map(|stream| format!(", stream {stream}")).unwrap_or_default();
        let told =
            unmet(event).map(|message| Told { family: Family::Capture, failure: "expectation".to_owned(), message });
        self.add("expectation", &format!("{}{place}", event.name), &told.iter().collect::<Vec<_>>())
    }

    fn totals(&mut self, totals: &Totals) -> io::Result<()> {
        if self.clean > MOST_CLEAN {
            let name = format!("{} more connections without findings", self.clean - MOST_CLEAN);
            self.add("capture", &name, &[])?;
        }
        if let Some(suite) = self.suites.last_mut() {
            suite.properties.push(("frames", totals.frames.to_string()));
            suite.properties.push(("segments", totals.segments.to_string()));
            let kept_back = [("suppressed", totals.suppressed), ("known", totals.known)];
            let told = kept_back.into_iter().filter(|(_, number)| *number > 0);
            suite.properties.extend(told.map(|(name, number)| (name, number.to_string())));
        }
        Ok(())
    }

    /// Adds a case to the suite at hand, one that fails if there are failures.
    fn add(&mut self, class: &str, name: &str, failed: &[&Told]) -> io::Result<()> {
        let all: Vec<_> = failed.iter().map(|told| format!("{}: {}", told.failure, told.message)).collect();
        let all = all.join("\n");
        let first = failed.first();
        let failure = first.map(|told| Fault::Failure { kind: &told.failure, message: &told.message, all: &all });
        self.put(class, name, failure.as_ref())
    }

    fn put(&mut self, class: &str, name: &str, fault: Option<&Fault<'_>>) -> io::Result<()> {
        let Some(suite) = self.suites.last_mut() else { return Ok(()) };
        suite.tests += 1;
        match fault {
            Some(Fault::Failure { .. }) => suite.failures += 1,
            Some(Fault::Error(_)) => suite.errors += 1,
            None => {}
        }
        let before = self.gathered.len();
        write_case(&mut self.gathered, class, name, fault)?;
        suite.len += (self.gathered.len() - before) as u64;
        if self.gathered.len() >= GATHERED {
            self.store.write_all(&self.gathered)?;
            self.gathered.clear();
        }
        Ok(())
    }
}

impl<W: Write, S: Read + Write + Seek> Sink for Junit<W, S> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture(head) => {
                self.clean = 0;
                let configuration = head.configuration.iter().map(|path| ("configuration", path.clone()));
                let properties = configuration.collect();
                self.suites.push(Suite { name: head.name.clone(), properties, ..Suite::default() });
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
        self.suites.push(Suite { name: capture.to_owned(), ..Suite::default() });
        self.put("", "can be read", Some(&Fault::Error(&error.to_string())))
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        self.store.write_all(&self.gathered)?;
        self.gathered.clear();
        self.store.rewind()?;
        write_document(&mut self.out, &self.suites, &mut self.store)?;
        self.out.flush()
    }
}

fn sentence(finding: &Finding) -> String {
    let evidence = &finding.evidence;
    format!("frame {}: {} ({})", evidence.frame, evidence.message, finding.rule.reference)
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
    use quick_junit::Report as Document;

    /// Cases of one suite, more than are gathered.
    const MANY: usize = 1500;

    /// More cases than are gathered, of two captures and of one that cannot be read.
    #[test]
    fn cases_that_were_put_by_stand_in_their_suites() {
        let mut out = Vec::new();
        let mut junit = Junit::new(&mut out, Severity::Note);
        let counts = [3 * MANY + 7, 0, MANY];
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
        assert!(!junit.store.get_ref().is_empty() && !junit.gathered.is_empty(), "some was put by and some was not");
        junit.unreadable("gone", &Error::format(0, "nothing")).unwrap();
        junit.finish(&Summary::default()).unwrap();
        let document = Document::deserialize_from_str(std::str::from_utf8(&out).unwrap()).unwrap();
        let cases: Vec<usize> = document.test_suites.iter().map(|suite| suite.test_cases.len()).collect();
        assert_eq!(cases, [&counts[..], &[1]].concat());
        assert_eq!((document.tests, document.failures), (4 * MANY + 8, (3 * MANY + 7) / 2 + MANY / 2));
        let last = document.test_suites[2].test_cases.last().unwrap();
        assert!(last.name.as_str().ends_with(&format!("2 {}", MANY - 1)), "{}", last.name.as_str());
    }
}
