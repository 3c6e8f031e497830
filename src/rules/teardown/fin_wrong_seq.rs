//! TFA201: a FIN whose number is not the next one of its sender.

use crate::flow::{Cues, Limits, Mark, Side, Step, SuspicionKind};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::{Flags, SeqNum};

/// TFA201.
pub static RULE: Rule = Rule {
    code: "TFA201",
    name: "fin-wrong-seq",
    family: Family::Teardown,
    severity: Severity::Error,
    reference: "RFC 9293 §3.5, §3.6",
    summary: "A FIN does not carry the number after its sender's last octet.",
    explanation: "FIN is the last octet of a direction: its number is SND.NXT of its sender. A FIN below that number \
        lies inside data already sent; one above it leaves a hole that no data ever fills, so that the peer can never \
        acknowledge it.",
    look_alikes: &["data that was lost before the FIN and is sent again", "a FIN sent again"],
    remedy: "Look at the stack of the end that sent the FIN, or at a proxy that made it.",
    equation: "SEG.SEQ + SEG.LEN − 1 = SND.NXT",
    ladder: &[
        "client > server  ACK  seq=1001 len=100",
        "client > server  FIN  seq=1111 ack=5001   (should be 1101)",
        "server > client  ACK  seq=5001 ack=1101",
    ],
    peers: Peers {
        wireshark: Some("tcp.analysis.lost_segment"),
        zeek: None,
        suricata: Some("stream.fin_out_of_window"),
    },
    needs: Needs::BOTH_SIDES.with(Needs::UNBROKEN),
    on: Cues::CLOSING.with(Cues::SETTLED),
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    if !step.flow.plain {
        // Nothing but SYN, FIN and RST was captured: the data is not there to tell.
        return None;
    }
    let (culprit, right) = below(step).or_else(|| beyond(step))?;
    let number = culprit.end() - 1;
    let should = right + culprit.len;
    Some(
        Evidence::at(culprit, format!("the FIN has number {number}, but its sender's next number is {should}"))
            .seq("SEG.SEQ", culprit.seq)
            .count("SEG.LEN", culprit.seg_len())
            .seq("SND.NXT", right)
            .beside(step.mark())
            .pointing(format!("seq should be {right}")),
    )
}

/// The first FIN lies below where its sender was.
fn below(step: &Step<'_>) -> Option<(Mark, SeqNum)> {
    let closing = step.flow.closing.as_deref()?;
    let facts = Side::BOTH.into_iter().map(|side| &closing.fins[side]).find(|facts| facts.misplaced)?;
    let (first, next) = facts.first.zip(facts.next)?;
    // Where the capture begins amid a connection its peer's ACK tells SND.NXT, and that of the FIN may come before it.
    let told = step.flow.ends[first.side.peer()].rcv_nxt == Some(next) && !step.flow.vantage.handshake_seen;
    (!told || next != first.end()).then_some((first, next))
}

/// The FIN left a hole that its sender then went back to, or that the peer never heard of.
fn beyond(step: &Step<'_>) -> Option<(Mark, SeqNum)> {
    let suspicion = step.confirmed(SuspicionKind::SeqBeyond)?;
    suspicion.mark.flags.has(Flags::FIN).then_some((suspicion.mark, suspicion.expected))
}
