//! TFA408: a SYN that was refused.

use crate::flow::{Cues, HandshakeVerdict, Limits, Side, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::{Flags, SeqNum};

/// TFA408.
pub static RULE: Rule = Rule {
    code: "TFA408",
    name: "connection-refused",
    family: Family::Reset,
    severity: Severity::Note,
    reference: "RFC 9293 §3.5.2, §3.9.2.2",
    summary: "The SYN was answered by RST, or by an ICMP error that says the destination is unreachable.",
    explanation: "Nobody listens on the port, a firewall rejects the connection, or a router knows no way. RST comes \
        from the host itself or from a device that speaks for it; the ICMP error names who sent it.",
    look_alikes: &[
        "a RST whose numbers fit nothing (TFA403)",
        "an ICMP error of another kind: the SYN stays unanswered (TFA107)",
    ],
    remedy: "Is the service running, and on this port and address? Does a firewall reject it?",
    equation: "",
    ladder: &["client > server  SYN      seq=1000", "server > client  RST,ACK  seq=0 ack=1001"],
    peers: Peers { wireshark: None, zeek: Some("REJ"), suricata: None },
    needs: Needs::NOTHING,
    on: Cues::RST.with(Cues::END),
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let (opening, server) = (&step.flow.opening, step.flow.endpoints.server);
    let syn = opening.last_syn.filter(|_| opening.last_syn_ack.is_none() && opening.ack.is_none())?;
    let (answer, how) = match step.mark() {
        Some(rst) => {
            let refuses = rst.side == Side::Server
                && rst.flags.has(Flags::ACK)
                && syn.is_answered_by(rst.ack)
                && rst.seq == SeqNum(0);
            (Some(rst).filter(|_| refuses)?, "RST".to_owned())
        }
        None => {
            let refused = step.flow.handshake_verdict() == HandshakeVerdict::Refused && step.flow.closing.is_none();
            let icmp = opening.irregular.as_deref()?.icmp.filter(|_| refused)?;
            (icmp.mark, icmp.name())
        }
    };
    Some(
        Evidence::at(answer, format!("{server} refuses the connection by {how}"))
            .text("answer", how)
            .duration("waited", answer.time.since(syn.time))
            .beside(syn)
            .blaming_nobody()
            .pointing("refused"),
    )
}
