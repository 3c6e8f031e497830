//! TFA508: a TSecr that the peer never sent.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA508.
pub static RULE: Rule = Rule {
    code: "TFA508",
    name: "timestamp-echo-unknown",
    family: Family::Options,
    severity: Severity::Warning,
    reference: "RFC 7323 §3.2, §4.3",
    summary: "A timestamp is echoed that the peer never sent.",
    explanation: "TSecr repeats a TSval of the peer: never one before its first, nor after its newest. What the \
        capture may have lost is judged when the peer goes on: if its clock then shows less than was echoed, \
        it had not sent that.",
    look_alikes: &[
        "a SYN, where TSecr means nothing (sockets reused from TIME-WAIT set it)",
        "an older TSval echoed while there is a hole (RFC 7323 §4.3)",
        "a segment of the peer that the capture lost",
    ],
    remedy: "Look at the stack of the sender, or at a device on the way that changes options.",
    equation: "first TSval ≤ SEG.TSecr ≤ newest TSval",
    ladder: &["client > server  ACK  seq=1001 len=100 <ts 150/930>", "server > client  ACK  ack=1101 <ts 1180/7777>"],
    peers: Peers { wireshark: None, zeek: None, suricata: Some("stream.pkt_invalid_timestamp") },
    needs: Needs::BOTH_SIDES.with(Needs::HANDSHAKE).with(Needs::UNBROKEN),
    on: Cues::OPTION_FAULT,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let fault = step.flow.option_faults.as_ref()?.echo?;
    let (first, newest) = fault.sent;
    let message = format!("TSecr {} was never sent: the peer's went from {first} to {newest}", fault.tsecr);
    Some(
        Evidence::at(fault.mark, message)
            .count("SEG.TSecr", fault.tsecr)
            .count("first TSval", first)
            .count("newest TSval", newest)
            .beside(fault.settled_by)
            .pointing("never sent"),
    )
}
