//! TFA116: two who answer one SYN.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA116.
pub static RULE: Rule = Rule {
    code: "TFA116",
    name: "handshake-other-peer",
    family: Family::Handshake,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.5",
    summary: "Two different SYN-ACKs answered one SYN, from different distances.",
    explanation: "One server has one ISS, one set of options and one way to the client. Two SYN-ACKs that differ in \
        ISS or options, and whose TTL differs by more than routers between two points of capture explain, \
        come from two hosts: somebody answers in the server's name. The IP identification says nothing here: \
        load balancers and stacks that draw it at random differ all the time.",
    look_alikes: &["a routed copy of one SYN-ACK: the same segment, some hops less"],
    remedy: "Find the nearer of the two: a transparent proxy, a captive portal, or an attacker on the way.",
    equation: "",
    ladder: &[
        "client > server  SYN      seq=1000",
        "server > client  SYN-ACK  seq=5000 ack=1001  ttl=54",
        "server > client  SYN-ACK  seq=6666 ack=1001  ttl=64",
    ],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::BOTH_SIDES,
    on: Cues::SYN,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let mark = step.mark()?;
    let irregular = step.flow.opening.irregular.as_deref()?;
    let change = [irregular.syn_ack_changed, irregular.syn_ack_options_changed]
        .into_iter()
        .flatten()
        .find(|change| change.after.frame == mark.frame && change.other_distance())?;
    let before = change.before;
    Some(
        Evidence::at(
            mark,
            format!(
                "two SYN-ACKs to one SYN: seq {} with TTL {}, seq {} with TTL {}",
                before.seq, before.ttl, mark.seq, mark.ttl
            ),
        )
        .seq("SEG.SEQ", mark.seq)
        .seq("ISS", before.seq)
        .count("TTL", mark.ttl)
        .count("TTL before", before.ttl)
        .beside(step.flow.opening.syn)
        .beside(before)
        .pointing("from another host"),
    )
}
