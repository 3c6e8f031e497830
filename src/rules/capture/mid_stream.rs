//! TFA902: the capture begins after the connection did.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::Flags;

/// TFA902.
pub static RULE: Rule = Rule {
    code: "TFA902",
    name: "mid-stream",
    family: Family::Capture,
    severity: Severity::Note,
    reference: "RFC 9293 §3.5",
    summary: "The connection was there before the capture.",
    explanation: "The first segment of the connection is not a SYN. What was agreed in the handshake (window scale, SACK, timestamps, MSS) is not known, and who asked is a guess by the ports: rules that need the handshake are silent.",
    look_alikes: &["a reset without a connection, which is TFA409"],
    remedy: "Start the capture before the connection, if the handshake matters.",
    equation: "",
    ladder: &["client > server  ACK  seq=700000 ack=900000 len=100   (no SYN before)"],
    peers: Peers { wireshark: Some("tcp.completeness"), zeek: Some("OTH"), suricata: None },
    needs: Needs::NOTHING,
    on: Cues::FIRST,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let mark = step.mark().filter(|_| step.flow.vantage.mid_stream && !step.cues.any(Cues::RST))?;
    mark.flags.has(Flags::ACK).then(|| {
        Evidence::at(mark, "the capture begins within this connection").seq("SEG.SEQ", mark.seq).blaming_nobody()
    })
}
