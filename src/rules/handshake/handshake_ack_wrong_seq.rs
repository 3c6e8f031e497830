//! TFA103: the third step of the handshake does not carry the number after the SYN.

use crate::flow::{Cues, Limits, Mark, Step, SuspicionKind};
use crate::rules::{Confidence, Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA103.
pub static RULE: Rule = Rule {
    code: "TFA103",
    name: "handshake-ack-wrong-seq",
    family: Family::Handshake,
    severity: Severity::Error,
    reference: "RFC 9293 §3.5, §3.10.7.4",
    summary: "The client's first ACK after the SYN-ACK does not carry the number after its SYN.",
    explanation: "SYN takes one number, so the segment that completes the handshake has SEG.SEQ = x+1, plus the \
        octets of a Fast Open SYN that the server accepted. A number beyond that is only held against the client when \
        it goes back and sends what it seemed to have skipped, sooner than any retransmission could.",
    look_alikes: &[
        "a segment that was lost or not captured between the SYN-ACK and this one",
        "Fast Open: the data of the SYN counts if the SYN-ACK accepts it",
        "a keep-alive, where the third step itself was not captured",
    ],
    remedy: "Look at the client's stack, or at a device between the ends that rewrites sequence numbers.",
    equation: "SEG.SEQ = x+1",
    ladder: &[
        "client > server  SYN      seq=1000",
        "server > client  SYN-ACK  seq=5000 ack=1001",
        "client > server  ACK      seq=1000 ack=5001   (should be 1001)",
    ],
    peers: Peers {
        wireshark: Some("tcp.analysis.keep_alive"),
        zeek: None,
        suricata: Some("stream.3whs_wrong_seq_wrong_ack"),
    },
    needs: Needs::BOTH_SIDES.with(Needs::HANDSHAKE).with(Needs::UNBROKEN).with(Needs::EVERY_SEGMENT),
    on: Cues::OPENING.with(Cues::SETTLED),
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let syn = answered(step)?;
    let right = syn.seq + 1 + step.flow.opening.accepted_data;
    let (culprit, confidence) = match behind(step, syn, limits).or_else(|| beyond(step)) {
        Some(culprit) => (culprit, Confidence::Certain),
        None => (bare_beyond(step).filter(|first| first.seq.after(right))?, Confidence::Likely),
    };
    Some(
        Evidence::at(
            culprit,
            format!(
                "the ACK of the handshake has number {}, but the SYN has {}, so it has to be {right}",
                culprit.seq, syn.seq
            ),
        )
        .seq("SEG.SEQ", culprit.seq)
        .seq("ISS", syn.seq)
        .seq("SND.NXT", right)
        .beside(syn)
        .beside(step.flow.opening.syn_ack)
        .pointing(format!("seq should be x+1 = {right}"))
        .at_most(confidence),
    )
}

/// The SYN that the SYN-ACK answers: the latest, unless it answers the first; none if it answers neither.
fn answered(step: &Step<'_>) -> Option<Mark> {
    let (opening, last) = (&step.flow.opening, step.flow.opening.last_syn?);
    let Some(answer) = opening.syn_ack.filter(|answer| answer.flags.is_syn_ack()) else { return Some(last) };
    [last].into_iter().chain(opening.syn).find(|syn| syn.is_answered_by(answer.ack))
}

/// The first ACK steps back to the SYN or before it.
fn behind(step: &Step<'_>, syn: Mark, limits: &Limits) -> Option<Mark> {
    let mark = step.mark()?;
    let first = step.flow.opening.first_ack.filter(|first| first.frame == mark.frame)?;
    // A keep-alive stands one below SND.NXT (RFC 9293 §3.8.4): nobody waits so long for the third step itself.
    let waited = step.flow.opening.last_syn_ack.map_or(0, |syn_ack| first.time.since(syn_ack.time));
    let kept_alive = first.seq == syn.seq && first.len <= 1 && waited >= limits.rto / 10 * 9;
    (first.seq.at_or_before(syn.seq) && !kept_alive).then_some(first)
}

/// The first ACK skipped numbers that the client then used.
fn beyond(step: &Step<'_>) -> Option<Mark> {
    let suspicion = step.confirmed(SuspicionKind::SeqBeyond)?;
    suspicion.opening.then_some(suspicion.mark)
}

/// Whether the IP identifications show that the client sent something between its SYN and `first` that was not captured.
fn skips(step: &Step<'_>, first: &Mark) -> bool {
    /// More than this they do not count up in a handshake: they are random.
    const MOST: u16 = 64;
    let ids = step.flow.opening.last_syn.and_then(|syn| syn.ip_id).zip(first.ip_id);
    ids.is_some_and(|(syn, first)| syn != 0 && first != 0 && (2..=MOST).contains(&first.wrapping_sub(syn)))
}

/// The first ACK acknowledges the SYN-ACK and nothing more, carries nothing, and yet stands beyond all that was sent:
/// it is the third step itself, so no data can have gone before it. A server that goes on has heard the third step before.
fn bare_beyond(step: &Step<'_>) -> Option<Mark> {
    let (mark, syn_ack) = (step.mark()?, step.flow.opening.syn_ack?);
    let first = step.flow.opening.first_ack.filter(|first| first.frame == mark.frame && first.seg_len() == 0)?;
    let waits = step.flow.opening.syn_acks.count == 1 && step.flow.ends.server.segments == 1;
    let third = first.ack == syn_ack.seq + 1 && waits && !skips(step, &first);
    (third && step.before.snd_nxt.is_some_and(|next| first.seq.after(next))).then_some(first)
}
