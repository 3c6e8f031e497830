//! TFA403: a RST in the handshake with numbers that fit nothing.

use crate::flow::{Cues, Flow, Limits, Mark, ResetStanding, SECOND, Side, State, Step};
use crate::rules::{Confidence, Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::{Flags, OptionSet, SeqNum};

/// TFA403.
pub static RULE: Rule = Rule {
    code: "TFA403",
    name: "reset-wrong-numbers",
    family: Family::Reset,
    severity: Severity::Error,
    reference: "RFC 9293 §3.5.2, §3.10.7.1",
    summary: "A RST in the handshake has numbers that fit nothing it could answer.",
    explanation: "A closed port answers a SYN by SEQ = 0 and ACK = x+1 (and n more where the SYN carried n octets): a \
        client in SYN-SENT believes no other RST, so a wrong number leaves it waiting. An end that answers a \
        segment with ACK takes its SEQ from that ACK and sets no ACK of its own; before a connection is \
        synchronized there is nothing else that a RST without ACK could stand on but SND.NXT.",
    look_alikes: &[
        "an abort in a synchronized state: SND.NXT, with or without ACK",
        "a RST that answers an earlier SYN late",
        "a RST without ACK that answers the ACK of a SYN-ACK, if the capture missed both: only possible some time after the SYN",
    ],
    remedy: "Find out who sends it: by its TTL a firewall or load balancer in front of the server, or the server \
        itself.",
    equation: "SEG.SEQ = 0, SEG.ACK = x+1",
    ladder: &["client > server  SYN      seq=1000", "server > client  RST,ACK  seq=0 ack=1002   (should be 1001)"],
    peers: Peers { wireshark: None, zeek: None, suricata: Some("stream.rst_invalid_ack") },
    needs: Needs::BOTH_SIDES,
    on: Cues::RST.with(Cues::END),
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let found = match step.mark() {
        Some(mark) => refusal(step, mark, limits),
        None => Side::BOTH.into_iter().find_map(|side| without_ack(step, side)),
    };
    let Wrong { mark, what, right, confidence } = found?;
    let opening = &step.flow.opening;
    Some(
        Evidence::at(mark, what)
            .seq("SEG.SEQ", mark.seq)
            .seq("SEG.ACK", mark.ack)
            .beside(opening.last_syn)
            .beside(opening.last_syn_ack)
            .pointing(right)
            .at_most(confidence),
    )
}

/// A RST, what is wrong with it, what would be right, and how sure that is.
struct Wrong {
    mark: Mark,
    what: String,
    right: String,
    confidence: Confidence,
}

/// A RST that answers SYN.
fn refusal(step: &Step<'_>, mark: Mark, limits: &Limits) -> Option<Wrong> {
    let opening = &step.flow.opening;
    let syn = opening.last_syn.filter(|_| mark.side == Side::Server && opening.last_syn_ack.is_none())?;
    let asked_only = step.flow.ends.client.segments <= u64::from(opening.syns.count);
    // A server that has sent octets has sent a SYN-ACK, too, which was not captured.
    let spoken = step.flow.ends.server.octets > 0;
    if opening.ack.is_some() || opening.crossed || !asked_only || spoken {
        return None;
    }
    if step.flow.vantage.duplicated && is_rewritten_copy(step, &mark, limits) {
        return None;
    }
    let right = format!("should be seq 0 ack {}", syn.end());
    let fits = syn.is_answered_by(mark.ack) || opening.syn.is_some_and(|first| first.is_answered_by(mark.ack));
    let what = match (mark.flags.has(Flags::ACK), fits) {
        (false, _) => format!("the RST that answers the SYN has no ACK, and number {}", mark.seq),
        // The abort of a connection whose segments were not captured.
        (true, false) if mark.seq != SeqNum(0) && mark.ack.after(syn.end()) => return None,
        (true, false) => {
            format!("the RST that answers the SYN acknowledges {}, the SYN has number {}", mark.ack, syn.seq)
        }
        (true, true) if mark.seq != SeqNum(0) => {
            format!("the RST of a closed port has number {}, but the SYN gave it none to use", mark.seq)
        }
        (true, true) => return None,
    };
    // What answers an ACK has its number and no ACK of its own (RFC 9293 §3.5.2). A closed port answers the SYN at
    // once; later on a SYN-ACK and its ACK may have been missed. It has no window to offer either, nor timestamps agreed on:
    // with them it is the abort of a connection.
    let aborts = mark.window.0 != 0 || step.segment.is_some_and(|segment| segment.options.has(OptionSet::TIMESTAMPS));
    let confidence = match mark.time.since(syn.time) < limits.rto / 4 {
        _ if aborts && mark.seq != SeqNum(0) => Confidence::Possible,
        _ if mark.flags.has(Flags::ACK) || mark.seq == SeqNum(0) => Confidence::Certain,
        true => Confidence::Likely,
        false => Confidence::Possible,
    };
    Some(Wrong { mark, what, right, confidence })
}

/// Whether the same RST was captured just before, on the other side of what rewrites its number.
fn is_rewritten_copy(step: &Step<'_>, mark: &Mark, limits: &Limits) -> bool {
    let first = step.flow.resets.as_deref().and_then(|resets| resets.first[mark.side]).map(|reset| reset.mark);
    first.is_some_and(|first| {
        let alike = (first.flags, first.ack, first.window) == (mark.flags, mark.ack, mark.window);
        alike && first.frame != mark.frame && mark.time.since(first.time).abs() <= limits.duplicate_frame
    })
}

/// A RST without ACK from an end that was not synchronized, once the capture shows more than flagged segments.
fn without_ack(step: &Step<'_>, side: Side) -> Option<Wrong> {
    let reset = step.flow.reset_of(side)?;
    let early = matches!(reset.state, Some(State::SynSent | State::SynReceived));
    let fits = matches!(reset.standing, ResetStanding::Exact | ResetStanding::Own | ResetStanding::Answer);
    let next = reset.snd_nxt.filter(|_| early && !fits && step.flow.vantage.handshake_seen)?;
    let judged = step.flow.plain || answers_syn_ack(step.flow, &reset.mark);
    // The SYN-ACK that it answers may be captured after it.
    if reset.mark.flags.has(Flags::ACK) || !judged || reset.mark.seq == next {
        return None;
    }
    let what = format!(
        "the RST of the {side} has number {}: neither its SND.NXT, {next}, nor one its peer acknowledged",
        reset.mark.seq
    );
    let right = format!("seq should be {next}");
    Some(Wrong { mark: reset.mark, what, right, confidence: Confidence::Certain })
}

/// Whether a RST without ACK answers the SYN-ACK even if all but SYN, FIN and RST was left out of the capture: an end that
/// had data to send would abort with ACK, and one that is closed would have sent FIN.
fn answers_syn_ack(flow: &Flow, reset: &Mark) -> bool {
    let no_fin = Side::BOTH.into_iter().all(|side| flow.ends[side].fin.is_none());
    // Behind a RST of its own it answers segments that were still under way.
    let former = flow.resets.as_deref().and_then(|resets| resets.first[reset.side]);
    let first = former.is_none_or(|former| former.mark.frame == reset.frame);
    let at_once = |syn_ack: Mark| reset.time.since(syn_ack.time) < SECOND;
    no_fin && first && flow.opening.last_syn_ack.is_some_and(at_once)
}
