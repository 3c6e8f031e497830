//! One JSON document: the objects of the lines, sorted under their captures.
//!
//! Connections are written as they come; the findings of a capture wait, as text and put by, for its end.

use super::expectation::ExpectationLine;
use super::finding::FindingLine;
use super::flow::{Common, FlowLine};
use super::line::{CaptureLine, SummaryBody, UnreadableLine};
use super::totals::TotalsLine;
use super::writer::{self, write};
use super::{Lines, SCHEMA};
use crate::audit::{Event, FindingEvent, Sink};
use crate::error::Error;
use crate::report::{Report, Summary};
use serde::Serialize;
use std::io::{self, Cursor, Read, Seek, Write};

/// Octets of findings that are gathered before they are put by.
const GATHERED: usize = 1 << 20;

/// Writes one JSON document; `S` is where it puts by what has to wait.
pub struct JsonDocument<W, S = Cursor<Vec<u8>>> {
    out: W,
    lines: Lines,
    capture: String,
    captures: usize,
    /// Whether the totals of the capture at hand are still to come.
    open: bool,
    flows: usize,
    /// The connection at hand, for its room.
    line: Vec<u8>,
    common: Common,
    /// The findings of the capture at hand, joined by commas: the latest of them.
    findings: Vec<u8>,
    /// Those before them, and how many octets they are.
    put_by: (S, u64),
    /// What was expected in it.
    expectations: Vec<u8>,
    unreadable: Vec<u8>,
}

impl<W: Write> JsonDocument<W> {
    /// Writes a document to `out`, which should be buffered; [`Lines::Flows`] leaves the findings out. Those of one
    /// capture are kept in memory.
    pub fn new(out: W, lines: Lines) -> Self {
        Self::putting_by(out, lines, Cursor::default())
    }
}

impl<W: Write, S: Read + Write + Seek> JsonDocument<W, S> {
    /// The same, with the findings of one capture kept in `store`, which is to be empty.
    pub fn putting_by(out: W, lines: Lines, store: S) -> Self {
        let (line, findings, expectations, unreadable) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let capture = String::new();
        Self {
            out,
            lines,
            capture,
            captures: 0,
            open: false,
            flows: 0,
            line,
            common: Common::default(),
            findings,
            put_by: (store, 0),
            expectations,
            unreadable,
        }
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
            self.fetch()?;
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

    fn finding(&mut self, finding: &FindingEvent<'_>) -> io::Result<()> {
        self.findings.extend_from_slice(if self.findings.is_empty() && self.put_by.1 == 0 { b"\n" } else { b",\n" });
        writer::append(&mut self.findings, &FindingLine::new(&self.capture, finding))?;
        if self.findings.len() < GATHERED {
            return Ok(());
        }
        let (store, len) = &mut self.put_by;
        store.write_all(&self.findings)?;
        *len += self.findings.len() as u64;
        self.findings.clear();
        Ok(())
    }

    /// Writes the findings that were put by, and makes room for those of the next capture.
    fn fetch(&mut self) -> io::Result<()> {
        let (store, len) = &mut self.put_by;
        if *len > 0 {
            store.rewind()?;
            io::copy(&mut store.take(*len), &mut self.out)?;
            store.rewind()?;
            *len = 0;
        }
        Ok(())
    }
}

impl<W: Write, S: Read + Write + Seek> Sink for JsonDocument<W, S> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture(head) => {
                self.capture.clone_from(&head.name);
                self.begin(&CaptureLine::from(*head))
            }
            Event::Finding(finding) if self.lines == Lines::All => self.finding(finding),
            Event::Flow(flow) => {
                self.line.clear();
                self.line.extend_from_slice(if self.flows == 0 { b"\n" } else { b",\n" });
                self.flows += 1;
                let line = FlowLine::new(&self.capture, flow, &mut self.common)?;
                writer::append(&mut self.line, &line)?;
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

impl<W: Write, S: Read + Write + Seek> Report for JsonDocument<W, S> {
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
