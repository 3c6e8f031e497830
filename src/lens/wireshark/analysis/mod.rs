//! A segment of known length to its [`Record`]: Wireshark's sequence analysis, in its order.

mod conditions;
mod flight;
mod queue;
mod record;
mod resend;
mod state;
mod unacked;

#[cfg(test)]
mod tests;

pub use record::{Acked, DuplicateAck, Marks, Record, Rto};
pub use state::{Half, InitialRtt};
pub use unacked::Unacked;

use super::Elapsed;
use crate::wire::{Flags, Segment, SeqNum};
use state::Arriving;

/// What the whole conversation contributes.
#[derive(Clone, Copy, Debug)]
pub struct Surroundings {
    /// Base of this direction's relative numbers.
    pub base: SeqNum,
    /// The handshake's round trip, where known.
    pub initial_rtt: Option<Elapsed>,
}

/// Analyses `segment`, with `len` octets of payload, and remembers it; raises its findings in `record`, which is
/// created where Wireshark has one.
pub fn analyse(
    segment: &Segment,
    len: u32,
    own: &mut Half,
    peer: &mut Half,
    around: &Surroundings,
    record: &mut Option<Record>,
) {
    let it = Arriving::new(segment, len);
    if it.flags.has(Flags::ACK) {
        peer.counts_flight = true;
    }
    if conditions::zero_window_probe(&it, own, peer) {
        raise(record, Marks::ZERO_WINDOW_PROBE);
    } else {
        judge_alone(&it, own, peer, record);
        judge_answer(&it, own, peer, record);
    }
    if it.ack != own.ack {
        own.ack_frame = it.frame;
        own.duplicate_acks = 0;
    }
    if conditions::ack_lost_segment(&it, peer) {
        acknowledge_unseen(&it, own, peer, record);
    }
    if it.takes_space() && !raised(record, Marks::KEEP_ALIVE) {
        resend::judge(&it, own, peer, around.initial_rtt, record);
    }
    advance(&it, own, record);
    own.window = Some(it.window);
    own.ack = it.ack;
    own.ack_time = it.time;
    own.marks = record.map(|record| record.marks).unwrap_or_default();
    if let Some(acked) = peer.unacked.acknowledge(it.ack, it.time) {
        record.get_or_insert_default().acked = Some(acked);
    }
    flight::count(&it, own, peer, around.base, record);
}

/// Raises `marks`.
pub fn raise(record: &mut Option<Record>, marks: Marks) {
    record.get_or_insert_default().marks.insert(marks);
}

fn raised(record: &Option<Record>, marks: Marks) -> bool {
    record.as_ref().is_some_and(|record| record.marks.any(marks))
}

/// Turns the window update of a segment with SACK blocks into a duplicate ACK, as the option is met.
pub fn reconsider_window_update(own: &mut Half, record: &mut Option<Record>) {
    if let Some(record) = record.as_mut().filter(|record| record.marks.any(Marks::WINDOW_UPDATE)) {
        record.marks.remove(Marks::WINDOW_UPDATE);
        own.duplicate_acks = own.duplicate_acks.saturating_add(1);
        count_duplicate(own, record);
    }
}

/// The marks that do not look at what the peer sent last.
fn judge_alone(it: &Arriving, own: &mut Half, peer: &Half, record: &mut Option<Record>) {
    if conditions::zero_window(it) {
        raise(record, Marks::ZERO_WINDOW);
    }
    if conditions::lost_segment(it, own) {
        raise(record, Marks::LOST_SEGMENT);
        own.counts_flight = false;
    }
    if conditions::keep_alive(it, own) {
        raise(record, Marks::KEEP_ALIVE);
    }
    if conditions::window_update(it, own) {
        raise(record, Marks::WINDOW_UPDATE);
    }
    if conditions::window_full(it, peer) {
        raise(record, Marks::WINDOW_FULL);
    }
}

/// The marks of an empty segment that says again what was said: it answers a keep-alive, a probe, or a gap.
fn judge_answer(it: &Arriving, own: &mut Half, peer: &mut Half, record: &mut Option<Record>) {
    if conditions::keep_alive_ack(it, own, peer) {
        raise(record, Marks::KEEP_ALIVE_ACK);
    } else if conditions::zero_window_probe_ack(it, own, peer) {
        raise(record, Marks::ZERO_WINDOW_PROBE_ACK);
        if it.ack != own.ack {
            peer.next = it.ack;
            peer.contiguous = it.ack;
        }
    } else if conditions::duplicate_ack(it, own) {
        own.duplicate_acks = own.duplicate_acks.saturating_add(1);
        count_duplicate(own, record.get_or_insert_default());
    }
}

fn count_duplicate(own: &Half, record: &mut Record) {
    record.marks.insert(Marks::DUPLICATE_ACK);
    record.duplicate_ack = Some(DuplicateAck { number: own.duplicate_acks, frame: own.ack_frame });
}

fn acknowledge_unseen(it: &Arriving, own: &Half, peer: &mut Half, record: &mut Option<Record>) {
    if conditions::takes_probe(it, own, peer) {
        peer.next = it.ack;
        peer.contiguous = it.ack;
        raise(record, Marks::WINDOW_UPDATE);
    } else {
        raise(record, Marks::ACK_LOST_SEGMENT);
        peer.contiguous = peer.unacked.end_of_tail(it.ack);
    }
}

/// Lists what needs an acknowledgement and moves the highest number and the contiguous limit.
fn advance(it: &Arriving, own: &mut Half, record: &Option<Record>) {
    let mut end = it.end();
    if it.takes_space() && !own.unacked.is_full() {
        end = end + it.phantom();
        let resent = raised(record, Marks::RESENT);
        own.unacked.push(unacked::Entry::new(it.seq, end, it.frame, it.time, resent));
    }
    let probe = raised(record, Marks::ZERO_WINDOW_PROBE);
    if own.next == SeqNum(0) || (own.next + it.phantom()).before(end) {
        own.last_len = it.len;
    }
    if (own.next == SeqNum(0) || own.next.before(end)) && !probe {
        own.next = end;
        own.next_frame = it.frame;
        own.next_time = it.time;
    }
    if (own.contiguous == SeqNum(0) || it.seq == own.contiguous) && !probe {
        own.contiguous = own.next;
    }
}
