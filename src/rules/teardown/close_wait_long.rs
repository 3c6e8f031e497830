//! TFA209: a close that took long to be answered.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity, human_duration};

/// TFA209.
pub static RULE: Rule = Rule {
    code: "TFA209",
    name: "close-wait-long",
    family: Family::Teardown,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.6",
    summary: "The second end closed long after the first, with no data between.",
    explanation: "After the FIN of one end is acknowledged, the other is in CLOSE-WAIT until its program closes. A program that \
        sends nothing and closes only after a minute has not noticed, or is waiting for something else; its peer \
        holds the connection in FIN-WAIT-2 meanwhile.",
    look_alikes: &["a half-closed connection on which data still flows"],
    remedy: "Look at the program on the end that closed last: it has read the end of the stream and does not close.",
    equation: "",
    ladder: &[
        "client > server  FIN  seq=1101 ack=5001",
        "server > client  ACK  seq=5001 ack=1102",
        "… two minutes",
        "server > client  FIN  seq=5001 ack=1102",
    ],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::BOTH_SIDES,
    on: Cues::FIN,
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let mark = step.mark().filter(|_| step.before.fin.is_none() && step.before.peer_fin.is_some())?;
    let closing = step.flow.closing.as_deref()?;
    let first = &closing.fins[step.side.peer()];
    let acknowledged = first.acknowledged?;
    let waited = mark.time.since(acknowledged.time).saturating_sub(closing.jumped);
    let sent_meanwhile = closing.octets.is_some_and(|last| last.since(acknowledged.time) > 0);
    // After a longer silence the capture has broken off, or its clock has jumped.
    let watched = (limits.close_wait..limits.idle_timeout).contains(&waited);
    if !watched || sent_meanwhile || acknowledged.frame == mark.frame {
        return None;
    }
    Some(
        Evidence::at(
            mark,
            format!(
                "the {} closes {} after it acknowledged the peer's FIN, and sent nothing meanwhile",
                step.side,
                human_duration(waited)
            ),
        )
        .duration("waited", waited)
        .beside(first.first)
        .beside(acknowledged)
        .pointing(format!("{} in CLOSE-WAIT", human_duration(waited))),
    )
}
