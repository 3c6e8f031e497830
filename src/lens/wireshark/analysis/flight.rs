//! How many octets are on their way: the unacknowledged segments and the peer's SACK blocks in, the count out.

use super::Record;
use super::state::{Arriving, Half};
use crate::wire::{Flags, SeqNum};

/// Counts more than this are taken for nonsense.
const LIMIT: u32 = 2_000_000_000;

/// Counts the octets in flight and those since the last PSH, where `it` carries data and the count means something.
pub fn count(it: &Arriving, own: &mut Half, peer: &Half, base: SeqNum, record: &mut Option<Record>) {
    if it.len == 0 || !own.counts_flight {
        return;
    }
    let Some(span) = own.unacked.span(base) else { return };
    let record = record.get_or_insert_default();
    let flight = span.wrapping_sub(peer.sack.octets());
    if flight > 0 && flight < LIMIT {
        record.bytes_in_flight = flight - it.phantom();
    }
    record.push_bytes_sent = since_push(it, own);
}

/// Adds `it` to the octets since the last PSH; the segment after a PSH starts anew.
fn since_push(it: &Arriving, own: &mut Half) -> u32 {
    own.push_sum = if own.push_last { it.len } else { own.push_sum.wrapping_add(it.len) };
    own.push_last = it.flags.has(Flags::PSH);
    own.push_sum
}
