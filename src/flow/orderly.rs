//! Segments that open and close a connection just as RFC 9293 figures 6 and 12 have it. They can break no rule, so that
//! they take a short way: the same facts as on the long one, no judgement.
//!
//! Nothing here says what a segment does to its flow. It says which segments do nothing but the ordinary, and leaves out
//! what is kept of all others.

use super::plain::ETHERNET;
use super::step::Cues;
use super::{Flow, Limits, Side, State, Vantage};
use crate::wire::{Flags, OptionSet, Packed, Segment};

/// The options with which both ends agree on something only if both send them.
pub(super) const OFFERS: u32 = OptionSet::WINDOW_SCALE.0 | OptionSet::SACK_PERMITTED.0 | OptionSet::TIMESTAMPS.0;

/// Values below this are odd (RFC 9293 §3.7.1).
const LEAST_MSS: u16 = 48;

/// Whether a segment between two ends that [`may_connect`] asks for a connection, and there is nothing odd about it.
pub(super) fn is_orderly_syn(packed: &Packed) -> bool {
    packed.bits.flags() == Flags::SYN && packed.ack.0 == 0 && packed.timestamps.tsecr == 0 && is_sound_syn(packed)
}

/// Whether a segment with SYN has no data and offers nothing odd.
pub(super) fn is_sound_syn(packed: &Packed) -> bool {
    let options = packed.options();
    packed.len == 0
        && packed.reported() <= ETHERNET
        && packed.window != 0
        && options.has(OptionSet::MSS)
        && packed.mss >= LEAST_MSS
        && packed.window_scale <= 14
}

/// Whether ends with these ports, at one address or at two, have ports and are two.
pub(super) const fn may_connect([one, other]: [u16; 2], at_one_address: bool) -> bool {
    one != 0 && other != 0 && !(one == other && at_one_address)
}

/// `segment`, packed, if it is between two ends that [`may_connect`].
fn connecting(segment: &Segment) -> Option<Packed> {
    let (source, destination) = (segment.source, segment.destination);
    Packed::of(segment).filter(|_| may_connect([source.port, destination.port], source.ip == destination.ip))
}

impl Flow {
    /// Counts `segment` if it is the next step by which a connection opens or closes in order; its cues, which no rule
    /// listens to.
    pub(super) fn observe_orderly(&mut self, segment: &Segment, side: Side, limits: &Limits) -> Option<Cues> {
        let control = Flags(segment.flags.0 & Flags::SYN.with(Flags::FIN).with(Flags::RST).0);
        let (orderly, cues) = match (control, side) {
            (Flags::SYN, Side::Client) => (self.asks(segment), Cues::ATTEMPT),
            (Flags::SYN, Side::Server) => (self.answers(segment, limits), Cues::default()),
            (_, Side::Client) if self.opening.ack.is_none() => (self.agrees(segment, limits), Cues::ATTEMPT),
            _ => (self.parts(segment, side, limits), Cues::default()),
        };
        orderly.then(|| {
            self.take_orderly(segment, side);
            cues
        })
    }

    /// What [`Flow::observe_any`] does to the facts, less what concerns segments that are not orderly.
    fn take_orderly(&mut self, segment: &Segment, side: Side) {
        self.oddities = None;
        self.copies.remember(segment, side);
        self.note_checksum(segment, side);
        self.ends[side].ids.note(segment);
        if self.opening.ack.is_none() {
            self.opening.observe(segment, side, &self.ends);
        }
        self.close(segment, side);
        self.count(segment, side);
        self.believe(segment, side, true);
        self.last = segment.time;
        self.last_frame = segment.frame;
    }

    /// Whether `segment` is the first of its flow, and asks for a connection.
    fn asks(&self, segment: &Segment) -> bool {
        let fresh = !self.ends.client.seen() && !self.ends.server.seen();
        fresh && self.begins_alone() && connecting(segment).is_some_and(|packed| is_orderly_syn(&packed))
    }

    /// Whether `segment` answers the one SYN that there was, and offers nothing that the SYN did not.
    fn answers(&self, segment: &Segment, limits: &Limits) -> bool {
        let (client, server) = (&self.ends.client, &self.ends.server);
        let offered = client.syn.options.0 & OFFERS;
        let asked = client.timestamps.map(|(_, newest)| newest.tsval);
        self.is_opening(1, 0)
            && client.state == Some(State::SynSent)
            && server.state == Some(State::Listen)
            && segment.flags == Flags::SYN.with(Flags::ACK)
            && client.snd_nxt == Some(segment.ack)
            && connecting(segment).is_some_and(|packed| is_sound_syn(&packed))
            && segment.options.present.0 & OFFERS & !offered == 0
            && segment.options.timestamps().is_none_or(|now| asked == Some(now.tsecr))
            && (0..limits.idle).contains(&segment.time.since(self.last))
    }

    /// Whether `segment` is the client's first after the SYN-ACK, and acknowledges it.
    fn agrees(&self, segment: &Segment, limits: &Limits) -> bool {
        let (client, server) = (&self.ends.client, &self.ends.server);
        let flags = segment.flags;
        let ordinary = flags == Flags::ACK || (flags == Flags::ACK.with(Flags::PSH) && segment.data_len() > 0);
        let in_time = |limit| self.opening.syn.is_some_and(|syn| segment.time.since(syn.time) <= limit);
        ordinary
            && self.is_opening(1, 1)
            && client.state == Some(State::SynSent)
            && server.state == Some(State::SynReceived)
            && client.snd_nxt == Some(segment.seq)
            && server.snd_nxt == Some(segment.ack)
            && self.is_sound(segment, Side::Client, limits)
            && self.open_edge(segment, Side::Client).is_some()
            && limits.handshake_slow.is_none_or(in_time)
    }

    /// Whether so many segments of the client and the server are all there was, and each was orderly.
    fn is_opening(&self, client: u64, server: u64) -> bool {
        let counted = self.ends.client.segments == client && self.ends.server.segments == server;
        let opening = &self.opening;
        let orderly = counted && opening.syns.count == client as u32 && opening.syn_acks.count == server as u32;
        orderly && self.begins_alone() && self.is_undisturbed()
    }

    /// Whether the opening has nothing to do with a connection before it, nor with devices on the way, nor with a SYN
    /// that crossed.
    fn begins_alone(&self) -> bool {
        let opening = &self.opening;
        let alone = self.time_wait.is_none() && self.rewriting.is_none();
        alone && opening.irregular.is_none() && !opening.crossed
    }

    /// Whether `segment` is a FIN where it should stand, or comes in order between the first FIN and the last ACK.
    fn parts(&self, segment: &Segment, side: Side, limits: &Limits) -> bool {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let fin = segment.flags.has(Flags::FIN);
        let begun = match self.closing.as_deref() {
            Some(closing) => {
                let heard = closing.fins[side.peer()].acknowledged;
                let in_time = heard.is_none_or(|ack| !fin || segment.time.since(ack.time) < limits.close_wait);
                let ordinary = closing.rst.is_none() && closing.premature.is_none() && !closing.complete();
                in_time && ordinary
            }
            None => fin,
        };
        let synchronized =
            [own, peer].into_iter().all(|end| end.syn_seen && end.state.is_some_and(State::is_synchronized));
        begun
            && synchronized
            && (own.fin.is_none() || segment.seg_len() == 0)
            && self.begins_alone()
            && self.regular_edge(segment, side, limits).is_some()
    }

    /// Whether the connection opened and closed in order, with nothing to remark on between: its end can break no rule.
    pub(super) fn went_orderly(&self) -> bool {
        let seen = Vantage { client_seen: true, server_seen: true, handshake_seen: true, ..Vantage::default() };
        let opening = &self.opening;
        let opened =
            (opening.syns.count, opening.syn_acks.count) == (1, 1) && opening.ack.is_some() && self.begins_alone();
        let closed = self.closing.as_deref().is_some_and(|closing| {
            let once = Side::BOTH.into_iter().all(|side| closing.fins[side].sent.count == 1);
            once && closing.complete() && closing.rst.is_none() && closing.premature.is_none()
        });
        self.vantage == seen && opened && closed && self.is_undisturbed()
    }
}
