//! TFA309: a segment far from where its sender is.

use crate::flow::{Cues, Limits, Mark, Step, SuspicionKind};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::{Flags, SeqNum};

/// TFA309.
pub static RULE: Rule = Rule {
    code: "TFA309",
    name: "sequence-jump",
    family: Family::Sequence,
    severity: Severity::Error,
    reference: "RFC 9293 §3.4, §3.10.7.4",
    summary: "A segment stands beyond its sender's SND.NXT, and the sender's next segments step back.",
    explanation: "A sender numbers its octets without a gap. A number that leaves a hole means loss if the sender goes \
        on behind it or fills the hole; it is wrong if the sender goes on as if the segment had stood at SND.NXT, or \
        says with a bare ACK or its FIN that it never was that far. The peer drops such a segment or keeps octets \
        that belong elsewhere.",
    look_alikes: &[
        "segments that were lost before the capture",
        "a capture on both sides of what rewrites numbers",
        "segments captured in the wrong order",
        "an old segment of the connection before",
    ],
    remedy: "Look at the stack of the sender, or at a device that rewrites or injects segments.",
    equation: "SEG.SEQ = SND.NXT",
    ladder: &[
        "client > server  ACK  seq=1001 len=100",
        "client > server  ACK  seq=901101 len=100   (should be 1101)",
        "client > server  ACK  seq=1201 len=100",
    ],
    peers: Peers {
        wireshark: Some("tcp.analysis.lost_segment"),
        zeek: Some("TCP_seq_underflow_or_misorder"),
        suricata: Some("stream.est_packet_out_of_window"),
    },
    needs: Needs::BOTH_SIDES.with(Needs::UNBROKEN),
    on: Cues::SETTLED.with(Cues::NOT_NEW).with(Cues::WENT_BACK),
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    if step.flow.opening.is_ambiguous() { None } else { ahead(step).or_else(|| behind(step)) }
}

/// Beyond where its sender was, and its sender stepped back.
fn ahead(step: &Step<'_>) -> Option<Evidence> {
    let suspicion = step.confirmed(SuspicionKind::SeqBeyond)?;
    let (culprit, next) = (suspicion.mark, suspicion.expected);
    // Its number lies in the window: only its end is beyond.
    let excess = suspicion.exceeds().is_some_and(|edge| culprit.seq.before(edge)) && !suspicion.took_a_place();
    if suspicion.opening || culprit.flags.has(Flags::FIN) || excess {
        return None;
    }
    let distance = culprit.seq.distance_from(next);
    let message = format!("stands at {}, {distance} octets beyond its sender's next number {next}", culprit.seq);
    Some(evidence(culprit, message, next).beside(suspicion.settled_by))
}

/// Below the first number of its sender, which no repetition explains.
fn behind(step: &Step<'_>) -> Option<Evidence> {
    let mark = step.mark().filter(|_| !step.cues.any(Cues::SYN.with(Cues::FIN).with(Cues::RST)))?;
    let end = &step.flow.ends[mark.side];
    let (iss, next) = (end.iss.filter(|_| end.syn_seen)?, step.before.snd_nxt?);
    // After a RST the next connection on the same ports may follow, its handshake not captured.
    let over = step.flow.closing.as_deref().is_some_and(|closing| closing.rst.is_some());
    let before = mark.seq.before(iss) && mark.end().before(iss) && step.flow.time_wait.is_none() && !over;
    let message = format!("stands at {}, but its sender began at {iss}", mark.seq);
    (before && (mark.len > 0 || is_of_now(step))).then(|| evidence(mark, message, next).seq("ISS", iss))
}

/// Whether all but the number of the segment is of this connection, and of now: an old bare ACK may come any time, but
/// none that acknowledges more than any before.
fn is_of_now(step: &Step<'_>) -> bool {
    let ack = step.segment.filter(|segment| segment.flags.has(Flags::ACK)).map(|segment| segment.ack);
    let known = ack.zip(step.before.rcv_nxt).is_some_and(|(ack, known)| ack.at_or_after(known));
    let sent = ack.zip(step.before.peer_snd_nxt).is_some_and(|(ack, next)| ack.at_or_before(next));
    let more = ack.zip(step.before.rcv_nxt).is_some_and(|(ack, known)| ack.after(known));
    (step.before.left_last || more) && known && sent
}

fn evidence(culprit: Mark, message: String, next: SeqNum) -> Evidence {
    Evidence::at(culprit, message)
        .seq("SEG.SEQ", culprit.seq)
        .seq("SND.NXT", next)
        .count("SEG.LEN", culprit.seg_len())
        .pointing(format!("seq should be {next}"))
}
