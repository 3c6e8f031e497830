//! TFA113: both ends ask at once.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA113.
pub static RULE: Rule = Rule {
    code: "TFA113",
    name: "simultaneous-open",
    family: Family::Handshake,
    severity: Severity::Note,
    reference: "RFC 9293 §3.5",
    summary: "Both ends sent SYN, the two crossed, and both synchronised.",
    explanation: "Rare and legal: neither end is the server. Programs that punch holes through address translators do \
        it on purpose.",
    look_alikes: &["a split handshake: the server acknowledges the SYN before it sends its own"],
    remedy: "Nothing, unless neither end was meant to ask.",
    equation: "",
    ladder: &[
        "A > B  SYN      seq=1000",
        "B > A  SYN      seq=5000",
        "A > B  SYN-ACK  seq=1000 ack=5001",
        "B > A  SYN-ACK  seq=5000 ack=1001",
    ],
    peers: Peers { wireshark: None, zeek: Some("simultaneous_open"), suricata: None },
    needs: Needs::NOTHING,
    on: Cues::SYN,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let (opening, endpoints) = (&step.flow.opening, step.flow.endpoints);
    let to_itself = endpoints.client == endpoints.server;
    let mark = step.mark().filter(|mark| mark.flags.is_syn_ack() && (opening.crossed || to_itself))?;
    let split = opening.irregular.as_deref().is_some_and(|irregular| irregular.acknowledged_first.is_some());
    let one = opening.syn.filter(|_| !split)?;
    let what = if to_itself { "a socket connects to itself" } else { "both ends asked for the connection at once" };
    Some(
        Evidence::at(mark, format!("{what}, and each answers the other"))
            .beside(one)
            .beside(opening.syn_ack)
            .blaming_nobody()
            .pointing("answers the SYN that crossed"),
    )
}
