//! Frames captured twice: a segment in; whether the same segment was captured just before, out.
//!
//! Mirror ports, the `any` interface and captures on both sides of a router show one segment several times. A copy has
//! the same header and checksum; what the way changes (time to live, hardware addresses, interface) may differ. A
//! retransmission has another IP identification, another TSval, or comes later.

use super::vantage::is_damaged;
use super::{Limits, Side, Sides};
use crate::capture::Direction;
use crate::wire::{ChecksumStatus, Path, Segment, mix};

/// Segments remembered of each end: a copy comes at once, or after the few that were under way between two taps.
const KEPT: usize = 4;

/// Copies of one segment at most; more of them are not made by a tap.
const MOST: u8 = 8;

/// The latest segments of both ends.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Copies {
    recent: Sides<[Seen; KEPT]>,
    next: Sides<u8>,
    latest: Option<Side>,
}

/// Whether the capture is known to hold copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// It is not.
    Nowhere,
    /// Of some segments.
    Here,
    /// Of every segment, on another link, where it may have got another identification.
    Everywhere,
}

/// A segment reduced to what tells it from others.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// Mixes sequence and acknowledgement number, control bits, window, length, urgent pointer and timestamps.
    header: u32,
    /// Microseconds, modulo 2³².
    time: u32,
    /// 0 where it is not right, or not known to be.
    checksum: u16,
    /// 0 where there is none.
    ip_id: u16,
    /// Mixes the link and the tunnel it was captured on; 0 where the hardware addresses are not known.
    place: u8,
    ttl: u8,
    /// Whether its checksum is wrong, and nobody was to fill it in.
    damaged: bool,
    /// How often it was captured; 0 in a place that was never used.
    times: u8,
}

impl Copies {
    /// Reads a word; the value means nothing.
    pub fn touched(&self) -> u64 {
        let both = [self.recent.client, self.recent.server];
        both.iter().fold(0, |sum, seen| sum ^ u64::from(seen[0].header ^ seen[KEPT - 1].header))
    }

    /// Remembers a segment that `side` sent.
    pub fn remember(&mut self, segment: &Segment, side: Side) {
        let next = &mut self.next[side];
        if let Some(free) = self.recent[side].get_mut(usize::from(*next)) {
            *free = Seen::of(segment);
        }
        *next = (*next + 1) % KEPT as u8;
        self.latest = Some(side);
    }

    /// Says that the segment remembered last of `side` was captured at `place`.
    pub fn place_latest(&mut self, side: Side, place: u8) {
        let latest = (usize::from(self.next[side]) + KEPT - 1) % KEPT;
        if let Some(seen) = self.recent[side].get_mut(latest) {
            seen.place = place;
        }
    }

    /// Whether `segment`, of `side`, was captured just before, and is now counted as a copy.
    pub fn is_copy(&mut self, segment: &Segment, side: Side, expected: Expected, limits: &Limits) -> bool {
        let now = Seen::of(segment);
        let bare = segment.seg_len() == 0 && !segment.flags.has(crate::wire::Flags::RST);
        let answered = self.latest != Some(side);
        let within = within(limits);
        // Of several that are alike, as duplicate ACKs are, one may be it.
        let mut alike = self.recent[side].iter_mut().filter(|seen| seen.same(&now, within));
        let Some(original) = alike.find(|seen| seen.is_repeated_by(&now, bare, answered, expected)) else {
            return false;
        };
        original.times += 1;
        true
    }
}

impl Copies {
    /// Whether a segment equal to `segment`, of `side`, was captured not long before, wherever.
    pub fn contains(&self, segment: &Segment, side: Side, limits: &Limits) -> bool {
        let now = Seen::of(segment);
        let within = within(limits);
        self.recent[side].iter().any(|seen| seen.same(&now, within))
    }

    /// Whether hardware addresses or interface of `segment` are others than those of what `side` sent not long before.
    pub fn on_another_link(&self, segment: &Segment, side: Side, limits: &Limits) -> bool {
        let now = Seen::of(segment);
        let within = within(limits);
        let apart = |seen: &Seen| seen.place != 0 && now.place != 0 && seen.place != now.place;
        self.recent[side].iter().any(|seen| seen.times > 0 && seen.is_near(&now, within) && apart(seen))
    }

    /// Whether all that the peer of `side` sent lately was captured on another link than `segment`, and on that alone.
    pub fn peer_is_elsewhere(&self, segment: &Segment, side: Side) -> bool {
        // What comes the other way on one link has the same hardware addresses in the other order.
        let [from, to] = segment.path.macs;
        let now = Path { macs: [to, from], ..segment.path }.mark();
        let undirected = segment.path.direction == Direction::Unknown;
        let mut heard = self.recent[side.peer()].iter().filter(|seen| seen.times > 0).peekable();
        now != 0
            && undirected
            && heard.peek().is_some()
            && heard.all(|seen| seen.times == 1 && seen.place != 0 && seen.place != now)
    }

    /// Whether the segment that `side` sent last was captured on another link than `segment`, not long before.
    pub fn elsewhere(&self, segment: &Segment, side: Side, limits: &Limits) -> bool {
        let now = Seen::of(segment);
        let within = within(limits);
        self.recent[side].iter().any(|seen| {
            // Of a SYN that was put aside only the time to live is left to tell links by, and that it is the same packet.
            let same_packet = now.place != 0 && now.ip_id != 0 && seen.ip_id == now.ip_id;
            let apart = if seen.place == 0 { seen.ttl != now.ttl || same_packet } else { seen.place != now.place };
            seen.times > 0 && seen.is_near(&now, within) && apart
        })
    }
}

impl Seen {
    fn of(segment: &Segment) -> Self {
        let good = segment.checksum_status == ChecksumStatus::Good;
        Self {
            header: header(segment),
            time: (segment.time.nanoseconds() / 1000) as u32,
            checksum: if good { segment.checksum } else { 0 },
            ip_id: segment.ip_id.unwrap_or(0),
            place: segment.path.mark(),
            ttl: segment.ttl,
            damaged: is_damaged(segment),
            times: 1,
        }
    }

    /// Whether the headers agree, no more than `within` microseconds apart. A tap does not damage what it shows twice on
    /// one link.
    fn same(&self, other: &Self, within: u32) -> bool {
        let damaged = other.damaged && self.checksum != 0 && self.place == other.place && self.ttl == other.ttl;
        self.header == other.header
            && self.times > 0
            && !damaged
            && self.is_near(other, within)
            && (self.checksum == other.checksum || self.checksum == 0 || other.checksum == 0)
    }

    fn is_near(&self, other: &Self, within: u32) -> bool {
        (other.time.wrapping_sub(self.time) as i32).unsigned_abs() <= within
    }

    /// Whether an equal header is the same segment and not its sender's repetition of it. A bare ACK may rightly be
    /// sent twice: only its IP identification tells, or that it was captured at another place.
    fn is_repeated_by(&self, other: &Self, bare: bool, answered: bool, expected: Expected) -> bool {
        let known_places = self.place != 0 && other.place != 0;
        let moved = (known_places && self.place != other.place) || self.ttl != other.ttl;
        let most = if moved { MOST } else { 2 };
        let same_id = self.ip_id == other.ip_id;
        let known = same_id && other.ip_id != 0;
        let rewritten = expected == Expected::Everywhere && moved;
        let expected = expected != Expected::Nowhere;
        self.times < most
            && match (bare, known) {
                _ if rewritten => true,
                (true, _) => (known || (same_id && (moved || expected))) && (moved || !answered),
                (false, true) => true,
                (false, false) => moved || (same_id && (expected || !answered)),
            }
    }
}

/// Microseconds between which two frames with the same segment may be one.
fn within(limits: &Limits) -> u32 {
    (limits.duplicate_frame / 1000).clamp(0, i64::from(u32::MAX >> 1)) as u32
}

fn header(segment: &Segment) -> u32 {
    let (timestamps, options) = (segment.options.timestamps, segment.options.present.0);
    [
        pair(segment.seq.0, segment.ack.0),
        pair(u32::from(segment.flags.0) << 16 | u32::from(segment.window.0), segment.reported),
        pair(timestamps.tsval, timestamps.tsecr),
        pair(options, u32::from(segment.data_offset) << 16 | u32::from(segment.urgent_pointer)),
    ]
    .into_iter()
    .fold(0, mix) as u32
}

const fn pair(high: u32, low: u32) -> u64 {
    (high as u64) << 32 | low as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Timestamp;
    use crate::flow::MILLISECOND;
    use crate::flow::testing::ack;

    fn segment(micros: i64, len: u32, ip_id: u16) -> Segment {
        let time = Timestamp::from_nanoseconds(micros * 1000);
        Segment { time, checksum: 7, ip_id: Some(ip_id), ..ack(Side::Client, 0, 1, 2, len) }
    }

    fn copied(first: Segment, second: Segment) -> bool {
        let mut copies = Copies::default();
        copies.remember(&first, Side::Client);
        copies.is_copy(&second, Side::Client, Expected::Nowhere, &Limits::default())
    }

    #[test]
    fn stays_small() {
        assert!(size_of::<Copies>() <= 136);
    }

    #[test]
    fn the_same_frame_soon_after_is_a_copy() {
        assert!(copied(segment(0, 100, 9), segment(20, 100, 9)));
        assert!(copied(segment(0, 100, 9), segment(50_000, 100, 9)));
        assert!(!copied(segment(0, 100, 9), segment(50_001, 100, 9)));
        assert!(copied(segment(30, 100, 9), segment(0, 100, 9)), "the clocks of two taps may differ");
    }

    #[test]
    fn a_retransmission_is_no_copy() {
        assert!(!copied(segment(0, 100, 9), segment(20, 100, 10)));
        assert!(!copied(segment(0, 100, 9), segment(20, 101, 9)));
        let other_content = Segment { checksum: 8, ..segment(20, 100, 9) };
        assert!(!copied(segment(0, 100, 9), other_content));
    }

    #[test]
    fn behind_a_router_time_to_live_and_identification_may_differ() {
        assert!(copied(segment(0, 100, 9), Segment { ttl: 63, ..segment(20, 100, 9) }));
        assert!(copied(segment(0, 100, 9), Segment { ttl: 63, ..segment(20, 100, 77) }));
    }

    #[test]
    fn a_checksum_filled_in_later_is_no_difference() {
        let before = Segment { checksum: 3, checksum_status: ChecksumStatus::Partial, ..segment(0, 100, 9) };
        assert!(copied(before, segment(20, 100, 9)));
    }

    #[test]
    fn equal_bare_acks_are_copies_only_where_the_identification_says_so() {
        assert!(copied(segment(0, 0, 9), segment(20, 0, 9)));
        assert!(!copied(segment(0, 0, 0), segment(20, 0, 0)));
        assert!(copied(segment(0, 0, 0), Segment { ttl: 63, ..segment(20, 0, 0) }));
    }

    #[test]
    fn a_tap_makes_two_of_one_not_many() {
        let mut copies = Copies::default();
        let limits = Limits { duplicate_frame: 50 * MILLISECOND, ..Limits::default() };
        copies.remember(&segment(0, 0, 9), Side::Client);
        assert!(copies.is_copy(&segment(1, 0, 9), Side::Client, Expected::Nowhere, &limits));
        assert!(!copies.is_copy(&segment(2, 0, 9), Side::Client, Expected::Nowhere, &limits));
        copies.remember(&segment(3, 0, 9), Side::Server);
        assert!(!copies.is_copy(&segment(4, 0, 9), Side::Client, Expected::Here, &limits), "the peer spoke between");
    }
}
