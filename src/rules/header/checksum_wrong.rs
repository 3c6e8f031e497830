//! TFA610: a checksum that is wrong, and not because a network card was to make it.

use super::HEADER;
use crate::flow::{BadChecksums, Cues, Limits, Mark, Side, Step};
use crate::rules::{Evidence, Needs, Peers, Rule, Severity};

/// TFA610.
pub static RULE: Rule = Rule {
    code: "TFA610",
    name: "checksum-wrong",
    severity: Severity::Warning,
    summary: "The checksum is wrong, and most others of the same end are right.",
    explanation: "The receiver drops the segment without a word. A capture on the sending host sees checksums before \
        the network card makes them: the field then is empty, holds the pseudo header's sum, or most of that \
        sender's are wrong; that is no fault (TFA908). One wrong checksum among right ones is a damaged segment.",
    look_alikes: &[
        "checksums left to the network card: empty, the pseudo header's sum, or most of a sender's",
        "a segment that the capture cut: it is not checked",
    ],
    remedy: "Look for a faulty link, memory or device between the sender and the capture.",
    equation: "ones' complement sum of pseudo header, header and data = 0xffff",
    ladder: &[
        "client > server  ACK  seq=1001 len=100   (checksum right)",
        "client > server  ACK  seq=1101 len=100   (wrong)",
    ],
    peers: Peers { wireshark: Some("tcp.checksum_bad.expert"), zeek: Some("bad_TCP_checksum"), suricata: None },
    needs: Needs::NOTHING,
    on: Cues::CHECKSUM.with(Cues::END),
    check,
    ..HEADER
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    match step.mark() {
        Some(mark) => damaged(step, step.side, mark),
        // What came before any right one is judged when all are known.
        None => Side::BOTH.into_iter().find_map(|side| {
            let plain = || damaged(step, side, bad(step, side)?.first?);
            plain().or_else(|| evidence(step, side, bad_aggregates(step, side)?))
        }),
    }
}

fn bad(step: &Step<'_>, side: Side) -> Option<BadChecksums> {
    Some(step.flow.blemishes.as_ref()?.bad_checksums[side])
}

/// The wrong checksum of `culprit`, where no fewer of its sender's are right than wrong.
fn damaged(step: &Step<'_>, side: Side, culprit: Mark) -> Option<Evidence> {
    evidence(step, side, BadChecksums { first: Some(culprit), ..bad(step, side)? })
}

/// Wrong checksums of segments that a card was to cut, where no fewer of its sender's such segments have right ones: those
/// are not left to the card, and not right by chance.
fn bad_aggregates(step: &Step<'_>, side: Side) -> Option<BadChecksums> {
    let bad = step.flow.blemishes.as_ref()?.bad_aggregates[side];
    (step.flow.ends[side].good_aggregates >= bad.count).then_some(bad)
}

fn evidence(step: &Step<'_>, side: Side, bad: BadChecksums) -> Option<Evidence> {
    let (culprit, bad, good) = (bad.first?, bad.count, step.flow.ends[side].good_checksums);
    (good >= bad && bad > 0).then(|| {
        Evidence::at(culprit, format!("the checksum is wrong; {good} others of the {side} are right"))
            .seq("SEG.SEQ", culprit.seq)
            .count("SEG.LEN", culprit.len)
            .count("wrong", bad)
            .count("right", good)
            .pointing("wrong checksum")
    })
}
