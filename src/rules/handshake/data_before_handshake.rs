//! TFA110: data from an end that could not be ESTABLISHED.

use crate::flow::{Cues, Early, Limits, MILLISECOND, Mark, Side, State, Step};
use crate::rules::{Confidence, Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA110.
pub static RULE: Rule = Rule {
    code: "TFA110",
    name: "data-before-handshake",
    family: Family::Handshake,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.10.7.3, §3.4",
    summary: "An end sent data before its handshake could be complete.",
    explanation: "A server in SYN-RECEIVED may not send data before the ACK of its SYN has come, and a client in SYN- \
        SENT has nothing to acknowledge. The order of the capture alone is no proof: the third ACK may be \
        missing from it or stand one place too late. So a server is only held to it when the ACK of its SYN, \
        and of nothing more, is captured clearly after the data, or when the timestamp that the data echoes \
        is older than that ACK; a client, when the SYN-ACK that follows has a number which its data did not \
        acknowledge, or a timestamp where its data echoes none, or when its ACK of it leaves after the data \
        and stands below.",
    look_alikes: &[
        "Fast Open: the server may answer data of the SYN at once",
        "a third ACK that is missing from the capture, or that the capture put behind the data",
    ],
    remedy: "Look at the stack that sends early, or at an accelerator that answers in its name.",
    equation: "",
    ladder: &[
        "client > server  SYN      seq=1000",
        "server > client  SYN-ACK  seq=5000 ack=1001",
        "server > client  ACK      seq=5001 len=50   (before any ACK)",
        "client > server  ACK      seq=1001 ack=5001",
    ],
    peers: Peers {
        wireshark: None,
        zeek: Some("data_before_established"),
        suricata: Some("stream.3whs_ack_data_inject"),
    },
    needs: Needs::BOTH_SIDES.with(Needs::HANDSHAKE).with(Needs::UNBROKEN).with(Needs::EVERY_SEGMENT),
    on: Cues::OPENING.with(Cues::SYN).with(Cues::DISOWNED).with(Cues::END),
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let (early, proof, confidence) = match step.mark() {
        Some(now) if now.side == Side::Server => by_server(step, now, limits)?,
        Some(now) => by_client(step, now, limits)?,
        None => at_end(step)?,
    };
    let sender = early.mark.side;
    let state = if sender == Side::Client { State::SynSent } else { State::SynReceived };
    let what = format!("the {sender} sends {} octets while it can only be in {state}", early.mark.len);
    Some(
        Evidence::at(early.mark, what)
            .seq("SEG.SEQ", early.mark.seq)
            .count("SEG.LEN", early.mark.len)
            .beside(step.flow.opening.syn_ack)
            .beside(proof)
            .pointing("before the handshake is complete")
            .at_most(confidence),
    )
}

/// What the server's segment shows: that the client sent before its SYN-ACK, or that the server had not sent what was
/// captured as its own.
fn by_server(step: &Step<'_>, now: Mark, limits: &Limits) -> Option<(Early, Mark, Confidence)> {
    let answer = step.segment.filter(|segment| segment.flags.is_syn_ack());
    if let Some((early, answer)) = of_client(step).zip(answer) {
        // No SYN-ACK is sent again so soon after the SYN (RFC 6298 §2), and no capture swaps what is so far apart.
        let first = step.flow.opening.syn.is_some_and(|syn| now.time.since(syn.time) < limits.rto);
        let late = first && now.time.since(early.mark.time) > limits.reordering && !early.had_heard_another(answer);
        return match early.had_heard(answer) {
            true => late.then_some((early, now, Confidence::Likely)),
            false => Some((early, now, Confidence::Certain)),
        };
    }
    let disowned = of_server(step).filter(|early| early.disowned == Some(now.frame));
    Some((disowned?, now, Confidence::Certain))
}

/// What the client's segment shows: that its ACK left after the server's data, or that it had not sent what was captured
/// as its own.
fn by_client(step: &Step<'_>, now: Mark, limits: &Limits) -> Option<(Early, Mark, Confidence)> {
    if let Some(early) = of_client(step).filter(|early| early.disowned == Some(now.frame)) {
        return Some((early, now, Confidence::Certain));
    }
    if let Some((early, confidence)) = of_client(step).and_then(|early| Some((early, overtook(step, &early, &now)?))) {
        return Some((early, now, confidence));
    }
    let early = of_server(step)?;
    Some((early, now, sent_before(step, &early, &now, limits).filter(|_| !had_heard_more(step, &early))?))
}

/// How sure it is that the client's data did not just overtake the SYN-ACK in the capture: its bare ACK of that came in
/// order behind it, and what one queue of a card holds back it holds back from all of the client's segments.
fn overtook(step: &Step<'_>, early: &Early, ack: &Mark) -> Option<Confidence> {
    let opening = &step.flow.opening;
    let first = opening.first_ack.is_some_and(|first| first.frame == ack.frame);
    let answer = opening.syn_ack.filter(|answer| answer.frame > early.mark.frame && ack.ack == answer.seq + 1)?;
    let plain = opening.syns.count == 1 && opening.syn_acks.count == 1 && answer.flags.is_syn_ack();
    // After a single octet it may be a keep-alive (RFC 9293 §3.8.4).
    let stands = first && ack.len == 0 && ack.seq == early.mark.seq && early.mark.len > 1;
    // What swaps single segments does so within less.
    let far = ack.time.since(early.mark.time) > MILLISECOND;
    (plain && stands).then_some(if far { Confidence::Likely } else { Confidence::Possible })
}

/// What the times show once it is known that the capture has everything else in order: no ACK can be heard sooner than
/// a round trip after the SYN-ACK left, and SYN and third ACK are a round trip apart wherever the capture was taken.
fn at_end(step: &Step<'_>) -> Option<(Early, Mark, Confidence)> {
    let (early, opening) = (of_server(step)?, &step.flow.opening);
    if had_heard_more(step, &early) {
        return None;
    }
    let (syn, syn_ack, ack) = (opening.last_syn?, opening.last_syn_ack?, opening.ack?);
    // So had one that echoes a later clock than the SYN's, where no bare ACK of the SYN-ACK was captured.
    let asked = step.flow.ends.client.timestamps.map(|(first, _)| first.tsval);
    let echoes_more = early.timestamps.zip(asked).is_some_and(|(echo, asked)| echo.tsecr != asked);
    if echoes_more && ack.len > 0 {
        return None;
    }
    let plain = opening.syns.count == 1 && opening.syn_acks.count == 1 && ack.ack == syn_ack.seq + 1;
    let in_order = syn.frame < syn_ack.frame && early.mark.frame < ack.frame && !step.flow.vantage.reordered;
    let (waited, round_trip) = (early.mark.time.since(syn_ack.time), ack.time.since(syn.time));
    (plain && in_order && waited.saturating_mul(2) <= round_trip).then_some((early, ack, Confidence::Likely))
}

/// Early data of the client.
fn of_client(step: &Step<'_>) -> Option<Early> {
    step.flow.opening.irregular.as_deref()?.early.client
}

/// Early data of the server; it may answer a SYN with Fast Open data at once.
fn of_server(step: &Step<'_>) -> Option<Early> {
    let fast_open =
        step.flow.ends.client.offer.is_some_and(|offer| offer.fast_open_cookie.is_some_and(|cookie| cookie > 0));
    let early = step.flow.opening.irregular.as_deref()?.early.server?;
    (!fast_open && step.flow.opening.accepted_data == 0).then_some(early)
}

/// Whether a server acknowledges more than the SYN: then it had heard more.
fn had_heard_more(step: &Step<'_>, early: &Early) -> bool {
    step.flow.opening.last_syn.is_some_and(|syn| early.mark.ack.after(syn.end()))
}

/// How sure it is that the server sent `early` before it had heard `ack`, which covers its SYN alone.
fn sent_before(step: &Step<'_>, early: &Early, ack: &Mark, limits: &Limits) -> Option<Confidence> {
    let opening = &step.flow.opening;
    opening.ack.filter(|first| first.frame == ack.frame && Some(first.ack) == opening.syn_ack.map(|it| it.seq + 1))?;
    let echoed = early.timestamps.map(|timestamps| timestamps.tsecr);
    let asked = step.flow.ends.client.timestamps.map(|(first, _)| first.tsval);
    let answered = step.segment?.options.timestamps().map(|timestamps| timestamps.tsval);
    // Data may come behind a bare ACK that the capture lost, whose clock may have been that of the SYN.
    let third = ack.len == 0 || step.before.follows;
    if let (Some(echoed), Some(asked), Some(answered)) = (echoed, asked, answered)
        && asked != answered
    {
        return (echoed == asked).then_some(if third { Confidence::Certain } else { Confidence::Possible });
    }
    // Two queues of one card may put a direction that much behind the other.
    let late = ack.time.since(early.mark.time) > limits.reordering && third;
    Some(if late { Confidence::Likely } else { Confidence::Possible })
}
