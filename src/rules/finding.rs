//! A finding: a rule, the frames it relates, the numbers that prove it, and how sure the capture lets us be.

use super::{Confidence, Rule, Severity};
use crate::capture::{FrameNumber, Timestamp};
use crate::flow::{Mark, Side};
use crate::wire::SeqNum;
use std::fmt;

/// A named quantity of the evidence: `SEG.ACK = 1002`.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// The RFC's or Wireshark's name for it.
    pub name: &'static str,
    /// Its value.
    pub value: Value,
}

/// The value of a quantity.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A sequence or acknowledgement number.
    Seq(SeqNum),
    /// A count.
    Count(u64),
    /// A duration in nanoseconds; reports print seconds.
    Nanoseconds(i64),
    /// Nanoseconds each: a schedule of retries.
    Schedule(Vec<i64>),
    /// Words: option names, a state, an ICMP message.
    Text(String),
}

/// Nanoseconds as people read them: `1.5 s`, `20 ms`, `3 µs`.
pub fn human_duration(nanoseconds: i64) -> String {
    let (value, unit) = match nanoseconds.unsigned_abs() {
        0..1_000 => (nanoseconds as f64, "ns"),
        1_000..1_000_000 => (nanoseconds as f64 / 1e3, "µs"),
        1_000_000..1_000_000_000 => (nanoseconds as f64 / 1e6, "ms"),
        _ => (nanoseconds as f64 / 1e9, "s"),
    };
    let digits = format!("{value:.3}");
    format!("{} {unit}", digits.trim_end_matches('0').trim_end_matches('.'))
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seq(number) => number.fmt(f),
            Self::Count(count) => count.fmt(f),
            Self::Nanoseconds(duration) => f.write_str(&human_duration(*duration)),
            Self::Schedule(waits) => {
                f.write_str(&waits.iter().map(|wait| human_duration(*wait)).collect::<Vec<_>>().join(", "))
            }
            Self::Text(text) => f.write_str(text),
        }
    }
}

/// What a rule shows when it fires.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// The frame of the culprit.
    pub frame: FrameNumber,
    /// Its time.
    pub time: Timestamp,
    /// Who is at fault, where it is one of the ends.
    pub culprit: Option<Side>,
    /// The sentence with the numbers.
    pub message: String,
    /// The numbers by name.
    pub quantities: Vec<Quantity>,
    /// The two or three segments that matter, in capture order.
    pub ladder: Vec<Mark>,
    /// What to write beside the culprit's line of the ladder: `should be 1001`.
    pub pointer: String,
    /// How sure the capture lets us be.
    pub confidence: Confidence,
    /// How bad this case is: the rule's severity, or a lower one.
    pub severity: Severity,
}

/// A rule that fired.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// What it shows.
    pub evidence: Evidence,
    /// The frame that settled it: the culprit's own, or a later one.
    pub known_at: FrameNumber,
}

impl Finding {
    /// The other frames the evidence relates, in order, without the culprit's.
    pub fn related_frames(&self) -> impl Iterator<Item = FrameNumber> + '_ {
        self.evidence.ladder.iter().map(|mark| mark.frame).filter(|frame| *frame != self.evidence.frame)
    }
}
