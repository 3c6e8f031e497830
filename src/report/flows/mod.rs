//! Connections to delimited text, streaming: one header row, one row a connection, one named column a fact.

mod columns;

use super::escape;
use super::{Report, Summary};
use crate::audit::{Event, Sink};
use crate::error::Error;
use columns::{COLUMNS, Cell, Row};
use std::io::{self, Write};

/// What stands between two cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// CSV (RFC 4180).
    Comma,
    /// TSV.
    Tab,
}

/// Writes one row a connection.
pub struct FlowTable<W> {
    out: W,
    delimiter: Delimiter,
    capture: String,
    begun: bool,
}

impl<W: Write> FlowTable<W> {
    /// Writes to `out`, which should be buffered.
    pub const fn new(out: W, delimiter: Delimiter) -> Self {
        Self { out, delimiter, capture: String::new(), begun: false }
    }

    fn header(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        let delimiter = self.delimiter.letter();
        for (place, column) in COLUMNS.iter().enumerate() {
            separate(&mut self.out, place, delimiter)?;
            self.out.write_all(column.name.as_bytes())?;
        }
        self.out.write_all(b"\n")
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let delimiter = self.delimiter.letter();
        for (place, column) in COLUMNS.iter().enumerate() {
            separate(&mut self.out, place, delimiter)?;
            match (column.cell)(row) {
                Cell::Unknown => {}
                Cell::Number(number) => write!(self.out, "{number}")?,
                Cell::Seconds(duration) => write!(self.out, "{}", duration as f64 / 1e9)?,
                Cell::Time(time) => write!(self.out, "{time}")?,
                Cell::Text(text) => self.out.write_all(escape::cell(&text, delimiter).as_bytes())?,
            }
        }
        self.out.write_all(b"\n")
    }
}

impl Delimiter {
    /// The delimiter as an octet.
    pub const fn octet(self) -> u8 {
        self.letter() as u8
    }

    const fn letter(self) -> char {
        match self {
            Self::Comma => ',',
            Self::Tab => '\t',
        }
    }
}

impl<W: Write> Sink for FlowTable<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture(head) => {
                self.capture.clone_from(&head.name);
                self.header()
            }
            Event::Flow(flow) => {
                let capture = std::mem::take(&mut self.capture);
                let written = self.row(&Row { capture: &capture, flow });
                self.capture = capture;
                written
            }
            _ => Ok(()),
        }
    }
}

impl<W: Write> Report for FlowTable<W> {
    fn unreadable(&mut self, _capture: &str, _error: &Error) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, _summary: &Summary) -> io::Result<()> {
        self.header()?;
        self.out.flush()
    }
}

fn separate(out: &mut impl Write, place: usize, delimiter: char) -> io::Result<()> {
    if place == 0 { Ok(()) } else { write!(out, "{delimiter}") }
}
