//! One JSON document: the objects of the lines, sorted under their captures.
//!
//! Connections are written as they come; the findings of a capture wait, as text, for its end.

use super::expectation::ExpectationLine;
use super::finding::FindingLine;
use super::flow::FlowLine;
use super::line::{CaptureLine, SummaryBody, UnreadableLine};
use super::totals::TotalsLine;
use super::writer::{self, write};
use super::{Lines, SCHEMA};
use crate::audit::{Event, Sink};
use crate::error::Error;
use crate::report::{Report, Summary};
use serde::Serialize;
use std::io::{self, Write};

/// Writes one JSON document.
pub struct JsonDocument<W> {
    out: W,
    lines: Lines,
    capture: String,
    captures: usize,
    /// Whether the totals of the capture at hand are still to come.
    open: bool,
    flows: usize,
    /// The connection at hand, for its room.
    line: Vec<u8>,
    /// The findings of the capture at hand, joined by commas.
    findings: Vec<u8>,
    /// What was expected in it.
    expectations: Vec<u8>,
    unreadable: Vec<u8>,
}

impl<W: Write> JsonDocument<W> {
    /// Writes a document to `out`, which should be buffered; [`Lines::Flows`] leaves the findings out.
    pub fn new(out: W, lines: Lines) -> Self {
        let (line, findings, expectations, unreadable) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let capture = String::new();
        Self { out, lines, capture, captures: 0, open: false, flows: 0, line, findings, expectations, unreadable }
    }

    fn begin_document(&mut self) -> io::Result<()> {
        write!(self.out, "{{\"schema\":\"{SCHEMA}\",\"captures\":[")
    }

    fn begin(&mut self, head: &CaptureLine<'_>) -> io::Result<()> {
        if self.captures == 0 {
            self.begin_document()?;
        }
        self.open = true;
        self.flows = 0;
        self.findings.clear();
        self.expectations.clear();
        self.out.write_all(if self.captures == 0 { b"\n{\"capture\":" } else { b",\n{\"capture\":" })?;
        self.captures += 1;
        write(&mut self.out, head)?;
        self.out.write_all(b",\n\"flows\":[")
    }

    /// Ends the capture at hand; one that became unreadable has no totals.
    fn end(&mut self, totals: Option<&TotalsLine<'_>>) -> io::Result<()> {
        self.open = false;
        self.out.write_all(b"],\n")?;
        if self.lines == Lines::All {
            self.out.write_all(b"\"findings\":[")?;
            self.out.write_all(&self.findings)?;
            self.out.write_all(b"],\n")?;
        }
        if !self.expectations.is_empty() {
            self.out.write_all(b"\"expectations\":[")?;
            self.out.write_all(&self.expectations)?;
            self.out.write_all(b"],\n")?;
        }
        self.out.write_all(b"\"totals\":")?;
        write(&mut self.out, &totals)?;
        self.out.write_all(b"}")
    }
}

impl<W: Write> Sink for JsonDocument<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture(head) => {
                self.capture.clone_from(&head.name);
                self.begin(&CaptureLine::from(*head))
            }
            Event::Finding(finding) if self.lines == Lines::All => {
                append(&mut self.findings, &FindingLine::new(&self.capture, finding))
            }
            Event::Flow(flow) => {
                self.line.clear();
                self.line.extend_from_slice(if self.flows == 0 { b"\n" } else { b",\n" });
                self.flows += 1;
                writer::append(&mut self.line, &FlowLine::new(&self.capture, flow))?;
                self.out.write_all(&self.line)
            }
            Event::Totals(totals) => {
                let capture = std::mem::take(&mut self.capture);
                self.end(Some(&TotalsLine::new(&capture, totals)))
            }
            Event::Expectation(event) => append(&mut self.expectations, &ExpectationLine::new(&self.capture, event)),
            Event::Finding(_) | Event::Segment(_) => Ok(()),
        }
    }
}

impl<W: Write> Report for JsonDocument<W> {
    fn unreadable(&mut self, capture: &str, error: &Error) -> io::Result<()> {
        if self.open {
            self.end(None)?;
        }
        append(&mut self.unreadable, &UnreadableLine::new(capture, error))
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        if self.captures == 0 {
            self.begin_document()?;
        }
        self.out.write_all(b"],\n\"unreadable\":[")?;
        self.out.write_all(&self.unreadable)?;
        self.out.write_all(b"],\n\"summary\":")?;
        write(&mut self.out, &SummaryBody::from(summary))?;
        self.out.write_all(b"}\n")?;
        self.out.flush()
    }
}

fn append(list: &mut Vec<u8>, value: &impl Serialize) -> io::Result<()> {
    list.extend_from_slice(if list.is_empty() { b"\n" } else { b",\n" });
    writer::append(list, value)
}
