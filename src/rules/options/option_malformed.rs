//! TFA511: an option list that cannot be read.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::{MalformedOption, OptionFault, OptionSet, Segment};

/// TFA511.
pub static RULE: Rule = Rule {
    code: "TFA511",
    name: "option-malformed",
    family: Family::Options,
    severity: Severity::Error,
    reference: "RFC 9293 §3.1, §3.2",
    summary: "An option has a bad length, or runs past the header; as a warning, octets after End are not zero.",
    explanation: "Options are read by their length octet. One of 0 or 1, one that runs past the header, or one that \
        its kind cannot have ends the reading: receivers drop the segment or ignore what follows. What \
        follows End of Option List is padding and must be zero.",
    look_alikes: &[
        "options that the capture cut",
        "NOP in front, End and zeros behind",
        "an experiment (kinds 253 and 254) without the identifier that RFC 6994 asks for: a note",
    ],
    remedy: "Look at the stack of the sender, or at a device on the way that changes options.",
    equation: "2 ≤ length ≤ octets left",
    ladder: &["client > server  ACK  seq=1001 len=100 <timestamps, length 40>"],
    peers: Peers {
        wireshark: Some("tcp.option.len.invalid"),
        zeek: Some("tcp_option_mss_invalid_len"),
        suricata: Some("decoder.tcp.opt_invalid_len"),
    },
    needs: Needs::NOTHING,
    on: Cues::ODD_OPTIONS,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let segment = step.segment?;
    let bad = segment.options.malformed.filter(|bad| !is_fast_open(segment, bad))?;
    let severity = match bad.fault {
        OptionFault::WrongLength if is_experiment(&bad) => Severity::Note,
        OptionFault::NonZeroAfterEnd => Severity::Warning,
        _ => Severity::Error,
    };
    Some(
        Evidence::at(step.mark()?, format!("option of kind {}: {}", bad.kind, bad.fault))
            .count("kind", bad.kind)
            .count("length", bad.length)
            .count("offset", bad.offset)
            .no_worse_than(severity)
            .pointing(bad.fault.to_string()),
    )
}

/// Whether it is an experiment of before RFC 6994, which tells no identifier: its length can be read all the same.
const fn is_experiment(bad: &MalformedOption) -> bool {
    matches!(bad.kind, 253 | 254)
}

/// Whether it is a Fast Open cookie that has the wrong length, which TFA513 tells.
pub fn is_fast_open(segment: &Segment, bad: &MalformedOption) -> bool {
    let octets = segment.options.fast_open_cookie;
    let wrong = octets != 0 && (!(4..=16).contains(&octets) || !octets.is_multiple_of(2));
    wrong
        && bad.fault == OptionFault::WrongLength
        && segment.options.has(OptionSet::FAST_OPEN)
        && matches!(bad.kind, 34 | 253 | 254)
}
