//! TFA308: octets that never came.

use crate::flow::{Cues, Limits, Side, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::SeqNum;

/// TFA308.
pub static RULE: Rule = Rule {
    code: "TFA308",
    name: "sequence-hole",
    family: Family::Sequence,
    severity: Severity::Note,
    reference: "RFC 9293 §3.4",
    summary: "Octets were neither captured nor acknowledged when the flow ended.",
    explanation: "The sender went on behind these octets, and its peer never acknowledged them: they were lost for good, or \
        never sent. Octets that are missing but acknowledged are a matter of the capture, not of the connection.",
    look_alikes: &["octets that are missing in the capture alone: they are acknowledged"],
    remedy: "Capture nearer to the sender to see whether it ever sent them.",
    equation: "",
    ladder: &[
        "client > server  ACK  seq=1001 len=100",
        "client > server  ACK  seq=1201 len=100   (1101 to 1200 never came)",
    ],
    peers: Peers {
        wireshark: Some("tcp.analysis.lost_segment"),
        zeek: Some("content_gap"),
        suricata: Some("stream.reassembly_seq_gap"),
    },
    needs: Needs::BOTH_SIDES,
    on: Cues::END,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    Side::BOTH.into_iter().find_map(|side| judge(step, side))
}

fn judge(step: &Step<'_>, side: Side) -> Option<Evidence> {
    let (end, peer) = (&step.flow.ends[side], &step.flow.ends[side.peer()]);
    // What was acknowledged before the capture showed that it is missing is the capture's loss (TFA903).
    let unheard = |to: SeqNum| peer.rcv_nxt.is_none_or(|ack| to.after(ack));
    let mut holes = end.holes.iter().filter(|(_, to)| unheard(*to));
    let (from, to) = holes.next()?;
    let missing = holes.fold(to.distance_from(from), |sum, (from, to)| sum.saturating_add(to.distance_from(from)));
    let message =
        format!("{missing} octets of the {side} from {from} up to {to} were neither captured nor acknowledged");
    Some(Evidence::of_flow(step, message).seq("from", from).seq("to", to).count("octets missing", missing))
}
