//! TFA610: a checksum that is wrong, and not because a network card was to make it.

use super::HEADER;
use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Needs, Peers, Rule, Severity};
use crate::wire::ChecksumStatus;

/// TFA610.
pub static RULE: Rule = Rule {
    code: "TFA610",
    name: "checksum-wrong",
    severity: Severity::Warning,
    summary: "The checksum is wrong, and that of other segments of the same end is right.",
    explanation: "The receiver drops the segment without a word. A capture on the sending host sees checksums before \
        the network card makes them: the field then is empty, holds the pseudo header's sum, or every one of that \
        sender is wrong; that is no fault (TFA908). One wrong checksum among right ones is a damaged segment.",
    look_alikes: &[
        "checksums left to the network card: empty, the pseudo header's sum, or every one of a sender",
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
    on: Cues::CHECKSUM,
    check,
    ..HEADER
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let (segment, mark) = (step.segment?, step.mark()?);
    let first = step.flow.blemishes.as_ref()?.bad_checksum[step.side]?;
    let culprit = if segment.checksum_status == ChecksumStatus::Bad { mark } else { first };
    step.flow.ends[step.side].good_checksum.then(|| {
        Evidence::at(culprit, format!("the checksum is wrong, others of the {} are right", step.side))
            .seq("SEG.SEQ", culprit.seq)
            .count("SEG.LEN", culprit.len)
            .beside(mark)
            .pointing("wrong checksum")
    })
}
