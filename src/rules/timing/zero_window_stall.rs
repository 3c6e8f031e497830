//! TFA707: a window that stayed closed.

use crate::flow::{Cues, Limits, Side, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity, human_duration};

/// TFA707.
pub static RULE: Rule = Rule {
    code: "TFA707",
    name: "zero-window-stall",
    family: Family::Timing,
    severity: Severity::Note,
    reference: "RFC 9293 §3.8.6.1",
    summary: "A receive window was closed, and the sender had to wait.",
    explanation: "The program at the receiving end does not read as fast as its peer sends. The sender may only probe \
        until the window opens again.",
    look_alikes: &["the window of a RST, which means nothing"],
    remedy: "Look at the program that reads at the end whose window is closed.",
    equation: "RCV.WND = 0",
    ladder: &["server > client  ACK  win=0", "server > client  ACK  win=500   (2 s later)"],
    peers: Peers { wireshark: Some("tcp.analysis.zero_window"), zeek: Some("w"), suricata: None },
    needs: Needs::NOTHING,
    on: Cues::END,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let pauses = step.flow.pauses.as_deref()?;
    Side::BOTH.into_iter().find_map(|side| {
        let stall = &pauses.stalls[side];
        let open = stall.since.map(|closed| (closed, step.flow.last.since(closed.time)));
        let (closed, lasted) = open.into_iter().chain(stall.longest).max_by_key(|(_, lasted)| *lasted)?;
        let end =
            if open.is_some_and(|(still, _)| still.frame == closed.frame) { ", and was never opened" } else { "" };
        Some(
            Evidence::at(closed, format!("the window of the {side} stayed closed for {}{end}", human_duration(lasted)))
                .duration("closed", lasted)
                .pointing("nothing may be sent to it from here on"),
        )
    })
}
