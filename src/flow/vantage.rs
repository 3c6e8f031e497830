//! What the capture does to a flow: segments it doubles, reorders, cuts or spoils, before they count as the ends' doing.

use super::copies::Expected;
use super::step::{Cues, Step};
use super::{Flow, Limits, Mark, Relation, Side, Sides};
use crate::capture::Direction;
use crate::wire::{ChecksumStatus, Flags, Segment, SeqNum, Standing};

/// Largest IP packet that some link of today takes whole (jumbo frames).
const JUMBO: u32 = 9216;
/// Largest IP packet on a plain Ethernet.
const ETHERNET: u32 = 1500;

/// What is remembered of a flow that the capture, or the way to it, has spoilt.
#[derive(Clone, Debug, Default)]
pub struct Blemishes {
    /// Wrong checksums of each end that nothing about the segment explains.
    pub bad_checksums: Sides<BadChecksums>,
    /// Wrong checksums of segments for which a card was to fill them in, it seems.
    pub bad_aggregates: Sides<BadChecksums>,
    /// The latest segment of each end that says nothing because its header makes no sense, its ACK is wrong, or has no ACK
    /// bit.
    pub speechless: Sides<Option<Mark>>,
}

/// Wrong checksums of one end.
#[derive(Clone, Copy, Debug, Default)]
pub struct BadChecksums {
    /// The first such segment.
    pub first: Option<Mark>,
    /// How many there are.
    pub count: u32,
}

impl BadChecksums {
    fn note(&mut self, mark: Mark) {
        self.first.get_or_insert(mark);
        self.count = self.count.saturating_add(1);
    }
}

/// What is to be done with a segment.
pub(super) enum Credit {
    /// It counts.
    Full,
    /// It counts without its FIN: no receiver takes SYN and FIN together at their word.
    WithoutFin,
    /// It is there, and its numbers and flags move nothing.
    None,
}

impl Flow {
    /// What to make of `segment`, which `side` sent: its numbers mean nothing where its header makes no sense, is
    /// not there, or has flags that contradict each other.
    pub(super) fn credit(&self, segment: &Segment, side: Side) -> Credit {
        let flags = segment.flags;
        let contradicts = flags.has(Flags::RST) && flags.any(Flags::SYN.with(Flags::FIN));
        let christmas = flags.has(Flags::FIN.with(Flags::PSH).with(Flags::URG)) && !flags.has(Flags::ACK);
        if !segment.auditable() || contradicts || christmas {
            return Credit::None;
        }
        if !flags.has(Flags::SYN.with(Flags::FIN)) {
            return Credit::Full;
        }
        let opens = self.ends[side].iss.is_none_or(|iss| iss == segment.seq) && self.opening.ack.is_none();
        if opens && !self.vantage.mid_stream { Credit::WithoutFin } else { Credit::None }
    }

    /// Whether the frame was captured before.
    pub(super) fn is_copy(&mut self, segment: &Segment, side: Side, limits: &Limits) -> bool {
        let expected = match (&self.rewriting, self.vantage.duplicated) {
            (Some(_), _) => Expected::Everywhere,
            (None, true) => Expected::Here,
            (None, false) => Expected::Nowhere,
        };
        self.copies.is_copy(segment, side, expected, limits)
    }

    /// Whether `segment`, which was captured in another VLAN or tunnel, is of this connection all the same: a copy of what
    /// was captured just before, or of an end that was not seen yet and answers the other's numbers.
    pub(super) fn is_shown_by(&self, segment: &Segment, limits: &Limits) -> bool {
        let side = self.side_of(segment);
        self.copies.contains(segment, side, limits) || (!self.ends[side].seen() && self.is_answered_by(segment, side))
    }

    /// Whether `segment`, of `side`, acknowledges what the peer has sent, and begins where the peer acknowledged, if it did.
    fn is_answered_by(&self, segment: &Segment, side: Side) -> bool {
        /// About as far as one end gets ahead of what was seen of it.
        const NEAR: u32 = 1 << 20;
        let peer = &self.ends[side.peer()];
        let near = |one: SeqNum, other: SeqNum| one.offset_from(other).unsigned_abs() < NEAR;
        let acknowledges = match (peer.iss.filter(|_| peer.syn_seen), peer.snd_nxt) {
            (Some(iss), Some(next)) => segment.ack.after(iss) && segment.ack.at_or_before(next),
            (None, Some(next)) => peer.rcv_nxt.is_some() && near(segment.ack, next),
            _ => false,
        };
        let follows = peer.rcv_nxt.is_none_or(|next| near(segment.seq, next));
        segment.flags.has(Flags::ACK) && acknowledges && follows
    }

    /// The step of a frame that was captured before: it changes nothing.
    pub(super) fn observe_copy<'a>(&'a mut self, segment: &'a Segment, side: Side) -> Step<'a> {
        self.vantage.duplicated = true;
        self.idle_step(segment, side, Relation::Copy, Cues::COPY)
    }

    /// The step of a segment that moves nothing.
    pub(super) fn disregard<'a>(&'a mut self, segment: &'a Segment, side: Side) -> Step<'a> {
        let mut cues = Cues::default();
        cues.add_if(segment.standing == Standing::Whole, Cues::ODD_HEADER);
        cues.add_if(segment.standing == Standing::FirstFragment, Cues::FRAGMENT);
        cues.add_if(is_cut(segment), Cues::CUT);
        let own = &mut self.ends[side];
        own.segments += 1;
        self.vantage.cut |= is_cut(segment);
        self.saw(side);
        self.note_speechless(segment, side);
        self.idle_step(segment, side, Relation::Bare, cues)
    }

    /// The step of a segment that changed nothing.
    fn idle_step<'a>(&'a self, segment: &'a Segment, side: Side, relation: Relation, cues: Cues) -> Step<'a> {
        let before = self.before(side);
        Step { cues, flow: self, segment: Some(segment), side, relation, before, settled: &[], ending: None }
    }

    /// Notes a segment whose numbers tell its receiver nothing, though they were meant to.
    fn note_speechless(&mut self, segment: &Segment, side: Side) {
        let mark = Mark::of(segment, side);
        self.blemishes.get_or_insert_default().speechless[side] = Some(mark);
    }

    /// Notes that `side` was seen to send.
    pub(super) fn saw(&mut self, side: Side) {
        match side {
            Side::Client => self.vantage.client_seen = true,
            Side::Server => self.vantage.server_seen = true,
        }
    }

    /// Notes what `segment` tells of the capture, by the facts before it; returns the cues of it.
    pub(super) fn note_vantage(&mut self, segment: &Segment, side: Side, cues: Cues, limits: &Limits) -> Cues {
        let mut more = Cues::default();
        if is_cut(segment) {
            self.vantage.cut = true;
            more.add_if(true, Cues::CUT);
        }
        if segment.time.since(self.last) < 0 {
            more.add_if(true, Cues::TIME_BACK);
        }
        if cues.any(Cues::NOT_NEW.with(Cues::WENT_BACK)) && self.is_late(segment, side, limits) {
            self.vantage.reordered = true;
            more.add_if(true, Cues::REORDERED);
        }
        self.vantage.reordered |= self.is_answered_already(segment, side);
        if segment.data_len() > ETHERNET / 2 && self.is_aggregate(segment) {
            self.vantage.offload = true;
            more.add_if(true, Cues::OFFLOAD);
        }
        if !segment.flags.any(Flags::ACK.with(Flags::SYN).with(Flags::RST)) {
            self.note_speechless(segment, side);
        }
        more = more.with(self.note_checksum(segment, side));
        // Who resets in another's name does not count on from its identifications.
        let own = &mut self.ends[side];
        if !segment.flags.has(Flags::RST) || !own.is_other_distance(segment.ttl) {
            own.ids.note(segment);
        }
        more
    }

    /// Whether nothing but SYN, FIN and RST was captured of a connection that carried data: the capture was filtered.
    pub fn is_filtered(&self) -> bool {
        !self.plain && (self.vantage.lost_in_capture || Side::BOTH.into_iter().any(|side| self.misses_octets(side)))
    }

    /// Whether there are octets of `side` that were not captured, by its numbers.
    fn misses_octets(&self, side: Side) -> bool {
        let own = &self.ends[side];
        let fin = self.closing.as_deref().and_then(|closing| closing.fins[side].first);
        let skips = fin.zip(own.iss).is_some_and(|(fin, iss)| own.octets == 0 && fin.seq.after(iss + 1));
        !own.holes.is_empty() || (own.syn_seen && skips)
    }

    /// Whether a SYN, or a SYN-ACK, was captured behind what answers it.
    fn is_answered_already(&self, segment: &Segment, side: Side) -> bool {
        let flags = segment.flags;
        let heard = self.ends[side.peer()].rcv_nxt == Some(segment.seq + 1);
        flags.has(Flags::SYN) && !flags.has(Flags::RST) && !self.ends[side].syn_seen && heard
    }

    /// Whether one end was not captured, although the other heard it.
    pub fn is_one_sided(&self) -> bool {
        let (client, server) = (&self.ends.client, &self.ends.server);
        self.endpoints.client != self.endpoints.server
            && client.seen() != server.seen()
            && (client.rcv_nxt.is_some() || server.rcv_nxt.is_some())
    }

    /// Whether the segment left its sender before one that was captured before it.
    fn is_late(&self, segment: &Segment, side: Side, limits: &Limits) -> bool {
        let own = &self.ends[side];
        let gap = segment.time.nanoseconds().saturating_sub(own.last_sent);
        if gap > limits.reordering || segment.flags.any(Flags::SYN.with(Flags::RST)) {
            return false;
        }
        if let Some(before) = own.ids.sent_before(segment) {
            return before;
        }
        let older_tsval = segment.options.timestamps().zip(own.timestamps).is_some_and(|(now, (_, newest))| {
            let behind = newest.tsval.wrapping_sub(now.tsval) as i32;
            (1..=ticks_in(limits.reordering)).contains(&behind)
        });
        older_tsval
            && !own.acknowledges_more(segment)
            && own.snd_nxt.is_some_and(|next| segment.seq.before(next) || segment.seg_len() == 0)
    }

    /// Whether no link carries the segment as it is: it stands for several that a network card cut or joined.
    pub(super) fn is_aggregate(&self, segment: &Segment) -> bool {
        let offers = [self.ends.client.offer, self.ends.server.offer];
        let largest = offers.iter().flatten().filter_map(|offer| offer.mss).max();
        let packet = segment.reported.saturating_add(if segment.source.ip.is_ipv4() { 20 } else { 40 });
        match largest {
            Some(mss) => segment.data_len() > u32::from(mss) && packet > ETHERNET,
            None => packet > JUMBO,
        }
    }

    /// Counts the checksum, and says whether there is something to judge about its sender's checksums.
    pub(super) fn note_checksum(&mut self, segment: &Segment, side: Side) -> Cues {
        let mut cues = Cues::default();
        match segment.checksum_status {
            ChecksumStatus::Unverified => {}
            ChecksumStatus::Good => {
                let end = &mut self.ends[side];
                end.good_checksums = end.good_checksums.saturating_add(1);
                end.good_aggregates = end.good_aggregates.saturating_add(u32::from(segment.data_len() > ETHERNET));
            }
            ChecksumStatus::Partial => self.vantage.offload = true,
            ChecksumStatus::Bad if is_left_to_card(segment) => {
                self.vantage.offload = true;
                cues.add_if(segment.checksum != 0, Cues::OFFLOAD);
                if segment.path.direction != Direction::Outbound && segment.checksum != 0 {
                    self.blemishes.get_or_insert_default().bad_aggregates[side].note(Mark::of(segment, side));
                }
            }
            ChecksumStatus::Bad => {
                let mark = Mark::of(segment, side);
                self.blemishes.get_or_insert_default().bad_checksums[side].note(mark);
                cues.add_if(true, Cues::CHECKSUM);
            }
        }
        cues
    }
}

/// Whether the sender's card was to fill the checksum in: it was leaving, the field is empty, or the segment is one
/// that the card has to cut first (some drivers then leave the pseudo-header's sum without the length there).
fn is_left_to_card(segment: &Segment) -> bool {
    segment.path.direction == Direction::Outbound || segment.checksum == 0 || segment.data_len() > ETHERNET
}

/// Whether the checksum is wrong, and nobody was to fill it in.
pub(super) fn is_damaged(segment: &Segment) -> bool {
    segment.checksum_status == ChecksumStatus::Bad && !is_left_to_card(segment)
}

/// Whether the capture has less of the header than there was.
fn is_cut(segment: &Segment) -> bool {
    segment.captured < segment.header_len().max(20).min(segment.reported)
}

/// Ticks of a timestamp clock of a millisecond, the usual one, in `nanoseconds`.
const fn ticks_in(nanoseconds: i64) -> i32 {
    (nanoseconds / super::MILLISECOND) as i32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::testing::{ack, established, tell, with};
    use Side::{Client, Server};

    fn opened(segments: &[Segment]) -> Flow {
        let mut flow = Flow::new(&segments[0]);
        segments.iter().for_each(|segment| tell(&mut flow, *segment));
        flow
    }

    #[test]
    fn numbers_that_skip_octets_tell_of_a_filter_where_no_plain_segment_is() {
        let syn = Segment { flags: Flags::SYN, ..ack(Client, 0, 1000, 0, 0) };
        let answer = with(Flags::SYN, ack(Server, 1, 5000, 1001, 0));
        let fin = with(Flags::FIN, ack(Client, 60, 1101, 5001, 0));
        assert!(opened(&[syn, answer, fin]).is_filtered());
        assert!(!opened(&[syn, answer, ack(Client, 2, 1001, 5001, 0), fin]).is_filtered());
        assert!(!opened(&[syn, answer, with(Flags::FIN, ack(Client, 60, 1001, 5001, 0))]).is_filtered());
    }

    #[test]
    fn a_syn_behind_its_answer_is_out_of_order() {
        let syn = Segment { flags: Flags::SYN, ..ack(Client, 2, 1000, 0, 0) };
        let answer = with(Flags::SYN, ack(Server, 1, 5000, 1001, 0));
        assert!(opened(&[answer, syn]).vantage.reordered);
        assert!(!established().vantage.reordered);
    }

    #[test]
    fn a_segment_without_ack_says_nothing() {
        let mut flow = established();
        tell(&mut flow, Segment { flags: Flags::PSH, ..ack(Server, 10, 5001, 1001, 0) });
        let speechless = flow.blemishes.map(|blemishes| blemishes.speechless.server.is_some());
        assert_eq!(speechless, Some(true));
    }
}
