//! TFA205: an end sends data beyond its own FIN.

use crate::flow::{Cues, Limits, Mark, Relation, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::Segment;

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
    look_alikes: &[
        "data before the FIN that is sent again",
        "a keep-alive, which repeats the number before SND.NXT",
        "the padding of a short Ethernet frame, counted as data by something on the way",
    ],
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
    let sent = step.flow.closing.as_deref().and_then(|closing| closing.fins[step.side].first);
    // Farther on it is the next connection on the same ports, whose SYN was not captured.
    let near = segment.seq.offset_from(fin) <= i32::from(u16::MAX);
    if step.relation == Relation::KeepAlive || !end.after(fin) || !near || is_padding(segment, sent) {
        return None;
    }
    Some(
        Evidence::at(mark, format!("the {} sends octets up to {}, but its FIN has number {fin}", step.side, end - 1))
            .seq("SEG.SEQ", segment.seq)
            .count("SEG.LEN", segment.data_len())
            .seq("FIN.SEQ", fin)
            .beside(sent)
            .pointing(format!("nothing may follow {fin}")),
    )
}

/// Whether the octets are what fills an IPv4 packet without data up to the least that Ethernet carries, 46, taken for data by
/// a device that then made the packet's length say so: so were those of the FIN `sent`, after which its sender counts none.
fn is_padding(segment: &Segment, sent: Option<Mark>) -> bool {
    /// 46 octets without an IPv4 header.
    const LEAST: u32 = 26;
    let uncounted = sent.is_some_and(|fin| fin.len > 0 && segment.seq == fin.seq + 1);
    segment.source.ip.is_ipv4() && segment.reported <= LEAST && uncounted
}
