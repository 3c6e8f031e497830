//! TFA202: the FIN is acknowledged without being counted.

use crate::capture::Timestamp;
use crate::flow::{Cues, Limits, Side, Step};
use crate::rules::{Confidence, Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA202.
pub static RULE: Rule = Rule {
    code: "TFA202",
    name: "fin-ack-not-plus-one",
    family: Family::Teardown,
    severity: Severity::Error,
    reference: "RFC 9293 §3.6, §3.10.7.4",
    summary: "The peer answers a repeated FIN, but never with the number after it.",
    explanation: "FIN takes one number, so the ACK that answers it is FIN.SEQ+1. A peer that keeps acknowledging \
        FIN.SEQ leaves the closer in FIN-WAIT-1 (or LAST-ACK), sending its FIN again until it gives up.",
    look_alikes: &[
        "segments that were on their way when the FIN left",
        "a delayed ACK",
        "FINs that cross",
        "a last word within a round trip of the FIN",
    ],
    remedy: "Look at the stack of the end that acknowledges, or at a proxy that answers for it.",
    equation: "SEG.ACK = FIN.SEQ + 1",
    ladder: &[
        "client > server  FIN  seq=1101 ack=5001",
        "server > client  ACK  seq=5001 ack=1101   (should be 1102)",
        "client > server  FIN  seq=1101 ack=5001",
        "server > client  ACK  seq=5001 ack=1101",
    ],
    peers: Peers { wireshark: Some("tcp.analysis.retransmission"), zeek: None, suricata: None },
    needs: Needs::BOTH_SIDES,
    on: Cues::END,
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    Side::BOTH.into_iter().find_map(|side| judge(step, side, limits))
}

/// `side` sent the FIN; its peer is judged.
fn judge(step: &Step<'_>, side: Side, limits: &Limits) -> Option<Evidence> {
    let closing = step.flow.closing.as_deref()?;
    let fin = &closing.fins[side];
    let (sent, number) = (fin.first?, step.flow.ends[side].fin?);
    let (first, last) = (fin.short_of_first?, fin.short_of_last?);
    let repeated = fin.sent.count >= 2;
    let spaced = |from: Timestamp, to: Timestamp| to.since(from) >= limits.rto / 5;
    let insists = spaced(first.time, last.time) && spaced(sent.time, last.time);
    if fin.acknowledged.is_some() || !step.flow.plain || !repeated {
        return None;
    }
    let confidence = if insists { Confidence::Certain } else { closes_so(step, side, limits)? };
    let right = number + 1;
    Some(
        Evidence::at(
            last,
            format!("the FIN has number {number}, but the {} acknowledges {} and never {right}", last.side, last.ack),
        )
        .seq("SEG.ACK", last.ack)
        .seq("FIN.SEQ", number)
        .count("FINs", fin.sent.count)
        .beside(sent)
        .beside(fin.last)
        .pointing(format!("ack should be {right}"))
        .at_most(confidence),
    )
}

/// How sure it is that the peer closes without counting the FIN of `side`: its last word comes after a repeated FIN, or
/// its FIN does so long after the first that it was heard, and nothing comes for as long as there would have been an
/// answer. Where the FINs may have crossed, the answer to the repeated one is missing all the same.
fn closes_so(step: &Step<'_>, side: Side, limits: &Limits) -> Option<Confidence> {
    let (closing, ending) = step.flow.closing.as_deref().zip(step.ending)?;
    let (fin, peer) = (&closing.fins[side], &closing.fins[side.peer()]);
    let (first, repeated, closed) = (fin.first?, fin.last?, peer.last?);
    let opening = &step.flow.opening;
    let round_trip = opening.ack.zip(opening.syn).map_or(limits.rto, |(ack, syn)| ack.time.since(syn.time));
    let heard = closed.time.since(first.time) > round_trip;
    let over = ending.time.since(repeated.time) >= limits.capture_end && closing.rst.is_none();
    let settled = fin.sent.count == 2 && peer.acknowledged.is_some_and(|ack| ack.frame > repeated.frame);
    if fin.short_of_last?.frame != closed.frame {
        return None;
    }
    match () {
        () if closed.frame > repeated.frame || (heard && over) => Some(Confidence::Certain),
        () if over && settled => Some(Confidence::Likely),
        () => None,
    }
}
