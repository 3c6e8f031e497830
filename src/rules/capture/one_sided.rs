//! TFA901: only one direction of a connection was captured.

use crate::flow::{Cues, Limits, Side, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA901.
pub static RULE: Rule = Rule {
    code: "TFA901",
    name: "one-sided",
    family: Family::Capture,
    severity: Severity::Note,
    reference: "RFC 9293 §3.3.1",
    summary: "Only one direction of the connection was captured.",
    explanation: "One end acknowledges segments of a peer that the capture never shows. What that peer did, and whether it was right, cannot be judged: rules that need both directions are silent.",
    look_alikes: &["a SYN that nobody answers: nothing says that there was a peer"],
    remedy: "Capture where both directions pass; look for asymmetric routing, or a mirror port that copies one direction.",
    equation: "",
    ladder: &[
        "client > server  SYN  seq=1000",
        "client > server  ACK  seq=1001 ack=5001   (of a SYN-ACK that is not there)",
    ],
    peers: Peers { wireshark: None, zeek: Some("possible_split_routing"), suricata: None },
    needs: Needs::NOTHING,
    on: Cues::END,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let flow = step.flow;
    // An end that talks to itself is both sides.
    if flow.endpoints.client == flow.endpoints.server {
        return None;
    }
    let seen = match (flow.vantage.client_seen, flow.vantage.server_seen) {
        (true, false) => Side::Client,
        (false, true) => Side::Server,
        _ => return None,
    };
    flow.ends[seen].rcv_nxt?;
    let (frame, time, segments) = (flow.id, flow.first, flow.ends[seen].segments);
    let all = if segments == 1 { "the only segment is".to_owned() } else { format!("all {segments} segments are") };
    let message = format!("{all} the {seen}'s; the {} was not captured", seen.peer());
    Some(Evidence { frame, time, ..Evidence::of_capture(message) }.count("segments", segments))
}
