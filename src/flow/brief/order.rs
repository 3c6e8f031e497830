//! Which segments are ordinary: the next step of the handshake, octets and ACKs in order, the steps of the close.
//!
//! The conditions are those under which a [`Flow`](crate::flow::Flow) takes a short way (`orderly`, `plain`), told of what
//! a brief connection keeps. Where it keeps less than they need, it refuses.

use super::milestone::{Milestone, fits};
use super::{Brief, LONGEST_TAIL, Outcome, Stage, Tail};
use crate::flow::orderly::{OFFERS, is_sound_syn};
use crate::flow::plain::{goes_on, is_unspoilt};
use crate::flow::{Limits, Side};
use crate::wire::{Flags, OptionSet, Segment, SeqNum};

/// Options that an ordinary segment after the handshake may have.
const ORDINARY: u32 = OptionSet::NOP.0 | OptionSet::END.0 | OptionSet::TIMESTAMPS.0;

const FIN_ACK: Flags = Flags::FIN.with(Flags::ACK);

impl Brief {
    /// Whether `segment` is of this VLAN or tunnel, comes after no long silence, and can be counted at all.
    #[inline]
    pub(super) fn is_timely(&self, segment: &Segment, limits: &Limits) -> bool {
        segment.path.id == self.path
            && fits(segment, self.id)
            && (0..limits.idle).contains(&segment.time.nanoseconds().saturating_sub(self.last))
    }

    /// The SYN-ACK.
    pub(super) fn observe_answer(&mut self, segment: &Segment) -> Outcome {
        let client = &self.ends.client;
        let asked = client.timestamps.map(|(_, newest)| newest.tsval);
        let answers = segment.flags == Flags::SYN.with(Flags::ACK)
            && client.snd_nxt == segment.ack
            && is_sound_syn(segment)
            && segment.options.present.0 & OFFERS & !client.options.0 == 0
            && segment.options.timestamps().is_none_or(|now| asked == Some(now.tsecr));
        if !answers {
            return Outcome::Refused;
        }
        self.count(segment, Side::Server);
        let server = &mut self.ends.server;
        server.ask(segment);
        server.agree(self.ends.client.options);
        server.rcv_nxt = Some(segment.ack);
        server.window = segment.window;
        // The window of a SYN is never scaled (RFC 7323 §2.2).
        server.right_edge = segment.ack + u32::from(segment.window.0);
        self.ends.client.agree(segment.options.present);
        self.handshake[1] = Milestone::of(segment, self.id);
        self.stage = Stage::Answered;
        Outcome::Counted
    }

    /// The client's ACK of the SYN-ACK.
    pub(super) fn observe_ack(&mut self, segment: &Segment, limits: &Limits) -> Outcome {
        let (client, server) = (&self.ends.client, &self.ends.server);
        let ordinary = is_ordinary(segment.flags, segment.data_len() > 0)
            && client.snd_nxt == segment.seq
            && server.snd_nxt == segment.ack
            && segment.end().at_or_before(server.right_edge)
            && limits
                .handshake_slow
                .is_none_or(|limit| segment.time.nanoseconds().saturating_sub(self.asked_at()) <= limit);
        if !ordinary || segment.window.0 == 0 || !self.is_sound(segment, Side::Client) {
            return Outcome::Refused;
        }
        let edge = segment.ack + (u32::from(segment.window.0) << client.shift);
        self.take(segment, Side::Client, edge);
        self.handshake[2] = Milestone::of(segment, self.id);
        self.stage = Stage::Open;
        Outcome::Agreed
    }

    /// Octets or an ACK in order, or the first FIN.
    #[inline]
    pub(super) fn observe_open(&mut self, segment: &Segment, side: Side) -> Outcome {
        let Some(edge) = self.regular_edge(segment, side) else { return Outcome::Refused };
        self.take(segment, side, edge);
        if segment.flags.has(Flags::FIN) {
            let mut tail = Tail::default();
            tail.segments.reserve_exact(4);
            tail.count(segment, side, self.id);
            self.tail = Some(Box::new(tail));
        }
        Outcome::Counted
    }

    /// A segment after the first FIN, until both were acknowledged.
    pub(super) fn observe_tail(&mut self, segment: &Segment, side: Side, limits: &Limits) -> Outcome {
        let Some(tail) = self.tail.as_deref().filter(|tail| tail.goes_on(segment, side, limits)) else {
            return Outcome::Refused;
        };
        if tail.segments.len() >= LONGEST_TAIL {
            return Outcome::Refused;
        }
        let Some(edge) = self.regular_edge(segment, side) else { return Outcome::Refused };
        self.take(segment, side, edge);
        let Some(tail) = &mut self.tail else { return Outcome::Counted };
        tail.count(segment, side, self.id);
        if tail.is_over() { Outcome::Closed } else { Outcome::Counted }
    }

    fn take(&mut self, segment: &Segment, side: Side, edge: SeqNum) {
        self.count(segment, side);
        let una = self.ends[side.peer()].rcv_nxt;
        let after = self.last_after;
        self.ends[side].advance(segment, edge, after, una);
    }

    /// The right edge that `segment` advertises, if it comes in order and there is nothing odd about it.
    #[inline]
    fn regular_edge(&self, segment: &Segment, side: Side) -> Option<SeqNum> {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let sends = segment.seg_len() > 0;
        let told = own.rcv_nxt?;
        let in_order = is_ordinary(Flags(segment.flags.0 & !Flags::FIN.0), sends)
            && own.snd_nxt == segment.seq
            && segment.ack.at_or_before(peer.snd_nxt)
            && (if sends { segment.ack.at_or_after(told) } else { segment.ack.after(told) });
        let edge = segment.ack + (u32::from(segment.window.0) << own.shift);
        let open = segment.window.0 != 0
            && segment.end().at_or_before(peer.right_edge)
            && edge.at_or_after(own.right_edge)
            && peer.rcv_nxt.is_some();
        (in_order && open && self.is_sound(segment, side)).then_some(edge)
    }

    /// Whether the header is whole, right and ordinary, with the options that were agreed on, no larger than the peer
    /// takes.
    #[inline]
    fn is_sound(&self, segment: &Segment, side: Side) -> bool {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let timestamps = own.options.has(OptionSet::TIMESTAMPS) && peer.options.has(OptionSet::TIMESTAMPS);
        let present = segment.options.present;
        let now = segment.options.timestamps;
        let clock = || own.timestamps.zip(peer.timestamps).is_some_and(|(own, peer)| goes_on(now, own, peer));
        present.0 & !ORDINARY == 0
            && present.has(OptionSet::TIMESTAMPS) == timestamps
            && is_unspoilt(segment)
            && segment.data_len() <= u32::from(peer.mss)
            && (!timestamps || clock())
            && (segment.ecn == 0 || segment.data_len() == 0 || own.marked)
            && own.has_room()
    }
}

impl Tail {
    /// Whether `segment` may come between the first FIN and the last ACK.
    fn goes_on(&self, segment: &Segment, side: Side, limits: &Limits) -> bool {
        let fin = segment.flags.has(Flags::FIN);
        let heard = self.acknowledged[side.peer()];
        let in_time = heard.is_none_or(|at| !fin || segment.time.nanoseconds().saturating_sub(at) < limits.close_wait);
        in_time && !self.is_over() && (self.fins[side].is_none() || segment.seg_len() == 0)
    }

    fn count(&mut self, segment: &Segment, side: Side, id: u64) {
        self.segments.push((side, Milestone::of(segment, id)));
        // The ACK is handled before the FIN (RFC 9293 §3.10.7.4).
        if self.fins[side.peer()].is_some_and(|fin| segment.ack.after(fin)) {
            self.acknowledged[side.peer()].get_or_insert(segment.time.nanoseconds());
        }
        if segment.flags.has(FIN_ACK) {
            self.fins[side] = Some(segment.end() - 1);
        }
    }
}

/// Whether nothing but ACK is set, and PSH where there is something to push.
fn is_ordinary(flags: Flags, sends: bool) -> bool {
    flags == Flags::ACK || (flags == Flags::ACK.with(Flags::PSH) && sends)
}
