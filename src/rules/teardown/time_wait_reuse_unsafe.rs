//! TFA208: TIME-WAIT cut short without care.

use crate::flow::{Cues, Limits, Side, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA208.
pub static RULE: Rule = Rule {
    code: "TFA208",
    name: "time-wait-reuse-unsafe",
    family: Family::Teardown,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.6.1, RFC 6191",
    summary: "An end in TIME-WAIT accepted a SYN that does not exclude old segments, or answered with an ISS that does not.",
    explanation: "TIME-WAIT keeps old segments of one connection out of the next on the same ports. It may be cut short for a \
        SYN beyond everything that was received, or with a newer timestamp, and if the answer starts beyond \
        everything that was sent. Else an old segment can pass for a new one.",
    look_alikes: &[
        "a SYN that TIME-WAIT answers by an ACK",
        "a SYN beyond RCV.NXT, or with a newer timestamp",
        "a SYN after twice the maximum segment lifetime",
    ],
    remedy: "Look at the server for a shortened or recycled TIME-WAIT, or at a NAT that gives out ports too soon.",
    equation: "ISS > old SND.NXT and SEG.SEQ > old RCV.NXT",
    ladder: &[
        "server > client  ACK  seq=5202 ack=1102   (TIME-WAIT)",
        "client > server  SYN  seq=900",
        "server > client  SYN, ACK  seq=9000 ack=901",
    ],
    peers: Peers {
        wireshark: Some("tcp.analysis.reused_ports"),
        zeek: Some("premature_connection_reuse"),
        suricata: None,
    },
    needs: Needs::BOTH_SIDES,
    on: Cues::SYN,
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    let mark = step.mark().filter(|mark| mark.side == Side::Server && mark.flags.is_syn_ack())?;
    let flow = step.flow;
    let (time_wait, syn) = (flow.time_wait.as_deref()?, flow.opening.last_syn?);
    // A SYN that had to be sent again may have drawn an ACK, and a RST that ended TIME-WAIT (RFC 1337).
    let cut = flow.ends.client.syn.unreadable;
    if cut || flow.opening.syns.count > 1 || syn.time.since(time_wait.since) >= limits.time_wait() {
        return None;
    }
    let newer = |(now, old): (u32, u32)| now.wrapping_sub(old) as i32 > 0;
    let tsval = flow.ends.client.timestamps.map(|(_, newest)| newest.tsval);
    let by_clock = tsval.zip(time_wait.tsval).is_some_and(newer);
    let (seq, next) = (time_wait.rcv_nxt, time_wait.snd_nxt);
    let message = match (syn.seq.before(seq) && !by_clock, mark.seq.before(next)) {
        (true, _) => format!("accepts a SYN with number {} in TIME-WAIT, where {seq} came last", syn.seq),
        (_, true) => format!("leaves TIME-WAIT with the ISS {}, which is not above its old SND.NXT {next}", mark.seq),
        _ => return None,
    };
    Some(
        Evidence::at(mark, message)
            .seq("SEG.SEQ of the SYN", syn.seq)
            .seq("old RCV.NXT", seq)
            .seq("ISS", mark.seq)
            .seq("old SND.NXT", next)
            .duration("in TIME-WAIT", syn.time.since(time_wait.since))
            .beside(syn)
            .pointing("too soon"),
    )
}
