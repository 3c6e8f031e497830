//! TFA101: a SYN-ACK that acknowledges something else than the SYN.

use crate::flow::{Cues, Limits, Mark, Side, Step, answers_syn, echoes_later};
use crate::rules::{Confidence, Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::{Segment, SeqNum};

/// TFA101.
pub static RULE: Rule = Rule {
    code: "TFA101",
    name: "syn-ack-wrong-ack",
    family: Family::Handshake,
    severity: Severity::Error,
    reference: "RFC 9293 §3.5, §3.10.7.3",
    summary: "The SYN-ACK acknowledges something else than the SYN it answers.",
    explanation: "A SYN with sequence number x takes one number, so the only right answer is x+1 (up to x+1+n where \
        the SYN carried n octets of data that the server accepts). A client in SYN-SENT must reset a SYN-ACK with any \
        other number, so such a handshake never completes, or a stack that lets it pass starts out of step.",
    look_alikes: &[
        "a SYN-ACK that answers an earlier SYN late (old duplicate): it fits that SYN's number",
        "Fast Open: the SYN's data may be acknowledged too",
        "a capture that shows both sides of a firewall which rewrites sequence numbers",
        "a SYN that was not captured, of which the SYN-ACK echoes the clock, or from which the client goes on (then it is \
         possible at most)",
    ],
    remedy: "Look at the server's stack, or at a SYN proxy, load balancer or firewall that rewrites sequence numbers.",
    equation: "SEG.ACK = x+1",
    ladder: &["client > server  SYN      seq=1000", "server > client  SYN-ACK  seq=5000 ack=1002   (should be 1001)"],
    peers: Peers { wireshark: None, zeek: Some("bad_SYN_ack"), suricata: Some("stream.3whs_synack_with_wrong_ack") },
    needs: Needs::BOTH_SIDES.with(Needs::ONE_NUMBERING),
    on: Cues::OPENING.with(Cues::SYN).with(Cues::RST).with(Cues::END),
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    match step.segment.filter(|segment| segment.flags.is_syn_ack()) {
        Some(segment) => at_once(step, segment),
        None => in_hindsight(step),
    }
}

/// Where its receiver has gone on before, or has been answered by a SYN, it need not be waited for.
fn at_once(step: &Step<'_>, segment: &Segment) -> Option<Evidence> {
    let opening = &step.flow.opening;
    let syn = match step.side {
        Side::Server => opening.last_syn.filter(|_| opening.ack.is_some())?,
        // Only where the SYNs have crossed does the client have one to answer.
        Side::Client => opening.syn_ack.filter(|_| opening.crossed)?,
    };
    let data = if step.side == Side::Server { opening.syn_data() } else { syn.len };
    let asked = &step.flow.ends[step.side.peer()];
    let iss = asked.iss.filter(|_| asked.syn_seen)?;
    let mark = step.mark().filter(|_| !answers_syn(segment.ack, iss, data))?;
    let confidence = if echoes_later(segment, asked) { Confidence::Possible } else { Confidence::Certain };
    Some(evidence(mark, iss, syn).at_most(confidence))
}

/// What the client made of it: one that goes on from the number that it acknowledges had sent a SYN with that number.
fn in_hindsight(step: &Step<'_>) -> Option<Evidence> {
    let opening = &step.flow.opening;
    let misdirected = opening.irregular.as_deref()?.misdirected?;
    let now = step.segment.map(|segment| segment.frame);
    if misdirected.settled != now {
        return None;
    }
    let doubtful = misdirected.taken || misdirected.echoes_later;
    let confidence = if doubtful { Confidence::Possible } else { Confidence::Certain };
    Some(evidence(misdirected.mark, misdirected.iss, opening.last_syn?).at_most(confidence))
}

fn evidence(mark: Mark, iss: SeqNum, syn: Mark) -> Evidence {
    let right = iss + 1;
    let message =
        format!("the SYN-ACK acknowledges {}, but the SYN has number {iss}, so it has to be {right}", mark.ack);
    Evidence::at(mark, message)
        .seq("SEG.ACK", mark.ack)
        .seq("ISS", iss)
        .seq("SND.NXT", right)
        .beside(syn)
        .pointing(format!("ack should be x+1 = {right}"))
}
