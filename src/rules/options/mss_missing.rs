//! TFA510: a SYN without MSS, or with one that makes no sense.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA510.
pub static RULE: Rule = Rule {
    code: "TFA510",
    name: "mss-missing",
    family: Family::Options,
    severity: Severity::Note,
    reference: "RFC 9293 §3.7.1",
    summary: "A SYN has no MSS option, or an odd value.",
    explanation: "A SYN should say the largest segment its sender takes; without it the peer must assume 536 octets \
        (1220 for IPv6). Values below 48 leave no room for data beside options.",
    look_alikes: &["small values on links with a small MTU"],
    remedy: "Look at the stack of the sender, or at a device that strips options.",
    equation: "MSS ≥ 48",
    ladder: &["client > server  SYN  seq=1000   (no options)"],
    peers: Peers { wireshark: Some("tcp.options.mss.absent"), zeek: None, suricata: None },
    needs: Needs::NOTHING,
    on: Cues::SYN,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let segment = step.segment.filter(|segment| !segment.options.cut && segment.options.malformed.is_none())?;
    match segment.options.mss() {
        None => Some(Evidence::at(step.mark()?, "the SYN has no MSS: its peer must assume 536 octets")),
        Some(mss @ 0..48) => Some(Evidence::at(step.mark()?, format!("an MSS of {mss} octets")).count("MSS", mss)),
        Some(_) => None,
    }
}
