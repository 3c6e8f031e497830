//! TFA406: a RST that somebody else sent.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA406.
pub static RULE: Rule = Rule {
    code: "TFA406",
    name: "reset-injected",
    family: Family::Reset,
    severity: Severity::Warning,
    reference: "RFC 5961 §3",
    summary: "A RST was written by somebody else than the end it names as its sender.",
    explanation: "Its TTL differs by more than three from those of all other segments of that end, and a second, \
        independent observation agrees: numbers that the end could not have used, an answer sooner than half \
        a round trip, or the end goes on as if nothing had happened. One vote alone proves nothing: stacks \
        send RST with a TTL of their own, and an ordinary RST of Linux has IP identification 0, window 0 and \
        no timestamps.",
    look_alikes: &[
        "an ordinary RST of Linux: identification 0, window 0, no timestamps",
        "a closed socket that sends several RSTs with different SEQ",
        "a RST with another TTL and nothing else odd about it",
    ],
    remedy: "Find the device as many hops away as the TTL says.",
    equation: "",
    ladder: &[
        "client > server  ACK  ttl=64 seq=1001 len=100",
        "server > client  RST  ttl=84 seq=5001   (others: 64)",
        "server > client  ACK  ttl=64 seq=5001 ack=1101",
    ],
    peers: Peers { wireshark: None, zeek: None, suricata: Some("stream.suspected_rst_inject") },
    needs: Needs::NOTHING,
    on: Cues::RST.with(Cues::RESET_IGNORED),
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let reset = step.flow.reset_of(step.side).filter(|reset| reset.other_distance)?;
    let votes: Vec<_> = reset.votes().collect();
    if votes.len() < 2 {
        return None;
    }
    let side = reset.mark.side;
    let [least, greatest] = step.flow.ends[side].ttls;
    let others = if least == greatest { least.to_string() } else { format!("{least} to {greatest}") };
    let ttl = reset.mark.ttl;
    Some(
        Evidence::at(
            reset.mark,
            format!("this RST has TTL {ttl}, all other segments of the {side} {others}; votes: {}", votes.join(", ")),
        )
        .count("TTL", ttl)
        .text("TTL of the others", others)
        .text("votes", votes.join(", "))
        .beside(reset.went_on)
        .pointing("not from this end"),
    )
}
