//! TFA102: the third step of the handshake acknowledges something else than the SYN-ACK.

use crate::flow::{Cues, Limits, Mark, Step, SuspicionKind};
use crate::rules::{Confidence, Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::Flags;

/// TFA102.
pub static RULE: Rule = Rule {
    code: "TFA102",
    name: "handshake-ack-wrong-ack",
    family: Family::Handshake,
    severity: Severity::Error,
    reference: "RFC 9293 §3.5, §3.10.7.4",
    summary: "The client's first ACK after the SYN-ACK does not acknowledge it.",
    explanation: "A SYN-ACK with sequence number y takes one number, so the ACK that completes the handshake has to \
        be y+1, or beyond it within what the server has sent since. A server in SYN-RECEIVED must reset any other \
        number. A number beyond y+1 is only held against the client when the server's next segment shows that it had \
        not sent those octets.",
    look_alikes: &[
        "a server that speaks first: the client's first captured ACK may cover its banner too",
        "a lost third ACK that the first data segment makes good",
        "a banner that the capture lost",
    ],
    remedy: "Look at the client's stack, or at a device between the ends that rewrites sequence numbers.",
    equation: "SEG.ACK = y+1",
    ladder: &[
        "client > server  SYN      seq=1000",
        "server > client  SYN-ACK  seq=5000 ack=1001",
        "client > server  ACK      seq=1001 ack=5000   (should be 5001)",
    ],
    peers: Peers {
        wireshark: Some("tcp.analysis.ack_lost_segment"),
        zeek: None,
        suricata: Some("stream.3whs_right_seq_wrong_ack_evasion"),
    },
    needs: Needs::BOTH_SIDES.with(Needs::HANDSHAKE).with(Needs::UNBROKEN).with(Needs::EVERY_SEGMENT),
    on: Cues::OPENING.with(Cues::SETTLED),
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let syn_ack = step.flow.opening.syn_ack?;
    let culprit = behind(step).or_else(|| beyond(step))?;
    let confidence = if is_not_the_first(step, &culprit) { Confidence::Possible } else { Confidence::Certain };
    let (iss, right) = (syn_ack.seq, syn_ack.seq + 1);
    Some(
        Evidence::at(
            culprit,
            format!(
                "the ACK of the handshake acknowledges {}, but the SYN-ACK has number {iss}, so it has to be {right}",
                culprit.ack
            ),
        )
        .seq("SEG.ACK", culprit.ack)
        .seq("ISS", iss)
        .seq("SND.NXT", right)
        .beside(syn_ack)
        .beside(step.mark())
        .pointing(format!("ack should be y+1 = {right}"))
        .at_most(confidence),
    )
}

/// The first ACK acknowledges less than the SYN-ACK.
fn behind(step: &Step<'_>) -> Option<Mark> {
    let (mark, syn_ack) = (step.mark()?, step.flow.opening.syn_ack?);
    let first = step.flow.opening.first_ack.filter(|first| first.frame == mark.frame)?;
    first.ack.at_or_before(syn_ack.seq).then_some(first)
}

/// The first ACK acknowledged more, and the server has shown that it had not sent that much.
fn beyond(step: &Step<'_>) -> Option<Mark> {
    let suspicion = step.confirmed(SuspicionKind::AckBeyond)?;
    suspicion.opening.then_some(suspicion.mark)
}

/// Whether the identifications of the client show that it had sent something between its SYN and the culprit, and all that
/// speaks against an octet of the server's which was lost together with that is a RST: a closed socket takes its number
/// from the ACK (RFC 9293 §3.5.2).
fn is_not_the_first(step: &Step<'_>, culprit: &Mark) -> bool {
    let reset = step.segment.is_some_and(|segment| {
        segment.flags.has(Flags::RST) && !segment.flags.has(Flags::ACK) && segment.seq == culprit.ack
    });
    step.flow.sent_since_syn(culprit)
        && reset
        && culprit.ack.after(step.flow.opening.syn_ack.map_or(culprit.ack, |it| it.seq))
}
