//! TFA507: a TSval older than one its sender had used.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA507.
pub static RULE: Rule = Rule {
    code: "TFA507",
    name: "timestamp-went-back",
    family: Family::Options,
    severity: Severity::Warning,
    reference: "RFC 7323 §4.1, §5.3",
    summary: "A timestamp is older than one that the same end had sent before.",
    explanation: "The clock behind TSval never goes back. A segment whose TSval is older than the newest one its \
        receiver has taken over (TS.Recent) is dropped as an old duplicate (PAWS). Segments that were \
        overtaken are no fault: their IP identification or sequence number is older, too.",
    look_alikes: &[
        "segments that were overtaken",
        "RST, whose timestamps are not checked",
        "24 days of silence, after which TS.Recent is no longer valid",
    ],
    remedy: "Look for a device that answers in the place of an end, or several hosts behind one address.",
    equation: "SEG.TSval ≥ TS.Recent",
    ladder: &[
        "client > server  ACK  seq=1001 len=100 <ts 130/900>",
        "client > server  ACK  seq=1101 len=100 <ts 90/930>",
    ],
    peers: Peers { wireshark: None, zeek: None, suricata: Some("stream.pkt_invalid_timestamp") },
    needs: Needs::BOTH_SIDES.with(Needs::HANDSHAKE),
    on: Cues::OPTION_FAULT,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let fault = step.flow.option_faults.as_ref()?.clock_back?;
    let message = format!("TSval {} is older than {}, which the same end had sent", fault.tsval, fault.newest);
    Some(
        Evidence::at(fault.mark, message)
            .count("SEG.TSval", fault.tsval)
            .count("TS.Recent", fault.newest)
            .seq("SEG.SEQ", fault.mark.seq)
            .pointing(format!("at least {}", fault.newest)),
    )
}
