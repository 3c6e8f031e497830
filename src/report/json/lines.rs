//! JSON Lines, streaming: a line as soon as it is known, nothing kept.

use super::expectation::ExpectationLine;
use super::finding::FindingLine;
use super::flow::{Common, FlowLine};
use super::line::{CaptureLine, SummaryLine, UnreadableLine};
use super::totals::TotalsLine;
use super::writer::append;
use crate::audit::{Event, Sink};
use crate::error::Error;
use crate::report::{Report, Summary};
use serde::Serialize;
use std::io::{self, Write};

/// Which lines are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// Captures, findings, connections, totals and the summary.
    All,
    /// Connections alone.
    Flows,
}

/// Writes JSON Lines.
pub struct JsonLines<W> {
    out: W,
    lines: Lines,
    capture: String,
    /// The line at hand, put together here because many small writes to `out` would cost more.
    line: Vec<u8>,
    common: Common,
}

impl<W: Write> JsonLines<W> {
    /// Writes the lines wanted to `out`, which should be buffered.
    pub fn new(out: W, lines: Lines) -> Self {
        Self { out, lines, capture: String::new(), line: Vec::new(), common: Common::default() }
    }

    fn line(&mut self, line: &impl Serialize) -> io::Result<()> {
        self.line.clear();
        append(&mut self.line, line)?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }
}

impl<W: Write> Sink for JsonLines<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        let all = self.lines == Lines::All;
        let capture = match event {
            Event::Capture(head) => head.name.clone(),
            _ => std::mem::take(&mut self.capture),
        };
        let written = match event {
            Event::Flow(flow) => {
                let mut common = std::mem::take(&mut self.common);
                let written = FlowLine::new(&capture, flow, &mut common).and_then(|line| self.line(&line));
                self.common = common;
                written
            }
            Event::Capture(head) if all => self.line(&CaptureLine::from(*head)),
            Event::Finding(finding) if all => self.line(&FindingLine::new(&capture, finding)),
            Event::Expectation(event) if all => self.line(&ExpectationLine::new(&capture, event)),
            Event::Totals(totals) if all => self.line(&TotalsLine::new(&capture, totals)),
            _ => Ok(()),
        };
        self.capture = capture;
        written
    }
}

impl<W: Write> Report for JsonLines<W> {
    fn unreadable(&mut self, capture: &str, error: &Error) -> io::Result<()> {
        match self.lines {
            Lines::All => self.line(&UnreadableLine::new(capture, error)),
            Lines::Flows => Ok(()),
        }
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        if self.lines == Lines::All {
            self.line(&SummaryLine::from(summary))?;
        }
        self.out.flush()
    }
}
