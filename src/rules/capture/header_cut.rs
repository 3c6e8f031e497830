//! TFA907: the snapshot length cuts TCP headers.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA907.
pub static RULE: Rule = Rule {
    code: "TFA907",
    name: "header-cut",
    family: Family::Capture,
    severity: Severity::Note,
    reference: "RFC 9293 §3.1",
    summary: "The capture has less of the TCP header than there was.",
    explanation: "The snapshot length ends within the TCP header: options that are not there may have been sent. Rules that need whole headers are silent in this connection.",
    look_alikes: &[
        "an option list that is malformed, which is TFA511",
        "a data offset beyond the segment, which is TFA609",
    ],
    remedy: "Capture with a snapshot length of at least 134 octets.",
    equation: "",
    ladder: &["client > server  SYN  seq=1000   (24 of its 32 octets of header)"],
    peers: Peers {
        wireshark: Some("tcp.short_segment"),
        zeek: Some("truncated_header"),
        suricata: Some("decoder.tcp.pkt_too_small"),
    },
    needs: Needs::NOTHING,
    on: Cues::CUT,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let (segment, mark) = (step.segment?, step.mark()?);
    let (captured, header) = (segment.captured, segment.header_len());
    let message = format!("{captured} of the {header} octets of the header were captured");
    Some(Evidence::at(mark, message).count("captured", captured).count("header", header).blaming_nobody())
}
