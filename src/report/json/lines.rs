//! JSON Lines, streaming: a line as soon as it is known, nothing kept.

use super::finding::FindingLine;
use super::flow::FlowLine;
use super::line::{CaptureLine, SummaryLine, UnreadableLine};
use super::totals::TotalsLine;
use super::writer::write;
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
}

impl<W: Write> JsonLines<W> {
    /// Writes the lines wanted to `out`, which should be buffered.
    pub const fn new(out: W, lines: Lines) -> Self {
        Self { out, lines, capture: String::new() }
    }

    fn line(out: &mut W, line: &impl Serialize) -> io::Result<()> {
        write(&mut *out, line)?;
        out.write_all(b"\n")
    }
}

impl<W: Write> Sink for JsonLines<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        if let Event::Capture(head) = event {
            self.capture.clone_from(&head.name);
        }
        let (out, capture, all) = (&mut self.out, self.capture.as_str(), self.lines == Lines::All);
        match event {
            Event::Flow(flow) => Self::line(out, &FlowLine::new(capture, flow)),
            Event::Capture(head) if all => Self::line(out, &CaptureLine::from(*head)),
            Event::Finding(finding) if all => Self::line(out, &FindingLine::new(capture, finding)),
            Event::Totals(totals) if all => Self::line(out, &TotalsLine::new(capture, totals)),
            _ => Ok(()),
        }
    }
}

impl<W: Write> Report for JsonLines<W> {
    fn unreadable(&mut self, capture: &str, error: &Error) -> io::Result<()> {
        match self.lines {
            Lines::All => Self::line(&mut self.out, &UnreadableLine::new(capture, error)),
            Lines::Flows => Ok(()),
        }
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        if self.lines == Lines::All {
            Self::line(&mut self.out, &SummaryLine::from(summary))?;
        }
        self.out.flush()
    }
}
