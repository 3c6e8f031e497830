//! TFA206: a FIN sent again at another number.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA206.
pub static RULE: Rule = Rule {
    code: "TFA206",
    name: "fin-moved",
    family: Family::Teardown,
    severity: Severity::Error,
    reference: "RFC 9293 §3.6, §3.8.1",
    summary: "A repeated FIN has another number than the first.",
    explanation: "FIN is the last octet of its direction and has one number for good. A FIN at another number \
        contradicts the first: its sender has either more or less to send than it said.",
    look_alikes: &["a repetition that begins with earlier data and ends with the same FIN"],
    remedy: "Look at the stack of the end that sent the FINs, or at a device that closes for it.",
    equation: "FIN.SEQ = FIN.SEQ of the first FIN",
    ladder: &["client > server  FIN  seq=1101 ack=5001", "client > server  FIN  seq=1111 ack=5001   (should be 1101)"],
    peers: Peers {
        wireshark: Some("tcp.analysis.retransmission"),
        zeek: Some("FIN_advanced_last_seq"),
        suricata: Some("stream.fin1_fin_wrong_seq"),
    },
    needs: Needs::UNBROKEN,
    on: Cues::FIN,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let (mark, fin) = (step.mark()?, step.before.fin?);
    let number = mark.end() - 1;
    let facts = &step.flow.closing.as_deref()?.fins[step.side];
    let first = facts.first?;
    // However far off its number is, a FIN that acknowledges just what its sender did before is of this connection.
    let known = step.flow.fits(step.segment?) || Some(mark.ack) == step.before.rcv_nxt;
    let contradicts = number != fin && !step.cues.any(Cues::SYN.with(Cues::RST)) && known;
    // Octets of its own beyond the first FIN say nothing against that.
    let past = facts.past.filter(|past| *past != number);
    if !contradicts || step.flow.opening.is_ambiguous() || past.is_some() || facts.next != Some(first.seq) {
        return None;
    }
    Some(
        Evidence::at(mark, format!("this FIN of the {} has number {number}, its first had {fin}", step.side))
            .seq("SEG.SEQ", mark.seq)
            .count("SEG.LEN", mark.seg_len())
            .seq("FIN.SEQ", fin)
            .beside(first)
            .pointing(format!("FIN should be {fin}")),
    )
}
