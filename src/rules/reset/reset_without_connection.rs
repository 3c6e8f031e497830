//! TFA409: a RST out of nowhere.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::Flags;

/// TFA409.
pub static RULE: Rule = Rule {
    code: "TFA409",
    name: "reset-without-connection",
    family: Family::Reset,
    severity: Severity::Note,
    reference: "RFC 9293 §3.5.2",
    summary: "A RST on ports between which nothing was captured before.",
    explanation: "What it answers was not captured, or came from somebody else: the capture began late or shows one \
        direction, or the RST is backscatter of segments sent with a forged source address.",
    look_alikes: &["a RST that follows any segment of its connection"],
    remedy: "Nothing; many of them from many hosts at one address are backscatter of a SYN flood elsewhere.",
    equation: "",
    ladder: &["client > server  RST  seq=1000   (nothing before it)"],
    peers: Peers { wireshark: None, zeek: Some("spontaneous_RST"), suricata: Some("stream.rst_but_no_session") },
    needs: Needs::NOTHING,
    on: Cues::FIRST,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let rst = step.mark().filter(|mark| mark.flags.has(Flags::RST) && !mark.flags.has(Flags::SYN))?;
    Some(
        Evidence::at(rst, "a RST, and nothing of its connection was captured before it")
            .seq("SEG.SEQ", rst.seq)
            .blaming_nobody()
            .pointing("answers nothing that was captured"),
    )
}
