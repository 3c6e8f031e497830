//! FINs applied to a flow: which number counts as an end's FIN, and when one turns out not to have been one.

use super::{Closing, FinFacts, Flow, Limits, MILLISECOND, Mark, Nanoseconds, SECOND, Side, Sides, State};
use crate::wire::{Flags, Segment, SeqNum};

impl Flow {
    /// Counts what a segment does to the close of the connection, before its numbers are counted.
    pub(super) fn close(&mut self, segment: &Segment, side: Side) {
        if self.closing.is_none() && !Closing::concerns(segment) {
            return;
        }
        let jumped = self.jumped(segment, side);
        let next = self.ends[side].snd_nxt;
        if segment.flags.has(Flags::FIN) && !segment.flags.any(Flags::SYN.with(Flags::RST)) {
            self.ends[side].fin.get_or_insert(segment.end() - 1);
        }
        let fin = Sides { client: self.ends.client.fin, server: self.ends.server.fin };
        let closing = self.closing.get_or_insert_default();
        closing.jumped = closing.jumped.saturating_add(if closing.initiator.is_some() { jumped } else { 0 });
        closing.observe(segment, side, fin);
        closing.fins[side].measure(segment, next, fin[side]);
        if closing.fins[side.peer()].is_refuted_by(segment, fin[side.peer()]) {
            self.withdraw_fin(side.peer());
        }
        self.mend_fin(segment, side);
    }

    /// How long the flow seems to have been silent before `segment` of `side`, whose timestamps say that it was not.
    fn jumped(&self, segment: &Segment, side: Side) -> Nanoseconds {
        let silence = segment.time.since(self.last);
        let clock = segment.options.timestamps().zip(self.ends[side].timestamps);
        let ticks = clock.map(|(now, (_, newest))| i64::from(now.tsval.wrapping_sub(newest.tsval) as i32));
        if ticks.is_some_and(|ticks| (0..self.fewest_ticks(side, silence)).contains(&ticks)) { silence } else { 0 }
    }

    /// The fewest ticks of the timestamp clock of `side` in `silence`: one a second (RFC 7323 §5.4), or half as many as it
    /// had before, if that has been seen long enough.
    fn fewest_ticks(&self, side: Side, silence: Nanoseconds) -> i64 {
        let end = &self.ends[side];
        let began = [self.opening.syn, self.opening.syn_ack].into_iter().flatten().find(|mark| mark.side == side);
        let known = began.map_or(0, |began| end.last_sent.saturating_sub(began.time.nanoseconds()));
        let clock = end.timestamps.filter(|_| known >= 50 * MILLISECOND);
        let half = clock.map_or(0.0, |(first, newest)| {
            f64::from(newest.tsval.wrapping_sub(first.tsval)) / known as f64 * silence as f64 / 2.0
        });
        (half as i64).max(silence / SECOND)
    }

    /// A FIN below SND.NXT is misplaced if it lies in octets that were acknowledged already, or if its sender's next
    /// number, or the peer's ACK, is what it would be had the FIN stood at SND.NXT.
    fn mend_fin(&mut self, segment: &Segment, side: Side) {
        let Some(closing) = &mut self.closing else { return };
        for of in Side::BOTH {
            let number = if of == side { segment.seq } else { segment.ack };
            let acknowledged = self.ends[of.peer()].rcv_nxt;
            let facts = &mut closing.fins[of];
            let Some(real) = facts.next_if_misplaced().filter(|_| !facts.misplaced) else { continue };
            let Some(first) = facts.first else { continue };
            let at_once = first.frame == segment.frame;
            let inside = at_once && acknowledged.is_some_and(|ack| first.end().at_or_before(ack));
            let tells = !at_once && (of != side || segment.seg_len() == 0);
            if inside || (tells && number == real) {
                facts.misplaced = true;
                self.ends[of].fin = Some(real - 1);
                self.ends[of].snd_nxt = Some(real);
            }
        }
    }

    /// Whether the first FIN of `side` stood at its SND.NXT.
    pub(super) fn fin_stands(&self, side: Side) -> bool {
        let Some(facts) = self.closing.as_deref().map(|closing| &closing.fins[side]) else { return false };
        facts.first.is_some_and(|first| facts.next == Some(first.seq)) && facts.past.is_none()
    }

    /// Whether `segment` is a FIN from an end that has not sent a SYN, or knows nothing of its peer's: it has no
    /// connection to close.
    pub(super) fn is_premature(&self, segment: &Segment, side: Side) -> bool {
        let own = &self.ends[side];
        let fin = segment.flags.has(Flags::FIN) && !segment.flags.any(Flags::SYN.with(Flags::RST));
        fin && match own.state {
            Some(State::SynSent) => self.ends[side.peer()].iss.is_none() && !self.acknowledges_premature(segment, side),
            Some(State::Listen) => own.iss.is_none() && self.opening.syn.is_some(),
            _ => false,
        }
    }

    /// Whether `segment` acknowledges the peer's FIN, for which there seemed to be no connection.
    fn acknowledges_premature(&self, segment: &Segment, side: Side) -> bool {
        let premature = self.closing.as_deref().and_then(|closing| closing.premature);
        let acknowledges = |fin: Mark| fin.side != side && segment.flags.has(Flags::ACK) && segment.ack == fin.end();
        premature.is_some_and(acknowledges)
    }

    /// Remembers a FIN that nobody takes for one.
    pub(super) fn note_premature(&mut self, segment: &Segment, side: Side) {
        let mark = Mark::of(segment, side);
        self.closing.get_or_insert_default().premature.get_or_insert(mark);
    }

    /// Notes whether `segment` shows that its sender has not sent the premature FIN, or has forgotten it: it stands in front
    /// of it, and no capture swaps what is so far apart.
    pub(super) fn deny_premature(&mut self, segment: &Segment, side: Side, limits: &Limits) {
        let Some(closing) = self.closing.as_deref_mut() else { return };
        let Some(fin) = closing.premature.filter(|fin| fin.side == side && fin.seq == segment.seq) else { return };
        let plain = !segment.flags.any(Flags::SYN.with(Flags::FIN).with(Flags::RST));
        closing.premature_denied |= plain && segment.time.since(fin.time) > limits.reordering;
    }

    /// The peer acknowledged octets beyond the FIN: neither end took it for one.
    fn withdraw_fin(&mut self, side: Side) {
        let Some(closing) = &mut self.closing else { return };
        let past = closing.fins[side].past;
        closing.fins[side] = FinFacts::default();
        if closing.initiator == Some(side) {
            closing.initiator = closing.fins[side.peer()].first.map(|fin| fin.side);
        }
        self.ends[side].fin = None;
        if let Some((next, past)) = self.ends[side].snd_nxt.zip(past) {
            self.ends[side].snd_nxt = Some(next.max(past));
        }
    }
}

impl FinFacts {
    /// Notes where the first FIN stood, and octets sent beyond it; `next` is SND.NXT before `segment`, `number` that of
    /// the FIN.
    fn measure(&mut self, segment: &Segment, next: Option<SeqNum>, number: Option<SeqNum>) {
        let Some(first) = self.first else { return };
        if first.frame == segment.frame {
            self.next = Some(next.unwrap_or(segment.seq));
            return;
        }
        let end = segment.seq + segment.data_len();
        let plain = segment.data_len() > 0 && !segment.flags.any(Flags::SYN.with(Flags::RST));
        if plain && number.is_some_and(|fin| end.after(fin + 1)) {
            self.past = Some(self.past.map_or(end, |past| past.max(end)));
        }
    }

    /// SND.NXT after the FIN had it stood where its sender was; `None` where it did not stand below.
    fn next_if_misplaced(&self) -> Option<SeqNum> {
        let (first, next) = (self.first?, self.next?);
        first.seq.before(next).then(|| next + first.seg_len())
    }

    /// Whether `segment`, which the peer sent, acknowledges octets that were sent beyond the FIN, whose number is given.
    fn is_refuted_by(&self, segment: &Segment, number: Option<SeqNum>) -> bool {
        let beyond = number.is_some_and(|fin| segment.ack.after(fin + 1));
        let sent = self.past.is_some_and(|past| segment.ack.at_or_before(past));
        segment.flags.has(Flags::ACK) && !segment.flags.has(Flags::RST) && beyond && sent
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::testing::{ack, established, tell, with};
    use Side::{Client, Server};

    #[test]
    fn a_fin_inside_acknowledged_octets_is_misplaced() {
        let mut flow = established();
        tell(&mut flow, ack(Client, 10, 1001, 5001, 100));
        tell(&mut flow, ack(Server, 20, 5001, 1101, 0));
        tell(&mut flow, with(Flags::FIN, ack(Client, 30, 1051, 5001, 0)));
        assert_eq!(flow.ends.client.fin, Some(SeqNum(1101)));
        assert!(flow.closing.is_some_and(|closing| closing.fins.client.misplaced));
    }

    #[test]
    fn a_fin_whose_peer_goes_on_acknowledging_was_none() {
        let mut flow = established();
        tell(&mut flow, with(Flags::FIN, ack(Client, 10, 1001, 5001, 100)));
        tell(&mut flow, ack(Client, 20, 1101, 5001, 100));
        assert_eq!(flow.ends.client.fin, Some(SeqNum(1101)));
        tell(&mut flow, ack(Server, 30, 5001, 1201, 0));
        assert_eq!((flow.ends.client.fin, flow.ends.client.snd_nxt), (None, Some(SeqNum(1201))));
    }

    #[test]
    fn nothing_moves_snd_nxt_beyond_a_fin() {
        let mut flow = established();
        tell(&mut flow, with(Flags::FIN, ack(Client, 10, 1001, 5001, 0)));
        tell(&mut flow, ack(Client, 20, 1002, 5001, 100));
        assert_eq!(flow.ends.client.snd_nxt, Some(SeqNum(1002)));
        assert_eq!(flow.closing.and_then(|closing| closing.fins.client.past), Some(SeqNum(1102)));
    }
}
