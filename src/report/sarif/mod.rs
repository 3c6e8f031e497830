//! Findings as SARIF 2.1.0: every rule that ran, each finding and each expectation that was not met with its place in the
//! capture and a stable fingerprint.

mod location;
mod model;
mod uri;

use super::expectation::unmet;
use super::fingerprint::Fingerprints;
use super::json::write;
use super::kept_back::{self, numbers};
use super::{Report, Summary, not_judged};
use crate::audit::{Event, Sink, Totals};
use crate::error::Error;
use crate::rules::Rule;
use model::{Driver, Invocation, Notification, Outcome};
use std::io::{self, Write};

/// Writes one run, result by result.
pub struct Sarif<W> {
    out: W,
    rules: Vec<&'static Rule>,
    capture: String,
    fingerprints: Fingerprints,
    notifications: Vec<Notification>,
    begun: bool,
    any: bool,
}

impl<W: Write> Sarif<W> {
    /// Writes to `out`, which should be buffered; `rules` are those that run.
    pub fn new(out: W, rules: Vec<&'static Rule>) -> Self {
        let fingerprints = Fingerprints::default();
        Self { out, rules, capture: String::new(), fingerprints, notifications: Vec::new(), begun: false, any: false }
    }

    /// What comes before the results.
    fn begin(&mut self) -> io::Result<()> {
        if self.begun {
            return Ok(());
        }
        self.begun = true;
        self.out.write_all(b"{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",")?;
        self.out.write_all(b"\"runs\":[{\"columnKind\":\"unicodeCodePoints\",\"tool\":{\"driver\":")?;
        write(&mut self.out, &Driver::new(&self.rules))?;
        self.out.write_all(b"},\"results\":[")
    }

    fn write(&mut self, result: &Outcome) -> io::Result<()> {
        self.out.write_all(if self.any { b",\n" } else { b"\n" })?;
        self.any = true;
        write(&mut self.out, result)
    }
}

impl<W: Write> Sink for Sarif<W> {
    fn wants_places(&self) -> bool {
        true
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        self.begin()?;
        match event {
            Event::Capture(head) => {
                self.capture.clone_from(&head.name);
                let judged = head.configuration.as_ref().map(|path| format!("judged by the configuration {path}"));
                self.notifications.extend(judged.map(|note| Notification::note(&head.name, &note)));
            }
            Event::Finding(finding) => {
                let fingerprint = self.fingerprints.name(&self.capture, finding);
                self.write(&Outcome::new(&self.capture, finding, &self.rules, fingerprint))?;
            }
            Event::Totals(totals) => {
                let capture = &self.capture;
                self.notifications.extend(remarks(totals).iter().map(|remark| Notification::note(capture, remark)));
            }
            Event::Expectation(event) => {
                if let Some(text) = unmet(event) {
                    let fingerprint = self.fingerprints.of_expectation(&self.capture, event);
                    self.write(&Outcome::unmet(&self.capture, event, text, fingerprint))?;
                }
            }
            Event::Flow(_) | Event::Segment(_) => {}
        }
        Ok(())
    }
}

/// What is to be known of a capture beside its findings.
fn remarks(totals: &Totals) -> Vec<String> {
    let (not_judged, kept_back) = (not_judged::phrases(&totals.not_judged), kept_back::phrases(numbers(totals)));
    let mut remarks = totals.notes.clone();
    if !not_judged.is_empty() {
        remarks.push(format!("not judged: {}", not_judged.join("; ")));
    }
    if !kept_back.is_empty() {
        remarks.push(kept_back.join(", "));
    }
    remarks
}

impl<W: Write> Report for Sarif<W> {
    fn unreadable(&mut self, capture: &str, error: &Error) -> io::Result<()> {
        self.notifications.push(Notification::error(capture, &error.to_string()));
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        self.begin()?;
        self.out.write_all(b"\n],\"invocations\":[")?;
        let notifications = std::mem::take(&mut self.notifications);
        write(&mut self.out, &Invocation::new(summary.unreadable == 0, notifications))?;
        self.out.write_all(b"]}]}\n")?;
        self.out.flush()
    }
}
