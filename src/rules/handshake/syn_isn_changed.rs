//! TFA104: a SYN sent again with another ISS.

use crate::flow::{Cues, Limits, Side, Step};
use crate::rules::{Confidence, Evidence, Family, Needs, Peers, Rule, Severity, human_duration};

/// TFA104.
pub static RULE: Rule = Rule {
    code: "TFA104",
    name: "syn-isn-changed",
    family: Family::Handshake,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.8.1, §3.10.1",
    summary: "A SYN was sent again with another initial sequence number.",
    explanation: "A retransmission repeats the segment: same ISS, same options. A SYN that comes right on the retry \
        schedule, with the same options and with clock and IP identification running on, but with another \
        ISS, leaves two numbers for one attempt, and whichever the SYN-ACK answers, the other end of the \
        argument is lost. A new attempt on the same port is another matter: closing in SYN-SENT sends \
        nothing, so it shows as a SYN with a new ISS at any time; that is only a note.",
    look_alikes: &[
        "a new attempt on the same port after the first was given up, or by another host behind the same address translator",
        "half-open recovery: SYN, ACK, RST, SYN",
        "a firewall that rewrites sequence numbers, captured on both sides",
    ],
    remedy: "Look for a device between capture and client that rewrites sequence numbers, or a stack that draws a \
        new ISS for each retry.",
    equation: "SEG.SEQ = x",
    ladder: &["client > server  SYN  seq=1000", "client > server  SYN  seq=1777   (1 s later; should be 1000)"],
    peers: Peers { wireshark: Some("tcp.analysis.reused_ports"), zeek: Some("SYN_seq_jump"), suricata: None },
    needs: Needs::NOTHING,
    on: Cues::OPENING.with(Cues::SYN).with(Cues::END),
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let opening = &step.flow.opening;
    let irregular = opening.irregular.as_deref()?;
    // A client that refuses the answer to its first SYN means the second for another attempt.
    let refused = step.flow.reset_of(Side::Client).is_some();
    let changed = irregular.syn_changed.is_some() && !refused;
    if changed && opening.ack.is_none() && step.ending.is_none() {
        return None;
    }
    let (before, mark) = match irregular.syn_changed {
        Some(change) => (change.before, change.after),
        None => (irregular.former?, opening.syn?),
    };
    let waited = mark.time.since(before.time);
    if waited <= limits.duplicate_frame {
        return None;
    }
    let again = if changed { "sent again" } else { "followed by a SYN on the same ports" };
    let evidence = Evidence::at(
        mark,
        format!(
            "the SYN with number {} was {again} after {} with number {}",
            before.seq,
            human_duration(waited),
            mark.seq
        ),
    )
    .seq("SEG.SEQ", mark.seq)
    .seq("ISS", before.seq)
    .duration("waited", waited)
    .beside(before)
    .pointing(format!("seq should be x = {}", before.seq));
    // Nobody answers what is seen here: a refusal may have gone another way.
    let answered = step.flow.vantage.client_seen && step.flow.vantage.server_seen;
    let evidence = if answered { evidence } else { evidence.at_most(Confidence::Likely) };
    // Whoever refuses the second may have refused the first, too, which was not captured then.
    let turned_away = opening.syn_ack.is_none() && step.flow.reset_of(Side::Server).is_some();
    let evidence = if turned_away { evidence.at_most(Confidence::Possible) } else { evidence };
    let evidence = if changed { evidence } else { evidence.no_worse_than(Severity::Note).pointing("a new attempt") };
    Some(evidence)
}
