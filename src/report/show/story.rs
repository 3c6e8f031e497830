//! One connection as a story: every segment that opened or closed it, what was checked, the states of both ends after it.
//!
//! Segments that only moved data are folded to a line. Written as it is read; nothing but the place in it is kept.

use crate::audit::{CaptureHead, Event, FlowEvent, SegmentEvent, Sink};
use crate::capture::FrameNumber;
use crate::error::Error;
use crate::flow::Side;
use crate::report::escape::printable;
use crate::report::ladder::{Draft, fold_text, header, rung_text};
use crate::report::text::Finding;
use crate::report::{Look, Paint, Report, Summary};
use crate::rules::human_duration;
use std::io::{self, Write};

/// Tells the first connection that it hears of.
pub struct Story<W> {
    out: W,
    look: Look,
    all_segments: bool,
    capture: CaptureHead,
    hero: Option<Hero>,
    findings: Vec<Finding>,
    others: u64,
}

/// The connection told, and how far the story has come.
struct Hero {
    capture: String,
    flow_id: FrameNumber,
    draft: Draft,
}

impl<W: Write> Story<W> {
    /// Writes to `out`, which should be buffered; `all_segments` folds nothing.
    pub fn new(out: W, look: Look, all_segments: bool) -> Self {
        let (capture, findings) = (CaptureHead::default(), Vec::new());
        Self { out, look, all_segments, capture, hero: None, findings, others: 0 }
    }

    /// Whether there was a connection to tell.
    pub const fn is_told(&self) -> bool {
        self.hero.is_some()
    }

    fn segment(&mut self, event: &SegmentEvent<'_>) -> io::Result<()> {
        let Some(flow_id) = event.flow_id else { return Ok(()) };
        if self.hero.is_none() {
            self.begin(event, flow_id)?;
        }
        let Some(hero) = self.hero.as_mut().filter(|hero| hero.flow_id == flow_id && hero.capture == self.capture.name)
        else {
            return Ok(());
        };
        let Some((folded, rung)) = hero.draft.add(event) else { return Ok(()) };
        let look = self.look;
        let mut text = folded.map(|fold| fold_text(&fold, look)).unwrap_or_default();
        text.push_str(&rung_text(&rung, look));
        look.write(&mut self.out, &text)
    }

    fn begin(&mut self, event: &SegmentEvent<'_>, flow_id: FrameNumber) -> io::Result<()> {
        let segment = &event.decoded.segment;
        let (client, server) = match event.side {
            Side::Client => (segment.source, segment.destination),
            Side::Server => (segment.destination, segment.source),
        };
        let stream = event.stream.map(|stream| format!("stream {stream}, ")).unwrap_or_default();
        let configuration =
            self.capture.configuration.iter().map(|path| format!(", configuration {}", printable(path)));
        let configuration: String = configuration.collect();
        let name = printable(&self.capture.name);
        let title = format!("{name}: {stream}client {client} → server {server}{configuration}");
        let text = format!(
            "{}\nx and y are the initial sequence numbers of client and server.\n\n{}",
            self.look.paint(Paint::Strong, &title),
            header(self.look)
        );
        self.hero = Some(Hero {
            capture: self.capture.name.clone(),
            flow_id,
            draft: Draft::new(segment.time, self.all_segments),
        });
        self.look.write(&mut self.out, &text)
    }

    fn is_hero(&self, flow_id: Option<FrameNumber>) -> bool {
        self.hero.as_ref().is_some_and(|hero| Some(hero.flow_id) == flow_id && hero.capture == self.capture.name)
    }

    fn end(&mut self, flow: &FlowEvent) -> io::Result<()> {
        if !self.is_hero(Some(flow.summary.flow_id)) {
            self.others += 1;
            return Ok(());
        }
        let mut text = self
            .hero
            .as_mut()
            .and_then(|hero| hero.draft.finish())
            .map(|fold| fold_text(&fold, self.look))
            .unwrap_or_default();
        text.push_str(&epilogue(flow));
        for finding in self.findings.drain(..) {
            text.push('\n');
            text.push_str(&finding.render(&self.capture.name, self.look));
        }
        self.look.write(&mut self.out, &text)
    }
}

/// How it opened and closed: the word, the times, the meaning.
fn epilogue(flow: &FlowEvent) -> String {
    let (handshake, teardown) = (&flow.summary.handshake, &flow.summary.teardown);
    let answers = [("server", handshake.rtt_server()), ("client", handshake.rtt_client())];
    let answers = answers.map(|(end, rtt)| rtt.map(|rtt| format!(", {end} answered in {}", human_duration(rtt))));
    let initiator = teardown.initiator.map(|side| format!(", begun by the {side}"));
    format!(
        "\nhandshake  {}{}{}\n           {}\nteardown   {}{}{}\n           {}\n",
        handshake.verdict,
        taken(handshake.duration()),
        answers.into_iter().flatten().collect::<String>(),
        handshake.verdict.meaning(),
        teardown.verdict,
        initiator.unwrap_or_default(),
        taken(teardown.duration()),
        teardown.verdict.meaning(),
    )
}

fn taken(duration: Option<i64>) -> String {
    duration.filter(|taken| *taken > 0).map(|taken| format!(" in {}", human_duration(taken))).unwrap_or_default()
}

impl<W: Write> Sink for Story<W> {
    fn wants_segments(&self) -> bool {
        true
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture(head) => {
                self.capture.clone_from(head);
                Ok(())
            }
            Event::Segment(segment) => self.segment(segment),
            Event::Finding(finding) => {
                // The finding on the first segment comes before the segment itself.
                if self.is_hero(finding.flow_id) || self.hero.is_none() {
                    self.findings.push(Finding::new(finding));
                }
                Ok(())
            }
            Event::Flow(flow) => self.end(flow),
            Event::Totals(_) | Event::Expectation(_) => Ok(()),
        }
    }
}

impl<W: Write> Report for Story<W> {
    fn unreadable(&mut self, _capture: &str, _error: &Error) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, _summary: &Summary) -> io::Result<()> {
        let text = match (&self.hero, self.others) {
            (None, _) => "no connection to show\n".to_owned(),
            (Some(_), 0) => String::new(),
            (Some(_), 1) => "\n1 connection more; --stream N shows it\n".to_owned(),
            (Some(_), others) => format!("\n{others} connections more; --stream N shows one\n"),
        };
        self.look.write(&mut self.out, &text)?;
        self.out.flush()
    }
}
