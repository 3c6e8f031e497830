//! TFA106: a SYN-ACK of the end that asked.

use crate::flow::{Cues, Limits, Mark, Step};
use crate::rules::{Confidence, Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA106.
pub static RULE: Rule = Rule {
    code: "TFA106",
    name: "syn-ack-from-initiator",
    family: Family::Handshake,
    severity: Severity::Error,
    reference: "RFC 9293 §3.5, §3.10.7.3",
    summary: "The end that sent SYN sends SYN-ACK, although the other end sent no SYN.",
    explanation: "SYN-ACK answers a SYN. The end that asked for the connection sends one only in a simultaneous open, \
        after a SYN of its peer. Without that there is nothing to acknowledge: the segment is forged, or its \
        addresses are the wrong way round.",
    look_alikes: &[
        "a simultaneous open, in which both ends send SYN and then SYN-ACK",
        "one of which the capture lost the other SYN: what the SYN-ACK echoes tells, and without timestamps it is possible \
            at most",
    ],
    remedy: "Look at who sends it: its hardware address and TTL tell whether it comes from the client at all.",
    equation: "",
    ladder: &[
        "client > server  SYN      seq=1000",
        "client > server  SYN-ACK  seq=1000 ack=5001   (the server has sent no SYN)",
    ],
    peers: Peers {
        wireshark: None,
        zeek: Some("repeated_SYN_with_ack"),
        suricata: Some("stream.3whs_synack_in_wrong_direction"),
    },
    needs: Needs::BOTH_SIDES.with(Needs::UNBROKEN),
    on: Cues::SYN.with(Cues::OPENING).with(Cues::END),
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let opening = &step.flow.opening;
    let mark = opening.irregular.as_deref()?.from_initiator?;
    let endpoints = step.flow.endpoints;
    if endpoints.client == endpoints.server || had_heard_a_syn(step) {
        return None;
    }
    let syn = opening.syn.filter(|syn| syn.side == mark.side && !opening.crossed)?;
    let evidence = Evidence::at(
        mark,
        "the client sends SYN-ACK, but it has asked itself and the server has sent no SYN to acknowledge",
    )
    .seq("SEG.SEQ", mark.seq)
    .seq("SEG.ACK", mark.ack)
    .seq("ISS", syn.seq)
    .beside(syn)
    .pointing("answers no SYN");
    Some(if knows_the_number(step, mark) { evidence.at_most(doubt(step)) } else { evidence })
}

/// Whether the SYN-ACK acknowledges the number of the server's SYN-ACK before that was captured, and no timestamp tells
/// whether a SYN had come before it, which the capture lost.
fn knows_the_number(step: &Step<'_>, mark: Mark) -> bool {
    let later = step.flow.opening.syn_ack.filter(|syn_ack| syn_ack.frame > mark.frame);
    later.is_some_and(|syn_ack| mark.ack == syn_ack.seq + 1) && step.flow.ends.client.timestamps.is_none()
}

/// How sure it is then: a service asks nobody from its own port.
fn doubt(step: &Step<'_>) -> Confidence {
    /// Ports that only services have (RFC 6335 §6).
    const SYSTEM: u16 = 1024;
    let endpoints = step.flow.endpoints;
    let service = endpoints.client.port < SYSTEM || endpoints.server.port < SYSTEM;
    if service { Confidence::Likely } else { Confidence::Possible }
}

/// Whether the SYN-ACK acknowledges the number that the server's own SYN-ACK has, if that was captured, and echoes its clock
/// as it was a little before, and before the capture has shown it: there was a SYN of the server, which the capture lost.
fn had_heard_a_syn(step: &Step<'_>) -> bool {
    /// Ticks of a millisecond in which a SYN and what its sender sent next lie.
    const SOON: u32 = 10_000;
    let echo = step.flow.opening.irregular.as_deref().and_then(|irregular| irregular.early_echo);
    let server = &step.flow.ends.server;
    let acknowledged = step.flow.opening.irregular.as_deref().and_then(|irregular| irregular.from_initiator);
    let agrees = |mark: Mark| server.iss.is_some_and(|iss| mark.ack == iss + 1);
    let known = acknowledged.is_some_and(|mark| !server.syn_seen || agrees(mark));
    let first = server.timestamps.filter(|_| known).map(|(first, _)| first.tsval);
    let before =
        |(first, (echo, seen)): (u32, (u32, bool))| (u32::from(seen)..=SOON).contains(&first.wrapping_sub(echo));
    first.zip(echo).is_some_and(before)
}
