//! Which segments are ordinary: the next step of the handshake, octets and ACKs in order, the steps of the close.
//!
//! The conditions are those under which a [`Flow`](crate::flow::Flow) takes a short way (`orderly`, `plain`), told of what
//! a brief connection keeps. Where it keeps less than they need, it refuses.

use super::entry::fits;
use super::{Brief, LONGEST, Log, Outcome, Stage};
use crate::flow::option_faults::OUTDATED_AFTER;
use crate::flow::orderly::{OFFERS, is_sound_syn};
use crate::flow::plain::{goes_on, is_unspoilt};
use crate::flow::{Limits, Side};
use crate::wire::{Flags, OptionSet, Segment, SeqNum};

/// Options that an ordinary segment after the handshake may have.
const ORDINARY: u32 = OptionSet::NOP.0 | OptionSet::END.0 | OptionSet::TIMESTAMPS.0;

impl Brief {
    /// Whether `segment` is of this VLAN or tunnel, comes after no long silence, and can be counted at all.
    #[inline]
    pub(super) fn is_timely(&self, segment: &Segment, now: i64, limits: &Limits) -> bool {
        segment.path.id == self.path
            && self.count < LONGEST
            && fits(segment, self.id)
            && (0..limits.idle).contains(&now.saturating_sub(self.last))
            // No clock is outdated before.
            && now.saturating_sub(self.asked_at) < OUTDATED_AFTER
    }

    /// The SYN-ACK.
    pub(super) fn observe_answer(&mut self, segment: &Segment, now: i64, log: &mut Log) -> Outcome {
        let client = &self.ends.client;
        let answers = segment.flags == Flags::SYN.with(Flags::ACK)
            && client.snd_nxt == segment.ack
            && is_sound_syn(segment)
            && segment.options.present.0 & OFFERS & !client.options.0 == 0
            && segment.options.timestamps().is_none_or(|now| client.clock[1] == now.tsecr);
        if !answers || !self.enter(segment, Side::Server, now, log) {
            return Outcome::Refused;
        }
        let server = &mut self.ends.server;
        server.ask(segment);
        server.agree(self.ends.client.options);
        server.rcv_nxt = segment.ack;
        // The window of a SYN is never scaled (RFC 7323 §2.2).
        server.right_edge = segment.ack + u32::from(segment.window.0);
        self.ends.client.agree(segment.options.present);
        self.stage = Stage::Answered;
        Outcome::Counted
    }

    /// The client's ACK of the SYN-ACK.
    pub(super) fn observe_ack(&mut self, segment: &Segment, now: i64, limits: &Limits, log: &mut Log) -> Outcome {
        let (client, server) = (&self.ends.client, &self.ends.server);
        let ordinary = is_ordinary(segment.flags, segment.data_len() > 0)
            && client.snd_nxt == segment.seq
            && server.snd_nxt == segment.ack
            && segment.end().at_or_before(server.right_edge)
            && limits.handshake_slow.is_none_or(|limit| now.saturating_sub(self.asked_at) <= limit);
        if !ordinary || segment.window.0 == 0 || !self.is_sound(segment, Side::Client) {
            return Outcome::Refused;
        }
        let edge = segment.ack + (u32::from(segment.window.0) << client.shift);
        if !self.enter(segment, Side::Client, now, log) {
            return Outcome::Refused;
        }
        self.ends.client.advance(segment, edge);
        self.stage = Stage::Open;
        Outcome::Agreed
    }

    /// Octets or an ACK in order, a FIN, or the ACK of one.
    #[inline]
    pub(super) fn observe_open(
        &mut self,
        segment: &Segment,
        side: Side,
        now: i64,
        limits: &Limits,
        log: &mut Log,
    ) -> Outcome {
        if !self.may_still_come(segment, side, now, limits) {
            return Outcome::Refused;
        }
        let Some(edge) = self.regular_edge(segment, side) else { return Outcome::Refused };
        if !self.enter(segment, side, now, log) {
            return Outcome::Refused;
        }
        let closing = segment.flags.has(Flags::FIN);
        self.ends[side].advance(segment, edge);
        // The ACK is handled before the FIN (RFC 9293 §3.10.7.4).
        let peer = &mut self.ends[side.peer()];
        let released = peer.finished && !peer.released && segment.ack == peer.snd_nxt;
        peer.released |= released;
        self.ends[side].finished |= closing;
        if !released {
            return Outcome::Counted;
        }
        if self.is_closed() {
            return Outcome::Closed;
        }
        self.half_closed_at = now;
        Outcome::Counted
    }

    /// Whether `segment` may come after the FINs there were.
    #[inline]
    fn may_still_come(&self, segment: &Segment, side: Side, now: i64, limits: &Limits) -> bool {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let in_time = || now.saturating_sub(self.half_closed_at) < limits.close_wait;
        let late = peer.released && segment.flags.has(Flags::FIN) && !in_time();
        !late && !self.is_closed() && (!own.finished || segment.seg_len() == 0)
    }

    /// The right edge that `segment` advertises, if it comes in order and there is nothing odd about it.
    #[inline]
    fn regular_edge(&self, segment: &Segment, side: Side) -> Option<SeqNum> {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let sends = segment.seg_len() > 0;
        let told = own.rcv_nxt;
        let in_order = is_ordinary(Flags(segment.flags.0 & !Flags::FIN.0), sends)
            && own.snd_nxt == segment.seq
            && segment.ack.at_or_before(peer.snd_nxt)
            && (if sends { segment.ack.at_or_after(told) } else { segment.ack.after(told) });
        let edge = segment.ack + (u32::from(segment.window.0) << own.shift);
        let open =
            segment.window.0 != 0 && segment.end().at_or_before(peer.right_edge) && edge.at_or_after(own.right_edge);
        (in_order && open && self.is_sound(segment, side)).then_some(edge)
    }

    /// Whether the header is whole, right and ordinary, with the options that were agreed on, no larger than the peer
    /// takes.
    #[inline]
    fn is_sound(&self, segment: &Segment, side: Side) -> bool {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let timestamps = self.timestamps();
        let present = segment.options.present;
        present.0 & !ORDINARY == 0
            && present.has(OptionSet::TIMESTAMPS) == timestamps
            && is_unspoilt(segment)
            && segment.data_len() <= u32::from(peer.takes)
            && (!timestamps || goes_on(segment.options.timestamps, own.timestamps(), peer.timestamps()))
            && (segment.ecn == 0 || segment.data_len() == 0 || own.marked)
    }
}

/// Whether nothing but ACK is set, and PSH where there is something to push.
fn is_ordinary(flags: Flags, sends: bool) -> bool {
    flags == Flags::ACK || (flags == Flags::ACK.with(Flags::PSH) && sends)
}
