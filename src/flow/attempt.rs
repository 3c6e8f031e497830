//! Whether a SYN with another ISS repeats the attempt before it or begins a new one.

use super::opening::offer_of;
use super::{Flow, MILLISECOND, Mark, Nanoseconds, Retries, SECOND, Side};
use crate::wire::Segment;

/// Further than this apart, two IP identifications of one socket were not given out one after the other.
const IDENTIFICATIONS: u16 = 16;

impl Flow {
    /// Whether the client's IP identifications show that it sent something between its SYN and the segment of `mark`.
    pub fn sent_since_syn(&self, mark: &Mark) -> bool {
        let identified = |mark: &Mark| mark.ip_id.filter(|id| *id != 0);
        let known = self.opening.last_syn.as_ref().and_then(identified).zip(identified(mark));
        known.is_some_and(|(syn, now)| (2..=IDENTIFICATIONS).contains(&now.wrapping_sub(syn)))
    }

    /// Whether `segment`, a SYN with another ISS than the SYN before it, is that SYN sent again all the same: the same
    /// options, clock and IP identification running on, right on schedule. A new attempt (CLOSE in SYN-SENT sends
    /// nothing) has an identification of its own and comes at any time.
    pub(super) fn repeats_attempt(&self, segment: &Segment) -> bool {
        let client = &self.ends[Side::Client];
        // Whoever goes on after a SYN has been answered, whether the capture shows that or not.
        let goes_on = self.ends.server.seen() && client.segments > u64::from(self.opening.syns.count);
        let waits = self.opening.ack.is_none() && !self.is_closed() && !goes_on;
        let Some(last) = self.opening.last_syn.filter(|_| waits) else { return false };
        let wait = segment.time.since(last.time);
        let continues = match (last.ip_id, segment.ip_id) {
            (Some(0), Some(0)) | (None, None) => !runs_by_the_clock(segment.seq.offset_from(last.seq), wait),
            (Some(before), Some(now)) => now.wrapping_sub(before) <= IDENTIFICATIONS,
            _ => false,
        };
        let copied = last.ip_id == segment.ip_id && last.ip_id.is_some_and(|id| id != 0);
        client.offer == Some(offer_of(segment))
            && self.side_of(segment) == Side::Client
            && continues
            && clock_continues(client.timestamps.map(|(_, newest)| newest.tsval), segment, wait)
            && (on_schedule(&self.opening.syns, wait) || (copied && wait > 50 * MILLISECOND))
    }
}

/// Whether a wait is one of a retry schedule: one second, or three, at first; then as before or twice that.
fn on_schedule(retries: &Retries, wait: Nanoseconds) -> bool {
    match retries.waits().last() {
        None => punctual(wait, SECOND) || punctual(wait, 3 * SECOND),
        Some(before) => punctual(wait, *before) || punctual(wait, before.saturating_mul(2)),
    }
}

/// Within a tenth: timers are more punctual than those who try again.
const fn punctual(wait: Nanoseconds, expected: Nanoseconds) -> bool {
    wait.saturating_sub(expected).saturating_abs() <= expected / 10
}

/// Within a fifth.
pub const fn about(wait: Nanoseconds, expected: Nanoseconds) -> bool {
    wait.saturating_sub(expected).saturating_abs() <= expected / 5
}

/// Whether the timestamp clock went on no faster than a microsecond a tick; true where there is none on either.
fn clock_continues(before: Option<u32>, segment: &Segment, wait: Nanoseconds) -> bool {
    match (before, segment.options.timestamps()) {
        (Some(before), Some(now)) => i64::from(now.tsval.wrapping_sub(before)) <= wait / 1_000 + 1_000,
        (None, None) => true,
        _ => false,
    }
}

/// Whether an ISS moved on as clocks of RFC 9293 §3.4.1 (4 µs) and of Linux (64 ns) do: what a new attempt looks like.
fn runs_by_the_clock(moved: i32, wait: Nanoseconds) -> bool {
    [64, 4_000].into_iter().any(|tick| {
        let expected = (wait / tick) as u32;
        let off = (moved as u32).wrapping_sub(expected) as i32;
        i64::from(off).abs() <= i64::from(expected) / 50 + 1_000
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_doubles_or_stays() {
        let mut retries = Retries::default();
        retries.sent(0);
        assert!(on_schedule(&retries, SECOND) && on_schedule(&retries, 3 * SECOND));
        assert!(!on_schedule(&retries, SECOND / 2));
        retries.sent(SECOND);
        assert!(on_schedule(&retries, SECOND) && on_schedule(&retries, 2 * SECOND + SECOND / 10));
        assert!(!on_schedule(&retries, 5 * SECOND));
    }

    #[test]
    fn an_iss_that_follows_a_clock_is_a_new_one() {
        assert!(runs_by_the_clock(15_625_000, SECOND));
        assert!(runs_by_the_clock(250_100, SECOND));
        assert!(!runs_by_the_clock(777, SECOND));
        assert!(!runs_by_the_clock(-15_625_000, SECOND));
    }
}
