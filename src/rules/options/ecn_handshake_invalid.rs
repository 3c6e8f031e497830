//! TFA516: ECN bits that the handshake does not allow.

use crate::flow::{Cues, Limits, Sides, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::Flags;

/// TFA516.
pub static RULE: Rule = Rule {
    code: "TFA516",
    name: "ecn-handshake-invalid",
    family: Family::Options,
    severity: Severity::Warning,
    reference: "RFC 3168 §6.1.1.1, RFC 9768 §3.1",
    summary: "The SYN-ACK reflects the ECN bits of the SYN, or ECN is used without having been agreed on.",
    explanation: "A SYN with ECE and CWR asks for ECN, a SYN-ACK with ECE alone agrees. One with both reflects bits \
        that its sender does not understand. Without the agreement neither bit is set on any segment. A SYN \
        with AE too asks for accurate ECN, where the SYN-ACK answers with other codes (RFC 9768).",
    look_alikes: &[
        "the answers of accurate ECN, if the SYN had AE",
        "a SYN sent again without ECN, whose answer may be to either, also to one before the capture began",
    ],
    remedy: "Look for a device on the way that copies or sets the bits.",
    equation: "",
    ladder: &["client > server  SYN ECE CWR      seq=1000", "server > client  SYN ACK ECE CWR  seq=5000 ack=1001"],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::HANDSHAKE.with(Needs::WHOLE_HEADERS),
    on: Cues::ECN,
    check,
};

const ECE_CWR: Flags = Flags::ECE.with(Flags::CWR);

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let segment = step.segment.filter(|segment| !segment.flags.has(Flags::RST) && !segment.flags.is_syn())?;
    let opening = &step.flow.opening;
    if opening.crossed || step.flow.answers_earlier_syn() {
        return None;
    }
    let Sides { client, server } = Sides::new(|side| step.flow.ends[side].syn.flags);
    let message = if segment.flags.is_syn_ack() {
        misanswers(segment.flags, client)?
    } else if client.has(ECE_CWR) && server.any(ECE_CWR.with(Flags::AE)) {
        return None;
    } else if segment.flags.any(ECE_CWR) {
        "ECN is used, and the handshake did not agree on it"
    } else {
        "data travels as ECN-capable, and the handshake did not agree on it"
    };
    let beside = if segment.flags.has(Flags::SYN) { opening.syn } else { opening.syn_ack };
    let evidence = Evidence::at(step.mark()?, message).text("flags", segment.flags.to_string());
    Some(evidence.text("SYN flags", client.to_string()).beside(beside).pointing(message))
}

/// What is wrong with a SYN-ACK that has ECE or CWR, given the bits of all SYNs.
fn misanswers(flags: Flags, asked: Flags) -> Option<&'static str> {
    let accurate = asked.has(Flags::AE);
    match () {
        () if !asked.any(ECE_CWR) => Some("the SYN-ACK answers for ECN, which no SYN asked for"),
        () if flags.has(ECE_CWR) && (!accurate || flags.has(Flags::AE)) => {
            Some("the SYN-ACK reflects ECE and CWR of the SYN")
        }
        () if flags.has(Flags::CWR) && !accurate => Some("the SYN-ACK has CWR, which only accurate ECN knows"),
        () => None,
    }
}
