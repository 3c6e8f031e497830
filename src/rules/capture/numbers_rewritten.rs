//! TFA915: the connection was captured on both sides of a device that rewrites its numbers.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::Flags;

/// TFA915.
pub static RULE: Rule = Rule {
    code: "TFA915",
    name: "numbers-rewritten",
    family: Family::Capture,
    severity: Severity::Note,
    reference: "RFC 9293 §3.4.1",
    summary: "The connection was captured on both sides of a device that rewrites its sequence numbers.",
    explanation: "A SYN was captured twice within 50 ms, alike but for its number, on two links, or the very same packet \
        on one: a firewall between them gives the end another initial number. On each side the arithmetic holds; the \
        segments behind the device are passed over as copies, with their numbers restored. Where the SYNs are missing, \
        what is far from the connection's numbers on another link and left at the same time is passed over as it is. \
        Rules that compare numbers are at most possible here.",
    look_alikes: &["a SYN sent again with another number, which is TFA104", "two hosts that answer, which is TFA116"],
    remedy: "Capture on one side of the firewall.",
    equation: "",
    ladder: &[
        "client > server  SYN  seq=1000         (before the firewall)",
        "client > server  SYN  seq=3000001000   (behind it)",
    ],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::NOTHING,
    on: Cues::COPY,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let first = step.flow.rewriting.as_ref()?.first?;
    let message = "the same segment was captured with other numbers, on both sides of a device that rewrites them";
    let original = if first.flags.has(Flags::ACK) { step.flow.opening.syn_ack } else { step.flow.opening.syn };
    Some(Evidence::at(first, message).seq("SEG.SEQ", first.seq).beside(original).blaming_nobody())
}
