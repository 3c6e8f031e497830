//! TFA306: a segment larger than its receiver takes.

use crate::flow::{Cues, Limits, Side, Step};
use crate::rules::{Evidence, Family, Needs, Peers, Rule, Severity};

/// TFA306.
pub static RULE: Rule = Rule {
    code: "TFA306",
    name: "segment-larger-than-mss",
    family: Family::Sequence,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.7.1",
    summary: "A segment carries more octets than the peer said it takes.",
    explanation: "The MSS option tells the largest payload that its sender is willing to receive. A host whose network card \
        cuts or joins segments shows larger ones to a capture on it; in a capture where nothing exceeds an ordinary \
        frame, a larger payload was really sent.",
    look_alikes: &["segments that the network card cuts or has joined (then this is a note)", "a full segment"],
    remedy: "Look at the sender, or at a device that lowers the MSS option on its way.",
    equation: "SEG.LEN ≤ SendMSS",
    ladder: &["server > client  SYN, ACK  mss=536", "client > server  ACK  seq=1001 len=1000"],
    peers: Peers { wireshark: None, zeek: None, suricata: None },
    needs: Needs::HANDSHAKE,
    on: Cues::END,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    Side::BOTH.into_iter().find_map(|side| judge(step, side))
}

fn judge(step: &Step<'_>, side: Side) -> Option<Evidence> {
    /// TCP header and payload of the largest datagram that fits an Ethernet frame (RFC 894).
    const ORDINARY: u32 = 1480;
    let flow = step.flow;
    let oversize = flow.oddities.as_deref()?.oversize[side]?;
    let mss = flow.ends[side.peer()].offer?.mss?;
    let largest = Side::BOTH.into_iter().filter_map(|side| flow.oddities.as_deref()?.oversize[side]);
    let full = oversize.alike >= 3 && oversize.first.len + 80 >= ORDINARY;
    let joined = !(full || oversize.whole.is_some()) || flow.vantage.offload;
    // Of two that answer the SYN nobody knows whose offer was taken.
    let two = flow.opening.irregular.as_deref().is_some_and(|irregular| irregular.syn_ack_options_changed.is_some());
    let undecided = flow.ends[side.peer()].syn.unreliable || (two && side == Side::Client);
    let offload = joined || undecided || largest.map(|oversize| oversize.largest).max() > Some(ORDINARY);
    let first = oversize.whole.unwrap_or(oversize.first);
    let evidence = Evidence::at(first, format!("{} octets to a {} that takes at most {mss}", first.len, side.peer()))
        .count("octets", first.len)
        .count("MSS", mss)
        .count("segments larger than the MSS", oversize.count)
        .beside(flow.opening.syn)
        .beside(flow.opening.syn_ack)
        .pointing(format!("at most {mss}"));
    Some(if offload { evidence.no_worse_than(Severity::Note).blaming_nobody() } else { evidence })
}
