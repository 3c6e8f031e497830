//! Which kind of old data a segment carries: spurious, fast, out of order, or an ordinary retransmission.

use super::state::{Arriving, Half};
use super::{Elapsed, Marks, Record, Rto, conditions, raise};

/// Raises the one mark that fits, if the segment goes back at all.
pub fn judge(it: &Arriving, own: &mut Half, peer: &Half, initial_rtt: Option<Elapsed>, record: &mut Option<Record>) {
    if conditions::spurious_retransmission(it, peer) {
        return raise(record, Marks::SPURIOUS_RETRANSMISSION);
    }
    if !conditions::goes_back(it, own) {
        return;
    }
    if conditions::fast_retransmission(it, peer) {
        return raise(record, Marks::FAST_RETRANSMISSION);
    }
    let known = own.unacked.mark_resent(it.seq, it.end());
    if !known && conditions::out_of_order(it, own, peer, initial_rtt) {
        return raise(record, Marks::OUT_OF_ORDER);
    }
    raise(record, Marks::RETRANSMISSION);
    record.get_or_insert_default().rto = Some(waited(it, own));
}

/// The wait since the oldest segment not below the resent one, or since the highest where none is left.
fn waited(it: &Arriving, own: &Half) -> Rto {
    let (frame, time) =
        own.unacked.oldest_from(it.seq).map_or((own.next_frame, own.next_time), |entry| (entry.frame, entry.time()));
    Rto { frame, elapsed: Elapsed::between(time, it.time) }
}
