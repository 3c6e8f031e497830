//! TFA509: an option of the handshake on a later segment.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::{Flags, OptionSet};

/// TFA509.
pub static RULE: Rule = Rule {
    code: "TFA509",
    name: "syn-only-option",
    family: Family::Options,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.2, RFC 7323 §2.2, RFC 2018 §2",
    summary: "MSS, window scale or SACK-permitted stands on a segment without SYN.",
    explanation: "These options negotiate and stand only on segments with SYN; elsewhere they are ignored.",
    look_alikes: &["the same options on a SYN-ACK"],
    remedy: "Look at the stack of the sender, or at a device on the way that changes options.",
    equation: "",
    ladder: &["client > server  ACK  seq=1001 len=100 <mss 1460>"],
    peers: Peers { wireshark: Some("tcp.options.mss.present"), zeek: None, suricata: None },
    needs: Needs::NOTHING,
    on: Cues::ODD_OPTIONS,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    const ONLY: [(OptionSet, &str); 3] = [
        (OptionSet::MSS, "MSS"),
        (OptionSet::WINDOW_SCALE, "window scale"),
        (OptionSet::SACK_PERMITTED, "SACK-permitted"),
    ];
    let segment = step.segment.filter(|segment| !segment.flags.has(Flags::SYN))?;
    let (_, name) = ONLY.into_iter().find(|(option, _)| segment.options.has(*option))?;
    Some(
        Evidence::at(step.mark()?, format!("{name} stands only on segments with SYN"))
            .text("option", name)
            .seq("SEG.SEQ", segment.seq)
            .pointing(format!("{name} without SYN")),
    )
}
