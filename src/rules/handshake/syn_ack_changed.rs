//! TFA105: a SYN-ACK sent again with other numbers.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA105.
pub static RULE: Rule = Rule {
    code: "TFA105",
    name: "syn-ack-changed",
    family: Family::Handshake,
    severity: Severity::Error,
    reference: "RFC 9293 §3.8.1, §3.10.7.4",
    summary: "A SYN-ACK was sent again with another initial sequence number or another acknowledgement.",
    explanation: "A server in SYN-RECEIVED has one ISS and one number to acknowledge; its SYN-ACK sent again is the \
        same SYN-ACK. If it differs and the client has neither asked again nor reset in between, the server \
        has lost its mind, or a second one answers in its name. A server that keeps no state (SYN cookies, \
        an evicted SYN cache) may answer a SYN that was sent again with another ISS: that is a note.",
    look_alikes: &[
        "a SYN-ACK sent again unchanged",
        "SYN cookies: a new SYN stands between the two",
        "a firewall that rewrites sequence numbers, captured on both sides",
    ],
    remedy: "Find out who sends the second SYN-ACK: a second server behind the address, a SYN proxy, or a load \
        balancer that changed its mind.",
    equation: "SEG.SEQ = y, SEG.ACK = x+1",
    ladder: &[
        "client > server  SYN      seq=1000",
        "server > client  SYN-ACK  seq=5000 ack=1001",
        "server > client  SYN-ACK  seq=5555 ack=1001   (should be 5000)",
    ],
    peers: Peers {
        wireshark: Some("tcp.analysis.reused_ports"),
        zeek: Some("SYN_seq_jump"),
        suricata: Some("stream.3whs_synack_resend_with_diff_ack"),
    },
    needs: Needs::BOTH_SIDES.with(Needs::ONE_NUMBERING),
    on: Cues::SYN,
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let mark = step.mark()?;
    let change = step.flow.opening.irregular.as_deref()?.syn_ack_changed?;
    let copied =
        change.after.time.since(change.before.time) <= limits.duplicate_frame && change.after.ttl != change.before.ttl;
    if change.after.frame != mark.frame || change.other_distance() || copied {
        return None;
    }
    let before = change.before;
    let (what, was, is) = match before.seq == mark.seq {
        true => ("acknowledges", before.ack, mark.ack),
        false => ("has number", before.seq, mark.seq),
    };
    let evidence = Evidence::at(mark, format!("the SYN-ACK sent again {what} {is}, the one before it {was}"))
        .seq("SEG.SEQ", mark.seq)
        .seq("SEG.ACK", mark.ack)
        .seq("ISS", before.seq)
        .beside(step.flow.opening.syn)
        .beside(before)
        .pointing(format!("should be seq {} ack {}", before.seq, before.ack));
    let reset = step.flow.closing.as_ref().and_then(|closing| closing.rst).is_some_and(|rst| rst.frame > before.frame);
    Some(if change.asked_between || reset { evidence.no_worse_than(Severity::Note) } else { evidence })
}
