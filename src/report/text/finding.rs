//! A finding in the manner of a compiler: the sentence, the place, the segments that matter, the number pointed at.

use crate::audit::{Ends, FindingEvent};
use crate::capture::FrameNumber;
use crate::flow::Mark;
use crate::report::escape::printable;
use crate::report::ladder::{Bases, Offender, arrow, bases, named, offender};
use crate::report::reference::address;
use crate::report::{Look, Paint};
use crate::rules::{Confidence, Finding, Severity};
use crate::wire::Flags;
use std::fmt::Write;

/// A finding kept until its capture ends.
pub struct Kept {
    finding: Finding,
    stream: Option<u32>,
    ends: Option<Ends>,
    origin: Option<(String, FrameNumber)>,
}

impl Kept {
    /// What is kept of an event.
    pub fn new(event: &FindingEvent<'_>) -> Self {
        let origin = event.origin.map(|(file, frame)| (file.to_owned(), frame));
        Self { finding: event.finding.clone(), stream: event.stream, ends: event.ends, origin }
    }

    /// The finding as a few lines of text.
    pub fn render(&self, capture: &str, look: Look) -> String {
        let evidence = &self.finding.evidence;
        let gutter = Gutter::new(&evidence.ladder, look);
        let mut text = self.headline(look);
        self.place(&mut text, capture, &gutter);
        if !evidence.ladder.is_empty() {
            self.ladder(&mut text, &gutter);
        }
        self.notes(&mut text, &gutter);
        text
    }

    fn headline(&self, look: Look) -> String {
        let evidence = &self.finding.evidence;
        let title = format!("{}[{}]", evidence.severity, self.finding.rule.code);
        let title = look.link(&address(self.finding.rule), look.paint(paint(evidence.severity), &title));
        let message = format!(": {}", printable(&evidence.message));
        format!("{title}{}\n", look.paint(Paint::Strong, &message))
    }

    fn place(&self, text: &mut String, capture: &str, gutter: &Gutter) {
        let arrow = gutter.look.paint(Paint::Frame, "-->");
        push(text, format_args!("{:width$}{arrow} {}: ", "", printable(capture), width = gutter.digits + 1));
        push(text, format_args!("frame {}", self.finding.evidence.frame));
        if let Some((file, frame)) = &self.origin {
            push(text, format_args!(" ({} frame {frame})", printable(file)));
        }
        if let Some(stream) = self.stream {
            push(text, format_args!(", stream {stream}"));
        }
        if let Some(ends) = self.ends {
            push(text, format_args!(", {} → {}", ends.client, ends.server));
        }
        text.push('\n');
    }

    fn ladder(&self, text: &mut String, gutter: &Gutter) {
        let evidence = &self.finding.evidence;
        let rungs = Rungs::new(&evidence.ladder);
        gutter.line(text, None, "");
        for mark in &evidence.ladder {
            gutter.line(text, Some(mark.frame), &rungs.rung(mark));
            if mark.frame == evidence.frame {
                let carets = rungs.carets(mark, offender(&self.finding, mark), &evidence.pointer);
                gutter.line(text, None, &gutter.look.paint(paint(evidence.severity), &carets));
            }
        }
    }

    fn notes(&self, text: &mut String, gutter: &Gutter) {
        let evidence = &self.finding.evidence;
        let quantities: Vec<String> =
            evidence.quantities.iter().map(|quantity| format!("{} = {}", quantity.name, quantity.value)).collect();
        if !quantities.is_empty() {
            gutter.note(text, &printable(&quantities.join(", ")));
        }
        if self.finding.known_at > evidence.frame {
            gutter.note(text, &format!("known at frame {}", self.finding.known_at));
        }
        if evidence.confidence != Confidence::Certain {
            gutter.note(text, &format!("{}, not certain, from what the capture shows", evidence.confidence));
        }
        gutter.note(text, &format!("{}: {}", self.finding.rule.name, self.finding.rule.reference));
    }
}

/// The colour of a severity.
pub const fn paint(severity: Severity) -> Paint {
    match severity {
        Severity::Error => Paint::Error,
        Severity::Warning => Paint::Warning,
        Severity::Note => Paint::Note,
    }
}

/// The column of frame numbers and the bar beside it.
struct Gutter {
    digits: usize,
    look: Look,
}

impl Gutter {
    fn new(ladder: &[Mark], look: Look) -> Self {
        let widest = ladder.iter().map(|mark| mark.frame).max().unwrap_or_default();
        Self { digits: widest.to_string().len(), look }
    }

    fn line(&self, text: &mut String, frame: Option<FrameNumber>, content: &str) {
        let frame = frame.map(|frame| frame.to_string()).unwrap_or_default();
        let gutter = format!(" {frame:>width$} │", width = self.digits);
        push(text, format_args!("{} {content}", self.look.paint(Paint::Frame, &gutter)));
        text.truncate(text.trim_end().len());
        text.push('\n');
    }

    fn note(&self, text: &mut String, content: &str) {
        let sign = format!(" {:width$} =", "", width = self.digits);
        push(text, format_args!("{} {content}\n", self.look.paint(Paint::Frame, &sign)));
    }
}

/// The segments of one ladder, aligned with each other.
struct Rungs {
    start: i64,
    clock: usize,
    arrow: usize,
    bases: Bases,
}

impl Rungs {
    fn new(ladder: &[Mark]) -> Self {
        let start = ladder.first().map(|mark| mark.time.nanoseconds()).unwrap_or_default();
        let mut rungs = Self { start, clock: 0, arrow: 0, bases: bases(ladder) };
        rungs.clock = ladder.iter().map(|mark| rungs.time(mark).len()).max().unwrap_or_default();
        rungs.arrow = ladder.iter().map(|mark| mark.flags.to_string().len() + 6).max().unwrap_or_default();
        rungs
    }

    fn time(&self, mark: &Mark) -> String {
        format!("{:.6}", mark.time.nanoseconds().saturating_sub(self.start) as f64 / 1e9)
    }

    fn rung(&self, mark: &Mark) -> String {
        let (start, seq, ack) = (self.until_numbers(mark), self.seq(mark), self.ack(mark));
        let len = if mark.len > 0 { format!("  len {}", mark.len) } else { String::new() };
        format!("{start}{seq}{ack}{len}")
    }

    /// A line of carets below the offending number, and what should be there.
    fn carets(&self, mark: &Mark, offender: Offender, pointer: &str) -> String {
        let start = self.until_numbers(mark).chars().count();
        let (end, width) = match offender {
            Offender::Flags => (self.flags_end(mark), mark.flags.to_string().len()),
            Offender::Seq => (start + self.seq(mark).len(), mark.seq.to_string().len()),
            Offender::Ack => (start + self.seq(mark).len() + self.ack(mark).len(), mark.ack.to_string().len()),
        };
        format!("{:indent$}{} {}", "", "^".repeat(width), printable(pointer), indent = end.saturating_sub(width))
    }

    fn until_numbers(&self, mark: &Mark) -> String {
        let arrow = arrow(mark.side, &mark.flags.to_string(), self.arrow);
        format!("{:>width$}  client {arrow} server  ", self.time(mark), width = self.clock)
    }

    /// The column after the flags in their arrow.
    fn flags_end(&self, mark: &Mark) -> usize {
        let label = mark.flags.to_string();
        let arrow = self.until_numbers(mark);
        let before = arrow.split_once(&format!(" {label} ")).map_or(0, |(before, _)| before.chars().count());
        before + 1 + label.len()
    }

    fn seq(&self, mark: &Mark) -> String {
        format!("seq {}", named(mark.seq, mark.side, self.bases[mark.side]))
    }

    fn ack(&self, mark: &Mark) -> String {
        if !mark.flags.has(Flags::ACK) {
            return String::new();
        }
        format!("  ack {}", named(mark.ack, mark.side.peer(), self.bases[mark.side.peer()]))
    }
}

/// Writing to a String cannot fail.
fn push(text: &mut String, content: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(content);
}
