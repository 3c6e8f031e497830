//! TFA701: a SYN sent again.

use crate::flow::{Cues, HandshakeVerdict, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity, human_duration};

/// TFA701.
pub static RULE: Rule = Rule {
    code: "TFA701",
    name: "syn-retransmitted",
    family: Family::Timing,
    severity: Severity::Note,
    reference: "RFC 9293 §3.8.1, RFC 6298 §5",
    summary: "The SYN had to be sent again before it was answered.",
    explanation: "The SYN, or its answer, was lost or ignored. Where the capture shows a SYN-ACK before the SYN comes \
        again, that was lost on its way from the capture to the client; otherwise the loss lies between the \
        capture and the server.",
    look_alikes: &["a SYN that is never answered (TFA107)", "a second capture of the same SYN"],
    remedy: "Capture at the other end too: which of the two segments does not arrive?",
    equation: "",
    ladder: &[
        "client > server  SYN      seq=1000",
        "client > server  SYN      seq=1000   (1 s later)",
        "server > client  SYN-ACK  seq=5000 ack=1001",
    ],
    peers: Peers { wireshark: Some("tcp.analysis.retransmission"), zeek: None, suricata: None },
    needs: Needs::NOTHING,
    on: Cues::END,
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let (flow, opening) = (step.flow, &step.flow.opening);
    let (first, again) = (opening.syn?, opening.irregular.as_deref()?.second_syn?);
    let waited = again.time.since(first.time);
    let refused = flow.handshake_verdict() == HandshakeVerdict::Refused;
    if waited <= limits.duplicate_frame || !(flow.ends.server.seen() || refused) {
        return None;
    }
    let answered = opening.syn_ack.filter(|syn_ack| syn_ack.frame < again.frame);
    let leg = match answered {
        Some(_) => "the SYN-ACK was lost or ignored on its way to the client",
        None => "the SYN or its answer was lost or ignored beyond the capture",
    };
    let count = opening.syns.count;
    Some(
        Evidence::at(again, format!("the SYN was sent {count} times, again after {}: {leg}", human_duration(waited)))
            .count("SYNs", count)
            .schedule("waits", opening.syns.waits())
            .beside(first)
            .beside(answered)
            .blaming_nobody()
            .pointing("sent again"),
    )
}
