//! Findings as workflow commands: annotations on the run of a GitHub workflow.

use super::expectation::unmet;
use super::{Report, Summary, printable};
use crate::audit::{Event, FindingEvent, Sink};
use crate::error::Error;
use crate::rules::Severity;
use std::io::{self, Write};

/// Writes a workflow command for each finding.
pub struct Github<W> {
    out: W,
    capture: String,
}

impl<W: Write> Github<W> {
    /// Writes to `out`, which should be buffered.
    pub const fn new(out: W) -> Self {
        Self { out, capture: String::new() }
    }

    fn finding(&mut self, event: &FindingEvent<'_>) -> io::Result<()> {
        let (rule, evidence) = (event.finding.rule, &event.finding.evidence);
        let command = match evidence.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let stream = event.stream.map(|stream| format!(", stream {stream}")).unwrap_or_default();
        let message = format!("{} (frame {}{stream}; {})", evidence.message, evidence.frame, rule.reference);
        let title = format!("{} {}", rule.code, rule.name);
        writeln!(
            self.out,
            "::{command} file={},title={}::{}",
            property(&self.capture),
            property(&title),
            data(&printable(&message))
        )
    }
}

impl<W: Write> Sink for Github<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture(head) => self.capture.clone_from(&head.name),
            Event::Finding(finding) => self.finding(finding)?,
            Event::Expectation(event) => {
                if let Some(text) = unmet(event) {
                    let (capture, text) = (property(&self.capture), data(&printable(&text)));
                    writeln!(self.out, "::error file={capture},title=expectation::{text}")?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

impl<W: Write> Report for Github<W> {
    fn unreadable(&mut self, capture: &str, error: &Error) -> io::Result<()> {
        writeln!(self.out, "::error file={},title=unreadable::{}", property(capture), data(&error.to_string()))
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        self.out.flush()
    }
}

/// The message of a command: one line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property: no comma and no colon either.
fn property(text: &str) -> String {
    data(&printable(text)).replace(':', "%3A").replace(',', "%2C")
}
