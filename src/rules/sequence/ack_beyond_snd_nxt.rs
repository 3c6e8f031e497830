//! TFA301: an ACK of octets that do not exist.

use crate::flow::{Cues, Limits, Step, SuspicionKind};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA301.
pub static RULE: Rule = Rule {
    code: "TFA301",
    name: "ack-beyond-snd-nxt",
    family: Family::Sequence,
    severity: Severity::Error,
    reference: "RFC 9293 §3.4, §3.10.7.4",
    summary: "An ACK covers octets that the other end had not sent.",
    explanation: "An acknowledgement number is at most SND.NXT of the other end, which drops a segment that says more \
        and answers it with an ACK. That the octets did not exist is seen from what follows: the other end goes on \
        below the number, or the same end takes it back.",
    look_alikes: &[
        "octets that the capture lost: their sender goes on behind them",
        "an ACK captured before the data it acknowledges",
        "a capture on both sides of what rewrites numbers",
    ],
    remedy: "Look at the stack of the end that acknowledges, or at a proxy or accelerator that acknowledges for it.",
    equation: "SEG.ACK ≤ SND.NXT",
    ladder: &[
        "client > server  ACK  seq=1001 len=100",
        "server > client  ACK  seq=5001 ack=1201   (at most 1101)",
        "client > server  ACK  seq=1101 len=150",
    ],
    peers: Peers {
        wireshark: Some("tcp.analysis.ack_lost_segment"),
        zeek: None,
        suricata: Some("stream.est_invalid_ack"),
    },
    needs: Needs::BOTH_SIDES.with(Needs::UNBROKEN),
    on: Cues::SETTLED,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let suspicion = step
        .confirmed(SuspicionKind::AckBeyond)
        .filter(|suspicion| !suspicion.opening && !step.flow.opening.is_ambiguous())?;
    let (culprit, next) = (suspicion.mark, suspicion.expected);
    let excess = culprit.ack.distance_from(next);
    let other = culprit.side.peer();
    Some(
        Evidence::at(
            culprit,
            format!(
                "acknowledges {}, {excess} octets more than the {other} had sent: its SND.NXT was {next}",
                culprit.ack
            ),
        )
        .seq("SEG.ACK", culprit.ack)
        .seq("SND.NXT", next)
        .beside(suspicion.settled_by)
        .pointing(format!("ack should be at most {next}")),
    )
}
