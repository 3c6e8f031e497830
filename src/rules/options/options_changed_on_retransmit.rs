//! TFA514: a SYN sent again with fewer options.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::OptionSet;

/// TFA514.
pub static RULE: Rule = Rule {
    code: "TFA514",
    name: "options-changed-on-retransmit",
    family: Family::Options,
    severity: Severity::Note,
    reference: "RFC 9293 §3.7.1, RFC 7413 §4.2.1",
    summary: "A SYN is sent again without options that it had before.",
    explanation: "Stacks leave options out when a SYN is not answered: a device on the way may drop SYNs with options \
        it does not know. What was left out is named.",
    look_alikes: &["a SYN sent again as it was"],
    remedy: "If it happens often, look for a device that drops SYNs with options.",
    equation: "",
    ladder: &[
        "client > server  SYN  seq=1000 <mss, sack-ok, scale 7>",
        "client > server  SYN  seq=1000 <mss>   (3 s later)",
    ],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::NOTHING,
    on: Cues::SYN,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    const NAMES: [(OptionSet, &str); 7] = [
        (OptionSet::MSS, "MSS"),
        (OptionSet::WINDOW_SCALE, "window scale"),
        (OptionSet::SACK_PERMITTED, "SACK-permitted"),
        (OptionSet::TIMESTAMPS, "timestamps"),
        (OptionSet::FAST_OPEN, "Fast Open"),
        (OptionSet::MPTCP, "MPTCP"),
        (OptionSet::OTHER, "others"),
    ];
    let segment = step.segment.filter(|segment| segment.flags.is_syn() && !segment.options.cut)?;
    let dropped = step.flow.ends[step.side].syn.dropped;
    let names: Vec<_> = NAMES.into_iter().filter(|(option, _)| dropped.has(*option)).map(|(_, name)| name).collect();
    if names.is_empty() || segment.options.malformed.is_some() {
        return None;
    }
    let names = names.join(", ");
    Some(
        Evidence::at(step.mark()?, format!("sent again without {names}"))
            .text("dropped", names)
            .beside(step.flow.opening.syn.filter(|syn| syn.side == step.side)),
    )
}
