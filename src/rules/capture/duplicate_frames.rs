//! TFA905: frames were captured twice.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA905.
pub static RULE: Rule = Rule {
    code: "TFA905",
    name: "duplicate-frames",
    family: Family::Capture,
    severity: Severity::Note,
    reference: "RFC 9293 §3.8.1",
    summary: "Frames of the connection were captured more than once.",
    explanation: "The same segment, with the same checksum and IP identification, was captured again within 50 ms: by a mirror port that copies a frame on its way in and out, on several interfaces, in another VLAN or tunnel, or before and after a router. Each copy is passed over; it is no retransmission.",
    look_alikes: &["a retransmission, which has a new IP identification or timestamp", "a duplicate ACK"],
    remedy: "Capture one interface, or mirror one direction of each port.",
    equation: "",
    ladder: &[
        "client > server  ACK  seq=1001 len=100 id=77",
        "client > server  ACK  seq=1001 len=100 id=77   (0.02 ms later)",
    ],
    peers: Peers { wireshark: Some("tcp.analysis.retransmission"), zeek: None, suricata: None },
    needs: Needs::NOTHING,
    on: Cues::COPY,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let mark = step.mark().filter(|_| step.flow.rewriting.is_none())?;
    Some(
        Evidence::at(mark, "the same segment was captured just before: a copy, not a retransmission")
            .seq("SEG.SEQ", mark.seq)
            .count("ip.ttl", mark.ttl)
            .blaming_nobody(),
    )
}
