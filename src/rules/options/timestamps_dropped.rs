//! TFA506: a segment without the timestamps that were agreed on.

use crate::flow::{Cues, Limits, Relation, Side, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::{Flags, OptionSet};

/// TFA506.
pub static RULE: Rule = Rule {
    code: "TFA506",
    name: "timestamps-dropped",
    family: Family::Options,
    severity: Severity::Warning,
    reference: "RFC 7323 §3.2",
    summary: "Timestamps were agreed on and are missing on a segment without RST.",
    explanation: "Once both ends agreed on timestamps every segment without RST carries them; a receiver should drop \
        one that does not. Devices that make segments themselves, or strip options, leave them out.",
    look_alikes: &["RST may come without", "keep-alives of macOS come without", "one end never agreed"],
    remedy: "Look at the stack of the sender, or at a device on the way that changes options.",
    equation: "",
    ladder: &["client > server  ACK  seq=1001 len=100 <ts 130/900>", "client > server  ACK  seq=1101 len=100   (none)"],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::HANDSHAKE.with(Needs::WHOLE_HEADERS),
    on: Cues::ODD_OPTIONS,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let segment = step.segment.filter(|segment| !segment.options.has(OptionSet::TIMESTAMPS))?;
    let agreed = Side::BOTH.into_iter().all(|side| {
        let syn = &step.flow.ends[side].syn;
        syn.options.has(OptionSet::TIMESTAMPS) && !syn.dropped.has(OptionSet::TIMESTAMPS) && !syn.unreadable
    });
    let readable = segment.options.malformed.is_none() && !segment.options.cut;
    // Keep-alives of macOS have none.
    let probe = step.relation == Relation::KeepAlive;
    if !agreed || !readable || probe || segment.flags.any(Flags::SYN.with(Flags::RST)) || !step.flow.fits(segment) {
        return None;
    }
    Some(
        Evidence::at(step.mark()?, "the segment has no timestamps, which both ends had agreed on")
            .seq("SEG.SEQ", segment.seq)
            .beside(step.flow.opening.syn_ack)
            .pointing("timestamps are missing"),
    )
}
