//! Which of the numbers that a SYN shows are to be believed: a SYN sent once more with other numbers moves nothing until
//! its peer acknowledges it.

use super::irregular::{Irregular, Reported, Rival};
use super::opening::answers_syn;
use super::{Flow, Mark, Side, State};
use crate::wire::{Flags, Segment};

impl Flow {
    /// Takes an end's other SYN for the true one if `segment`, which its peer sent, acknowledges that one.
    pub(super) fn adopt(&mut self, segment: &Segment, side: Side) {
        let Some(irregular) = self.opening.irregular.as_deref_mut() else { return };
        let other = side.peer();
        let Some(rival) = irregular.rivals[other].filter(|_| segment.flags.has(Flags::ACK)) else { return };
        let end = &mut self.ends[other];
        let fits = |mark: &Mark| answers_syn(segment.ack, mark.seq, mark.len);
        if !fits(&rival.mark) || end.iss.is_some_and(|iss| segment.ack == iss + 1) {
            return;
        }
        let former = match other {
            Side::Client => self.opening.syn,
            Side::Server => self.opening.syn_ack.replace(rival.mark),
        };
        irregular.rivals[other] = former.zip(end.offer).map(|(mark, offer)| Rival { mark, offer });
        end.iss = Some(rival.mark.seq);
        end.snd_nxt = Some(rival.mark.end());
        end.offer = Some(rival.offer);
    }

    /// Whether the server's first timestamps echo a SYN from before all that were captured: what that one offered is not
    /// known.
    pub fn answers_earlier_syn(&self) -> bool {
        let (client, server) = (self.ends.client.timestamps, self.ends.server.timestamps);
        client.zip(server).is_some_and(|((asked, _), (answer, _))| {
            answer.tsecr != 0 && (answer.tsecr.wrapping_sub(asked.tsval) as i32) < 0
        })
    }

    /// `segment` as far as its numbers are to be believed, if it is a SYN; `None` where they say nothing.
    pub(super) fn credible(&self, segment: &Segment, side: Side) -> Option<Segment> {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let over = own.state.is_some_and(State::is_synchronized);
        let mut believed = *segment;
        let other = own.syn_seen && own.iss.is_some_and(|iss| iss != segment.seq);
        let from_initiator = segment.flags.is_syn_ack() && side == Side::Client && !self.opening.crossed;
        if other || (over && own.syn_seen) || (from_initiator && self.opening.syn.is_some()) {
            return None;
        }
        let data = self.opening.syn_data();
        if let Some(iss) = peer.iss.filter(|_| segment.flags.is_syn_ack() && peer.syn_seen)
            && !answers_syn(segment.ack, iss, data)
        {
            // Whether it meant to accept the data of the SYN nobody knows; what its client does next counts.
            believed.ack = iss + 1 + data;
        }
        Some(believed)
    }

    /// Notes whether a segment shows that its sender had not sent the data captured before the handshake was complete,
    /// which then counts for nothing; `left_last` if it is known to have left after all that was seen of its sender.
    pub(super) fn disown_early(&mut self, segment: &Segment, side: Side, left_last: bool) -> bool {
        let Some(irregular) = self.opening.irregular.as_deref_mut() else { return false };
        let Some(early) = irregular.early[side].as_mut().filter(|early| early.disowned.is_none()) else { return false };
        let disowned = match side {
            Side::Client => early.is_stepped_back_over_by(segment, left_last),
            Side::Server => early.is_disowned_by(segment),
        };
        if !disowned {
            return false;
        }
        early.disowned = Some(segment.frame);
        let own = &mut self.ends[side];
        if own.snd_nxt == Some(early.mark.end()) {
            own.snd_nxt = Some(early.mark.seq);
            own.sums.forget(early.mark.seq);
        }
        true
    }

    /// What the answer to a SYN takes back: the client's early ACKs of nothing, and data of the SYN that is not accepted.
    pub(super) fn start_over(&mut self, answer: &Segment) {
        let (client, server) = (&mut self.ends.client, &self.ends.server);
        // What acknowledges this answer was only captured before it.
        let early = self.opening.irregular.as_deref().and_then(|irregular| irregular.early.client);
        let heard = client.rcv_nxt == Some(answer.seq + 1) && early.is_none_or(|early| early.had_heard(answer));
        if server.syn_seen || self.opening.ack.is_some() || heard {
            return;
        }
        if client.rcv_nxt.is_some() {
            client.rcv_nxt = None;
            client.right_edge = None;
        }
        // Data sent with the SYN, or before this answer could be heard, counts only if it is acknowledged.
        let answers = client.iss.is_some_and(|iss| answer.ack.after(iss));
        if answers && client.snd_nxt.is_some_and(|next| next.after(answer.ack)) {
            client.snd_nxt = Some(answer.ack);
        }
    }

    /// Scales the window of a client whose ACK was captured before the SYN-ACK, when nobody knew the scale. Whether data
    /// that came so early was sent by one who knew it nobody can tell.
    pub(super) fn scale_early_window(&mut self) {
        // The window of a SYN-ACK is not scaled, whoever sends it.
        let unclear = |irregular: &Irregular| irregular.early.client.is_some() || irregular.from_initiator.is_some();
        if self.opening.irregular.as_deref().is_some_and(unclear) {
            self.ends.client.right_edge = None;
            return;
        }
        let (client, server) = (&self.ends.client, &self.ends.server);
        let shift = client.window_shift(server).unwrap_or(0);
        if let Some(ack) = client.rcv_nxt {
            let edge = ack + (u32::from(client.window.0) << shift);
            self.ends.client.right_edge = self.ends.client.right_edge.map(|before| before.max(edge));
        }
    }

    /// Counts a header of this flow that an ICMP error quoted: evidence, never a segment.
    pub fn observe_quote(&mut self, segment: &Segment) {
        let side = self.side_of(segment);
        let about_syn = side == Side::Client && !self.ends.server.seen();
        let Some(reported) = Reported::of(Mark::of(segment, side), segment).filter(|_| about_syn) else { return };
        let icmp = &mut self.opening.irregular_mut().icmp;
        if icmp.is_none_or(|before| reported.is_unreachable() && !before.is_unreachable()) {
            *icmp = Some(reported);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Side::{Client, Server};
    use crate::flow::testing::{ack, tell, with};
    use crate::wire::SeqNum;

    fn asked_twice(acknowledged: u32) -> Flow {
        let syn = |milliseconds, seq| Segment { flags: Flags::SYN, ..ack(Client, milliseconds, seq, 0, 0) };
        let mut flow = Flow::new(&syn(0, 1000));
        tell(&mut flow, syn(0, 1000));
        tell(&mut flow, syn(1000, 2000));
        tell(&mut flow, with(Flags::SYN, ack(Server, 1010, 5000, acknowledged, 0)));
        flow
    }

    #[test]
    fn the_syn_that_is_acknowledged_counts() {
        for iss in [1000, 2000] {
            let flow = asked_twice(iss + 1);
            assert_eq!(flow.ends.client.iss, Some(SeqNum(iss)));
            assert_eq!(flow.ends.client.snd_nxt, Some(SeqNum(iss + 1)));
        }
    }
}
