//! One segment of the story: a line with its arrow and the states it left, and below it the equations it was checked by.

use super::numbers::{Check, Numbers};
use crate::audit::SegmentEvent;
use crate::flow::{Side, State};
use crate::report::count;
use crate::report::ladder::arrow;
use crate::report::{Look, Paint};
use crate::wire::{Flags, OptionSet, Segment, SeqNum};
use std::fmt::Write;

/// Columns of an arrow.
const ARROW: usize = 36;
/// Columns before an arrow: frame, time, state of the client.
const MARGIN: usize = 31;

/// The header of the ladder.
pub fn header(look: Look) -> String {
    let line = format!("{:>5}  {:>9}  {:<12} {:<ARROW$} {}", "frame", "time", "client", "", "server");
    format!("{}\n", look.paint(Paint::Strong, &line))
}

/// A segment as it stands in the story.
pub struct Rung<'a> {
    /// The segment and what it did.
    pub event: &'a SegmentEvent<'a>,
    /// Nanoseconds since the connection's first segment.
    pub at: i64,
    /// The arithmetic up to, and without, this segment.
    pub numbers: &'a Numbers,
    /// How it may look.
    pub look: Look,
}

impl Rung<'_> {
    /// The segment as lines of text.
    pub fn render(&self) -> String {
        let mut text = self.arrow_line();
        self.below(&mut text, &self.equations());
        self.below(&mut text, &offer(self.segment()));
        for finding in self.event.findings {
            let name = format!("{}[{}]: {}", finding.evidence.severity, finding.rule.code, finding.rule.name);
            self.below(&mut text, &self.look.paint(Paint::Error, &name));
        }
        text
    }

    fn segment(&self) -> &Segment {
        &self.event.decoded.segment
    }

    fn arrow_line(&self) -> String {
        let segment = self.segment();
        let label = match segment.data_len() {
            0 => segment.flags.to_string(),
            octets => format!("{}, {}", segment.flags, count(octets.into(), "octet")),
        };
        let line = format!(
            "{:>5}  {:>9}  {:<12} {} {}",
            segment.frame,
            clock(self.at),
            name(self.event.client_state),
            self.look.paint(Paint::Frame, &arrow(self.event.side, &label, ARROW)),
            name(self.event.server_state),
        );
        format!("{}\n", line.trim_end())
    }

    /// `seq = x+1 = 1001 ✓   ack = y+1 = 5001 ✓`.
    fn equations(&self) -> String {
        let (segment, side) = (self.segment(), self.event.side);
        let seq = self.equation("seq", segment.seq, side, self.numbers.check_seq(segment, side));
        let ack = match segment.flags.has(Flags::ACK) {
            true => self.equation("   ack", segment.ack, side.peer(), self.numbers.check_ack(segment, side)),
            false => String::new(),
        };
        seq + &ack
    }

    fn equation(&self, what: &str, number: SeqNum, side: Side, check: Check) -> String {
        let mut equation = format!("{what} = {}", self.numbers.equation(number, side));
        match check {
            Check::Right => push(&mut equation, format_args!(" {}", self.look.paint(Paint::Good, "✓"))),
            Check::Wrong(next) => {
                let next = format!("✗ {} was due", self.numbers.equation(next, side));
                push(&mut equation, format_args!(" {}", self.look.paint(Paint::Error, &next)));
            }
            Check::Silent => {}
        }
        equation
    }

    fn below(&self, text: &mut String, line: &str) {
        if !line.is_empty() {
            push(text, format_args!("{:MARGIN$}{line}\n", ""));
        }
    }
}

/// A run of segments that moved data and nothing else, as one line.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fold {
    segments: [u64; 2],
    octets: [u64; 2],
    from: i64,
    to: i64,
}

impl Fold {
    /// Adds a segment that `side` sent `at` nanoseconds after the connection began.
    pub fn add(&mut self, segment: &Segment, side: Side, at: i64) {
        if self.is_empty() {
            self.from = at;
        }
        self.to = at;
        self.segments[side as usize] += 1;
        self.octets[side as usize] = self.octets[side as usize].saturating_add(segment.data_len().into());
    }

    fn is_empty(&self) -> bool {
        self.segments == [0, 0]
    }

    /// Takes the run, as a line of text; nothing where there was none.
    pub fn take(&mut self, look: Look) -> String {
        let run = std::mem::take(self);
        if run.is_empty() {
            return String::new();
        }
        let [client, server] = [0, 1]
            .map(|side| format!("{}, {}", count(run.segments[side], "segment"), count(run.octets[side], "octet")));
        let time = format!("{}–{}", clock(run.from), clock(run.to));
        let line = format!("{:>5}  {time}  {client} ▶   ◀ {server}", "⋮");
        format!("{}\n", look.paint(Paint::Note, &line))
    }
}

/// Nanoseconds as seconds with six digits.
fn clock(nanoseconds: i64) -> String {
    format!("{:.6}", nanoseconds as f64 / 1e9)
}

fn name(state: Option<State>) -> &'static str {
    state.map_or("", State::name)
}

/// What a SYN offers.
fn offer(segment: &Segment) -> String {
    if !segment.flags.has(Flags::SYN) {
        return String::new();
    }
    let options = &segment.options;
    let mut words = vec![format!("window {}", segment.window.0)];
    words.extend(options.mss().map(|mss| format!("MSS {mss}")));
    words.extend(options.window_scale().map(|shift| format!("scale {shift}")));
    words.extend(options.has(OptionSet::SACK_PERMITTED).then(|| "SACK permitted".to_owned()));
    words.extend(options.timestamps().map(|_| "timestamps".to_owned()));
    words.extend(options.has(OptionSet::FAST_OPEN).then(|| match options.fast_open_cookie {
        0 => "Fast Open request".to_owned(),
        octets => format!("Fast Open cookie of {octets}"),
    }));
    words.join(", ")
}

/// Writing to a String cannot fail.
fn push(text: &mut String, content: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(content);
}
