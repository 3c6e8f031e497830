//! One connection as a picture: SVG, or the source of a diagram, written when the capture ends.

use crate::audit::{CaptureHead, Event, SegmentEvent, Sink};
use crate::capture::FrameNumber;
use crate::error::Error;
use crate::flow::Side;
use crate::report::escape::printable;
use crate::report::ladder::{Accusation, Draft, Ladder, Line, Lines, Svg, mermaid, plantuml};
use crate::report::{Report, Summary};
use std::io::{self, Write};

/// Lines drawn at the beginning and at the end of a long connection.
const MOST: [usize; 2] = [400, 200];
/// Findings set beside their segments.
const MOST_FINDINGS: usize = 1000;

/// What a picture is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    /// Scalable Vector Graphics, a file of its own.
    Svg,
    /// A Mermaid sequence diagram.
    Mermaid,
    /// A PlantUML sequence diagram.
    PlantUml,
}

/// Draws the first connection that it hears of.
pub struct Picture<W> {
    out: W,
    format: PictureFormat,
    all_segments: bool,
    capture: String,
    sitter: Option<Sitter>,
    findings: Vec<(FrameNumber, FrameNumber, Accusation)>,
}

/// The connection drawn.
struct Sitter {
    capture: String,
    flow_id: FrameNumber,
    draft: Draft,
    lines: Lines,
    ladder: Ladder,
}

impl<W: Write> Picture<W> {
    /// Writes to `out`, which should be buffered; `all_segments` folds nothing.
    pub const fn new(out: W, format: PictureFormat, all_segments: bool) -> Self {
        Self { out, format, all_segments, capture: String::new(), sitter: None, findings: Vec::new() }
    }

    /// Whether there was a connection to draw.
    pub const fn is_drawn(&self) -> bool {
        self.sitter.is_some()
    }

    fn segment(&mut self, event: &SegmentEvent<'_>) {
        let Some(flow_id) = event.flow_id else { return };
        if self.sitter.is_none() {
            self.sitter = Some(Sitter::new(event, flow_id, &self.capture, self.all_segments));
        }
        let sitter = self.sitter.as_mut().filter(|sitter| sitter.is(flow_id, &self.capture));
        let Some(sitter) = sitter else { return };
        if let Some((folded, mut rung)) = sitter.draft.add(event) {
            folded.into_iter().for_each(|fold| sitter.lines.push(Line::Fold(fold)));
            rung.forget_others();
            sitter.lines.push(Line::Rung(rung));
        }
    }

    fn capture(&mut self, head: &CaptureHead) {
        self.capture.clone_from(&head.name);
        if self.sitter.is_none() {
            self.findings.clear();
        }
    }
}

impl Sitter {
    fn new(event: &SegmentEvent<'_>, flow_id: FrameNumber, capture: &str, all_segments: bool) -> Self {
        let segment = &event.decoded.segment;
        let (client, server) = match event.side {
            Side::Client => (segment.source, segment.destination),
            Side::Server => (segment.destination, segment.source),
        };
        let stream = event.stream.map(|stream| format!(", stream {stream}")).unwrap_or_default();
        let title = format!("{}{stream}", printable(capture));
        Self {
            capture: capture.to_owned(),
            flow_id,
            draft: Draft::new(segment.time, all_segments),
            lines: Lines::new(MOST[0], MOST[1]),
            ladder: Ladder { title, client, server, lines: Vec::new() },
        }
    }

    fn is(&self, flow_id: FrameNumber, capture: &str) -> bool {
        self.flow_id == flow_id && self.capture == capture
    }
}

impl<W: Write> Sink for Picture<W> {
    fn wants_segments(&self) -> bool {
        true
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture(head) => self.capture(head),
            Event::Segment(segment) => self.segment(segment),
            Event::Finding(event) => {
                let of = event.flow_id.filter(|flow_id| match &self.sitter {
                    Some(sitter) => sitter.is(*flow_id, &self.capture),
                    None => true,
                });
                if let Some(flow_id) = of.filter(|_| self.findings.len() < MOST_FINDINGS) {
                    self.findings.push((flow_id, event.finding.evidence.frame, event.finding.into()));
                }
            }
            Event::Flow(_) | Event::Totals(_) | Event::Expectation(_) => {}
        }
        Ok(())
    }
}

impl<W: Write> Report for Picture<W> {
    fn unreadable(&mut self, _capture: &str, _error: &Error) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, _summary: &Summary) -> io::Result<()> {
        let Some(sitter) = &mut self.sitter else { return self.out.flush() };
        let mut lines = sitter.lines.clone();
        sitter.draft.finish().into_iter().for_each(|fold| lines.push(Line::Fold(fold)));
        let mut ladder = Ladder { lines: lines.finish(), ..sitter.ladder.clone() };
        for (flow_id, frame, accusation) in &self.findings {
            if *flow_id == sitter.flow_id {
                ladder.accuse(*frame, *accusation);
            }
        }
        let text = match self.format {
            PictureFormat::Svg => Svg::standalone(&ladder).to_string(),
            PictureFormat::Mermaid => mermaid(&ladder),
            PictureFormat::PlantUml => plantuml(&ladder),
        };
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }
}
