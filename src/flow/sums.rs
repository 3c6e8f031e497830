//! Sums of payloads in flight: a segment in; whether the same octets were sent before with another sum, out.

use crate::capture::FrameNumber;
use crate::wire::{ChecksumStatus, Segment, SeqNum};

/// Segments kept whether they were acknowledged or not: a late copy may come after the ACK.
const FEW: usize = 64;

/// Most segments kept; of a sender with more in flight the oldest are not compared.
const MOST: usize = 128;

/// One payload that was sent and not acknowledged when last looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sent {
    seq: SeqNum,
    /// Octets and ones'-complement sum; no segment has more than 65 535 octets of payload.
    len: u16,
    sum: u16,
    /// Its frame, counted from the flow's first.
    frame: u32,
}

/// The payloads in flight of one end. Nothing is allocated before there is one.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    sent: Vec<Sent>,
}

impl Sums {
    /// Reads a word; the value means nothing.
    pub fn touched(&self) -> u64 {
        self.sent.last().map_or(0, |sent| u64::from(sent.sum))
    }

    /// Remembers the payload of `segment`, which has frame number `frame` within its flow; `una` is the lowest number
    /// that the peer has not acknowledged.
    pub fn note(&mut self, segment: &Segment, frame: u64, una: Option<SeqNum>) {
        let Some(sent) = Sent::of(segment, frame) else { return };
        if self.sent.len() >= FEW && self.sent.len().is_power_of_two() {
            self.make_room(una);
        }
        self.sent.push(sent);
    }

    /// Drops the oldest: what was acknowledged, down to a few; without that, one.
    fn make_room(&mut self, una: Option<SeqNum>) {
        let in_flight = |old: &Sent| una.is_none_or(|una| (old.seq + u32::from(old.len)).after(una));
        let mut spare = self.sent.len().saturating_sub(FEW / 2);
        self.sent.retain(|old| {
            let goes = spare > 0 && !in_flight(old);
            spare -= usize::from(goes);
            !goes
        });
        if self.sent.len() >= MOST {
            self.sent.remove(0);
        }
    }

    /// The frame, within the flow, that carried just the octets of `segment` with another sum.
    pub fn contradicted(&self, segment: &Segment) -> Option<FrameNumber> {
        let now = Sent::of(segment, 0)?;
        let same = |old: &&Sent| old.seq == now.seq && old.len == now.len && old.sum != now.sum;
        self.sent.iter().find(same).map(|old| u64::from(old.frame))
    }

    /// Forgets payloads from `seq` on: they were never sent as far as the connection goes.
    pub fn forget(&mut self, seq: SeqNum) {
        self.sent.retain(|old| old.seq.before(seq));
    }
}

impl Sent {
    /// `None` where there is no payload, or its sum is not known: a damaged copy says nothing of what was sent, a cut
    /// one not enough.
    fn of(segment: &Segment, frame: u64) -> Option<Self> {
        let known = matches!(segment.checksum_status, ChecksumStatus::Good | ChecksumStatus::Partial);
        let len = u16::try_from(segment.data_len()).ok().filter(|len| *len > 0 && known)?;
        let frame = u32::try_from(frame).unwrap_or(u32::MAX);
        Some(Self { seq: segment.seq, len, sum: segment.payload_sum, frame })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Side::Client;
    use crate::flow::testing::ack;

    fn sent(seq: u32, len: u32, sum: u16) -> Segment {
        Segment { payload_sum: sum, ..ack(Client, 10, seq, 5001, len) }
    }

    #[test]
    fn only_the_same_range_with_another_sum_contradicts() {
        let mut sums = Sums::default();
        sums.note(&sent(1001, 100, 7), 3, None);
        assert_eq!(sums.contradicted(&sent(1001, 100, 8)), Some(3));
        assert_eq!(sums.contradicted(&sent(1001, 100, 7)), None);
        assert_eq!(sums.contradicted(&sent(1001, 200, 8)), None);
        let damaged = Segment { checksum_status: ChecksumStatus::Bad, ..sent(1001, 100, 8) };
        assert_eq!(sums.contradicted(&damaged), None);
    }

    #[test]
    fn what_is_kept_is_bounded_and_what_is_in_flight_stays_longest() {
        let mut sums = Sums::default();
        for n in 0..1000 {
            sums.note(&sent(1001 + n * 100, 100, 7), u64::from(n), Some(SeqNum(1001 + n * 100)));
            assert!(sums.sent.len() <= FEW);
        }
        for n in 1000..1100 {
            sums.note(&sent(1001 + n * 100, 100, 7), u64::from(n), Some(SeqNum(101_001)));
        }
        assert_eq!(sums.contradicted(&sent(101_001, 100, 8)), Some(1000));
        for n in 1100..2000 {
            sums.note(&sent(1001 + n * 100, 100, 7), u64::from(n), Some(SeqNum(101_001)));
        }
        assert!(sums.sent.len() <= MOST);
    }
}
