//! 6xx: headers that no stack makes. What is wrong stands in the segment itself; no history is needed.

pub mod checksum_wrong;
pub mod fields;
pub mod flags;

use super::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::flow::{Cues, Limits, Step};

/// What the rules of this family have in common.
const HEADER: Rule = Rule {
    code: "",
    name: "",
    family: Family::Header,
    severity: Severity::Error,
    reference: "RFC 9293 §3.1",
    summary: "",
    explanation: "",
    look_alikes: &["a header that the capture cut"],
    remedy: "Look for a scanner or a fuzzer, or a device on the way that changes headers.",
    equation: "",
    ladder: &[],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::NOTHING,
    on: Cues::ODD_HEADER,
    check: never,
};

const fn never(_: &Step<'_>, _: &Limits) -> Option<Evidence> {
    None
}
