//! TFA505: timestamps though they were not agreed on.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::{Flags, OptionSet};

/// TFA505.
pub static RULE: Rule = Rule {
    code: "TFA505",
    name: "timestamps-not-negotiated",
    family: Family::Options,
    severity: Severity::Warning,
    reference: "RFC 7323 §3.2",
    summary: "Timestamps are sent though the SYN or the SYN-ACK had none.",
    explanation: "Timestamps are used only if both the SYN and the SYN-ACK carried them. A receiver that did not agree \
        ignores or, worse, drops such segments.",
    look_alikes: &[
        "the SYN offers them and the SYN-ACK does not take them: nobody sends them",
        "a simultaneous open, in which SYN-ACK repeats the options of its sender's own SYN",
    ],
    remedy: "Look at the stack of the sender, or at a device on the way that changes options.",
    equation: "",
    ladder: &[
        "client > server  SYN      seq=1000 <mss, ts>",
        "server > client  SYN ACK  seq=5000 ack=1001 <mss>",
        "client > server  ACK      seq=1001 <ts>",
    ],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::HANDSHAKE.with(Needs::WHOLE_HEADERS),
    on: Cues::ODD_OPTIONS.with(Cues::SYN),
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let segment = step.segment.filter(|segment| segment.options.has(OptionSet::TIMESTAMPS))?;
    let (own, peer) = (&step.flow.ends[step.side], &step.flow.ends[step.side.peer()]);
    let (own_had, peer_had) = (own.syn.options.has(OptionSet::TIMESTAMPS), peer.syn.options.has(OptionSet::TIMESTAMPS));
    // A SYN-ACK that took what was not offered is at fault; what follows from it is not judged again.
    let first_fault = match (segment.flags.is_syn_ack(), own_had) {
        // After SYNs that crossed, SYN-ACK is the sender's own SYN again.
        (true, _) => !peer_had && !step.flow.opening.crossed,
        // A SYN sent again offers them again, whatever its answer says.
        (false, _) if segment.flags.has(Flags::SYN) => false,
        (false, true) => !peer_had && step.flow.opening.syn_ack.is_none_or(|syn_ack| syn_ack.side != step.side),
        (false, false) => !peer_had,
    };
    let late_fault = !segment.flags.has(Flags::SYN)
        && !own_had
        && peer_had
        && step.flow.ends.client.syn.options.has(OptionSet::TIMESTAMPS);
    if own.syn.unreadable || peer.syn.unreadable || segment.flags.has(Flags::RST) || !(first_fault || late_fault) {
        return None;
    }
    let marks = [step.flow.opening.syn, step.flow.opening.syn_ack];
    let without = if peer_had { step.side } else { step.side.peer() };
    Some(
        Evidence::at(step.mark()?, format!("the {without}'s SYN had no timestamps"))
            .count("TSval", segment.options.timestamps.tsval)
            .beside(marks.into_iter().flatten().find(|mark| mark.side == without))
            .pointing("timestamps were not agreed on"),
    )
}
