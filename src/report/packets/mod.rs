//! Segments to one row each, streaming: Wireshark's packet list as text, or fields as TSV, CSV or JSON.

mod choice;
mod json;
mod list;
mod pending;
mod table;

pub use choice::PacketChoice;

use super::fields::{self, Field, View};
use super::{Delimiter, Look, Report, Summary};
use crate::audit::{Event, SegmentEvent, Sink};
use crate::error::Error;
use crate::lens::wireshark::Lens;
use crate::wire::Segment;
use pending::Pending;
use std::io::{self, Write};

/// The fields of a row where none are named.
pub const DEFAULT_FIELDS: [&str; 17] = [
    "frame.number",
    "frame.time_epoch",
    "tcp.stream",
    "ip.src",
    "ip.dst",
    "ipv6.src",
    "ipv6.dst",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.flags.str",
    "tcp.seq",
    "tcp.ack",
    "tcp.len",
    "info",
    "audit.client_state",
    "audit.server_state",
    "audit.findings",
];

/// How rows are written.
#[derive(Clone, Debug)]
pub enum PacketFormat {
    /// Wireshark's packet list, with the states of both ends and the codes of findings.
    List(Look),
    /// A header row and one row a segment.
    Table(Delimiter, Vec<&'static Field>),
    /// One JSON object a line.
    JsonLines(Vec<&'static Field>),
    /// One JSON document.
    Json(Vec<&'static Field>),
}

/// Writes one row a segment. A row is held back until its frame is over: Wireshark's Info column belongs to the frame.
pub struct Packets<W> {
    out: W,
    format: PacketFormat,
    choice: PacketChoice,
    lens: Lens,
    forgotten: u64,
    capture: String,
    pending: Pending,
    begun: bool,
    rows: u64,
}

impl PacketFormat {
    /// Whether rows say anything of the connection beyond what Wireshark says: its states and its findings.
    pub fn shows_audit(&self) -> bool {
        match self {
            Self::List(_) => true,
            Self::Table(_, fields) | Self::JsonLines(fields) | Self::Json(fields) => {
                fields.iter().any(|field| field.is_audit())
            }
        }
    }
}

impl<W: Write> Packets<W> {
    /// Writes the rows that `choice` takes to `out`, which should be buffered.
    pub fn new(out: W, format: PacketFormat, choice: PacketChoice) -> Self {
        let (lens, pending, capture) = (Lens::new(), Pending::default(), String::new());
        Self { out, format, choice, lens, forgotten: 0, capture, pending, begun: false, rows: 0 }
    }

    /// Connections that had to make room for others: rows of their later segments may not say what Wireshark says.
    pub const fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Writes the row of a segment. Every segment of the capture must come here, those not chosen too: what Wireshark
    /// says of one depends on those before it.
    ///
    /// # Errors
    ///
    /// Those of writing.
    pub fn segment(&mut self, event: &SegmentEvent<'_>) -> io::Result<()> {
        if event.record.number != self.pending.frame() {
            self.flush_frame()?;
        }
        let row = self.lens.observe(event.decoded);
        let view = View {
            record: event.record,
            capture_start: event.capture_start,
            decoded: event.decoded,
            row: &row,
            client_state: event.client_state,
            server_state: event.server_state,
            findings: event.findings,
        };
        if self.choice.takes(&view, event) {
            self.write(&view);
        }
        Ok(())
    }

    fn write(&mut self, view: &View<'_>) {
        let pending = &mut self.pending;
        pending.begin_row(view.record.number);
        match &self.format {
            PacketFormat::List(look) => list::write_row(view, *look, pending),
            PacketFormat::Table(delimiter, fields) => table::write_row(view, *delimiter, fields, pending),
            PacketFormat::JsonLines(fields) => json::write_row(view, &self.capture, fields, pending),
            PacketFormat::Json(fields) => {
                pending.octets().extend_from_slice(if self.rows == 0 { b"\n" } else { b",\n" });
                json::write_object(view, &self.capture, fields, pending);
            }
        }
        self.rows += 1;
    }

    fn begin(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        match &self.format {
            PacketFormat::List(look) => list::write_head(&mut self.out, *look),
            PacketFormat::Table(delimiter, fields) => table::write_head(&mut self.out, *delimiter, fields),
            PacketFormat::JsonLines(_) => Ok(()),
            PacketFormat::Json(_) => json::begin_document(&mut self.out),
        }
    }

    fn flush_frame(&mut self) -> io::Result<()> {
        self.begin()?;
        match &self.format {
            PacketFormat::List(look) if look.ascii => {
                let mut rows = Vec::new();
                self.pending.flush(&mut rows)?;
                look.write(&mut self.out, &String::from_utf8_lossy(&rows))
            }
            _ => self.pending.flush(&mut self.out),
        }
    }
}

impl<W: Write> Sink for Packets<W> {
    fn wants_segments(&self) -> bool {
        true
    }

    fn expect(&mut self, segment: &Segment) {
        self.lens.expect(segment);
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture(head) => {
                self.lens = Lens::bounded(&head.limits);
                self.capture.clone_from(&head.name);
                self.begin()
            }
            Event::Segment(segment) => self.segment(segment),
            Event::Totals(_) => {
                self.forgotten += self.lens.forgotten();
                self.flush_frame()
            }
            Event::Finding(_) | Event::Flow(_) | Event::Expectation(_) => Ok(()),
        }
    }
}

impl<W: Write> Report for Packets<W> {
    fn unreadable(&mut self, _capture: &str, _error: &Error) -> io::Result<()> {
        self.flush_frame()
    }

    fn finish(&mut self, _summary: &Summary) -> io::Result<()> {
        self.flush_frame()?;
        if let PacketFormat::Json(_) = self.format {
            json::end_document(&mut self.out)?;
        }
        self.out.flush()
    }
}

/// The fields called `names`, or the default ones where there are none.
///
/// # Errors
///
/// The first name that is no field's.
pub fn named_fields<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Vec<&'static Field>, fields::UnknownField> {
    let named = names.into_iter().map(fields::find).collect::<Result<Vec<_>, _>>()?;
    if named.is_empty() { DEFAULT_FIELDS.into_iter().map(fields::find).collect() } else { Ok(named) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_fields_exist() {
        assert_eq!(named_fields([]).map(|fields| fields.len()), Ok(DEFAULT_FIELDS.len()));
        assert_eq!(named_fields(["tcp.sequ"]).unwrap_err().suggestion, Some("tcp.seq"));
    }
}
