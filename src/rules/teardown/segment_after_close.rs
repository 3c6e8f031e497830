//! TFA207: something new after the end.

use crate::flow::{Cues, Limits, Relation, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::Flags;

/// TFA207.
pub static RULE: Rule = Rule {
    code: "TFA207",
    name: "segment-after-close",
    family: Family::Teardown,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.6, §3.10.7.4",
    summary: "After both FINs were acknowledged an end sends new octets, or acknowledges octets that cannot exist.",
    explanation: "Once both FINs are acknowledged there is nothing left to send and nothing left to acknowledge. What may still \
        come are late copies, the ACKs they draw, and resets. New octets, or an ACK beyond the FIN, belong to no \
        connection: they are injected, or one end lost count.",
    look_alikes: &[
        "late retransmissions and the ACKs with D-SACK that answer them",
        "window updates",
        "answers from TIME-WAIT",
        "a RST",
        "a new connection on the same ports",
    ],
    remedy: "Look at the stack of the sender, or at a device that injects segments.",
    equation: "SEG.SEQ + SEG.LEN ≤ SND.NXT and SEG.ACK ≤ RCV.NXT",
    ladder: &[
        "client > server  ACK  seq=1102 ack=5202   (both FINs are acknowledged)",
        "server > client  ACK  seq=5202 ack=1302",
    ],
    peers: Peers { wireshark: None, zeek: None, suricata: Some("stream.timewait_ack_wrong_seq") },
    needs: Needs::BOTH_SIDES.with(Needs::UNBROKEN),
    on: Cues::CLOSING,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let (segment, mark) = (step.segment?, step.mark()?);
    let reset = step.flow.closing.as_deref()?.rst.is_some();
    let judged = step.before.closed && !reset && !step.cues.any(Cues::SYN.with(Cues::RST)) && step.flow.fits(segment);
    if !judged {
        return None;
    }
    let (next, peer_next) = (step.before.snd_nxt?, step.before.peer_snd_nxt?);
    let end = segment.seq + segment.data_len();
    let new = segment.data_len() > 0 && end.after(next) && step.relation != Relation::KeepAlive;
    let beyond = segment.flags.has(Flags::ACK) && segment.ack.after(peer_next);
    let what = match (new, beyond) {
        (true, _) => format!("{} octets up to {end}, although both ends have closed", end.distance_from(next)),
        (_, true) => format!("acknowledges {}, although the peer closed at {peer_next}", segment.ack),
        _ => return None,
    };
    let fins = step.flow.closing.as_deref()?.fins;
    Some(
        Evidence::at(mark, what)
            .seq("SEG.SEQ", segment.seq)
            .count("SEG.LEN", segment.data_len())
            .seq("SEG.ACK", segment.ack)
            .seq("SND.NXT", next)
            .seq("SND.NXT of the peer", peer_next)
            .beside(fins[step.side].first)
            .beside(fins[step.side.peer()].first)
            .pointing("both ends have closed"),
    )
}
