//! TFA205: an end sends data beyond its own FIN.

use crate::flow::{Cues, Limits, Relation, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA205.
pub static RULE: Rule = Rule {
    code: "TFA205",
    name: "data-after-fin",
    family: Family::Teardown,
    severity: Severity::Error,
    reference: "RFC 9293 §3.6",
    summary: "An end sends new octets beyond its own FIN.",
    explanation: "FIN says that its sender has no more data to send. Octets with numbers at or beyond it contradict \
        that; the peer has to discard them.",
    look_alikes: &["data before the FIN that is sent again", "a keep-alive, which repeats the number before SND.NXT"],
    remedy: "Look at the stack of the sender, or at a device that injects data into the connection.",
    equation: "SEG.SEQ + octets ≤ FIN.SEQ",
    ladder: &["client > server  FIN  seq=1101 ack=5001", "client > server  ACK  seq=1102 len=10   (beyond its FIN)"],
    peers: Peers { wireshark: None, zeek: None, suricata: Some("stream.fin1_ack_wrong_seq") },
    needs: Needs::UNBROKEN,
    on: Cues::CLOSING,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let (segment, mark) = (step.segment?, step.mark()?);
    let fin = step.before.fin.filter(|_| segment.data_len() > 0 && !step.cues.any(Cues::RST.with(Cues::SYN)))?;
    let end = segment.seq + segment.data_len();
    if step.relation == Relation::KeepAlive || !end.after(fin) || !step.flow.fits(segment) {
        return None;
    }
    let sent = step.flow.closing.as_deref().and_then(|closing| closing.fins[step.side].first);
    Some(
        Evidence::at(mark, format!("the {} sends octets up to {}, but its FIN has number {fin}", step.side, end - 1))
            .seq("SEG.SEQ", segment.seq)
            .count("SEG.LEN", segment.data_len())
            .seq("FIN.SEQ", fin)
            .beside(sent)
            .pointing(format!("nothing may follow {fin}")),
    )
}
