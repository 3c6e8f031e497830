//! TFA402: a RST in the window, but not at its edge.

use crate::flow::{Cues, Limits, ResetStanding, Side, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA402.
pub static RULE: Rule = Rule {
    code: "TFA402",
    name: "reset-not-exact",
    family: Family::Reset,
    severity: Severity::Note,
    reference: "RFC 9293 §3.10.7.4, RFC 5961 §3.2",
    summary: "A RST lies in the window of its receiver, but not at the number it expects.",
    explanation: "The receiver answers such a RST by an ACK (a challenge) and stays open; if the RST was true, its \
        sender answers that ACK by another RST with just the right number. So this costs a round trip, no \
        more.",
    look_alikes: &[
        "a RST at SND.NXT of its sender, while data before it is still on the way",
        "a RST that answers a segment: it has the number which that acknowledged",
    ],
    remedy: "Nothing, if the next RST is exact. Otherwise see TFA405 and TFA406.",
    equation: "SEG.SEQ = RCV.NXT",
    ladder: &[
        "client > server  ACK  seq=1101 ack=5201",
        "server > client  RST  seq=5251   (5201 would be exact)",
        "client > server  ACK  seq=1101 ack=5201   (challenge)",
    ],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::BOTH_SIDES.with(Needs::UNBROKEN),
    on: Cues::END,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let resets = step.flow.resets.as_deref()?;
    let first = Side::BOTH.into_iter().find_map(|side| resets.first[side])?;
    let (mark, next) = (first.mark, first.rcv_nxt?);
    let in_window = first.standing == ResetStanding::InWindow && !first.other_distance && step.flow.plain;
    // What came after it may show that it stood at SND.NXT, and the capture swapped the two.
    (in_window && step.flow.ends[mark.side].snd_nxt != Some(mark.seq)).then(|| {
        Evidence::at(
            mark,
            format!("the RST has number {}, which is in the window but not the {next} expected", mark.seq),
        )
        .seq("SEG.SEQ", mark.seq)
        .seq("RCV.NXT", next)
        .pointing(format!("{next} would be exact"))
    })
}
