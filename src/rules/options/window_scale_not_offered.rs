//! TFA501: a SYN-ACK that scales windows though no SYN offered it.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::OptionSet;

/// TFA501.
pub static RULE: Rule = Rule {
    code: "TFA501",
    name: "window-scale-not-offered",
    family: Family::Options,
    severity: Severity::Error,
    reference: "RFC 7323 §2.2",
    summary: "The SYN-ACK carries window scale and no SYN did.",
    explanation: "A SYN-ACK may carry the window scale option only if the SYN did. The client, who never offered it, \
        will not scale the windows of the server: both then disagree about every window.",
    look_alikes: &[
        "an earlier SYN offered it, and its repetition did not",
        "a simultaneous open, in which SYN-ACK repeats the options of its sender's own SYN",
    ],
    remedy: "Look at the stack of the sender, or at a device on the way that changes options.",
    equation: "",
    ladder: &["client > server  SYN      seq=1000 <mss>", "server > client  SYN ACK  seq=5000 ack=1001 <mss, scale 7>"],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::HANDSHAKE.with(Needs::WHOLE_HEADERS),
    on: Cues::SYN,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let segment = step.segment.filter(|segment| segment.flags.is_syn_ack())?;
    let (shift, peer) = (segment.options.window_scale()?, &step.flow.ends[step.side.peer()]);
    // After SYNs that crossed, SYN-ACK is the sender's own SYN again, which offered what it liked.
    let repeated = step.flow.opening.crossed || step.flow.answers_earlier_syn();
    let offered = peer.syn.options.has(OptionSet::WINDOW_SCALE) || peer.syn.unreadable || repeated;
    (!offered).then(|| {
        Some(
            Evidence::at(step.mark()?, "the SYN-ACK scales its window, and no SYN offered that")
                .count("shift", shift)
                .beside(step.flow.opening.syn)
                .pointing("window scale was not offered"),
        )
    })?
}
