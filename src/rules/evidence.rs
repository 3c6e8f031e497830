//! Builds [`Evidence`]: the culprit first, then sentence, numbers and the segments they come from.

use super::{Confidence, Evidence, Quantity, Severity, Value};
use crate::capture::Timestamp;
use crate::flow::{Mark, Step};
use crate::wire::SeqNum;

impl Evidence {
    /// Evidence whose culprit is the segment `culprit`; certain, and as bad as its rule says.
    pub fn at(culprit: Mark, message: impl Into<String>) -> Self {
        Self {
            frame: culprit.frame,
            time: culprit.time,
            culprit: Some(culprit.side),
            message: message.into(),
            quantities: Vec::new(),
            ladder: vec![culprit],
            pointer: String::new(),
            confidence: Confidence::Certain,
            severity: Severity::Error,
        }
    }

    /// Evidence about the capture, and no frame of it.
    pub fn of_capture(message: impl Into<String>) -> Self {
        Self {
            frame: 0,
            time: Timestamp::default(),
            culprit: None,
            message: message.into(),
            quantities: Vec::new(),
            ladder: Vec::new(),
            pointer: String::new(),
            confidence: Confidence::Certain,
            severity: Severity::Note,
        }
    }

    /// Evidence in which no segment is at fault: it shows by `step`'s flow as a whole, up to its last segment.
    pub fn of_flow(step: &Step<'_>, message: impl Into<String>) -> Self {
        Self {
            frame: step.flow.last_frame,
            time: step.flow.last,
            culprit: None,
            message: message.into(),
            quantities: Vec::new(),
            ladder: Vec::new(),
            pointer: String::new(),
            confidence: Confidence::Certain,
            severity: Severity::Error,
        }
    }

    /// Adds a sequence or acknowledgement number.
    pub fn seq(self, name: &'static str, number: SeqNum) -> Self {
        self.quantity(name, Value::Seq(number))
    }

    /// Adds a count.
    pub fn count(self, name: &'static str, count: impl Into<u64>) -> Self {
        self.quantity(name, Value::Count(count.into()))
    }

    /// Adds a duration in nanoseconds.
    pub fn duration(self, name: &'static str, nanoseconds: i64) -> Self {
        self.quantity(name, Value::Nanoseconds(nanoseconds))
    }

    /// Adds the waits of a retry schedule, nanoseconds each.
    pub fn schedule(self, name: &'static str, waits: &[i64]) -> Self {
        self.quantity(name, Value::Schedule(waits.to_vec()))
    }

    /// Adds words.
    pub fn text(self, name: &'static str, text: impl Into<String>) -> Self {
        self.quantity(name, Value::Text(text.into()))
    }

    /// Adds a segment to the ladder, which stays in capture order.
    pub fn beside(mut self, mark: impl Into<Option<Mark>>) -> Self {
        if let Some(mark) = mark.into().filter(|mark| self.ladder.iter().all(|other| other.frame != mark.frame)) {
            let at = self.ladder.partition_point(|other| other.frame < mark.frame);
            self.ladder.insert(at, mark);
        }
        self
    }

    /// What to write beside the culprit's line of the ladder.
    pub fn pointing(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = pointer.into();
        self
    }

    /// Nobody's fault.
    pub fn blaming_nobody(mut self) -> Self {
        self.culprit = None;
        self
    }

    /// At most this sure.
    pub fn at_most(mut self, confidence: Confidence) -> Self {
        self.confidence = self.confidence.min(confidence);
        self
    }

    /// At most this bad.
    pub fn no_worse_than(mut self, severity: Severity) -> Self {
        self.severity = self.severity.min(severity);
        self
    }

    fn quantity(mut self, name: &'static str, value: Value) -> Self {
        self.quantities.push(Quantity { name, value });
        self
    }
}
