//! What a ladder is made of: segments worth a line of their own, and runs of others as one line.

use super::names::{expression, named};
use super::numbers::Check;
use super::{Offender, offender};
use crate::capture::FrameNumber;
use crate::flow::{Side, Sides, State};
use crate::report::count;
use crate::rules::{Finding, Severity};
use crate::wire::{Flags, OptionSet, Segment, SeqNum};

/// One line of a ladder.
#[derive(Clone, Debug)]
pub enum Line {
    /// A segment.
    Rung(Rung),
    /// A run of segments.
    Fold(Fold),
}

impl Line {
    /// The segment, if it is one.
    pub const fn rung(&self) -> Option<&Rung> {
        match self {
            Self::Rung(rung) => Some(rung),
            Self::Fold(_) => None,
        }
    }
}

/// A segment that opened or closed something, or that something is wrong with.
#[derive(Clone, Debug)]
pub struct Rung {
    /// Its frame.
    pub frame: FrameNumber,
    /// Nanoseconds since the connection's first segment.
    pub at: i64,
    /// Who sent it.
    pub side: Side,
    /// Its control bits.
    pub flags: Flags,
    /// Payload octets.
    pub len: u32,
    /// SEG.SEQ.
    pub seq: Number,
    /// SEG.ACK, where it says anything.
    pub ack: Option<Number>,
    /// The states of both ends after it, where known.
    pub states: Sides<Option<State>>,
    /// What a SYN offers, or what a finding says should be, in words; may be empty.
    pub offer: String,
    /// What was found wrong with it.
    pub findings: Vec<Accusation>,
}

impl Rung {
    /// `SYN, ACK`; with data, `PSH, ACK, 100 octets`.
    pub fn label(&self) -> String {
        match self.len {
            0 => self.flags.to_string(),
            octets => format!("{}, {}", self.flags, count(octets.into(), "octet")),
        }
    }
}

impl Rung {
    /// Sets a finding beside it, unless it is there, and marks the number that it is about, if that is one of its own.
    pub fn accuse(&mut self, accusation: Accusation) {
        if !self.findings.contains(&accusation) {
            self.findings.push(accusation);
        }
        let number = match accusation.offender {
            // A note names a fact, no fault.
            _ if accusation.severity == Severity::Note || accusation.frame != self.frame => None,
            Offender::Seq => Some(&mut self.seq),
            Offender::Ack => self.ack.as_mut(),
            Offender::Flags => None,
        };
        if let Some(number) = number.filter(|number| number.due().is_none()) {
            number.check = Check::Accused;
        }
    }

    /// Takes away what it has shown of segments before it, where those can still be drawn with it.
    pub fn forget_others(&mut self) {
        let frame = self.frame;
        self.findings.retain(|it| it.frame == frame);
    }
}

/// A finding as it stands beside a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accusation {
    /// The culprit's frame.
    pub frame: u64,
    /// How bad it is.
    pub severity: Severity,
    /// The rule's code.
    pub code: &'static str,
    /// The rule's name.
    pub name: &'static str,
    /// Which number it is about.
    pub offender: Offender,
}

impl From<&Finding> for Accusation {
    fn from(finding: &Finding) -> Self {
        let (evidence, rule) = (&finding.evidence, finding.rule);
        let culprit = evidence.ladder.iter().find(|mark| mark.frame == evidence.frame);
        let offender = culprit.map_or(Offender::Flags, |mark| offender(finding, mark));
        Self { frame: evidence.frame, severity: evidence.severity, code: rule.code, name: rule.name, offender }
    }
}

/// A sequence or acknowledgement number, named from its base and held against what was due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    /// The number as sent.
    pub value: SeqNum,
    /// Whose sequence it is of.
    pub owner: Side,
    /// That end's initial number, where it was seen.
    pub base: Option<SeqNum>,
    /// Whether it is the one that was due.
    pub check: Check,
}

impl Number {
    /// `x+1 = 1001`.
    pub fn equation(&self) -> String {
        named(self.value, self.owner, self.base)
    }

    /// `x+1`; the bare number where its base is not known.
    pub fn short(&self) -> String {
        expression(self.value, self.owner, self.base).unwrap_or_else(|| self.value.to_string())
    }

    /// Whether it is known to be wrong.
    pub fn is_wrong(&self) -> bool {
        matches!(self.check, Check::Wrong(_) | Check::Accused)
    }

    /// `x+2 = 1002` of the number that was due, where another was sent.
    pub fn due(&self) -> Option<String> {
        match self.check {
            Check::Wrong(due) => Some(named(due, self.owner, self.base)),
            Check::Right | Check::Silent | Check::Accused => None,
        }
    }
}

/// A run of segments that moved data and nothing else.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fold {
    /// Segments of each end.
    pub segments: Sides<u64>,
    /// Payload octets of each end.
    pub octets: Sides<u64>,
    /// Nanoseconds from the connection's first segment to the first of the run.
    pub from: i64,
    /// The same to the last.
    pub to: i64,
}

impl Fold {
    /// Adds a segment of `octets` that `side` sent `at` nanoseconds after the connection began.
    pub fn add(&mut self, side: Side, octets: u32, at: i64) {
        if self.is_empty() {
            self.from = at;
        }
        self.to = at;
        self.segments[side] = self.segments[side].saturating_add(1);
        self.octets[side] = self.octets[side].saturating_add(octets.into());
    }

    /// Adds a line that stands after this run.
    pub fn absorb(&mut self, line: &Line) {
        match line {
            Line::Rung(rung) => self.add(rung.side, rung.len, rung.at),
            Line::Fold(fold) => {
                if self.is_empty() {
                    self.from = fold.from;
                }
                self.to = fold.to;
                for side in Side::BOTH {
                    self.segments[side] = self.segments[side].saturating_add(fold.segments[side]);
                    self.octets[side] = self.octets[side].saturating_add(fold.octets[side]);
                }
            }
        }
    }

    /// Takes the run, if there is one.
    pub fn take(&mut self) -> Option<Self> {
        let run = std::mem::take(self);
        (!run.is_empty()).then_some(run)
    }

    /// `2 segments, 5 octets` of one end.
    pub fn of(&self, side: Side) -> String {
        format!("{}, {}", count(self.segments[side], "segment"), count(self.octets[side], "octet"))
    }

    fn is_empty(&self) -> bool {
        self.segments == Sides::default()
    }
}

/// Nanoseconds as seconds with six digits.
pub fn clock(nanoseconds: i64) -> String {
    format!("{:.6}", nanoseconds as f64 / 1e9)
}

/// What a SYN offers, in words.
pub fn offer(segment: &Segment) -> String {
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
