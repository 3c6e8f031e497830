//! TFA503: SACK blocks to a peer that did not permit them.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::{Flags, OptionSet};

/// TFA503.
pub static RULE: Rule = Rule {
    code: "TFA503",
    name: "sack-not-permitted",
    family: Family::Options,
    severity: Severity::Error,
    reference: "RFC 2018 §4",
    summary: "SACK blocks are sent to a peer whose SYN did not permit them.",
    explanation: "An end may send SACK blocks only to a peer that sent SACK-permitted with its SYN. One that did not \
        will not understand them.",
    look_alikes: &["the sender of the blocks need not have permitted them itself"],
    remedy: "Look at the stack of the sender, or at a device on the way that changes options.",
    equation: "",
    ladder: &["client > server  SYN  seq=1000 <mss>", "server > client  ACK  ack=1001 <sack 1101..1201>"],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::HANDSHAKE.with(Needs::WHOLE_HEADERS),
    on: Cues::ODD_OPTIONS,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let segment = step.segment.filter(|segment| segment.options.has(OptionSet::SACK))?;
    let peer = &step.flow.ends[step.side.peer()];
    if segment.flags.has(Flags::SYN) || peer.syn.unreadable || peer.syn.options.has(OptionSet::SACK_PERMITTED) {
        return None;
    }
    let marks = [step.flow.opening.syn, step.flow.opening.syn_ack];
    let syn = marks.into_iter().flatten().find(|mark| mark.side != step.side);
    Some(
        Evidence::at(step.mark()?, format!("the {} did not permit SACK", step.side.peer()))
            .count("blocks", segment.options.sack_count)
            .beside(syn)
            .pointing("SACK was not permitted"),
    )
}
