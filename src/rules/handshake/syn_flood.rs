//! TFA115: many attempts that nobody completes.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA115.
pub static RULE: Rule = Rule {
    code: "TFA115",
    name: "syn-flood",
    family: Family::Handshake,
    severity: Severity::Warning,
    reference: "RFC 4987",
    summary: "Many attempts to connect to one endpoint were left half open.",
    explanation: "A SYN flood fills the memory that a server keeps for half-open connections: SYNs from many \
        addresses, none sent again, and hardly any followed by the third step. It shows only over many \
        flows, so there is one finding for the endpoint and none for its flows: by default 200 half-open \
        attempts within ten seconds, more than nine in ten of all attempts, from many sources. Attempts \
        younger than a retransmission timeout are not counted, because they may still be answered.",
    look_alikes: &[
        "an outage: clients send their SYNs again on schedule",
        "a scan: few sources",
        "a burst of clients whose handshakes complete",
    ],
    remedy: "Turn on SYN cookies, filter forged sources upstream (BCP 38), and look whether the server still \
        answers.",
    equation: "",
    ladder: &["many > server  SYN   (200 of them in 10 s)", "server > many  SYN-ACK", "… no ACK"],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::NOTHING,
    on: Cues(0),
    check,
};

/// Nothing in one step shows it: the audit counts attempts at each endpoint, over all flows.
const fn check(_: &Step<'_>, _: &Limits) -> Option<Evidence> {
    None
}
