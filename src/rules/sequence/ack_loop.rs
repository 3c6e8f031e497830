//! TFA311: ACKs that answer ACKs.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity, human_duration};

/// TFA311.
pub static RULE: Rule = Rule {
    code: "TFA311",
    name: "ack-loop",
    family: Family::Sequence,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.10.7.4, RFC 5961 §10",
    summary: "Both ends answer each other by ACKs that change nothing, over and over.",
    explanation: "An end answers a segment it cannot accept by an ACK. If the other end cannot accept that ACK either, it \
        answers in kind, and the two go on until one gives up: they disagree about the numbers of the connection, or \
        somebody between them rewrites those of one.",
    look_alikes: &[
        "duplicate ACKs of a loss: only one end sends them",
        "keep-alives and their answers, which come seconds apart",
        "ACKs that come sooner than anybody could answer them: more than ten within half a round trip",
    ],
    remedy: "Compare the numbers at both ends; look for a device that rewrites sequence numbers or answers for an end.",
    equation: "",
    ladder: &[
        "client > server  ACK  seq=201101 ack=5201",
        "server > client  ACK  seq=5201 ack=1101",
        "client > server  ACK  seq=201101 ack=5201",
        "… ten rounds",
    ],
    peers: Peers { wireshark: Some("tcp.analysis.duplicate_ack"), zeek: None, suricata: None },
    needs: Needs::BOTH_SIDES,
    on: Cues::ACK_LOOP,
    check,
};

/// Ten rounds of two ACKs each.
const ENOUGH: u32 = 20;

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let ack_loop = step.flow.oddities.as_deref()?.ack_loop.filter(|ack_loop| ack_loop.count >= ENOUGH)?;
    let (first, last) = (ack_loop.first, ack_loop.last);
    let lasted = last.time.since(first.time);
    if lasted < round_trip(step) / 2 {
        return None;
    }
    Some(
        Evidence::at(
            first,
            format!(
                "the ends answered each other by {} ACKs within {} that changed nothing",
                ack_loop.count,
                human_duration(lasted)
            ),
        )
        .count("ACKs", ack_loop.count)
        .duration("lasted", lasted)
        .seq("SEG.SEQ", first.seq)
        .seq("SEG.ACK", first.ack)
        .beside(last)
        .pointing("the first of them")
        .blaming_nobody(),
    )
}

/// Nanoseconds of the handshake, into half of which no ten rounds of answers fit; 0 where it was not captured.
fn round_trip(step: &Step<'_>) -> i64 {
    let opening = &step.flow.opening;
    opening.syn.zip(opening.ack).filter(|_| opening.syns.count == 1).map_or(0, |(syn, ack)| ack.time.since(syn.time))
}
