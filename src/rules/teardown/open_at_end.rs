//! TFA210: a connection left open.

use crate::flow::{Cues, EndReason, Limits, Side, State, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity, human_duration};

/// TFA210.
pub static RULE: Rule = Rule {
    code: "TFA210",
    name: "open-at-end",
    family: Family::Teardown,
    severity: Severity::Note,
    reference: "RFC 9293 §3.3.2",
    summary: "The connection was established when the capture ended.",
    explanation: "Nothing is wrong with it: no FIN and no RST was seen. Where a close was expected, the capture is too short, \
        or the connection was left open.",
    look_alikes: &["a connection that was never established"],
    remedy: "Capture longer, or look for a program that leaves connections open.",
    equation: "",
    ladder: &["server > client  ACK  seq=5201 ack=1101", "… the capture ends"],
    peers: Peers { wireshark: None, zeek: Some("S1"), suricata: None },
    needs: Needs::NOTHING,
    on: Cues::OPEN,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let (flow, ending) = (step.flow, step.ending?);
    let established = Side::BOTH.into_iter().all(|side| flow.ends[side].state == Some(State::Established));
    let insists = |side: Side| flow.oddities.as_deref()?.insistence[side];
    let unanswered = Side::BOTH.into_iter().filter_map(insists).any(|insistence| insistence.count >= 3);
    if !established || flow.closing.is_some() || unanswered || ending.reason != EndReason::CaptureEnd {
        return None;
    }
    let silence = ending.silence(flow);
    let earlier = match silence {
        0 => "its last segment came when the capture ended or broke off".to_owned(),
        _ => format!("its last segment came {} earlier", human_duration(silence)),
    };
    let message = format!("the connection was still established; {earlier}");
    Some(Evidence::of_flow(step, message).duration("silence", silence))
}
