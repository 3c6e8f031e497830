//! TFA112: a SYN answered by a bare SYN.

use crate::flow::{Cues, Limits, State, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA112.
pub static RULE: Rule = Rule {
    code: "TFA112",
    name: "split-handshake",
    family: Family::Handshake,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.5",
    summary: "The server answers a SYN by a bare SYN that cannot be crossing it.",
    explanation: "SYN and ACK of the second step belong into one segment. A server that acknowledges the SYN and then \
        sends a SYN of its own turns the roles round: clients fall into the code of the simultaneous open, \
        and devices that watch the direction of the first SYN are misled. Whether two SYNs crossed shows in \
        what follows: after a crossing both ends send SYN-ACK.",
    look_alikes: &[
        "a simultaneous open: both ends send SYN, and each answers the other by SYN-ACK",
        "an open in which the first SYN was lost and the peer asked by itself",
    ],
    remedy: "No ordinary stack does this: look for a tool that tests or evades firewalls.",
    equation: "",
    ladder: &["client > server  SYN  seq=1000", "server > client  ACK  ack=1001", "server > client  SYN  seq=5000"],
    peers: Peers {
        wireshark: None,
        zeek: Some("simultaneous_open"),
        suricata: Some("stream.3whs_syn_toclient_on_syn_recv"),
    },
    needs: Needs::BOTH_SIDES.with(Needs::UNBROKEN),
    on: Cues::OPENING.with(Cues::SYN),
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let (opening, mark) = (&step.flow.opening, step.mark()?);
    let syn = opening.syn_ack.filter(|syn| opening.crossed && syn.flags.is_syn())?;
    let first = opening.irregular.as_deref().and_then(|irregular| irregular.acknowledged_first);
    let answered = first.filter(|_| mark.frame == syn.frame);
    // After a crossing the client would have answered the SYN by SYN-ACK.
    let never_crossed = opening.first_ack.filter(|ack| ack.frame == mark.frame && ack.ack == syn.seq + 1);
    let proof =
        answered.or_else(|| never_crossed.filter(|_| first.is_none() && step.before.state == Some(State::SynSent)))?;
    Some(
        Evidence::at(syn, "the server answers the SYN by a bare SYN instead of SYN-ACK")
            .seq("SEG.SEQ", syn.seq)
            .beside(opening.syn)
            .beside(proof)
            .pointing("should be SYN-ACK"),
    )
}
