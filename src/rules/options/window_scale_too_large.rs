//! TFA502: a window scale shift above 14.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA502.
pub static RULE: Rule = Rule {
    code: "TFA502",
    name: "window-scale-too-large",
    family: Family::Options,
    severity: Severity::Warning,
    reference: "RFC 7323 §2.3",
    summary: "The window scale shift is above 14.",
    explanation: "The shift is at most 14, so that a window never reaches half of the sequence space. A receiver uses \
        14 instead; the two ends may disagree about the window.",
    look_alikes: &["a shift of 14"],
    remedy: "Look at the stack of the sender, or at a device on the way that changes options.",
    equation: "shift.cnt ≤ 14",
    ladder: &["client > server  SYN  seq=1000 <mss, scale 15>"],
    peers: Peers { wireshark: Some("tcp.options.wscale.shift.invalid"), zeek: Some("TCP_scale_range"), suricata: None },
    needs: Needs::NOTHING,
    on: Cues::SYN,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let shift = step.segment?.options.window_scale().filter(|shift| *shift > 14)?;
    let message = format!("a shift of {shift}, where 14 is the largest");
    Some(Evidence::at(step.mark()?, message).count("shift", shift).pointing("at most 14"))
}
