//! TFA512: an option twice that may occur once.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA512.
pub static RULE: Rule = Rule {
    code: "TFA512",
    name: "option-repeated",
    family: Family::Options,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.2",
    summary: "An option that must occur once occurs twice.",
    explanation: "MSS, window scale, SACK, timestamps, Fast Open, MD5 and TCP-AO each mean something once. Of two, \
        receivers take the first or the last.",
    look_alikes: &["NOP, MPTCP (kind 30) and the experimental kinds 253 and 254 may occur again"],
    remedy: "Look at the stack of the sender, or at a device on the way that changes options.",
    equation: "",
    ladder: &["client > server  SYN  seq=1000 <mss 1460, mss 1400>"],
    peers: Peers { wireshark: None, zeek: None, suricata: Some("decoder.tcp.opt_duplicate") },
    needs: Needs::NOTHING,
    on: Cues::ODD_OPTIONS,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let kind = step.segment?.options.repeated?;
    Some(
        Evidence::at(step.mark()?, format!("the option of kind {kind} stands twice in one header"))
            .count("kind", kind)
            .pointing("the same option twice"),
    )
}
