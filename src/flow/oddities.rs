//! What is remembered of a flow only once something unusual happened to it: a segment in; repetitions, oversize and
//! ACK loops, out.

use super::{Flow, Mark, Relation, Side, Sides};
use crate::wire::{Flags, Segment, SeqNum};

/// Rarely needed memory of a flow.
#[derive(Clone, Debug, Default)]
pub struct Oddities {
    /// What each side sends again and again.
    pub insistence: Sides<Option<Insistence>>,
    /// Segments of each side that are larger than its peer allows.
    pub oversize: Sides<Option<Oversize>>,
    /// ACKs that answer each other.
    pub ack_loop: Option<AckLoop>,
}

/// The same octets, or keep-alives, sent again without an ACK that covers them.
#[derive(Clone, Copy, Debug)]
pub struct Insistence {
    /// The first repetition.
    pub first: Mark,
    /// The latest.
    pub last: Mark,
    /// Repetitions so far.
    pub count: u32,
    /// Whether they are keep-alives.
    pub keep_alive: bool,
    /// The peer's latest segment since the first repetition.
    pub heard: Option<Mark>,
}

/// Segments larger than the peer's MSS.
#[derive(Clone, Copy, Debug)]
pub struct Oversize {
    /// The first.
    pub first: Mark,
    /// How many.
    pub count: u32,
    /// How many have as many octets as the first.
    pub alike: u32,
    /// Octets of the largest segment, TCP header included.
    pub largest: u32,
    /// The latest segment of its sender, if it is one of them.
    latest: Option<Mark>,
    /// The first that is known to have been one packet: the IP identification of the next follows on its own, and a card
    /// that cuts a segment gives each of its parts one.
    pub whole: Option<Mark>,
}

/// ACKs without octets and without progress, each end's in turn.
#[derive(Clone, Copy, Debug)]
pub struct AckLoop {
    /// The first.
    pub first: Mark,
    /// The latest.
    pub last: Mark,
    /// The latest of the other end.
    before: Option<Mark>,
    /// How many.
    pub count: u32,
}

impl Oddities {
    /// Whether there is nothing but ACKs that told nothing, which the next segment that tells something ends.
    pub(super) fn are_over(&self) -> bool {
        let Self { insistence, oversize, ack_loop: _ } = self;
        let none = |side: Side| insistence[side].is_none() && oversize[side].is_none();
        Side::BOTH.into_iter().all(none)
    }
}

impl Flow {
    /// Remembers what is unusual about `segment`; before its numbers are counted.
    pub(super) fn note_oddities(
        &mut self,
        segment: &Segment,
        side: Side,
        relation: Relation,
        pause: i64,
        follows: bool,
    ) {
        let mark = Mark::of(segment, side);
        let mss = self.ends[side.peer()].offer.and_then(|offer| offer.mss);
        let large = mss.is_some_and(|mss| mss > 0 && segment.data_len() > u32::from(mss));
        let idle_ack = relation == Relation::Bare && is_plain_ack(segment) && self.repeats_ack(segment, side);
        let again = matches!(relation, Relation::Retransmission | Relation::KeepAlive)
            && !segment.flags.any(Flags::SYN.with(Flags::RST));
        if self.oddities.is_none() && !large && !again && !idle_ack {
            return;
        }
        let acknowledged = segment.flags.has(Flags::ACK).then_some(segment.ack);
        let oddities = self.oddities.get_or_insert_default();
        if let Some(insistence) = &mut oddities.insistence[side.peer()] {
            insistence.heard = Some(mark);
            if insistence.is_over(acknowledged) || segment.flags.has(Flags::RST) {
                oddities.insistence[side.peer()] = None;
            }
        }
        if let Some(oversize) = &mut oddities.oversize[side] {
            oversize.precedes(follows);
        }
        if again {
            Insistence::insist(&mut oddities.insistence[side], mark, relation == Relation::KeepAlive);
        }
        if large {
            Oversize::count(&mut oddities.oversize[side], mark, segment.reported);
        }
        AckLoop::count(&mut oddities.ack_loop, mark, idle_ack, pause);
        if oddities.are_over() && oddities.ack_loop.is_none() {
            self.oddities = None;
        }
    }

    /// Whether the latest segment answered an ACK that told nothing in kind.
    pub(super) fn is_in_ack_loop(&self) -> bool {
        let ack_loop = self.oddities.as_deref().and_then(|oddities| oddities.ack_loop);
        ack_loop.is_some_and(|ack_loop| ack_loop.count > 2)
    }

    /// Whether an ACK tells its receiver nothing: not a higher number that was sent, and not another window.
    fn repeats_ack(&self, segment: &Segment, side: Side) -> bool {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let unacceptable = peer.snd_nxt.is_some_and(|next| segment.ack.after(next));
        (unacceptable || own.rcv_nxt.is_some_and(|told| segment.ack.at_or_before(told)))
            && own.window == segment.window
            && segment.options.sack().is_empty()
    }
}

impl Insistence {
    fn insist(slot: &mut Option<Self>, mark: Mark, keep_alive: bool) {
        match slot {
            Some(known) if known.first.seq == mark.seq && known.keep_alive == keep_alive => {
                known.last = mark;
                known.count = known.count.saturating_add(1);
            }
            // A later hole of the same flight: what comes first is what is waited for.
            Some(known) if !known.keep_alive && mark.seq.after(known.first.seq) => {}
            _ => *slot = Some(Self { first: mark, last: mark, count: 1, keep_alive, heard: None }),
        }
    }

    /// Whether what was repeated needs no more: it was acknowledged, or a keep-alive was answered by anything.
    fn is_over(&self, ack: Option<SeqNum>) -> bool {
        self.keep_alive || ack.is_some_and(|ack| ack.after(self.first.seq))
    }
}

impl Oversize {
    fn count(slot: &mut Option<Self>, mark: Mark, octets: u32) {
        let none = Self { first: mark, count: 0, alike: 0, largest: 0, latest: None, whole: None };
        let known = slot.get_or_insert(none);
        known.count = known.count.saturating_add(1);
        known.latest = Some(mark);
        known.alike = known.alike.saturating_add(u32::from(known.first.len == mark.len));
        known.largest = known.largest.max(octets);
    }

    /// Notes the next segment of the same sender; `follows` if its IP identification follows directly.
    fn precedes(&mut self, follows: bool) {
        let latest = self.latest.take().filter(|_| follows);
        self.whole = self.whole.or(latest);
    }
}

impl AckLoop {
    /// Longest pause, in nanoseconds, between an ACK and the one that answers it.
    const PROMPT: i64 = super::SECOND;

    fn count(slot: &mut Option<Self>, mark: Mark, idle: bool, pause: i64) {
        match slot {
            _ if !idle => *slot = None,
            Some(known) if known.last.side != mark.side && pause <= Self::PROMPT && !known.moved_on(&mark) => {
                known.before = Some(known.last);
                known.last = mark;
                known.count = known.count.saturating_add(1);
            }
            _ => *slot = Some(Self { first: mark, last: mark, before: None, count: 1 }),
        }
    }

    /// Whether a number of `mark` is ahead of the one its end stood at before: octets were sent or heard, and the capture or
    /// a filter left them out.
    fn moved_on(&self, mark: &Mark) -> bool {
        self.before.is_some_and(|before| mark.seq.after(before.seq) || mark.ack.after(before.ack))
    }
}

fn is_plain_ack(segment: &Segment) -> bool {
    const OTHERS: Flags = Flags::SYN.with(Flags::FIN).with(Flags::RST).with(Flags::PSH).with(Flags::URG);
    segment.flags.has(Flags::ACK) && !segment.flags.any(OTHERS) && segment.data_len() == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::testing::{ack, established, tell};
    use Side::{Client, Server};

    #[test]
    fn repetitions_are_counted_until_they_are_acknowledged() {
        let mut flow = established();
        for milliseconds in [10, 210, 610, 1410] {
            tell(&mut flow, ack(Client, milliseconds, 1001, 5001, 100));
        }
        let counted = |flow: &Flow| flow.oddities.as_deref()?.insistence.client.map(|insistence| insistence.count);
        assert_eq!(counted(&flow), Some(3));
        tell(&mut flow, ack(Server, 1420, 5001, 1001, 0));
        assert_eq!(counted(&flow), Some(3));
        tell(&mut flow, ack(Server, 1430, 5001, 1101, 0));
        assert_eq!(counted(&flow), None);
    }

    #[test]
    fn acks_in_turn_are_a_loop_until_something_moves() {
        let mut flow = established();
        tell(&mut flow, ack(Server, 3, 5001, 1001, 0));
        for round in 0..10 {
            tell(&mut flow, ack(Client, 10 + 2 * round, 1001, 5001, 0));
            tell(&mut flow, ack(Server, 11 + 2 * round, 5001, 1001, 0));
        }
        let counted = |flow: &Flow| flow.oddities.as_deref().and_then(|it| it.ack_loop).map(|it| it.count);
        assert!(counted(&flow) >= Some(20));
        tell(&mut flow, ack(Client, 100, 1001, 5001, 1));
        assert_eq!(counted(&flow), None);
    }
}
