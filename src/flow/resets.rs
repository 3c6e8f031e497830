//! What is to be known of each end's RST: how it stood to what its receiver expected, and what came after it.

use super::irregular::far_apart;
use super::{Cues, End, Flow, Limits, Mark, Nanoseconds, Side, Sides, State};
use crate::wire::{Flags, Segment, SeqNum};

/// How the SEQ of a RST stands to what its receiver expects (RFC 9293 §3.10.7.4, RFC 5961 §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetStanding {
    /// Just RCV.NXT.
    Exact,
    /// The receiver has not acknowledged anything yet, so there is nothing to compare it with.
    Unknown,
    /// The sender's own SND.NXT.
    Own,
    /// A number that the receiver acknowledged lately: the answer of a closed socket (RFC 9293 §3.5.2).
    Answer,
    /// In the window, but nothing of the above: a challenge ACK is due.
    InWindow,
    /// Outside the window: the receiver has to ignore it.
    Outside,
}

/// A RST and what is known around it.
#[derive(Clone, Copy, Debug)]
pub struct Reset {
    /// The RST.
    pub mark: Mark,
    /// How its SEQ stands to what its receiver expects.
    pub standing: ResetStanding,
    /// Whether its sender had sent another before.
    pub repeated: bool,
    /// RCV.NXT of its receiver.
    pub rcv_nxt: Option<SeqNum>,
    /// The largest right edge its receiver had offered.
    pub right_edge: Option<SeqNum>,
    /// SND.NXT of its sender.
    pub snd_nxt: Option<SeqNum>,
    /// SND.NXT of its receiver.
    pub peer_snd_nxt: Option<SeqNum>,
    /// The highest number that its sender had acknowledged before.
    pub acknowledged: Option<SeqNum>,
    /// Its sender's state before it.
    pub state: Option<State>,
    /// Whether its receiver had sent data since the sender last sent some: data that was perhaps not read.
    pub unread: bool,
    /// Whether its TTL is far from those of all other segments of its sender.
    pub other_distance: bool,
    /// Whether it came sooner after what it answers than half the way there and back takes.
    pub too_soon: bool,
    /// Whether it echoes a segment of its receiver that was not captured.
    pub answers_uncaptured: bool,
    /// Nanoseconds since its sender's segment before it.
    pub silence: Nanoseconds,
    /// The first segment by which its sender went on as if there had been no RST.
    pub went_on: Option<Mark>,
}

impl Reset {
    /// Whether its ACK acknowledges what its receiver never sent, and its sender had not acknowledged before.
    pub fn acknowledges_nothing_sent(&self) -> bool {
        let beyond = |known: Option<SeqNum>| known.is_some_and(|known| self.mark.ack.after(known));
        self.mark.flags.has(Flags::ACK)
            && beyond(self.peer_snd_nxt)
            && (self.acknowledged.is_none() || beyond(self.acknowledged))
    }

    /// What speaks for somebody else having sent it, apart from what came after it.
    pub fn votes(&self) -> impl Iterator<Item = &'static str> {
        let impossible = self.standing == ResetStanding::Outside || self.acknowledges_nothing_sent();
        [
            (self.other_distance, "TTL"),
            (impossible, "numbers"),
            (self.too_soon, "timing"),
            (self.went_on.is_some(), "its sender goes on"),
        ]
        .into_iter()
        .filter_map(|(true_of_it, vote)| true_of_it.then_some(vote))
    }

    /// Whether `segment`, of the same sender, shows that it was not closed; `is_later` unless it may be an old copy.
    fn is_ignored_by(&self, segment: &Segment, is_later: bool, limits: &Limits) -> bool {
        /// Farther on than that it is the next connection on the same ports, whose SYN was not captured.
        const NEAR: i32 = 1 << 20;
        let sent = self.snd_nxt.map_or(self.mark.seq, |next| next.max(self.mark.seq));
        if self.snd_nxt.is_some() && segment.seq.offset_from(sent) > NEAR {
            return false;
        }
        let goes_beyond = segment.end().after(sent);
        let answers = segment.flags.has(Flags::ACK) && self.peer_snd_nxt.is_some_and(|next| segment.ack.after(next));
        let late = segment.time.since(self.mark.time) > limits.reordering && segment.seq.at_or_after(sent);
        goes_beyond || answers || (late && is_later)
    }
}

/// The RSTs of each end.
#[derive(Clone, Debug, Default)]
pub struct Resets {
    /// The latest.
    pub of: Sides<Option<Reset>>,
    /// The first.
    pub first: Sides<Option<Reset>>,
}

impl Flow {
    /// Notes a RST, or that its sender goes on after one, by the facts before the segment.
    pub(super) fn note_resets(&mut self, segment: &Segment, side: Side, limits: &Limits) -> Cues {
        let mut cues = Cues::default();
        if segment.flags.has(Flags::RST) {
            self.observe_reset(segment, side);
        } else {
            cues.add_if(self.observe_after_reset(segment, side, limits), Cues::RESET_IGNORED);
        }
        cues
    }

    /// Notes a RST that `side` sends, by the facts before it.
    fn observe_reset(&mut self, segment: &Segment, side: Side) {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        // A FIN leaves nothing to read.
        let unheard =
            peer.snd_nxt.map(|next| if peer.fin.is_some_and(|fin| fin + 1 == next) { next - 1 } else { next });
        let repeated = self.resets.as_ref().is_some_and(|resets| resets.of[side].is_some());
        let reset = Reset {
            mark: Mark::of(segment, side),
            standing: self.reset_standing(segment, side),
            repeated,
            rcv_nxt: peer.rcv_nxt,
            right_edge: peer.right_edge,
            snd_nxt: own.snd_nxt,
            peer_snd_nxt: peer.snd_nxt,
            acknowledged: own.rcv_nxt,
            state: own.state,
            unread: unheard.zip(own.acknowledged_with_data).is_some_and(|(next, ack)| next.after(ack)),
            other_distance: own.is_other_distance(segment.ttl),
            too_soon: self.is_too_soon(segment, side),
            answers_uncaptured: self.echoes_uncaptured(segment, side),
            silence: segment.time.nanoseconds().saturating_sub(own.last_sent),
            went_on: None,
        };
        let resets = self.resets.get_or_insert_default();
        resets.of[side] = Some(reset);
        resets.first[side].get_or_insert(reset);
    }

    /// Notes whether a segment without RST shows that its sender's RST was not its own; whether it does so first.
    fn observe_after_reset(&mut self, segment: &Segment, side: Side, limits: &Limits) -> bool {
        let newest = self.ends[side].timestamps.map(|(_, newest)| newest.tsval);
        let Some(resets) = &mut self.resets else { return false };
        if segment.flags.is_syn() {
            // Whoever asks begins anew, and whoever is asked may answer.
            **resets = Resets::default();
            return false;
        }
        if self.ends[side].ids.sent_before(segment) == Some(true) {
            return false;
        }
        let now = segment.options.timestamps().map(|now| now.tsval);
        let is_later = newest.zip(now).is_none_or(|(newest, now)| now.wrapping_sub(newest) as i32 > 0);
        let both = [&resets.of[side], &resets.first[side]];
        // Whoever ignores the first of several had sent none of them.
        let ignored = both.into_iter().flatten().any(|reset| reset.is_ignored_by(segment, is_later, limits));
        let known = both.into_iter().flatten().any(|reset| reset.went_on.is_some());
        if !ignored || known {
            return false;
        }
        let went_on = Some(Mark::of(segment, side));
        for reset in [&mut resets.of[side], &mut resets.first[side]].into_iter().flatten() {
            reset.went_on = reset.went_on.or(went_on);
        }
        true
    }

    /// The latest RST of `side`.
    pub fn reset_of(&self, side: Side) -> Option<&Reset> {
        self.resets.as_ref()?.of[side].as_ref()
    }

    fn reset_standing(&self, segment: &Segment, side: Side) -> ResetStanding {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let Some(next) = peer.rcv_nxt else { return ResetStanding::Unknown };
        let edge = self.widest_edge(peer).unwrap_or(next).max(next);
        if segment.seq == next {
            ResetStanding::Exact
        } else if Some(segment.seq) == own.snd_nxt {
            ResetStanding::Own
        } else if peer.acks.contains(segment.seq) || self.answers_old_copy(segment, peer) {
            ResetStanding::Answer
        } else if segment.seq.after(next) && segment.seq.at_or_before(edge) {
            ResetStanding::InWindow
        } else {
            ResetStanding::Outside
        }
    }

    /// Whether a bare RST may be a closed socket's answer to a copy of something old: it takes whatever number that
    /// acknowledged.
    fn answers_old_copy(&self, segment: &Segment, peer: &End) -> bool {
        let bare = !segment.flags.has(Flags::ACK) && self.is_closed();
        let first = self.ends[self.side_of(segment)].iss;
        bare && first
            .zip(peer.rcv_nxt)
            .is_some_and(|(iss, next)| segment.seq.after(iss) && segment.seq.at_or_before(next))
    }

    /// The right edge that `end` may have offered: where the scale of its window is unknown, with the largest one.
    fn widest_edge(&self, end: &End) -> Option<SeqNum> {
        /// The largest shift that RFC 7323 §2.3 allows.
        const SHIFT: u32 = 14;
        if self.vantage.handshake_seen {
            return end.right_edge;
        }
        end.rcv_nxt.map(|next| next + (u32::from(end.window.0) << SHIFT))
    }

    /// Whether a RST answers its receiver's latest segment before that can have reached the sender.
    fn is_too_soon(&self, segment: &Segment, side: Side) -> bool {
        let Some(way) = self.way_to(side) else { return false };
        let waited = segment.time.nanoseconds().saturating_sub(self.ends[side.peer()].last_sent);
        waited >= 0 && waited < way / 2 && way > super::MILLISECOND
    }

    /// How long the handshake took from the capture to `side` and back.
    fn way_to(&self, side: Side) -> Option<Nanoseconds> {
        let opening = &self.opening;
        if opening.syns.count != 1 || opening.syn_acks.count != 1 {
            return None;
        }
        match side {
            Side::Server => Some(opening.syn_ack?.time.since(opening.syn?.time)),
            Side::Client => Some(opening.ack?.time.since(opening.syn_ack?.time)),
        }
    }
}

impl End {
    /// Whether a TTL is far from those of all its segments.
    pub fn is_other_distance(&self, ttl: u8) -> bool {
        self.seen()
            && far_apart(self.ttls[0], ttl)
            && far_apart(self.ttls[1], ttl)
            && !(self.ttls[0]..=self.ttls[1]).contains(&ttl)
    }
}

/// The last few numbers an end acknowledged: as many as may be on their way where the way is long.
#[derive(Clone, Copy, Debug, Default)]
pub struct RecentAcks {
    numbers: [SeqNum; 8],
    count: u8,
}

impl RecentAcks {
    /// Notes one more.
    pub fn note(&mut self, ack: SeqNum) {
        let places = self.numbers.len() as u8;
        let latest = self.count.wrapping_sub(1) % places;
        if self.count == 0 || self.numbers[usize::from(latest)] != ack {
            self.numbers[usize::from(self.count % places)] = ack;
            // Stays above the number of places once it is there, so that it still tells how many count.
            self.count = if self.count == u8::MAX { places + self.count % places + 1 } else { self.count + 1 };
        }
    }

    /// Reads a word; the value means nothing.
    pub fn touched(&self) -> u64 {
        u64::from(self.numbers[0].0) ^ u64::from(self.count)
    }

    /// Whether `number` is one of them.
    pub fn contains(&self, number: SeqNum) -> bool {
        self.numbers[..usize::from(self.count).min(self.numbers.len())].contains(&number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_eight_acks_are_remembered_for_good() {
        let mut acks = RecentAcks::default();
        assert!(!acks.contains(SeqNum(0)));
        for number in 0..2_000u32 {
            acks.note(SeqNum(number));
            acks.note(SeqNum(number));
            for back in 0..10u32 {
                assert_eq!(
                    acks.contains(SeqNum(number.wrapping_sub(back))),
                    back < 8 && back <= number,
                    "{number} {back}"
                );
            }
        }
    }

    #[test]
    fn a_ttl_is_far_only_from_all_of_them() {
        let end = End { segments: 2, ttls: [50, 60], ..End::default() };
        assert!(!end.is_other_distance(55) && !end.is_other_distance(47) && !end.is_other_distance(63));
        assert!(end.is_other_distance(46) && end.is_other_distance(64));
    }
}
