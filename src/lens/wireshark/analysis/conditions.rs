//! The conditions of the `tcp.analysis.*` flags that a segment either meets or not, one function each, named after the
//! field: the segment and the memory of both directions in, yes or no out.
//!
//! Sequence numbers are compared with `before` and `at_or_before` only, turned round where need be: half a circle
//! apart, both of two numbers are before the other.

use super::Marks;
use super::state::{Arriving, Half};
use crate::lens::wireshark::Elapsed;
use crate::lens::wireshark::relative::Scale;
use crate::wire::{Flags, SeqNum};

/// A resent segment this soon after the peer's latest one answers its duplicate ACKs.
const FAST_RETRANSMISSION_WITHIN: u64 = 20_000_000;
/// How late a segment may come and be out of order, where no round trip is known.
const OUT_OF_ORDER_WITHIN: u64 = 3_000_000;

pub fn zero_window_probe(it: &Arriving, own: &Half, peer: &Half) -> bool {
    it.len == 1 && it.seq == own.next && peer.window == Some(0)
}

pub fn zero_window(it: &Arriving) -> bool {
    it.window == 0 && it.is_plain()
}

pub fn lost_segment(it: &Arriving, own: &Half) -> bool {
    own.next != SeqNum(0) && own.next.before(it.seq) && !it.flags.has(Flags::RST)
}

pub fn keep_alive(it: &Arriving, own: &Half) -> bool {
    it.len <= 1 && it.seq == own.next - 1 && it.is_plain()
}

pub fn window_update(it: &Arriving, own: &Half) -> bool {
    repeats(it, own) && it.ack == own.ack && it.window != 0 && own.window != Some(it.window)
}

/// The payload ends exactly at the edge of the window that the peer announced last.
pub fn window_full(it: &Arriving, peer: &Half) -> bool {
    let window = peer.window.unwrap_or(u32::MAX);
    let octets = match peer.scale {
        Scale::Unknown => return false,
        _ if peer.first_ack_pending => window,
        scale => scale.shift(window),
    };
    it.len > 0 && it.is_plain() && it.end() == peer.ack + octets
}

pub fn keep_alive_ack(it: &Arriving, own: &Half, peer: &Half) -> bool {
    duplicate_ack(it, own) && peer.marks.any(Marks::KEEP_ALIVE)
}

pub fn zero_window_probe_ack(it: &Arriving, own: &Half, peer: &Half) -> bool {
    let keeps_closed = it.window == 0 && own.window == Some(0);
    let acknowledges = it.ack == own.ack || it.ack == own.ack + 1;
    repeats(it, own) && keeps_closed && acknowledges && peer.marks.any(Marks::ZERO_WINDOW_PROBE)
}

pub fn duplicate_ack(it: &Arriving, own: &Half) -> bool {
    repeats(it, own) && it.ack == own.ack && it.window != 0 && own.window == Some(it.window)
}

/// Whether the acknowledgement number is beyond everything that was captured; an ACK of an unknown direction is not.
pub fn ack_lost_segment(it: &Arriving, peer: &Half) -> bool {
    it.flags.has(Flags::ACK) && peer.contiguous != SeqNum(0) && peer.contiguous.before(it.ack)
}

/// The ACK takes the octet of a zero window probe: what looks unseen is a window update.
pub fn takes_probe(it: &Arriving, own: &Half, peer: &Half) -> bool {
    it.ack == own.ack + 1 && it.seq == own.next && peer.marks.any(Marks::ZERO_WINDOW_PROBE)
}

pub fn spurious_retransmission(it: &Arriving, peer: &Half) -> bool {
    it.len > 0 && peer.ack != SeqNum(0) && it.end().at_or_before(peer.ack)
}

/// Whether it starts below the highest number seen, a keep-alive's octet with new data behind it excepted.
pub fn goes_back(it: &Arriving, own: &Half) -> bool {
    let behind = own.next != SeqNum(0) && it.seq.before(own.next);
    behind && !(it.len > 1 && it.seq == own.next - 1)
}

/// It answers at least two duplicate ACKs, at their number or outside what they report as received.
pub fn fast_retransmission(it: &Arriving, peer: &Half) -> bool {
    let fills_hole = peer.ack == it.seq || peer.sack.reports_hole_at(it.seq, it.end());
    nanoseconds_since_peer(it, peer) < FAST_RETRANSMISSION_WITHIN && peer.duplicate_acks >= 2 && fills_hole
}

/// It comes within one round trip of the peer's latest segment and does not end where everything seen ends.
pub fn out_of_order(it: &Arriving, own: &Half, peer: &Half, initial_rtt: Option<Elapsed>) -> bool {
    let limit = initial_rtt.map_or(OUT_OF_ORDER_WITHIN, |rtt| rtt.nanoseconds() as u64);
    let below_the_top = own.next != it.end() + it.phantom() || own.last_len == 0;
    nanoseconds_since_peer(it, peer) < limit && below_the_top
}

/// An empty segment at the number expected next.
fn repeats(it: &Arriving, own: &Half) -> bool {
    it.len == 0 && it.seq == own.next && it.is_plain()
}

/// Time since the peer's latest segment, none when the clock went back; since the epoch where it was never seen.
fn nanoseconds_since_peer(it: &Arriving, peer: &Half) -> u64 {
    let elapsed = Elapsed::between(peer.ack_time, it.time);
    if elapsed.is_negative() { 0 } else { elapsed.nanoseconds() as u64 }
}
