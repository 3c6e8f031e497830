//! TFA703: a FIN sent again.

use crate::flow::{Cues, Limits, Side, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity, human_duration};

/// TFA703.
pub static RULE: Rule = Rule {
    code: "TFA703",
    name: "fin-retransmitted",
    family: Family::Timing,
    severity: Severity::Note,
    reference: "RFC 9293 §3.8.1, RFC 6298 §5",
    summary: "A FIN had to be sent again before it was acknowledged.",
    explanation: "The FIN, or the ACK that covers it, was lost or ignored. Where the capture shows that ACK before the \
        FIN comes again, it was lost on its way to the end that closes.",
    look_alikes: &["a FIN that is never acknowledged (TFA203)", "a second capture of the same FIN"],
    remedy: "Capture at the other end too: which of the two segments does not arrive?",
    equation: "",
    ladder: &[
        "client > server  FIN  seq=1101 ack=5201",
        "client > server  FIN  seq=1101 ack=5201   (0.4 s later)",
        "server > client  ACK  seq=5201 ack=1102",
    ],
    peers: Peers {
        wireshark: Some("tcp.analysis.retransmission"),
        zeek: None,
        suricata: Some("stream.pkt_retransmission"),
    },
    needs: Needs::NOTHING,
    on: Cues::END,
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let closing = step.flow.closing.as_deref()?;
    Side::BOTH.into_iter().find_map(|side| {
        let fin = &closing.fins[side];
        let (first, again) = (fin.first?, fin.second?);
        let waited = again.time.since(first.time);
        let answered = closing.fins[side.peer()].first.is_some_and(|answer| answer.frame > again.frame);
        let settled = fin.acknowledged.is_some() || answered || closing.rst.is_some();
        if waited <= limits.duplicate_frame || !settled {
            return None;
        }
        let heard = fin.acknowledged.filter(|ack| ack.frame < again.frame);
        let leg = match heard {
            Some(_) => format!("the ACK of it was lost or ignored on its way to the {side}"),
            None => "the FIN or its ACK was lost or ignored beyond the capture".to_owned(),
        };
        let count = fin.sent.count;
        Some(
            Evidence::at(
                again,
                format!("the FIN of the {side} was sent {count} times, again after {}: {leg}", human_duration(waited)),
            )
            .count("FINs", count)
            .schedule("waits", fin.sent.waits())
            .beside(first)
            .beside(heard)
            .pointing("sent again"),
        )
    })
}
