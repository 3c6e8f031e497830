//! TFA203: a FIN that nobody acknowledges.

use crate::flow::{Cues, Limits, Side, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity, human_duration};

/// TFA203.
pub static RULE: Rule = Rule {
    code: "TFA203",
    name: "fin-not-acknowledged",
    family: Family::Teardown,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.6, §3.8.3",
    summary: "A FIN was sent again and again and never acknowledged.",
    explanation: "The end that repeats its FIN has heard no ACK of it: the peer has gone without a word, or a device \
        between them forgot the connection and drops what belongs to it. The end stays in FIN-WAIT-1 or LAST-ACK \
        until it gives up.",
    look_alikes: &[
        "a FIN that its sender does not repeat: it was acknowledged outside the capture",
        "a peer that answers with RST",
    ],
    remedy: "Look for a NAT or firewall whose idle or close timeout is shorter than this connection's.",
    equation: "",
    ladder: &[
        "client > server  FIN  seq=1101",
        "client > server  FIN  seq=1101",
        "client > server  FIN  seq=1101",
        "… no ACK",
    ],
    peers: Peers { wireshark: Some("tcp.analysis.retransmission"), zeek: Some("S2"), suricata: None },
    needs: Needs::NOTHING,
    on: Cues::END,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    Side::BOTH.into_iter().find_map(|side| judge(step, side))
}

fn judge(step: &Step<'_>, side: Side) -> Option<Evidence> {
    let closing = step.flow.closing.as_deref()?;
    let fin = &closing.fins[side];
    let (first, last) = (fin.first?, fin.last?);
    let again = first.time.nanoseconds().saturating_add(fin.sent.waits().first().copied().unwrap_or_default());
    let answered = fin.acknowledged.is_some() || fin.short_of_last.is_some_and(|ack| ack.time.nanoseconds() > again);
    // Of one direction alone the end of the repetitions may be that they were heard.
    let enough = if step.flow.ends[side.peer()].seen() { 3 } else { 6 };
    if fin.sent.count < enough || answered || closing.rst.is_some() {
        return None;
    }
    let waited = step.ending?.time.since(first.time);
    Some(
        Evidence::at(
            first,
            format!(
                "the {side} sent its FIN {} times and no ACK came within {}",
                fin.sent.count,
                human_duration(waited)
            ),
        )
        .count("FINs", fin.sent.count)
        .schedule("waits", fin.sent.waits())
        .duration("waited", waited)
        .beside(last)
        .pointing("never acknowledged")
        .blaming_nobody(),
    )
}
