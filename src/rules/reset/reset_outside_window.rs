//! TFA401: a RST that its receiver has to ignore.

use crate::flow::{Cues, Limits, ResetStanding, Step};
use crate::rules::{Confidence, Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::{Flags, SeqNum};

/// TFA401.
pub static RULE: Rule = Rule {
    code: "TFA401",
    name: "reset-outside-window",
    family: Family::Reset,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.10.7.4, RFC 5961 §3.2",
    summary: "A RST lies outside the window of its receiver, who has to ignore it.",
    explanation: "A RST counts only at the number its receiver expects next; one in the window but elsewhere draws an \
        ACK, and one outside it is dropped. The sender of a true RST has no reason to miss: it uses its own \
        SND.NXT, or, from a closed socket, the number that its peer acknowledged. One that is neither is a \
        blind guess, or was made by a device that lost track of the connection.",
    look_alikes: &[
        "a closed socket answers SEG.SEQ = the ACK of each segment that was in flight, so several RSTs with older numbers follow each other",
        "a capture of flagged segments only, which does not show how far the window has moved",
    ],
    remedy: "Compare TTL and hardware address of the RST with those of other segments of its sender.",
    equation: "RCV.NXT <= SEG.SEQ < RCV.NXT+RCV.WND",
    ladder: &[
        "client > server  ACK  seq=1101 ack=5201 win=65535",
        "server > client  RST  seq=205201   (should be 5201)",
    ],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::BOTH_SIDES.with(Needs::UNBROKEN),
    on: Cues::RST,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let reset = step.flow.reset_of(step.side)?;
    // Of several with such numbers the first tells.
    let first = step.flow.resets.as_deref().and_then(|resets| resets.first[step.side]);
    let told = reset.repeated && first.is_some_and(|first| first.standing == ResetStanding::Outside);
    let outside = reset.standing == ResetStanding::Outside && !told && !reset.other_distance;
    let (next, mark) = (reset.rcv_nxt.filter(|_| outside && step.flow.plain)?, reset.mark);
    // The answer to a SYN that was captured and has no ACK to take a number from.
    if mark.flags.has(Flags::ACK) && mark.seq == SeqNum(0) && step.flow.opening.ack.is_none() {
        return None;
    }
    let evidence = Evidence::at(mark, format!("the RST has number {}, but its receiver expects {next}", mark.seq))
        .seq("SEG.SEQ", mark.seq);
    // A closed socket takes whatever number it is sent (RFC 9293 §3.5.2): what is missing from the capture may have had this.
    let (asked, bare) = (&step.flow.ends[step.side.peer()], !mark.flags.has(Flags::ACK));
    let missing = bare && !asked.holes.is_empty() && mark.seq.at_or_before(next);
    let evidence = if missing { evidence.at_most(Confidence::Possible) } else { evidence };
    let evidence = reset.right_edge.into_iter().fold(evidence, |evidence, edge| evidence.seq("RCV.NXT+RCV.WND", edge));
    Some(evidence.seq("RCV.NXT", next).pointing(format!("seq should be {next}")))
}
