//! One connection as a story: every segment that opened or closed it, what was checked, the states of both ends after it.
//!
//! Segments that only moved data are folded to a line. Written as it is read; nothing but the place in it is kept.

mod numbers;
mod rung;

use super::text::Finding;
use super::{Look, Paint, Report, Summary};
use crate::audit::{CaptureHead, Event, FlowEvent, SegmentEvent, Sink};
use crate::capture::{FrameNumber, Timestamp};
use crate::error::Error;
use crate::flow::{Side, State};
use crate::report::escape::printable;
use crate::rules::human_duration;
use crate::wire::Flags;
use numbers::Numbers;
use rung::{Fold, Rung, header};
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
    start: Timestamp,
    states: [Option<State>; 2],
    numbers: Numbers,
    fold: Fold,
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
        let (look, all) = (self.look, self.all_segments);
        let Some(hero) = self.hero.as_mut().filter(|hero| hero.flow_id == flow_id && hero.capture == self.capture.name)
        else {
            return Ok(());
        };
        let text = hero.tell(event, look, all);
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
            start: segment.time,
            states: [None, None],
            numbers: Numbers::default(),
            fold: Fold::default(),
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
        let mut text = self.hero.as_mut().map(|hero| hero.fold.take(self.look)).unwrap_or_default();
        text.push_str(&epilogue(flow));
        for finding in self.findings.drain(..) {
            text.push('\n');
            text.push_str(&finding.render(&self.capture.name, self.look));
        }
        self.look.write(&mut self.out, &text)
    }
}

impl Hero {
    /// What is to be told at a segment; it may be nothing yet.
    fn tell(&mut self, event: &SegmentEvent<'_>, look: Look, all_segments: bool) -> String {
        let segment = &event.decoded.segment;
        let at = segment.time.since(self.start);
        let states = [event.client_state, event.server_state];
        let moved = std::mem::replace(&mut self.states, states) != states;
        let opens_or_closes = segment.flags.any(Flags::SYN.with(Flags::FIN).with(Flags::RST));
        self.numbers.learn_base(segment, event.side);
        let mut text = String::new();
        if all_segments || moved || opens_or_closes || !event.findings.is_empty() {
            text = self.fold.take(look);
            text.push_str(&Rung { event, at, numbers: &self.numbers, look }.render());
        } else {
            self.fold.add(segment, event.side, at);
        }
        self.numbers.count(segment, event.side);
        text
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{ChecksumStatus, Endpoint, Options, Path, RawWindow, Segment, SeqNum, Standing};

    /// A segment of which just the numbers matter.
    pub fn segment(flags: Flags, seq: u32, ack: u32, len: u32) -> Segment {
        let end = Endpoint { ip: [10, 0, 0, 1].into(), port: 80 };
        Segment {
            frame: 1,
            time: Timestamp::default(),
            source: end,
            destination: end,
            path: Path::default(),
            ttl: 64,
            ecn: 0,
            ip_id: None,
            standing: Standing::Whole,
            seq: SeqNum(seq),
            ack: SeqNum(ack),
            flags,
            window: RawWindow(1000),
            checksum: 0,
            checksum_status: ChecksumStatus::Unverified,
            payload_sum: 0,
            urgent_pointer: 0,
            data_offset: 5,
            captured: 20 + len,
            reported: 20 + len,
            options: Options::default(),
        }
    }
}
