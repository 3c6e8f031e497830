//! TFA903: octets or ACKs that the capture does not have.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA903.
pub static RULE: Rule = Rule {
    code: "TFA903",
    name: "missing-but-acknowledged",
    family: Family::Capture,
    severity: Severity::Note,
    reference: "RFC 9293 §3.4",
    summary: "Octets were acknowledged, or room for them was used, that the capture does not show.",
    explanation: "A cumulative ACK covers octets that were never captured, and their sender goes on behind them: they were \
        sent and heard, and the capture lost them. From there on nothing that rests on an unbroken sequence is more \
        than possible in this connection.",
    look_alikes: &["octets that are lost on the way: the ACKs stop in front of them", "segments in another order"],
    remedy: "Look for drops where the capture was taken: a larger buffer, a shorter snapshot length, a tap instead of a mirror port.",
    equation: "",
    ladder: &[
        "client > server  ACK  seq=1001 len=100",
        "client > server  ACK  seq=1201 len=100",
        "server > client  ACK  seq=5001 ack=1301   (1101 to 1200 were heard)",
    ],
    peers: Peers { wireshark: Some("tcp.analysis.ack_lost_segment"), zeek: Some("content_gap"), suricata: None },
    needs: Needs::NOTHING,
    on: Cues::LOST,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let now = step.mark().filter(|_| step.cues.any(Cues::LOST) && !step.flow.is_filtered())?;
    let shows = step.flow.missed_before().unwrap_or(now);
    let message = "segments of this connection are missing from the capture: what they carried was heard";
    Some(
        Evidence::at(shows, message)
            .seq("SEG.SEQ", shows.seq)
            .seq("SEG.ACK", shows.ack)
            .beside(now)
            .pointing("of more than was captured")
            .blaming_nobody(),
    )
}
