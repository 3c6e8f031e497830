//! TFA310: octets that nobody acknowledges.

use crate::flow::{Cues, Insistence, Limits, Side, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity, human_duration};
use crate::wire::Flags;

/// TFA310.
pub static RULE: Rule = Rule {
    code: "TFA310",
    name: "data-not-acknowledged",
    family: Family::Sequence,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.8.1, §3.8.3, §3.8.4",
    summary: "The same octets, or keep-alives, were sent again and again and never acknowledged.",
    explanation: "A sender repeats what is not acknowledged at growing intervals. Where nothing ever covers it, its peer is \
        dead or cannot be reached; if small segments are answered and full ones are not, the path drops large packets \
        and the ICMP error that would say so.",
    look_alikes: &[
        "a capture that ends while the sender is still trying (then this is a note)",
        "a peer that answers late",
    ],
    remedy: "Look for a dead peer, a firewall that forgot the connection, or a path with a smaller MTU whose ICMP errors are dropped.",
    equation: "",
    ladder: &[
        "client > server  ACK  seq=1101 len=100",
        "client > server  ACK  seq=1101 len=100",
        "client > server  ACK  seq=1101 len=100",
        "client > server  ACK  seq=1101 len=100",
        "… no ACK",
    ],
    peers: Peers { wireshark: Some("tcp.analysis.retransmission"), zeek: None, suricata: None },
    needs: Needs::BOTH_SIDES,
    on: Cues::END,
    check,
};

fn check(step: &Step<'_>, limits: &Limits) -> Option<Evidence> {
    Side::BOTH.into_iter().find_map(|side| judge(step, side, limits))
}

fn judge(step: &Step<'_>, side: Side, limits: &Limits) -> Option<Evidence> {
    let (flow, ending) = (step.flow, step.ending?);
    let insistence = flow.oddities.as_deref()?.insistence[side]?;
    let (first, last) = (insistence.first, insistence.last);
    let refused = flow.closing.as_deref().is_some_and(|closing| closing.rst.is_some_and(|rst| rst.side != side));
    let span = last.time.since(first.time);
    // Keep-alives are sent again and again although they are answered, if the capture shows the one direction only.
    if insistence.keep_alive && !flow.ends[side.peer()].seen() {
        return None;
    }
    // Octets that are sent again together with the FIN are its matter (TFA203).
    let fins = flow.closing.as_deref().map_or(0, |closing| closing.fins[side].sent.count);
    if (first.flags.has(Flags::FIN) && fins >= 3)
        || insistence.count < 3
        || span < limits.rto
        || refused
        || first.seg_len() == u32::from(first.flags.has(Flags::FIN)) && !insistence.keep_alive
    {
        return None;
    }
    let kind = kind_of(step, &insistence);
    let waited = ending.time.since(first.time);
    let evidence = Evidence::at(
        first,
        format!(
            "the {side} repeats {} {} times and hears no ACK of it for {}: {kind}",
            what(&insistence),
            insistence.count,
            human_duration(waited)
        ),
    )
    .seq("SEG.SEQ", first.seq)
    .count("octets", first.len)
    .count("repetitions", insistence.count)
    .duration("waited", waited)
    .beside(last)
    .pointing("never acknowledged")
    .blaming_nobody();
    let settled = insistence.count > 3 || ending.time.since(last.time) >= limits.capture_end;
    Some(if settled { evidence } else { evidence.no_worse_than(Severity::Note) })
}

fn what(insistence: &Insistence) -> String {
    if insistence.keep_alive { "a keep-alive".to_owned() } else { format!("{} octets", insistence.first.len) }
}

/// What it looks like: keep-alive death, a path that drops large packets, or plain silence.
fn kind_of(step: &Step<'_>, insistence: &Insistence) -> &'static str {
    let full = step.flow.ends[insistence.first.side.peer()].offer.and_then(|offer| offer.mss);
    let large = full.is_some_and(|mss| insistence.first.len + 40 >= u32::from(mss));
    match (insistence.keep_alive, insistence.heard.is_some()) {
        (true, _) => "the peer of an idle connection is gone",
        (false, true) if large => "the path drops large packets, small ones are answered",
        (false, true) => "the peer is there, but does not get or does not take these octets",
        (false, false) => "the peer is gone or cannot be reached",
    }
}
