//! TFA302: an ACK that takes back.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::Flags;

/// TFA302.
pub static RULE: Rule = Rule {
    code: "TFA302",
    name: "ack-went-back",
    family: Family::Sequence,
    severity: Severity::Note,
    reference: "RFC 9293 §3.4, §3.8",
    summary: "An end acknowledges less than it had acknowledged before.",
    explanation: "RCV.NXT never decreases, so an ACK below an earlier one of the same end is an old segment that came late. \
        Where nothing speaks for reordering, the end has lost count, or somebody else speaks for it.",
    look_alikes: &["segments that changed places on the way: identification, timestamps or a short distance tell"],
    remedy: "None is needed unless it goes with other findings.",
    equation: "SEG.ACK ≥ RCV.NXT",
    ladder: &["server > client  ACK  seq=5001 ack=1201", "… a second", "server > client  ACK  seq=5001 ack=1101"],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::NOTHING,
    on: Cues::WENT_BACK,
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let (segment, mark) = (step.segment?, step.mark()?);
    let before = step.before.rcv_nxt.filter(|before| segment.ack.before(*before))?;
    let soon = step.before.last.is_some_and(|last| segment.time.since(last) <= limits.reordering);
    let usual = segment.flags.has(Flags::ACK) && !segment.flags.any(Flags::SYN.with(Flags::RST));
    let newest = step.flow.ends[step.side].timestamps.map(|(_, newest)| newest.tsval);
    let late = segment.options.timestamps().is_some_and(|now| newest != Some(now.tsval));
    let soon = soon && !step.before.left_last;
    if !usual || soon || late || step.cues.any(Cues::REORDERED) {
        return None;
    }
    Some(
        Evidence::at(mark, format!("acknowledges {}, after the same end had acknowledged {before}", segment.ack))
            .seq("SEG.ACK", segment.ack)
            .seq("RCV.NXT", before)
            .pointing(format!("it had acknowledged {before}")),
    )
}
