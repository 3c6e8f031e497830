//! Findings, and expectations that were not met, as a GitLab code-quality report: one JSON array.

use super::expectation::unmet;
use super::fingerprint::Fingerprints;
use super::json::write;
use super::{Report, Summary};
use crate::audit::{Event, ExpectationEvent, FindingEvent, Sink};
use crate::error::Error;
use crate::rules::Severity;
use serde::Serialize;
use std::io::{self, Write};

/// Writes the array, an element a finding or a failed expectation.
pub struct Gitlab<W> {
    out: W,
    capture: String,
    fingerprints: Fingerprints,
    any: bool,
}

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: String,
    severity: &'a str,
    location: Location<'a>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

/// GitLab knows lines only; a capture has frames.
#[derive(Serialize)]
struct Lines {
    begin: u64,
}

impl<W: Write> Gitlab<W> {
    /// Writes to `out`, which should be buffered.
    pub fn new(out: W) -> Self {
        Self { out, capture: String::new(), fingerprints: Fingerprints::default(), any: false }
    }

    fn finding(&mut self, event: &FindingEvent<'_>) -> io::Result<()> {
        let evidence = &event.finding.evidence;
        let issue = Issue {
            description: format!("{}: {}", event.finding.rule.name, evidence.message),
            check_name: event.finding.rule.code,
            fingerprint: self.fingerprints.name(&self.capture, event),
            severity: match evidence.severity {
                Severity::Error => "major",
                Severity::Warning => "minor",
                Severity::Note => "info",
            },
            location: Location { path: &self.capture, lines: Lines { begin: evidence.frame.max(1) } },
        };
        write_next(&mut self.out, &mut self.any, &issue)
    }

    /// One that was not met is as bad as an error: it fails the run. What concerns no connection is said of frame 1.
    fn expectation(&mut self, event: &ExpectationEvent<'_>) -> io::Result<()> {
        let Some(description) = unmet(event) else { return Ok(()) };
        let issue = Issue {
            description,
            check_name: "expectation",
            fingerprint: self.fingerprints.of_expectation(&self.capture, event),
            severity: "major",
            location: Location { path: &self.capture, lines: Lines { begin: event.flow_id.unwrap_or(1) } },
        };
        write_next(&mut self.out, &mut self.any, &issue)
    }
}

impl<W: Write> Sink for Gitlab<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture(head) => self.capture.clone_from(&head.name),
            Event::Finding(finding) => self.finding(finding)?,
            Event::Expectation(expectation) => self.expectation(expectation)?,
            _ => {}
        }
        Ok(())
    }
}

fn write_next(out: &mut impl Write, any: &mut bool, issue: &Issue<'_>) -> io::Result<()> {
    out.write_all(if *any { b",\n" } else { b"[\n" })?;
    *any = true;
    write(out, issue)
}

impl<W: Write> Report for Gitlab<W> {
    fn unreadable(&mut self, _: &str, _: &Error) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        self.out.write_all(if self.any { b"\n]\n" } else { b"[]\n" })?;
        self.out.flush()
    }
}
