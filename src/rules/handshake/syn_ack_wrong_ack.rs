//! TFA101: a SYN-ACK that acknowledges something else than the SYN.

use crate::flow::{Cues, Limits, Side, Step, answers_syn};
use crate::rules::{Confidence, Evidence, Family, Needs, Peers, Rule, Severity};

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
        "a SYN that was not captured, of which the SYN-ACK echoes the clock (then it is possible at most)",
    ],
    remedy: "Look at the server's stack, or at a SYN proxy, load balancer or firewall that rewrites sequence numbers.",
    equation: "SEG.ACK = x+1",
    ladder: &["client > server  SYN      seq=1000", "server > client  SYN-ACK  seq=5000 ack=1002   (should be 1001)"],
    peers: Peers { wireshark: None, zeek: Some("bad_SYN_ack"), suricata: Some("stream.3whs_synack_with_wrong_ack") },
    needs: Needs::BOTH_SIDES.with(Needs::ONE_NUMBERING),
    on: Cues::SYN,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let segment = step.segment.filter(|segment| segment.flags.is_syn_ack())?;
    let asked = &step.flow.ends[step.side.peer()];
    let opening = &step.flow.opening;
    let (syn, data) = match step.side {
        Side::Server => (opening.last_syn?, opening.syn_data()),
        // Only where the SYNs have crossed does the client have one to answer.
        Side::Client => opening.syn_ack.filter(|_| opening.crossed).map(|syn| (syn, syn.len))?,
    };
    let iss = asked.iss.filter(|_| asked.syn_seen)?;
    if answers_syn(segment.ack, iss, data) {
        return None;
    }
    let right = iss + 1;
    let mark = step.mark()?;
    // What echoes a later clock than that of every SYN answers one that was not captured.
    let clocks = segment.options.timestamps().zip(asked.timestamps);
    let later = clocks.is_some_and(|(now, (_, newest))| (now.tsecr.wrapping_sub(newest.tsval) as i32) > 0);
    let confidence = if later { Confidence::Possible } else { Confidence::Certain };
    Some(
        Evidence::at(
            mark,
            format!("the SYN-ACK acknowledges {}, but the SYN has number {iss}, so it has to be {right}", segment.ack),
        )
        .seq("SEG.ACK", segment.ack)
        .seq("ISS", iss)
        .seq("SND.NXT", right)
        .beside(syn)
        .pointing(format!("ack should be x+1 = {right}"))
        .at_most(confidence),
    )
}
