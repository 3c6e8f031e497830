//! TFA109: data in a SYN that the answer leaves out.

use crate::flow::{Cues, Limits, Side, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA109.
pub static RULE: Rule = Rule {
    code: "TFA109",
    name: "syn-data-not-accepted",
    family: Family::Handshake,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.4, §3.10.7.2, RFC 7413 §3",
    summary: "A SYN carries data that the SYN-ACK does not acknowledge.",
    explanation: "Data in a SYN is legal, and a server may keep it until the handshake is complete. Hardly any does \
        without Fast Open: the client pays for octets that it has to send again. With a Fast Open option it \
        is an everyday refusal (unknown cookie, server restarted, option off) and only a note.",
    look_alikes: &["a SYN-ACK that acknowledges the data", "Fast Open: the server may ignore the data (note)"],
    remedy: "Do not send data in a SYN without Fast Open; look for a stack or a tool that makes its own segments.",
    equation: "SEG.ACK = x+1+n",
    ladder: &[
        "client > server  SYN      seq=1000 len=10",
        "server > client  SYN-ACK  seq=5000 ack=1001   (1011 would take the data)",
    ],
    peers: Peers {
        wireshark: None,
        zeek: Some("SYN_with_data"),
        suricata: Some("stream.3whs_synack_tfo_data_ignored"),
    },
    needs: Needs::BOTH_SIDES.with(Needs::WHOLE_HEADERS),
    on: Cues::SYN,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let answer = step.mark().filter(|mark| mark.flags.is_syn_ack() && mark.side == Side::Server)?;
    let opening = &step.flow.opening;
    let syn = opening.last_syn.filter(|syn| syn.len > 0 && opening.ack.is_none())?;
    if answer.ack != syn.seq + 1 {
        return None;
    }
    let evidence = Evidence::at(
        syn,
        format!("the SYN carries {} octets, and the SYN-ACK acknowledges {}: the SYN alone", syn.len, answer.ack),
    )
    .count("SEG.LEN", syn.len)
    .seq("SEG.ACK", answer.ack)
    .beside(answer)
    .pointing("its data is not taken");
    let fast_open = step.flow.ends.client.offer.is_some_and(|offer| offer.fast_open_cookie.is_some());
    Some(if fast_open { evidence.no_worse_than(Severity::Note) } else { evidence })
}
