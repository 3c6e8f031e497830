//! TFA114: a SYN-ACK refused by who should have asked.

use crate::flow::{Cues, Limits, Side, Step, answers_syn};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::Flags;

/// TFA114.
pub static RULE: Rule = Rule {
    code: "TFA114",
    name: "old-duplicate-syn",
    family: Family::Handshake,
    severity: Severity::Note,
    reference: "RFC 9293 §3.5, §3.10.7.3",
    summary: "The client answered the SYN-ACK by RST: the SYN was stale, or the client had given up.",
    explanation: "This is what the third step of the handshake is for: a SYN-ACK that the client did not ask for, or \
        no longer waits for, is refused by a RST with the number that it acknowledged, and the server \
        forgets the attempt.",
    look_alikes: &["an abort after the handshake is complete"],
    remedy: "Nothing, if it is rare. Often: the client gives up sooner than the server answers, or somebody asks \
        in its name.",
    equation: "SEG.SEQ = SEG.ACK of the SYN-ACK",
    ladder: &[
        "client > server  SYN      seq=1000",
        "server > client  SYN-ACK  seq=5000 ack=1001",
        "client > server  RST      seq=1001",
    ],
    peers: Peers { wireshark: None, zeek: Some("RSTO"), suricata: None },
    needs: Needs::BOTH_SIDES,
    on: Cues::RST,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let opening = &step.flow.opening;
    let rst = step.mark().filter(|mark| !mark.flags.has(Flags::ACK) && mark.side == Side::Client)?;
    let syn_ack = opening.last_syn_ack.filter(|it| it.ack == rst.seq && opening.first_ack.is_none())?;
    // One that answers no SYN of this client has to be refused (TFA101).
    let syn = opening.last_syn.filter(|syn| answers_syn(syn_ack.ack, syn.seq, syn.len))?;
    Some(
        Evidence::at(
            rst,
            format!("the client refuses the SYN-ACK: its RST has number {}, which that acknowledged", rst.seq),
        )
        .seq("SEG.SEQ", rst.seq)
        .beside(syn)
        .beside(syn_ack)
        .blaming_nobody()
        .pointing("not, or no longer, asked for"),
    )
}
