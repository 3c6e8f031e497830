//! TFA204: one end closed, the other never did.

use crate::flow::{Cues, Flow, Limits, Side, State, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity, human_duration};

/// TFA204.
pub static RULE: Rule = Rule {
    code: "TFA204",
    name: "close-one-sided",
    family: Family::Teardown,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.6",
    summary: "One end's FIN was acknowledged, and the other end never closed.",
    explanation: "After the FIN of one end is acknowledged, the other is in CLOSE-WAIT until its program closes. \
        An end that stays there without sending anything has usually forgotten to close its socket; the closer waits \
        in FIN-WAIT-2.",
    look_alikes: &[
        "a half-closed connection on which data still flows, for hours if need be",
        "a capture that ends before the other end had time to close (then this is a note)",
        "a FIN that was not captured, which the peer acknowledges",
    ],
    remedy: "Look at the program on the end in CLOSE-WAIT: it has read the end of the stream and does not close.",
    equation: "",
    ladder: &[
        "client > server  FIN  seq=1101 ack=5001",
        "server > client  ACK  seq=5001 ack=1102",
        "… nothing for a minute",
    ],
    peers: Peers { wireshark: Some("tcp.completeness"), zeek: Some("S2, S3"), suricata: None },
    needs: Needs::BOTH_SIDES,
    on: Cues::END,
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let (flow, ending) = (step.flow, step.ending?);
    let closing = flow.closing.as_deref().filter(|closing| closing.rst.is_none())?;
    let side = closing.initiator?;
    let (fin, ack) = (closing.fins[side].first?, closing.fins[side].acknowledged?);
    if closing.fins[side.peer()].first.is_some() || closed_uncaptured(flow, side.peer()) {
        return None;
    }
    // Bare ACKs and keep-alives bring nothing.
    let latest = closing.octets.filter(|octets| octets.since(ack.time) > 0).unwrap_or(ack.time);
    let silence = ending.time.since(latest).saturating_sub(closing.jumped).max(0);
    let (closed, other) = (side, side.peer());
    let state = |side: Side| flow.ends[side].state.map_or("unknown", State::name);
    let evidence = Evidence::at(
        ack,
        format!(
            "the {closed} closed and was acknowledged, the {other} never closed: nothing came for {}; the {closed} is \
             left in {}, the {other} in {}",
            human_duration(silence),
            state(closed),
            state(other)
        ),
    )
    .duration("silence", silence)
    .text("state of the closer", state(closed))
    .text("state of the other", state(other))
    .beside(fin)
    .pointing(format!("the {other} sends no FIN after this"));
    Some(if silence < limits.close_wait { evidence.no_worse_than(Severity::Note) } else { evidence })
}

/// Whether `side` may have closed all the same, by a FIN that was not captured: its peer acknowledges more than was seen of
/// it, or it stands beyond a hole itself, octets of the connection are known to be missing, or the capture begins when it
/// may have been closed already.
fn closed_uncaptured(flow: &Flow, side: Side) -> bool {
    let heard = flow.ends[side.peer()].rcv_nxt.zip(flow.ends[side].snd_nxt);
    let before = flow.vantage.mid_stream && flow.ends[side].octets == 0;
    let missing = heard.is_some_and(|(heard, sent)| heard.after(sent)) || !flow.ends[side].holes.is_empty();
    missing || flow.vantage.lost_in_capture || before
}
