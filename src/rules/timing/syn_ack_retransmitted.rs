//! TFA702: a SYN-ACK sent again.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity, human_duration};

/// TFA702.
pub static RULE: Rule = Rule {
    code: "TFA702",
    name: "syn-ack-retransmitted",
    family: Family::Timing,
    severity: Severity::Note,
    reference: "RFC 9293 §3.8.1, RFC 6298 §5",
    summary: "The SYN-ACK had to be sent again before the handshake was complete.",
    explanation: "The SYN-ACK, or the ACK that should have answered it, was lost or ignored. Where the capture shows \
        that ACK before the SYN-ACK comes again, the server did not get it or did not want it \
        (TCP_DEFER_ACCEPT, a full accept queue); otherwise the loss lies between the capture and the client.",
    look_alikes: &["a SYN-ACK that is never acknowledged (TFA108)", "a second capture of the same SYN-ACK"],
    remedy: "Capture at the other end too; at the server look at the accept queue (ss -lnt) and at \
        TCP_DEFER_ACCEPT.",
    equation: "",
    ladder: &[
        "client > server  SYN      seq=1000",
        "server > client  SYN-ACK  seq=5000 ack=1001",
        "server > client  SYN-ACK  seq=5000 ack=1001   (1 s later)",
        "client > server  ACK      seq=1001 ack=5001",
    ],
    peers: Peers {
        wireshark: Some("tcp.analysis.retransmission"),
        zeek: None,
        suricata: Some("stream.est_synack_resend"),
    },
    needs: Needs::NOTHING,
    on: Cues::END,
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let (flow, opening) = (step.flow, &step.flow.opening);
    let irregular = opening.irregular.as_deref()?;
    let again = irregular.second_syn_ack?;
    let first = irregular.syn_ack_changed.map_or(opening.syn_ack?, |change| change.before);
    let waited = again.time.since(first.time);
    let settled = opening.ack.is_some() || flow.closing.as_deref().is_some_and(|closing| closing.rst.is_some());
    if waited.saturating_abs() <= limits.duplicate_frame || !settled {
        return None;
    }
    let heard = opening.ack.filter(|ack| ack.frame < again.frame);
    let asked = opening.last_syn.filter(|syn| syn.frame > first.frame && syn.frame < again.frame);
    let leg = match (heard, asked) {
        (Some(_), _) => "the server did not get the ACK, or did not want it yet",
        (None, Some(_)) => "the client asked again, so it had not got the first",
        (None, None) => "the SYN-ACK or its ACK was lost between the capture and the client",
    };
    let count = opening.syn_acks.count;
    Some(
        Evidence::at(
            again,
            format!("the SYN-ACK was sent {count} times, again after {}: {leg}", human_duration(waited)),
        )
        .count("SYN-ACKs", count)
        .schedule("waits", opening.syn_acks.waits())
        .beside(first)
        .beside(heard)
        .blaming_nobody()
        .pointing("sent again"),
    )
}
