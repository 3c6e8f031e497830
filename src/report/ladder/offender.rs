//! A finding to the number of a segment that it is about.

use crate::flow::Mark;
use crate::rules::{Finding, Value};

/// Which number of a segment is the wrong one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offender {
    /// SEG.SEQ.
    Seq,
    /// SEG.ACK.
    Ack,
    /// None: the segment itself is.
    Flags,
}

/// The first quantity named for a field of the culprit tells which number is wrong; where none is, the segment is.
pub fn offender(finding: &Finding, mark: &Mark) -> Offender {
    let names = |name: &str, number| {
        finding.evidence.quantities.iter().position(|it| it.name == name && it.value == Value::Seq(number))
    };
    match (names("SEG.SEQ", mark.seq), names("SEG.ACK", mark.ack)) {
        (Some(seq), Some(ack)) if seq < ack => Offender::Seq,
        (_, Some(_)) => Offender::Ack,
        (Some(_), None) => Offender::Seq,
        (None, None) => Offender::Flags,
    }
}
