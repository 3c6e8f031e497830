//! One end of a connection: the send and receive variables of RFC 9293 §3.3.1 as far as its segments show them.

use super::ranges::Holes;
use super::resets::RecentAcks;
use super::sums::Sums;
use super::trail::Trail;
use super::{MILLISECOND, Offer, State};
use crate::wire::{Flags, OptionSet, RawWindow, Segment, SeqNum, Timestamps};

/// Ticks of a clock that do not make up the days after which it is not compared any more, however slow it is.
const FEW_TICKS: u32 = 1 << 20;

/// What is known of one end.
#[derive(Clone, Debug, Default)]
pub struct End {
    /// Its state; `None` where the capture does not show it.
    pub state: Option<State>,
    /// The states it entered.
    pub trail: Trail,
    /// ISS: from its SYN, or from the peer's ACK of a SYN that was not captured.
    pub iss: Option<SeqNum>,
    /// Whether its SYN (or SYN-ACK) was seen.
    pub syn_seen: bool,
    /// SND.NXT: just beyond the highest octet it was seen to send.
    pub snd_nxt: Option<SeqNum>,
    /// Whether its latest segment moved SND.NXT by what it brought.
    pub moved_on: bool,
    /// RCV.NXT: the highest acknowledgement number it sent, which is its peer's SND.UNA.
    pub rcv_nxt: Option<SeqNum>,
    /// Number of its FIN, if it sent one: the first one's.
    pub fin: Option<SeqNum>,
    /// Whether it is known to have heard its peer's FIN.
    pub heard_fin: bool,
    /// Window it advertised last, as sent.
    pub window: RawWindow,
    /// The largest right edge (RCV.NXT+RCV.WND) it ever advertised, scaled.
    pub right_edge: Option<SeqNum>,
    /// What its SYN offered.
    pub offer: Option<Offer>,
    /// Its first timestamps, and the ones with the newest TSval.
    pub timestamps: Option<(Timestamps, Timestamps)>,
    /// Whether it sent something without timestamps after it had sent some: what its clock showed then is not known.
    pub unstamped: bool,
    /// Sums of its payloads in flight.
    pub sums: Sums,
    /// Holes below its SND.NXT.
    pub holes: Holes,
    /// Segments it sent.
    pub segments: u64,
    /// Payload octets it sent, repeats included.
    pub octets: u64,
    /// When it last sent, nanoseconds since the epoch.
    pub last_sent: i64,
    /// The octets that it sent just now, one after the other.
    pub burst: Burst,
    /// Time to live or hop limit of its first segment.
    pub ttl: u8,
    /// The IP identifications of its segments.
    pub ids: Identification,
    /// The least and the greatest time to live of its segments without RST.
    pub ttls: [u8; 2],
    /// The last few numbers it acknowledged.
    pub acks: RecentAcks,
    /// What it acknowledged with its latest data.
    pub acknowledged_with_data: Option<SeqNum>,
    /// How many of its segments had a right checksum.
    pub good_checksums: u32,
    /// How many of those stood for several.
    pub good_aggregates: u32,
    /// What all its SYNs, or SYN-ACKs, asked for together: the peer may answer any of them.
    pub syn: SynUnion,
    /// Whether it authenticates its segments.
    pub signs: Signs,
}

/// A run of segments with octets that left one after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Burst {
    /// When its first segment left, nanoseconds since the epoch.
    began: i64,
    /// SND.NXT before that.
    from: SeqNum,
}

impl Burst {
    /// Nanoseconds without a segment that end a run, and that a run takes at most: what lasts longer begins anew.
    const PAUSE: i64 = MILLISECOND;
    const LONGEST: i64 = 4 * MILLISECOND;

    /// Notes a segment with octets at `time`; `last` is when its sender last sent, `next` its SND.NXT before.
    fn note(&mut self, time: i64, last: i64, next: Option<SeqNum>) {
        if time.wrapping_sub(last) > Self::PAUSE || time.wrapping_sub(self.began) > Self::LONGEST {
            *self = Self { began: time, from: next.unwrap_or_default() };
        }
    }

    /// The number from which on everything left less than `wait` nanoseconds before `time`.
    pub(super) fn left_within(self, wait: i64, time: i64) -> Option<SeqNum> {
        (0..wait).contains(&time.wrapping_sub(self.began)).then_some(self.from)
    }
}

/// How far from the newest an identification may lie and still tell of an order, not be random.
const NEAR: u16 = 1000;

/// What the IP identifications of an end tell of the order in which its segments left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Identification {
    /// That of the segment it sent last, as far as the capture's order shows; `None` where it uses none.
    newest: Option<u16>,
    /// Whether it has sent something without identification since (Linux: out of TIME-WAIT), which any may have overtaken.
    unidentified: bool,
    /// How often one was near that of the segment before, and how often it was not: some systems draw them at random.
    near: u8,
    far: u8,
}

impl Identification {
    /// Notes that of `segment`.
    pub fn note(&mut self, segment: &Segment) {
        if let Some(distance) = self.distance_of(segment).filter(|distance| *distance != 0) {
            let count = if distance.unsigned_abs() <= NEAR { &mut self.near } else { &mut self.far };
            *count = count.saturating_add(1);
        }
        if self.sent_before(segment) != Some(true) {
            self.unidentified = segment.ip_id == Some(0);
            self.newest = segment.ip_id.filter(|id| *id != 0).or(self.newest);
        }
    }

    /// Whether `segment` left before one that was seen before; `None` if the identification says nothing.
    pub fn sent_before(&self, segment: &Segment) -> Option<bool> {
        let distance = self.distance_of(segment).filter(|it| it.unsigned_abs() <= NEAR && self.counts())?;
        let before = distance < 0;
        (before || !self.unidentified).then_some(before)
    }

    /// How far that of `segment` is ahead of the newest, modulo 2¹⁶; `None` where either has none.
    fn distance_of(&self, segment: &Segment) -> Option<i16> {
        let (newest, id) = self.newest.zip(segment.ip_id.filter(|id| *id != 0))?;
        Some(id.wrapping_sub(newest) as i16)
    }

    /// Whether its segments have any, and they count up: not many were out of the order.
    pub const fn counts(&self) -> bool {
        self.newest.is_some() && self.far <= self.near / 2
    }

    /// Whether that of `segment`, which was not noted yet, follows directly on the one before: between the two its sender
    /// sent nothing that the capture could have lost.
    pub fn follows_directly(&self, segment: &Segment) -> bool {
        self.counts() && !self.unidentified && self.distance_of(segment) == Some(1)
    }

    /// Whether `segment`, which was not noted yet, left after everything that was seen before.
    fn sent_last(&self, segment: &Segment) -> bool {
        /// How far ahead of the newest an identification may be and still follow it.
        const NEXT: i16 = 128;
        self.counts() && self.distance_of(segment).is_some_and(|distance| (1..=NEXT).contains(&distance))
    }
}

/// What the SYNs of an end asked for together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SynUnion {
    /// Control bits that any of them carried.
    pub flags: Flags,
    /// Options that any of them carried.
    pub options: OptionSet,
    /// Options that the latest one left out although an earlier one had them.
    pub dropped: OptionSet,
    /// Whether one of them had an option list that was cut or malformed.
    pub unreadable: bool,
    /// Whether one of them came in a packet with ECN bits set: somebody sets them whatever TCP says.
    pub marked: bool,
    /// Whether one of them had options that cannot be taken at their word: malformed, given twice, too large a shift.
    pub unreliable: bool,
}

impl SynUnion {
    /// Adds a SYN.
    pub fn add(&mut self, segment: &Segment) {
        let padding = OptionSet::NOP.0 | OptionSet::END.0;
        self.flags = self.flags.with(segment.flags);
        self.dropped = OptionSet(self.options.0 & !segment.options.present.0 & !padding);
        self.options.insert(segment.options.present);
        self.unreadable |= segment.options.cut || segment.options.malformed.is_some();
        self.marked |= segment.ecn != 0;
        self.unreliable |= segment.options.repeated.is_some()
            || segment.options.malformed.is_some()
            || segment.options.window_scale().is_some_and(|shift| shift > 14);
    }
}

/// Whether an end authenticates its segments (MD5: RFC 2385, TCP-AO: RFC 5925).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs {
    /// Some segment was signed.
    pub some: bool,
    /// Some segment without RST was not.
    pub not_all: bool,
}

impl Signs {
    /// Whether `segment` is signed.
    pub const fn signed(segment: &Segment) -> bool {
        segment.options.present.0 & (OptionSet::MD5.0 | OptionSet::AO.0) != 0
    }

    /// Adds a segment.
    pub fn add(&mut self, segment: &Segment) {
        let signed = Self::signed(segment);
        self.some |= signed;
        self.not_all |= !signed && !segment.flags.has(Flags::RST);
    }
}

impl End {
    /// The shift that applies to the windows it advertises on segments without SYN, where both SYNs were seen.
    pub fn window_shift(&self, peer: &Self) -> Option<u8> {
        match (self.offer?.window_scale, peer.offer?.window_scale) {
            (Some(own), Some(_)) => Some(own.min(14)),
            _ => Some(0),
        }
    }

    /// Takes over the timestamps of a segment that was not counted yet; those of a RST mean nothing (RFC 7323 §3.2).
    pub(super) fn note_timestamps(&mut self, segment: &Segment) {
        let reset = segment.flags.has(Flags::RST);
        let Some(now) = segment.options.timestamps().filter(|_| !reset) else {
            self.unstamped |= !reset && self.timestamps.is_some();
            return;
        };
        let silence = segment.time.nanoseconds().saturating_sub(self.last_sent);
        // A clock that has hardly gone on says that it was the capture's that jumped.
        let jumped = |newest: Timestamps| now.tsval.wrapping_sub(newest.tsval) < FEW_TICKS;
        let outdated = silence >= super::option_faults::OUTDATED_AFTER;
        let known = self.timestamps.filter(|(_, newest)| !outdated || jumped(*newest));
        let (first, newest) = known.unwrap_or((now, now));
        let newer = now.tsval.wrapping_sub(newest.tsval) as i32 >= 0;
        self.timestamps = Some((first, if newer { now } else { newest }));
    }

    /// Takes over when the octets of a segment left that was not counted yet.
    pub(super) fn note_burst(&mut self, segment: &Segment) {
        if segment.data_len() > 0 {
            self.burst.note(segment.time.nanoseconds(), self.last_sent, self.snd_nxt);
        }
    }

    /// Reads a word of each part that a segment in order is held against; the value means nothing.
    pub(super) fn touched(&self) -> u64 {
        let next = self.snd_nxt.map_or(0, |next| u64::from(next.0)) ^ self.fin.map_or(0, |fin| u64::from(fin.0));
        let counted = self.segments ^ self.octets ^ self.last_sent as u64 ^ u64::from(self.good_checksums);
        next ^ self.acks.touched() ^ counted ^ self.sums.touched() ^ u64::from(self.window.0) ^ u64::from(self.ttl)
    }

    /// Whether `segment`, which was not counted yet, acknowledges more than any of its before: it left after them.
    pub(super) fn acknowledges_more(&self, segment: &Segment) -> bool {
        segment.flags.has(Flags::ACK) && self.rcv_nxt.is_some_and(|known| segment.ack.after(known))
    }

    /// Whether the timestamp of `segment`, which was not counted yet, is newer than all of its before.
    pub(super) fn advances_clock(&self, segment: &Segment) -> bool {
        let newest = self.timestamps.map(|(_, newest)| newest.tsval);
        let now = segment.options.timestamps().map(|timestamps| timestamps.tsval);
        now.zip(newest).is_some_and(|(now, newest)| now.wrapping_sub(newest) as i32 > 0)
    }

    /// Whether timestamp, IP identification or number show that `segment`, which was not counted yet, left after everything
    /// of its that was seen before.
    pub(super) fn sent_last(&self, segment: &Segment) -> bool {
        self.advances_clock(segment) || self.ids.sent_last(segment) || self.is_followed_by(segment)
    }

    /// Whether `segment` brings nothing and stands just behind what its end sent last, and for the first time: nothing
    /// seen before can have left later.
    fn is_followed_by(&self, segment: &Segment) -> bool {
        let later = self.ids.sent_before(segment) != Some(true);
        self.moved_on && later && segment.seg_len() == 0 && self.snd_nxt == Some(segment.seq)
    }

    /// Whether it was ever seen to send.
    pub const fn seen(&self) -> bool {
        self.segments > 0
    }

    /// Counts a segment it sends, before [`End::segments`] does.
    pub(super) fn count(&mut self, segment: &Segment) {
        if !self.seen() {
            self.ttl = segment.ttl;
            self.ttls = [segment.ttl; 2];
        }
        if segment.flags.has(Flags::RST) {
            return;
        }
        let [least, greatest] = &mut self.ttls;
        *least = segment.ttl.min(*least);
        *greatest = segment.ttl.max(*greatest);
        if segment.flags.has(Flags::ACK) {
            self.acks.note(segment.ack);
            if segment.data_len() > 0 {
                self.acknowledged_with_data = Some(segment.ack);
            }
        }
    }

    /// Whether its FIN and everything before it was acknowledged by its peer, whose RCV.NXT is given.
    pub fn fin_acknowledged(&self, peer: &Self) -> bool {
        matches!((self.fin, peer.rcv_nxt), (Some(fin), Some(ack)) if ack.after(fin))
    }

    /// Moves SND.NXT for a segment it sends that is no RST. Nothing moves it beyond its FIN.
    pub(super) fn send(&mut self, segment: &Segment) {
        let syn = segment.flags.has(Flags::SYN);
        let from = if syn { segment.seq } else { self.snd_nxt.unwrap_or(segment.seq) };
        let last = self.fin.filter(|_| !syn).map(|fin| fin + 1);
        let within = |number: SeqNum| last.map_or(number, |last| if number.after(last) { last } else { number });
        let (start, end) = (within(segment.seq), within(segment.end()));
        if start.after(from) {
            self.holes.open(from, start);
        } else if !self.holes.is_empty() {
            self.holes.fill(start, end);
        }
        self.moved_on = syn || (segment.seg_len() > 0 && end.after(from));
        self.snd_nxt = Some(if syn { end } else { from.max(end) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Side::Client;
    use crate::flow::testing::ack;

    fn identified(id: u16) -> Segment {
        Segment { ip_id: Some(id), ..ack(Client, 0, 1001, 5001, 0) }
    }

    fn after(ids: &[u16]) -> Identification {
        let mut identification = Identification::default();
        ids.iter().for_each(|id| identification.note(&identified(*id)));
        identification
    }

    #[test]
    fn a_smaller_identification_nearby_left_before_across_zero() {
        for newest in [5, 1000, 0x8000, u16::MAX] {
            let known = after(&[newest]);
            let told = |distance: i32| known.sent_before(&identified((i32::from(newest) + distance) as u16));
            assert_eq!((told(-2), told(2), told(200)), (Some(true), Some(false), Some(false)), "{newest}");
        }
    }

    #[test]
    fn identifications_far_apart_are_random_and_zero_is_none() {
        assert_eq!(after(&[100]).sent_before(&identified(40_000)), None);
        assert_eq!(after(&[100]).sent_before(&identified(0)), None);
        assert_eq!(after(&[]).sent_before(&identified(7)), None);
    }

    #[test]
    fn only_the_next_identification_follows_directly() {
        assert!(after(&[7]).follows_directly(&identified(8)) && !after(&[7]).follows_directly(&identified(9)));
        assert!(!after(&[7, 0]).follows_directly(&identified(8)), "what has none may have been in between");
        assert!(!after(&[u16::MAX]).follows_directly(&identified(0)));
    }
}
