//! What a segment makes doubtful about the numbers of its flow, and the facts set right once a doubt is settled.

use super::step::Before;
use super::suspicion::MORE_THAN_A_FLIGHT;
use super::vantage::is_damaged;
use super::{End, Ending, Flow, Limits, Mark, Relation, Side, Sides, Since, State, Suspicion, SuspicionKind};
use crate::wire::{Flags, OptionSet, Segment, SeqNum};

impl Flow {
    /// Holds the segment against pending suspicions and takes back what the confirmed ones had moved; whether there
    /// are confirmed ones.
    pub(super) fn settle(&mut self, segment: &Segment, side: Side, limits: &Limits) -> bool {
        if self.suspicions.is_none() {
            return false;
        }
        let packet = self.octets_of_its_packets(segment, side);
        let Some(suspicions) = &mut self.suspicions else { return false };
        let older = |one: u32, other: u32| (one.wrapping_sub(other) as i32) < 0;
        let stale = segment.options.timestamps().zip(self.ends[side].timestamps).is_some_and(|(now, (_, newest))| {
            older(now.tsval, newest.tsval) || (now.tsval == newest.tsval && older(now.tsecr, newest.tsecr))
        });
        let newest = self.ends[side].sent_last(segment);
        let follows = self.ends[side].ids.follows_directly(segment);
        let order = [stale, newest, follows, self.vantage.reordered];
        let refuted = suspicions.settle(segment, side, order, packet, limits);
        self.vantage.lost_in_capture |= refuted.lost;
        self.vantage.reordered |= refuted.swapped;
        self.take_back_confirmed()
    }

    /// How many octets each of the packets has that a card joined to `segment`, or cuts it to; `None` where it is one packet.
    fn octets_of_its_packets(&self, segment: &Segment, side: Side) -> Option<u32> {
        let mss = self.ends[side.peer()].offer?.mss.filter(|_| self.is_aggregate(segment))?;
        // The MSS counts options, too (RFC 6691).
        u32::from(mss).checked_sub(segment.header_len().saturating_sub(20)).filter(|octets| *octets > 0)
    }

    /// Settles what nothing more will come to settle.
    pub(super) fn settle_at_end(&mut self, ending: Ending, limits: &Limits) -> bool {
        let closed = self.is_closed();
        let Some(suspicions) = &mut self.suspicions else { return false };
        suspicions.settle_at_end(closed, ending, limits);
        self.take_back_confirmed()
    }

    /// The suspicions that the latest step confirmed.
    pub(super) fn settled(&self) -> &[Suspicion] {
        self.suspicions.as_ref().map_or(&[][..], |suspicions| suspicions.confirmed())
    }

    /// The segment before the latest that shows octets to be missing from the capture, as the latest settles.
    pub fn missed_before(&self) -> Option<Mark> {
        self.suspicions.as_ref().and_then(|suspicions| suspicions.lost())
    }

    /// Whether a segment of `side` is suspected to stand where it should not.
    pub(super) fn doubts_seq_of(&self, side: Side) -> bool {
        let doubted = |it: &Suspicion| it.kind == SuspicionKind::SeqBeyond && it.mark.side == side;
        self.suspicions.as_ref().is_some_and(|suspicions| suspicions.pending().iter().any(doubted))
    }

    /// Whether a segment stands nowhere near its sender and acknowledges what was never seen: it is of another connection.
    pub(super) fn is_foreign(&self, segment: &Segment, side: Side) -> bool {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let far = own.snd_nxt.is_some_and(|next| segment.seq.offset_from(next).unsigned_abs() >= super::track::REACH);
        far && peer.snd_nxt.is_some_and(|next| segment.ack.after(next))
    }

    /// Whether every segment of `side` could be read, its ACK of the handshake, too: what it offered in one that could not
    /// nobody knows.
    fn speaks(&self, side: Side) -> bool {
        let (first, syn_ack) = (self.opening.first_ack, self.opening.syn_ack);
        let short = first.zip(syn_ack).is_some_and(|(ack, syn)| ack.side == side && ack.ack.at_or_before(syn.seq));
        !short && self.blemishes.as_deref().is_none_or(|blemishes| blemishes.speechless[side].is_none())
    }

    /// Makes room for an excess of `side` that goes beyond `edge`, from `seq` on; whether it is worth it. The first octets
    /// beyond the window are the plainest fault, and the last that are still near it are what offers that were captured
    /// late explain the least: those two are kept.
    fn admits_excess(&mut self, side: Side, seq: SeqNum, edge: SeqNum) -> bool {
        let alike = |it: &Suspicion| it.kind == SuspicionKind::WindowBeyond && it.mark.side == side;
        let Some(suspicions) = self.suspicions.as_mut().filter(|it| it.pending().iter().any(alike)) else {
            return true;
        };
        let near = Suspicion::is_near(seq, edge);
        if near {
            suspicions.forget_all_but_first(alike);
        }
        near
    }

    /// Remembers what is odd about the numbers of a segment; whether that is proved already.
    pub(super) fn suspect(&mut self, segment: &Segment, side: Side, relation: Relation, before: &Before) -> bool {
        let flags = segment.flags;
        if flags.any(Flags::SYN.with(Flags::RST)) {
            return false;
        }
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        if own.good_checksums > 0 && is_damaged(segment) {
            // Nobody takes it for anything.
            return false;
        }
        let bare_gap = relation == Relation::Bare && own.snd_nxt.is_some_and(|next| segment.seq.after(next));
        let closing = self.closing.as_deref();
        let past = closing.and_then(|closing| closing.fins[side.peer()].past);
        let reset = closing.and_then(|closing| closing.rst).filter(|rst| rst.side != side && rst.flags.has(Flags::ACK));
        let aborted = reset.is_some_and(|rst| rst.seq == segment.ack);
        let beyond = |next: SeqNum| segment.ack.after(past.map_or(next, |past| past.max(next))) && !aborted;
        // An ACK of anything is how an older incarnation answers a SYN (RFC 9293 §3.10.7.4).
        let answers_syn = before.peer_state == Some(State::SynSent);
        let kept_alive = self.began_with_keep_alive(segment, side.peer());
        let foreign = self.is_foreign(segment, side);
        let to_be_judged = flags.has(Flags::ACK) && !before.closed && !answers_syn && !kept_alive && !foreign;
        let end = segment.seq + segment.data_len();
        let over = |edge: &SeqNum| segment.data_len() > 0 && end.after(*edge);
        let receiver_counts = peer.ids.counts();
        match (peer.snd_nxt, own.snd_nxt) {
            (Some(next), _) if to_be_judged && beyond(next) => {
                self.doubt(SuspicionKind::AckBeyond, segment, side, next, receiver_counts)
            }
            (_, Some(next)) if before.fin.is_none() && (relation == Relation::Gap || bare_gap) => {
                self.doubt(SuspicionKind::SeqBeyond, segment, side, next, before.follows)
            }
            _ if relation.is_new() && relation != Relation::WindowProbe && self.judges_window_of(segment, side) => {
                let Some(edge) = peer.right_edge.filter(over).filter(|_| self.speaks(side.peer())) else {
                    return false;
                };
                self.admits_excess(side, segment.seq, edge)
                    && self.doubt(SuspicionKind::WindowBeyond, segment, side, edge, receiver_counts)
            }
            _ => false,
        }
    }

    /// Whether `segment` shows that what was taken for the SND.NXT of `side` was the number of a keep-alive, one below it
    /// (RFC 9293 §3.8.4), with which the capture began. Where the handshake tells its first number, one from there on is
    /// none of a keep-alive.
    pub(super) fn began_with_keep_alive(&self, segment: &Segment, side: Side) -> bool {
        let end = &self.ends[side];
        let first = match side {
            Side::Client => self.opening.last_syn_ack.map(|syn_ack| syn_ack.ack),
            Side::Server => end.iss.map(|iss| iss + 1),
        };
        let below = |next: SeqNum| segment.ack == next + 1 && first.is_none_or(|first| next.before(first));
        !end.syn_seen && end.octets <= 1 && end.snd_nxt.is_some_and(below)
    }

    /// Whether the windows of this connection can be read: their scale is known, and they are its own.
    pub(super) fn judges_windows(&self) -> bool {
        self.vantage.handshake_seen && !self.vantage.cut && !self.multipath && self.scale_is_clear()
    }

    /// Whether the window that `segment`, of `side`, had to keep to can be read: what it echoes was captured before it.
    fn judges_window_of(&self, segment: &Segment, side: Side) -> bool {
        !self.echoes_uncaptured(segment, side) && self.judges_windows()
    }

    /// Whether `segment`, of `side`, echoes a newer timestamp than was captured of its peer.
    pub(super) fn echoes_uncaptured(&self, segment: &Segment, side: Side) -> bool {
        let newest = self.ends[side.peer()].timestamps.map(|(_, newest)| newest.tsval);
        let echo = segment.options.echo();
        echo.zip(newest).is_some_and(|(echo, newest)| echo.wrapping_sub(newest) as i32 > 0)
    }

    /// Whether both SYNs say clearly how windows are scaled; a scale taken without having been offered is none.
    pub fn scale_is_clear(&self) -> bool {
        let Sides { client, server } = &self.ends;
        let scales = |end: &End| end.syn.options.has(OptionSet::WINDOW_SCALE);
        let irregular = self.opening.irregular.as_deref();
        let undecided = irregular.is_some_and(|irregular| irregular.syn_ack_options_changed.is_some());
        // Each end of a simultaneous open offers without having heard the other, and some go on as if it had agreed.
        let agreed =
            if self.opening.crossed { scales(client) == scales(server) } else { scales(client) || !scales(server) };
        !undecided && !client.syn.unreliable && !server.syn.unreliable && agreed
    }

    fn doubt(&mut self, kind: SuspicionKind, segment: &Segment, side: Side, expected: SeqNum, unbroken: bool) -> bool {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let beyond = segment.seq + segment.data_len().max(1);
        let shift = peer.window_shift(own).unwrap_or(0);
        let exceeds = self.judges_window_of(segment, side) && peer.right_edge.is_some_and(|edge| beyond.after(edge));
        let far = peer.right_edge.is_some_and(|edge| beyond.offset_from(edge) > MORE_THAN_A_FLIGHT);
        let since = Since {
            edge: peer.right_edge,
            window: u32::from(peer.window.0) << shift,
            shift,
            tsecr: segment.options.echo(),
            ip_id: segment.ip_id,
            tsval: own.advances_clock(segment).then_some(segment.options.timestamps.tsval),
            fresh: own.snd_nxt.is_some_and(|next| segment.seg_len() > 0 && segment.end().after(next)),
            exceeds,
            outside: exceeds && (!self.vantage.reordered || far),
            unheard: self.unheard_from(segment, side),
            heard_all: self.has_heard_syn_ack_only(segment, side) || self.is_prompted(segment, side),
            unbroken,
            reached: expected,
            rcv_nxt: own.rcv_nxt,
            right_edge: own.right_edge,
            went_on: false,
            restarted: false,
            heard: false,
            repeated: None,
            due: self.answer_due(segment, side),
            stopped: [false; 3],
        };
        let suspicion = Suspicion {
            kind,
            mark: Mark::of(segment, side),
            against: self.opening.syn_ack,
            expected,
            opening: self.opening.first_ack.is_some_and(|first| first.frame == segment.frame),
            settled_by: None,
            since,
        };
        // A FIN that stood where it should ends what there can be to acknowledge.
        let ended = peer.fin.is_some_and(|fin| fin + 1 == expected) && !self.doubts_seq_of(side.peer());
        let proved = kind == SuspicionKind::AckBeyond && ended && self.fin_stands(side.peer());
        let suspicions = self.suspicions.get_or_insert_default();
        if proved {
            suspicions.push_confirmed(suspicion)
        } else {
            suspicions.push(suspicion)
        }
        proved
    }

    /// Gives the ends the numbers they had before what is confirmed to be wrong.
    fn take_back_confirmed(&mut self) -> bool {
        let Some(suspicions) = self.suspicions.take() else { return false };
        for suspicion in suspicions.confirmed() {
            match suspicion.kind {
                SuspicionKind::AckBeyond => self.take_back_ack(suspicion),
                SuspicionKind::SeqBeyond => self.take_back_seq(suspicion),
                SuspicionKind::WindowBeyond => self.take_back_excess(suspicion),
            }
        }
        let any = !suspicions.confirmed().is_empty();
        self.suspicions = Some(suspicions);
        any
    }

    fn take_back_ack(&mut self, suspicion: &Suspicion) {
        let own = &mut self.ends[suspicion.mark.side];
        if own.rcv_nxt == Some(suspicion.mark.ack) {
            own.rcv_nxt = suspicion.since.rcv_nxt;
            own.right_edge = suspicion.since.right_edge;
        }
        self.blemishes.get_or_insert_default().speechless[suspicion.mark.side] = Some(suspicion.mark);
    }

    fn take_back_seq(&mut self, suspicion: &Suspicion) {
        let own = &mut self.ends[suspicion.mark.side];
        let by_itself = suspicion.settled_by.filter(|by| by.side == suspicion.mark.side);
        // Its sender stands as if it had never sent it.
        let added = by_itself.is_some_and(|by| by.seq == suspicion.expected) && !suspicion.took_a_place();
        let left = suspicion.since.restarted || added;
        let misplaced = if left { suspicion.expected } else { suspicion.next_if_misplaced() };
        let next = misplaced.max(suspicion.since.reached);
        // What it offered in a segment that was wrong is no offer to hold the next one against.
        own.moved_on = false;
        if own.snd_nxt == Some(suspicion.mark.end()) {
            own.snd_nxt = Some(next);
            own.holes.fill(suspicion.expected, suspicion.mark.seq);
            own.sums.forget(suspicion.mark.seq);
        }
        if suspicion.mark.flags.has(Flags::FIN) && own.fin == Some(suspicion.mark.end() - 1) {
            own.fin = (!suspicion.since.restarted).then(|| next - 1);
        }
    }

    /// What its receiver had no room for is as if it had not been sent.
    fn take_back_excess(&mut self, suspicion: &Suspicion) {
        let settling = suspicion.settled_by.filter(|by| by.side != suspicion.mark.side && by.flags.has(Flags::ACK));
        let accepted = settling.map(|by| by.ack).or(self.ends[suspicion.mark.side.peer()].rcv_nxt);
        // An ACK of what had left just before says nothing of the culprit itself yet.
        let too_soon = settling.is_some_and(|by| suspicion.since.unheard.is_some_and(|from| by.ack.after(from)));
        let own = &mut self.ends[suspicion.mark.side];
        let dropped = !too_soon && accepted.is_some_and(|ack| ack.at_or_before(suspicion.mark.seq));
        if dropped && own.snd_nxt == Some(suspicion.mark.end()) {
            own.snd_nxt = Some(suspicion.mark.seq);
            own.sums.forget(suspicion.mark.seq);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::testing::{ack, established, tell, with};
    use Side::{Client, Server};

    fn told(segments: &[Segment]) -> (Flow, Vec<SuspicionKind>) {
        let (mut flow, mut confirmed) = (established(), Vec::new());
        for segment in segments {
            tell(&mut flow, *segment);
            confirmed.extend(flow.settled().iter().map(|suspicion| suspicion.kind));
        }
        (flow, confirmed)
    }

    #[test]
    fn a_segment_out_of_its_place_is_put_back() {
        let (flow, confirmed) = told(&[
            ack(Client, 10, 901_001, 5001, 100),
            ack(Server, 20, 5001, 1101, 0),
            ack(Client, 30, 1101, 5001, 50),
        ]);
        assert_eq!(confirmed, [SuspicionKind::SeqBeyond]);
        assert_eq!(flow.ends.client.snd_nxt, Some(SeqNum(1151)));
        assert!(flow.ends.client.holes.is_empty() && !flow.vantage.lost_in_capture);
    }

    #[test]
    fn octets_that_the_capture_lost_are_no_fault() {
        let (flow, confirmed) =
            told(&[ack(Client, 10, 1201, 5001, 100), ack(Server, 20, 5001, 1301, 0), ack(Client, 30, 1301, 5001, 50)]);
        assert!(confirmed.is_empty() && flow.vantage.lost_in_capture);
        assert_eq!(flow.ends.client.snd_nxt, Some(SeqNum(1351)));
    }

    #[test]
    fn a_hole_that_is_filled_is_no_fault() {
        let (flow, confirmed) = told(&[
            ack(Client, 10, 1101, 5001, 100),
            ack(Server, 11, 5001, 1001, 0),
            ack(Client, 250, 1001, 5001, 100),
            ack(Server, 260, 5001, 1201, 0),
        ]);
        assert!(confirmed.is_empty() && !flow.vantage.lost_in_capture);
    }

    #[test]
    fn an_ack_of_what_was_not_sent_is_taken_back() {
        let (flow, confirmed) = told(&[
            ack(Client, 10, 1001, 5001, 100),
            ack(Server, 20, 5001, 1170, 0),
            ack(Client, 30, 1101, 5001, 100),
            ack(Server, 40, 5001, 1201, 0),
        ]);
        assert_eq!(confirmed, [SuspicionKind::AckBeyond]);
        assert_eq!(flow.ends.server.rcv_nxt, Some(SeqNum(1201)));
        assert_eq!(flow.ends.server.right_edge, Some(SeqNum(11_201)));
    }

    #[test]
    fn data_beyond_the_window_counts_as_not_sent() {
        let (flow, confirmed) = told(&[ack(Client, 10, 1001, 5001, 12_000), ack(Server, 80, 5001, 1001, 0)]);
        assert_eq!(confirmed, [SuspicionKind::WindowBeyond]);
        assert_eq!(flow.ends.client.snd_nxt, Some(SeqNum(1001)));
        let (_, repeated) = told(&[ack(Client, 10, 1001, 5001, 12_000), ack(Client, 11, 1001, 5001, 100)]);
        assert_eq!(repeated, [SuspicionKind::WindowBeyond]);
    }

    #[test]
    fn data_that_the_receiver_takes_soon_was_offered_room_the_capture_shows_late() {
        let (flow, confirmed) = told(&[
            ack(Client, 9, 1001, 5001, 9_000),
            ack(Client, 10, 10_001, 5001, 4_000),
            ack(Server, 11, 5001, 2001, 0),
            ack(Server, 12, 5001, 14_001, 0),
        ]);
        assert!(confirmed.is_empty() && flow.vantage.reordered && !flow.vantage.lost_in_capture);
    }

    #[test]
    fn what_answers_an_ack_shows_what_its_sender_had_sent() {
        let (_, confirmed) = told(&[
            ack(Client, 10, 1001, 5001, 100),
            ack(Server, 20, 5001, 1102, 50),
            with(Flags::FIN, ack(Client, 21, 1101, 5051, 0)),
        ]);
        assert_eq!(confirmed, [SuspicionKind::AckBeyond]);
        let (_, swapped) = told(&[
            ack(Client, 10, 1001, 5001, 100),
            ack(Server, 20, 5001, 1102, 50),
            with(Flags::FIN, ack(Client, 21, 1101, 5001, 0)),
        ]);
        assert!(swapped.is_empty());
    }
}
