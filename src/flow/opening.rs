//! How a connection opens: the marks of its handshake and what was repeated (RFC 9293 §3.5).

use super::irregular::{Change, Early, Misdirected, Rival};
use super::{End, Irregular, Mark, Offer, Side, Sides};
use crate::wire::{Flags, OptionSet, Segment, SeqNum};

/// Waits kept of a retry schedule.
const WAITS: usize = 6;

/// When something was sent again and again: count, and the waits between the first few.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retries {
    /// How often it was sent, the first time included.
    pub count: u32,
    waits: [i64; WAITS],
    last: i64,
}

impl Retries {
    /// Notes one more at `time` nanoseconds.
    pub fn sent(&mut self, time: i64) {
        let wait = time.saturating_sub(self.last);
        if let Some(place) = (self.count as usize).checked_sub(1).and_then(|index| self.waits.get_mut(index)) {
            *place = wait;
        }
        self.count = self.count.saturating_add(1);
        self.last = time;
    }

    /// Nanoseconds between one and the next, the first six.
    pub fn waits(&self) -> &[i64] {
        &self.waits[..(self.count.saturating_sub(1) as usize).min(WAITS)]
    }

    /// When it was sent last, nanoseconds since the epoch.
    pub const fn last(&self) -> i64 {
        self.last
    }
}

/// The segments of a handshake.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// The first SYN.
    pub syn: Option<Mark>,
    /// The latest SYN.
    pub last_syn: Option<Mark>,
    /// The first SYN-ACK, or the one that was acknowledged; in a simultaneous open the second SYN.
    pub syn_ack: Option<Mark>,
    /// The latest SYN-ACK.
    pub last_syn_ack: Option<Mark>,
    /// The first segment with ACK and without SYN and RST that the client sent after a SYN-ACK.
    pub first_ack: Option<Mark>,
    /// The first of the client's segments that covers the server's SYN.
    pub ack: Option<Mark>,
    /// SYNs, and when.
    pub syns: Retries,
    /// SYN-ACKs, and when.
    pub syn_acks: Retries,
    /// Whether both ends sent SYN without ACK.
    pub crossed: bool,
    /// Octets of data in the SYN that the SYN-ACK acknowledged.
    pub accepted_data: u32,
    /// What an ordinary handshake does not have.
    pub irregular: Option<Box<Irregular>>,
}

impl Opening {
    /// Whether an end used two first numbers: two connections in one, or one that was captured on both sides of what
    /// rewrites its numbers.
    pub fn is_ambiguous(&self) -> bool {
        let differ = |one: Option<Mark>, other: Option<Mark>| one.zip(other).is_some_and(|(a, b)| a.seq != b.seq);
        differ(self.syn, self.last_syn) || differ(self.syn_ack, self.last_syn_ack)
    }

    /// Counts a segment that `side` sent; `ends` are the facts before it.
    pub fn observe(&mut self, segment: &Segment, side: Side, ends: &Sides<End>) {
        let mark = Mark::of(segment, side);
        let flags = segment.flags;
        if side == Side::Client
            && !flags.has(Flags::SYN)
            && let Some(irregular) = &mut self.irregular
        {
            irregular.settle_misdirected(mark);
        }
        if flags.has(Flags::RST) {
        } else if flags.is_syn() {
            match side {
                Side::Client => self.asked(mark, segment, ends),
                Side::Server => self.asked_back(mark),
            }
        } else if flags.is_syn_ack() {
            match side {
                Side::Client => self.answered_itself(mark, segment, ends),
                Side::Server => self.answered(mark, segment, ends),
            }
        } else {
            match side {
                Side::Client => self.continued(mark, segment, ends),
                Side::Server => self.spoken_first(mark, segment, ends),
            }
        }
    }

    /// Octets that the latest SYN, or an earlier one with its number, carried: what a SYN-ACK may acknowledge beyond it.
    /// A SYN with Fast Open data is sent again without (RFC 7413 §4.1.3).
    pub fn syn_data(&self) -> u32 {
        let last = self.last_syn;
        let same = self.syn.filter(|first| last.is_some_and(|last| last.seq == first.seq));
        [same, last].into_iter().flatten().map(|syn| syn.len).max().unwrap_or(0)
    }

    /// Whether the next segment may still say how the connection opens: nobody acknowledged the second step, or the
    /// end that sent a bare SYN has not answered the other's SYN-ACK.
    pub fn is_unsettled(&self) -> bool {
        self.ack.is_none() || (self.crossed && self.last_syn_ack.is_none())
    }

    /// What an ordinary handshake does not have, made if there is none.
    pub fn irregular_mut(&mut self) -> &mut Irregular {
        self.irregular.get_or_insert_default()
    }

    /// A SYN of the client.
    fn asked(&mut self, mark: Mark, segment: &Segment, ends: &Sides<End>) {
        if self.ack.is_some() {
            return;
        }
        if let Some(before) = self.last_syn {
            let irregular = self.irregular_mut();
            irregular.second_syn.get_or_insert(mark);
            if ends.client.iss.is_some_and(|iss| iss != mark.seq) {
                irregular.syn_changed.get_or_insert(Change { before, after: mark, asked_between: false });
                irregular.rivals.client = Some(Rival { mark, offer: offer_of(segment) });
            }
        }
        self.syn.get_or_insert(mark);
        self.last_syn = Some(mark);
        self.syns.sent(mark.time.nanoseconds());
    }

    /// A SYN of the server.
    fn asked_back(&mut self, mark: Mark) {
        if self.ack.is_none() {
            self.crossed = self.syn.is_some();
            self.syn_ack.get_or_insert(mark);
        }
    }

    /// A SYN-ACK of the client.
    fn answered_itself(&mut self, mark: Mark, segment: &Segment, ends: &Sides<End>) {
        if !self.crossed {
            let echo = segment.options.timestamps().map(|timestamps| timestamps.tsecr);
            let irregular = self.irregular_mut();
            if irregular.from_initiator.is_none() {
                irregular.early_echo = echo.filter(|echo| *echo != 0).map(|echo| (echo, ends.server.seen()));
            }
            irregular.from_initiator.get_or_insert(mark);
        } else if self.ack.is_none() {
            self.ack = Some(mark);
        }
    }

    /// A SYN-ACK of the server.
    fn answered(&mut self, mark: Mark, segment: &Segment, ends: &Sides<End>) {
        if let Some(before) = self.last_syn_ack {
            self.answered_again(before, mark, segment, ends);
        }
        let data = self.syn_data();
        let asked = ends.client.iss.filter(|iss| ends.client.syn_seen && !answers_syn(mark.ack, *iss, data));
        if let Some(iss) = asked {
            let echoes_later = echoes_later(segment, &ends.client);
            let misdirected = Misdirected { mark, iss, echoes_later, settled: None, taken: false };
            self.irregular_mut().misdirected.get_or_insert(misdirected);
        } else if let Some(irregular) = &mut self.irregular {
            irregular.compare_misdirected(mark);
        }
        self.syn_ack.get_or_insert(mark);
        self.last_syn_ack = Some(mark);
        self.syn_acks.sent(mark.time.nanoseconds());
        if let Some(first) = ends.client.iss.map(|iss| iss + 1).filter(|first| mark.ack.after(*first)) {
            self.accepted_data = mark.ack.distance_from(first).min(self.syn_data());
        }
    }

    fn answered_again(&mut self, before: Mark, mark: Mark, segment: &Segment, ends: &Sides<End>) {
        let captured = self.last_syn.is_some_and(|syn| syn.frame > before.frame);
        // A SYN that was not captured may be echoed.
        let asked_between = captured || echoes_later(segment, &ends.client);
        let (over, data) = (self.ack.is_some(), self.syn_data());
        let offer = offer_of(segment);
        let answers = |ack: SeqNum| {
            ends.client.iss.filter(|_| ends.client.syn_seen).is_none_or(|iss| answers_syn(ack, iss, data))
        };
        let other_iss = ends.server.iss.is_some_and(|iss| iss != mark.seq);
        let other_ack = mark.ack != before.ack && answers(before.ack) && !answers(mark.ack);
        let irregular = self.irregular_mut();
        irregular.second_syn_ack.get_or_insert(mark);
        if (other_iss && answers(before.ack)) || other_ack {
            irregular.syn_ack_changed.get_or_insert(Change { before, after: mark, asked_between });
        }
        if other_iss && !over {
            irregular.rivals.server = Some(Rival { mark, offer });
        }
        if ends.server.offer.is_some_and(|first| first != offer) {
            irregular.syn_ack_options_changed.get_or_insert(Change { before, after: mark, asked_between });
        }
    }

    /// A segment of the client that is neither SYN nor RST.
    fn continued(&mut self, mark: Mark, segment: &Segment, ends: &Sides<End>) {
        if self.syn_ack.is_some() && mark.flags.has(Flags::ACK) {
            self.first_ack.get_or_insert(mark);
            if self.ack.is_none() && ends.server.iss.is_some_and(|iss| segment.ack.after(iss)) {
                self.ack = Some(mark);
            }
        } else if self.syn.is_some() && mark.len > 0 && !ends.server.seen() {
            self.irregular_mut().early.client.get_or_insert(Early::of(mark, segment));
        }
    }

    /// A segment of the server that is neither SYN nor RST, before its client acknowledged its SYN.
    fn spoken_first(&mut self, mark: Mark, segment: &Segment, ends: &Sides<End>) {
        // A SYN-ACK of the client, which answers a SYN that was not captured, makes the server ESTABLISHED, too.
        let answered = self.irregular.as_deref().and_then(|irregular| irregular.from_initiator);
        let heard = answered.zip(ends.server.iss).is_some_and(|(answered, iss)| answered.ack == iss + 1);
        let early = mark.len > 0 && self.last_syn_ack.is_some() && self.first_ack.is_none() && !heard;
        if early {
            self.irregular_mut().early.server.get_or_insert(Early::of(mark, segment));
        }
        let asked = ends.client.iss.filter(|_| ends.client.syn_seen);
        let acknowledges = mark.flags.has(Flags::ACK) && asked.is_some_and(|iss| mark.ack == iss + 1);
        if self.syn_ack.is_none() && acknowledges {
            self.irregular_mut().acknowledged_first.get_or_insert(mark);
        }
    }
}

/// Whether `ack` is one that answers a SYN with number `iss` and `data` octets (RFC 9293 §3.10.7.3).
pub fn answers_syn(ack: SeqNum, iss: SeqNum, data: u32) -> bool {
    let first = iss + 1;
    ack.at_or_after(first) && ack.at_or_before(first + data)
}

/// Whether a SYN-ACK echoes a later clock than that of every SYN of `asked`: it answers one that was not captured.
pub fn echoes_later(segment: &Segment, asked: &End) -> bool {
    let clocks = segment.options.timestamps().zip(asked.timestamps);
    clocks.is_some_and(|(now, (_, newest))| (now.tsecr.wrapping_sub(newest.tsval) as i32) > 0)
}

/// What the options of a SYN or SYN-ACK offer.
pub fn offer_of(segment: &Segment) -> Offer {
    let options = &segment.options;
    Offer {
        mss: options.mss(),
        window_scale: options.window_scale(),
        sack_permitted: options.has(OptionSet::SACK_PERMITTED),
        timestamps: options.has(OptionSet::TIMESTAMPS),
        fast_open_cookie: options.has(OptionSet::FAST_OPEN).then_some(options.fast_open_cookie),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Flow;
    use crate::flow::Side::{Client, Server};
    use crate::flow::testing::{ack, tell, with};

    fn syn(milliseconds: i64, seq: u32) -> Segment {
        Segment { flags: Flags::SYN, ..ack(Client, milliseconds, seq, 0, 0) }
    }

    fn syn_ack(milliseconds: i64, seq: u32, acknowledged: u32) -> Segment {
        with(Flags::SYN, ack(Server, milliseconds, seq, acknowledged, 0))
    }

    fn opened(segments: &[Segment]) -> Opening {
        let mut flow = Flow::new(&segments[0]);
        segments.iter().for_each(|segment| tell(&mut flow, *segment));
        flow.opening
    }

    #[test]
    fn a_syn_is_answered_from_its_number_to_the_end_of_its_data_across_zero() {
        for iss in [0, 1 << 31, u32::MAX - 3, u32::MAX] {
            let (iss, data) = (SeqNum(iss), 5);
            assert!(!answers_syn(iss, iss, data) && !answers_syn(iss + 7, iss, data));
            assert!((1..=6).all(|ahead| answers_syn(iss + ahead, iss, data)));
        }
    }

    #[test]
    fn waits_between_retries_are_kept_for_the_first_six() {
        let mut retries = Retries::default();
        for time in [5, 15, 35, 75, 155, 315, 635, 1275] {
            retries.sent(time);
        }
        assert_eq!((retries.count, retries.waits()), (8, &[10, 20, 40, 80, 160, 320][..]));
    }

    #[test]
    fn a_second_syn_ack_with_another_number_is_a_change_and_says_whether_it_was_asked_for() {
        let changed = |segments: &[Segment]| {
            let irregular = opened(segments).irregular.expect("there were two");
            irregular.syn_ack_changed.map(|change| (change.before.seq.0, change.after.seq.0, change.asked_between))
        };
        assert_eq!(changed(&[syn(0, 1000), syn_ack(1, 5000, 1001), syn_ack(1001, 5000, 1001)]), None);
        let unasked = [syn(0, 1000), syn_ack(1, 5000, 1001), syn_ack(1001, 6000, 1001)];
        assert_eq!(changed(&unasked), Some((5000, 6000, false)));
        let asked = [syn(0, 1000), syn_ack(1, 5000, 1001), syn(1000, 1000), syn_ack(1001, 6000, 1001)];
        assert_eq!(changed(&asked), Some((5000, 6000, true)));
    }

    #[test]
    fn data_counts_as_early_until_the_other_end_has_answered() {
        let early = |segments: &[Segment]| {
            opened(segments)
                .irregular
                .map(|irregular| (irregular.early.client.is_some(), irregular.early.server.is_some()))
        };
        assert_eq!(early(&[syn(0, 1000), ack(Client, 1, 1001, 0, 10)]), Some((true, false)));
        assert_eq!(early(&[syn(0, 1000), syn_ack(1, 5000, 1001), ack(Server, 2, 5001, 1001, 10)]), Some((false, true)));
        let shaken = [syn(0, 1000), syn_ack(1, 5000, 1001), ack(Client, 2, 1001, 5001, 0)];
        assert_eq!(early(&[&shaken[..], &[ack(Server, 3, 5001, 1001, 10)]].concat()), None);
    }

    #[test]
    fn two_first_numbers_make_an_opening_ambiguous() {
        assert!(!opened(&[syn(0, 1000), syn(1000, 1000)]).is_ambiguous());
        assert!(opened(&[syn(0, 1000), syn(1000, 2000)]).is_ambiguous());
    }
}
