//! TFA112: a SYN answered by a bare SYN.

use crate::flow::{Cues, Limits, Mark, Side, State, Step};
use crate::rules::{Confidence, Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::Flags;

/// TFA112.
pub static RULE: Rule = Rule {
    code: "TFA112",
    name: "split-handshake",
    family: Family::Handshake,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.5",
    summary: "The server answers a SYN by a bare SYN that cannot be crossing it.",
    explanation: "SYN and ACK of the second step belong into one segment. A server that acknowledges the SYN and then \
        sends a SYN of its own turns the roles round: clients fall into the code of the simultaneous open, \
        and devices that watch the direction of the first SYN are misled. Whether two SYNs crossed shows in \
        what follows: after a crossing both ends send SYN-ACK.",
    look_alikes: &[
        "a simultaneous open: both ends send SYN, and each answers the other by SYN-ACK",
        "an open in which the first SYN was lost and the peer asked by itself, sooner than it could have answered",
        "an open in which the second SYN was lost: the SYN-ACK after it tells",
        "one of which the server's SYN-ACK was not captured: the client answers it all the same",
    ],
    remedy: "No ordinary stack does this: look for a tool that tests or evades firewalls.",
    equation: "",
    ladder: &["client > server  SYN  seq=1000", "server > client  ACK  ack=1001", "server > client  SYN  seq=5000"],
    peers: Peers { wireshark: None, zeek: Some("simultaneous_open"), suricata: None },
    needs: Needs::BOTH_SIDES.with(Needs::UNBROKEN),
    on: Cues::OPENING.with(Cues::SYN),
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let (opening, mark) = (&step.flow.opening, step.mark()?);
    let syn = opening.syn_ack.filter(|syn| opening.crossed && syn.flags.is_syn())?;
    let irregular = opening.irregular.as_deref();
    let first = irregular.and_then(|irregular| irregular.acknowledged_first);
    // Two capture queues may show its SYN-ACK before the SYN that it answers.
    let answered_before = irregular.is_some_and(|irregular| irregular.from_initiator.is_some());
    let answered = first.filter(|_| mark.frame == syn.frame);
    // After a crossing the client would have answered the SYN by SYN-ACK.
    let never_crossed = opening.first_ack.filter(|ack| ack.frame == mark.frame && ack.ack == syn.seq + 1);
    // A server that answered by SYN-ACK after all was in SYN-RECEIVED: the SYNs did cross, and its own was lost.
    let alone = first.is_none() && !answered_before && opening.last_syn_ack.is_none();
    let never_crossed = never_crossed.filter(|_| alone && step.before.state == Some(State::SynSent));
    // Where its identifications count and skip, the client may have answered by a SYN-ACK that was not captured.
    let skips = answered.is_none() && step.flow.sent_since_syn(&mark);
    let (proof, confidence) = match answered.or(never_crossed) {
        Some(proof) => (proof, if skips { Confidence::Possible } else { Confidence::Certain }),
        None => (answered_by_bare_ack(step, mark)?, Confidence::Likely),
    };
    Some(
        Evidence::at(syn, "the server answers the SYN by a bare SYN instead of SYN-ACK")
            .seq("SEG.SEQ", syn.seq)
            .beside(opening.syn)
            .beside(proof)
            .pointing("should be SYN-ACK")
            .at_most(confidence),
    )
}

/// The server answers the client's SYN-ACK by an ACK: had it heard a crossing SYN, it would have sent SYN-ACK itself. A
/// SYN that came sooner than such an answer does, and echoes nothing, is none, so that the first one may have been lost;
/// but where it was captured before the server, which answered at once: nobody asks by chance just then.
fn answered_by_bare_ack(step: &Step<'_>, mark: Mark) -> Option<Mark> {
    let opening = &step.flow.opening;
    let (asked, asked_back) = (opening.syn?, opening.syn_ack?);
    let syn_ack = opening.ack.filter(|ack| ack.flags.is_syn_ack() && opening.last_syn_ack.is_none())?;
    let round_trip = mark.time.since(syn_ack.time);
    let too_soon = asked_back.time.since(asked.time) < round_trip / 10 * 9;
    let at_once = asked_back.time.since(asked.time) <= syn_ack.time.since(asked_back.time) / 100;
    let echoes = step.flow.ends.server.timestamps.is_some_and(|(first, _)| first.tsecr != 0);
    let acknowledges = opening.last_syn.is_some_and(|syn| mark.ack == syn.end());
    let plain = mark.flags.has(Flags::ACK) && !mark.flags.any(Flags::SYN.with(Flags::RST));
    let first = mark.side == Side::Server && step.before.rcv_nxt.is_none();
    // A client that goes on before it has been answered was answered by a SYN-ACK that was not captured.
    let waits = step.flow.ends.client.segments == u64::from(opening.syns.count) + 1;
    (first && waits && plain && acknowledges && (echoes || !too_soon || at_once)).then_some(mark)
}
