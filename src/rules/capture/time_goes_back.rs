//! TFA906: the clock of the capture went back.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity, human_duration};

/// TFA906.
pub static RULE: Rule = Rule {
    code: "TFA906",
    name: "time-goes-back",
    family: Family::Capture,
    severity: Severity::Note,
    reference: "RFC 9293 §3.8.1",
    summary: "A frame is older than the one before it.",
    explanation: "The times of the capture do not follow its order: the clock was set, or frames of several interfaces or queues were written as they came. Times across this frame say nothing.",
    look_alikes: &["a capture merged by time"],
    remedy: "Sort the capture by time (reordercap), or look at the clock of the capturing host.",
    equation: "",
    ladder: &["5.030  client > server  ACK  seq=1001 len=100", "4.000  server > client  ACK  ack=1101"],
    peers: Peers { wireshark: Some("frame.time_delta"), zeek: None, suricata: None },
    needs: Needs::NOTHING,
    on: Cues::TIME_BACK,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let (mark, before) = (step.mark()?, step.before.last?);
    let back = before.since(mark.time);
    let message = format!("the frame is {} older than the connection's frame before it", human_duration(back));
    Some(Evidence::at(mark, message).duration("back", back).blaming_nobody())
}
