//! TFA705: a handshake slower than allowed.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity, human_duration};

/// TFA705.
pub static RULE: Rule = Rule {
    code: "TFA705",
    name: "handshake-slow",
    family: Family::Timing,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.5",
    summary: "The handshake took longer than configured.",
    explanation: "From the SYN to the ACK that completes the handshake, repeats included. There is no default: what is \
        slow depends on the way, and limits.handshake-slow in the configuration says so, as in \"300ms\".",
    look_alikes: &["any handshake, as long as the configuration sets no limits.handshake-slow"],
    remedy: "The two halves tell where the time goes: SYN to SYN-ACK is the way to the server and the server, \
        SYN-ACK to ACK the way to the client.",
    equation: "",
    ladder: &[
        "client > server  SYN      seq=1000",
        "server > client  SYN-ACK  seq=5000 ack=1001   (480 ms)",
        "client > server  ACK      seq=1001 ack=5001   (20 ms)",
    ],
    peers: Peers { wireshark: Some("tcp.analysis.initial_rtt"), zeek: None, suricata: None },
    needs: Needs::HANDSHAKE,
    on: Cues::OPENING,
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let (limit, opening) = (limits.handshake_slow?, &step.flow.opening);
    let (syn, syn_ack, ack) = (opening.syn?, opening.syn_ack?, opening.ack?);
    let lasted = ack.time.since(syn.time);
    (lasted > limit).then(|| {
        let (there, back) = (syn_ack.time.since(syn.time), ack.time.since(syn_ack.time));
        Evidence::at(
            syn,
            format!(
                "the handshake took {}: {} to the SYN-ACK, {} from there; {} are allowed",
                human_duration(lasted),
                human_duration(there),
                human_duration(back),
                human_duration(limit)
            ),
        )
        .duration("handshake", lasted)
        .duration("SYN to SYN-ACK", there)
        .duration("SYN-ACK to ACK", back)
        .beside(syn_ack)
        .beside(ack)
        .blaming_nobody()
        .pointing("the clock starts here")
    })
}
