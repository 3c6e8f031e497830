//! TFA908: segments or checksums were captured before the network card finished them.

use crate::flow::{Cues, Limits, Side, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::ChecksumStatus;

/// TFA908.
pub static RULE: Rule = Rule {
    code: "TFA908",
    name: "offload",
    family: Family::Capture,
    severity: Severity::Note,
    reference: "RFC 9293 §3.8",
    summary: "Segments are larger than the path takes, or checksums were left to the network card.",
    explanation: "The capture was taken between the stack and its network card. Segments that the card cuts (TSO, BIG TCP) or has joined (GRO, LRO) were never on the wire like this, and checksums of leaving segments are not filled in yet: every one that a sender made is wrong, and none was ever refused.",
    look_alikes: &[
        "one wrong checksum among right ones, which is TFA610",
        "a segment larger than the MSS that the path still takes, which is TFA306",
    ],
    remedy: "Capture on the wire, or switch the offload off (ethtool -K), where sizes and checksums matter.",
    equation: "",
    ladder: &["client > server  ACK  seq=1001 len=20000   (MSS 1460)"],
    peers: Peers { wireshark: Some("tcp.checksum.partial"), zeek: Some("bad_TCP_checksum"), suricata: None },
    needs: Needs::NOTHING,
    on: Cues::OFFLOAD.with(Cues::END),
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    match step.mark() {
        Some(mark) if mark.len > 0 && step.segment?.checksum_status != ChecksumStatus::Bad => {
            let message = format!("{} octets in one segment: it stands for several on the wire", mark.len);
            Some(Evidence::at(mark, message).count("SEG.LEN", mark.len).blaming_nobody())
        }
        Some(mark) => Some(Evidence::at(mark, "the checksum was left to the network card").blaming_nobody()),
        None => Side::BOTH.into_iter().find_map(|side| seldom_right(step, side)),
    }
}

/// More of the checksums that `side` sent are wrong than right.
fn seldom_right(step: &Step<'_>, side: Side) -> Option<Evidence> {
    let bad = step.flow.blemishes.as_ref()?.bad_checksums[side];
    let message = format!("{} checksums of the {side} are wrong: they are made behind the capture", bad.count);
    (bad.count > step.flow.ends[side].good_checksums)
        .then(|| Some(Evidence::at(bad.first?, message).blaming_nobody()))?
}
