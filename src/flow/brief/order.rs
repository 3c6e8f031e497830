//! Which segments are ordinary: the next step of the handshake, octets and ACKs in order, the steps of the close.
//!
//! The conditions are those under which a [`Flow`](crate::flow::Flow) takes a short way (`orderly`, `plain`), told of what
//! a brief connection keeps. Where it keeps less than they need, it refuses.

use super::{Asked, Brief, BriefEnd, Fin, LONGEST, Log, Outcome, Stage};
use crate::flow::option_faults::OUTDATED_AFTER;
use crate::flow::orderly::{OFFERS, is_sound_syn};
use crate::flow::plain::{ETHERNET, goes_on};
use crate::flow::{Limits, Side};
use crate::wire::{Bits, Flags, OptionSet, Packed, SeqNum};

impl Brief {
    /// Whether `packed` is of this VLAN or tunnel, comes after no long silence, and can be counted at all.
    #[inline]
    pub(super) fn is_timely(&self, packed: &Packed, limits: &Limits) -> bool {
        packed.path == self.path
            && self.count < LONGEST
            && packed.frame >= self.id
            // Nor is any clock outdated after as many waits as there may be.
            && (0..limits.idle.min(OUTDATED_AFTER / LONGEST as i64)).contains(&packed.time.saturating_sub(self.last))
    }

    /// The SYN-ACK.
    pub(super) fn observe_answer(&mut self, packed: &Packed, log: &mut Log) -> Outcome {
        let (client, asked) = (&self.ends.client, &self.asked.client);
        let options = packed.options();
        let answers = packed.bits.flags() == Flags::SYN.with(Flags::ACK)
            && client.snd_nxt == packed.ack
            && is_sound_syn(packed)
            && options.0 & OFFERS & !asked.options.0 == 0
            && (!options.has(OptionSet::TIMESTAMPS) || client.clock[1] == packed.timestamps.tsecr);
        if !answers || !self.enter(packed, Side::Server, log) {
            return Outcome::Refused;
        }
        let (asked, answered) = (self.asked.client, Asked::by(packed));
        self.asked.server = answered;
        // The window of a SYN is never scaled (RFC 7323 §2.2).
        let right_edge = packed.ack + u32::from(packed.window);
        let shift = answered.shift(&asked);
        self.ends.server = BriefEnd { rcv_nxt: packed.ack, right_edge, shift, ..BriefEnd::asking(packed) };
        self.ends.client.shift = asked.shift(&answered);
        self.timestamps = [asked, answered].iter().all(|asked| asked.options.has(OptionSet::TIMESTAMPS));
        self.stage = Stage::Answered;
        Outcome::Counted
    }

    /// The client's ACK of the SYN-ACK.
    pub(super) fn observe_ack(&mut self, packed: &Packed, limits: &Limits, log: &mut Log) -> Outcome {
        let (client, server) = (&self.ends.client, &self.ends.server);
        let ordinary = is_ordinary(packed.bits.flags(), packed.len > 0)
            && client.snd_nxt == packed.seq
            && server.snd_nxt == packed.ack
            && packed.end().at_or_before(server.right_edge)
            && limits.handshake_slow.is_none_or(|limit| packed.time.saturating_sub(self.asked_at) <= limit);
        if !ordinary || packed.window == 0 || !self.is_sound(packed, Side::Client) {
            return Outcome::Refused;
        }
        let edge = packed.ack + (u32::from(packed.window) << client.shift);
        if !self.enter(packed, Side::Client, log) {
            return Outcome::Refused;
        }
        self.ends.client.advance(packed, edge);
        self.stage = Stage::Open;
        Outcome::Agreed
    }

    /// Octets or an ACK in order, a FIN, or the ACK of one.
    #[inline]
    pub(super) fn observe_open(&mut self, packed: &Packed, side: Side, limits: &Limits, log: &mut Log) -> Outcome {
        if !self.may_still_come(packed, side, limits) {
            return Outcome::Refused;
        }
        let Some(edge) = self.regular_edge(packed, side) else { return Outcome::Refused };
        if !self.enter(packed, side, log) {
            return Outcome::Refused;
        }
        let closing = packed.bits.flags().has(Flags::FIN);
        self.ends[side].advance(packed, edge);
        // The ACK is handled before the FIN (RFC 9293 §3.10.7.4).
        let peer = &mut self.ends[side.peer()];
        let released = peer.fin == Fin::Sent && packed.ack == peer.snd_nxt;
        if released {
            peer.fin = Fin::Acknowledged;
        }
        if closing {
            self.ends[side].fin = Fin::Sent;
            self.stage = Stage::Closing;
        }
        if !released {
            return Outcome::Counted;
        }
        if self.is_closed() {
            return Outcome::Closed;
        }
        self.half_closed_at = packed.time;
        Outcome::Counted
    }

    /// Whether `packed` may come after the FINs there were.
    #[inline]
    fn may_still_come(&self, packed: &Packed, side: Side, limits: &Limits) -> bool {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let in_time = || packed.time.saturating_sub(self.half_closed_at) < limits.close_wait;
        let late = peer.released() && packed.bits.flags().has(Flags::FIN) && !in_time();
        !late && !self.is_closed() && (!own.finished() || packed.seg_len() == 0)
    }

    /// The right edge that `packed` advertises, if it comes in order and there is nothing odd about it.
    #[inline]
    fn regular_edge(&self, packed: &Packed, side: Side) -> Option<SeqNum> {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let sends = packed.seg_len() > 0;
        let told = own.rcv_nxt;
        let in_order = is_ordinary(Flags(packed.bits.flags().0 & !Flags::FIN.0), sends)
            && own.snd_nxt == packed.seq
            && packed.ack.at_or_before(peer.snd_nxt)
            && (if sends { packed.ack.at_or_after(told) } else { packed.ack.after(told) });
        let edge = packed.ack + (u32::from(packed.window) << own.shift);
        let open = packed.window != 0 && packed.end().at_or_before(peer.right_edge) && edge.at_or_after(own.right_edge);
        (in_order && open && self.is_sound(packed, side)).then_some(edge)
    }

    /// Whether a segment without SYN has just the options that were agreed on, and is no larger than the peer takes.
    #[inline]
    fn is_sound(&self, packed: &Packed, side: Side) -> bool {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        packed.bits.any(Bits::STAMPED) == self.timestamps
            && packed.offers == 0
            && packed.reported() <= ETHERNET
            && packed.len <= peer.takes
            && (!self.timestamps || goes_on(packed.timestamps, own.timestamps(), peer.timestamps()))
            && (packed.bits.ecn() == 0 || packed.len == 0 || self.asked[side].marked)
    }
}

/// Whether nothing but ACK is set, and PSH where there is something to push.
fn is_ordinary(flags: Flags, sends: bool) -> bool {
    flags == Flags::ACK || (flags == Flags::ACK.with(Flags::PSH) && sends)
}
