//! How long an answer takes, as far as the handshake shows: a segment in; what its sender can have heard by then, and when
//! its peer's answer to it is due, out.

use super::{Flow, MILLISECOND, Nanoseconds, Side, Sides};
use crate::wire::{Flags, Segment, SeqNum};

/// How much sooner an end has to answer than its peer for the capture to have been taken there.
const NEARER: Nanoseconds = 10;

impl Flow {
    /// What the handshake says of the way: the time from SYN to SYN-ACK, and from SYN-ACK to ACK.
    fn ways(&self) -> Option<Sides<Nanoseconds>> {
        let opening = &self.opening;
        let (syn, syn_ack) = (opening.syn?, opening.syn_ack.filter(|it| it.flags.has(Flags::ACK))?);
        let ack = opening.ack.filter(|ack| ack.len == 0 && opening.syns.count == 1 && opening.syn_acks.count == 1)?;
        Some(Sides { server: syn_ack.time.since(syn.time), client: ack.time.since(syn_ack.time) })
    }

    /// When an answer to `segment` of `side` is due at the soonest, if the capture was taken at that end, nanoseconds since
    /// the epoch.
    pub(super) fn answer_due(&self, segment: &Segment, side: Side) -> Option<i64> {
        let ways = self.ways().filter(|ways| ways[side].saturating_mul(NEARER) < ways[side.peer()])?;
        Some(segment.time.nanoseconds().saturating_add(ways[side.peer()] / 10 * 9))
    }

    /// The number from which on `side` sent its octets so short a time before `segment` that no ACK of them can have come
    /// back by then, however late the capture shows one: a quarter of the round trip.
    pub(super) fn unheard_from(&self, segment: &Segment, side: Side) -> Option<SeqNum> {
        let ways = self.ways()?;
        let round_trip = ways.client.saturating_add(ways.server);
        // What a busy queue holds back arrives at once; where a round trip is no longer than that, nothing is to be told.
        let wait = Some(round_trip / 4).filter(|_| round_trip > 2 * MILLISECOND && !self.vantage.reordered)?;
        self.ends[side].burst.left_within(wait, segment.time.nanoseconds())
    }

    /// Whether `segment`, of `side`, follows on an ACK of the peer that closed the window unasked: `side` had sent nothing
    /// for longer than an answer takes, and goes on as soon as it has heard that ACK, which it echoes.
    pub(super) fn is_prompted(&self, segment: &Segment, side: Side) -> bool {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let Some(ways) = self.ways().filter(|_| peer.window.0 == 0) else { return false };
        let round_trip = ways.client.saturating_add(ways.server).saturating_add(MILLISECOND);
        let newest = peer.timestamps.map(|(_, newest)| newest.tsval);
        let echoes = segment.options.timestamps().map(|timestamps| timestamps.tsecr) == newest;
        let unasked = peer.last_sent.saturating_sub(own.last_sent) > round_trip.saturating_mul(2);
        let waited = segment.time.nanoseconds().saturating_sub(peer.last_sent);
        echoes && unasked && waited < round_trip.saturating_add(round_trip / 4)
    }

    /// Whether the client had heard nothing of the server but its SYN-ACK when it sent `segment`: it sent it sooner after its
    /// ACK of that than an answer comes, or echoes it, where the way is long enough for a later answer to have a later
    /// timestamp.
    pub(super) fn has_heard_syn_ack_only(&self, segment: &Segment, side: Side) -> bool {
        let (opening, server) = (&self.opening, &self.ends.server);
        let in_order = !self.vantage.reordered && opening.syns.count == 1;
        let only = in_order && side == Side::Client && server.segments == u64::from(opening.syn_acks.count);
        let Some((syn, ack)) = opening.syn.zip(opening.ack).filter(|(_, ack)| only && ack.len == 0) else {
            return false;
        };
        let round_trip = ack.time.since(syn.time);
        let newest = server.timestamps.map(|(_, newest)| newest.tsval);
        let echo = segment.options.timestamps().map(|timestamps| timestamps.tsecr);
        let echoes = newest.is_some() && newest == echo && round_trip > 2 * MILLISECOND;
        echoes || segment.time.since(ack.time) < round_trip / 10 * 9
    }
}
