//! TFA305: a window taken back.

use crate::flow::{Cues, Limits, Step};
use crate::rules::{Confidence, Evidence, Family, Needs, Peers, Rule, Severity};
use crate::wire::{Flags, SeqNum};

/// TFA305.
pub static RULE: Rule = Rule {
    code: "TFA305",
    name: "window-shrunk",
    family: Family::Sequence,
    severity: Severity::Warning,
    reference: "RFC 9293 §3.8.6 SHLD-14, RFC 7323 §2.4",
    summary: "The right edge of an advertised window moved left.",
    explanation: "A receiver should not take back room that it has offered: octets may be on their way to it, and a \
        sender that trusted the offer is left with data beyond the window. Hosts short of memory do it.",
    look_alikes: &[
        "an ACK that was overtaken",
        "an edge that moves by less than the unit of the window scale",
        "the first window after that of the SYN: a device that answers for the server does not know it (then it is possible at most)",
        "the window of a RST, or after both FINs",
        "a subflow of a multipath connection",
        "a window that closes at once for want of memory, as that of Linux does (then this is a note)",
    ],
    remedy: "Look at the memory of the receiving host, or at a device that changes windows.",
    equation: "SEG.ACK + SEG.WND ≥ RCV.NXT + RCV.WND",
    ladder: &[
        "server > client  ACK  seq=5001 ack=1101 win=2000",
        "server > client  ACK  seq=5001 ack=1201 win=1300   (should be at least 1900)",
    ],
    peers: Peers { wireshark: None, zeek: Some("window_recision"), suricata: Some("stream.pkt_bad_window_update") },
    needs: Needs::BOTH_SIDES.with(Needs::HANDSHAKE).with(Needs::UNBROKEN).with(Needs::WHOLE_HEADERS),
    on: Cues::WINDOW,
    check,
};

fn check(step: &Step<'_>, _: &Limits) -> Option<Evidence> {
    let (segment, mark, flow) = (step.segment?, step.mark()?, step.flow);
    let (own, peer) = (&flow.ends[step.side], &flow.ends[step.side.peer()]);
    let shift = own.window_shift(peer)?;
    let before = former_edge(step, shift)?;
    let edge = mark.ack + (u32::from(mark.window.0) << shift);
    let left = before.offset_from(edge);
    // Once both have sent FIN there is nothing more to make room for; that of the peer may be captured later.
    let over = own.fin.is_some() && (step.before.peer_fin.is_some() || step.cues.any(Cues::ACK_BEYOND));
    let judged = segment.flags.has(Flags::ACK)
        && !segment.flags.any(Flags::SYN.with(Flags::RST))
        && !flow.multipath
        && !over
        && flow.scale_is_clear();
    // What was taken back by closing the window is taken back already.
    let reopens = step.before.window.0 == 0;
    if !judged || reopens || left < 1 << shift || scale_starts(step, before, left) || is_older(step) {
        return None;
    }
    let window = u32::from(mark.window.0) << shift;
    let message =
        format!("takes back {left} octets of window: its right edge moves from {before} to {edge} (window {window})");
    let evidence = Evidence::at(mark, message)
        .seq("SEG.ACK", mark.ack)
        .count("SEG.WND", window)
        .seq("RCV.NXT+RCV.WND", before)
        .pointing(format!("the edge was {before}"));
    // A device that answered the SYN for the server (a SYN proxy, a load balancer) had no way to know its window.
    let spoken_for = !has_spoken(step) && unscaled_edge(step) == Some(before);
    let evidence = if spoken_for { evidence.at_most(Confidence::Possible) } else { evidence };
    // Linux closes the window so when it has to drop what it has no memory for; its peer can cope with that.
    Some(if window == 0 { evidence.no_worse_than(Severity::Note) } else { evidence })
}

/// The right edge that the sender had offered: the largest, or the latest one where nothing since its SYN-ACK, whose window
/// is not scaled, has reached as far as that.
fn former_edge(step: &Step<'_>, shift: u8) -> Option<SeqNum> {
    let largest = step.before.right_edge?;
    let latest = step.before.rcv_nxt? + (u32::from(step.before.window.0) << shift);
    Some(if has_spoken(step) && unscaled_edge(step) == Some(largest) { latest } else { largest })
}

/// Whether the sender has sent anything but its SYN-ACK before, and its SYN, if that crossed the other's.
fn has_spoken(step: &Step<'_>) -> bool {
    let opening = &step.flow.opening;
    step.flow.ends[step.side].segments > u64::from(opening.syn_acks.count) + u64::from(opening.crossed) + 1
}

/// The right edge that the sender offered by its SYN-ACK.
fn unscaled_edge(step: &Step<'_>) -> Option<SeqNum> {
    let syn_ack = step.flow.opening.last_syn_ack.filter(|syn_ack| syn_ack.side == step.side)?;
    Some(syn_ack.ack + u32::from(syn_ack.window.0))
}

/// Whether the edge `before` is that of the sender's SYN-ACK just before, and no more than half of its window is taken back, as stacks
/// do that count their memory anew once windows are scaled.
fn scale_starts(step: &Step<'_>, before: SeqNum, left: i32) -> bool {
    let Some(syn_ack) = step.flow.opening.last_syn_ack else { return false };
    let closed = step.segment.is_some_and(|segment| segment.window.0 == 0);
    !has_spoken(step) && unscaled_edge(step) == Some(before) && (closed || left <= i32::from(syn_ack.window.0 / 2))
}

/// Whether an ACK captured before may have left after this one: only an acknowledgement or octets beyond what was there
/// exclude that, or a newer timestamp or identification.
fn is_older(step: &Step<'_>) -> bool {
    let Some(segment) = step.segment else { return true };
    let newer = |number: SeqNum, known: Option<SeqNum>| known.is_some_and(|known| number.after(known));
    let older = step.before.rcv_nxt.is_some_and(|known| segment.ack.before(known));
    let advances = newer(segment.ack, step.before.rcv_nxt) || newer(segment.end(), step.before.snd_nxt);
    older || step.cues.any(Cues::REORDERED) || !(advances || step.before.left_last)
}
