//! The states that a segment moves its flow's ends through, and what has to be taken for granted to say so.

use super::cue::{Control, Covers, Role};
use super::trail::Trail;
use super::{End, Flow, Side, Sides, State, transition};
use crate::capture::FrameNumber;
use crate::wire::{Flags, Segment};

/// One end on its way through the states.
pub(super) struct Walker<'a> {
    /// The first frame of its connection.
    pub id: FrameNumber,
    /// Its state; `None` where the capture does not show it.
    pub state: &'a mut Option<State>,
    /// The states it entered.
    pub trail: &'a mut Trail,
    /// Whether it is known to have heard its peer's FIN.
    pub heard_fin: &'a mut bool,
}

impl<'a> Walker<'a> {
    const fn of(end: &'a mut End, id: FrameNumber) -> Self {
        Self { id, state: &mut end.state, trail: &mut end.trail, heard_fin: &mut end.heard_fin }
    }

    fn hear_fin(&mut self, frame: FrameNumber) {
        if std::mem::replace(self.heard_fin, true) {
            return;
        }
        if let Some(state) = self.state.and_then(transition::fin_heard) {
            self.enter(state, frame);
        }
    }

    fn apply(&mut self, role: Role, control: Control, covers: Covers, frame: FrameNumber) {
        let Some(state) = *self.state else { return };
        for entered in transition::next(state, role, control, covers).iter() {
            self.enter(entered, frame);
        }
    }

    fn enter(&mut self, state: State, frame: FrameNumber) {
        *self.state = Some(state);
        self.trail.push(self.id, frame, state);
    }
}

/// Moves both ends for a segment without RST in `frame`; `covers` is what of the receiver's control octets its ACK covers,
/// and `finished` whether its sender had sent a FIN before.
pub(super) fn walk(
    mut sender: Walker<'_>,
    mut receiver: Walker<'_>,
    control: Control,
    covers: Covers,
    finished: bool,
    frame: FrameNumber,
) {
    *sender.heard_fin |= covers == Covers::Fin;
    sender.apply(Role::Sender, control, covers, frame);
    // What was sent earlier is heard earlier: this ACK of the peer's FIN came after the sender's own FIN.
    if covers == Covers::Fin && finished {
        receiver.hear_fin(frame);
    }
    receiver.apply(Role::Receiver, control, covers, frame);
}

impl Flow {
    /// Moves both ends for a segment whose numbers have been counted.
    pub(super) fn move_states(&mut self, segment: &Segment, side: Side) {
        let control = Control::of(segment.flags);
        self.assume_states(segment, side, control);
        if control == Control::Rst {
            self.reset(segment, side);
            return;
        }
        let covers = self.covers(segment, side.peer());
        let finished = self.ends[side].fin.is_some_and(|fin| segment.seq.after(fin));
        let (frame, Sides { client, server }) = (segment.frame, self.walkers());
        let (sender, receiver) = if side == Side::Client { (client, server) } else { (server, client) };
        walk(sender, receiver, control, covers, finished, frame);
    }

    fn reset(&mut self, segment: &Segment, side: Side) {
        if !self.refuses_syn_ack(segment, side) {
            self.walker(side).apply(Role::Sender, Control::Rst, Covers::Nothing, segment.frame);
        }
        if rst_is_acceptable(segment, &self.ends[side], &self.ends[side.peer()]) {
            let finished = self.ends[side].fin.is_some();
            let mut receiver = self.walker(side.peer());
            if finished {
                receiver.hear_fin(segment.frame);
            }
            receiver.apply(Role::Receiver, Control::Rst, Covers::Nothing, segment.frame);
        }
    }

    /// What of `of`'s control octets the segment's ACK covers.
    fn covers(&self, segment: &Segment, of: Side) -> Covers {
        let ack = segment.flags.has(Flags::ACK).then_some(segment.ack);
        let end = &self.ends[of];
        Covers::of(ack, end.iss, end.fin)
    }

    /// Before its first segment an end is taken to be closed or to listen; a segment without SYN shows that it is past
    /// that.
    fn assume_states(&mut self, segment: &Segment, side: Side, control: Control) {
        let answers = self.covers(segment, side.peer()) != Covers::Nothing
            && self.ends[side.peer()].snd_nxt.is_none_or(|next| segment.ack.at_or_before(next));
        let own = &mut self.ends[side];
        match (own.state, control) {
            (None, Control::Syn) => own.state = Some(State::Closed),
            (None, Control::SynAck) => own.state = Some(State::Listen),
            (None, Control::None | Control::Fin) => self.walker(side).enter(State::Established, segment.frame),
            (Some(State::Listen), Control::None | Control::Fin) if answers => {
                self.walker(side).enter(State::Established, segment.frame);
            }
            _ => {}
        }
        if control == Control::Syn {
            self.ends[side.peer()].state.get_or_insert(State::Listen);
        }
    }

    fn walkers(&mut self) -> Sides<Walker<'_>> {
        let Sides { client, server } = &mut self.ends;
        Sides { client: Walker::of(client, self.id), server: Walker::of(server, self.id) }
    }

    fn walker(&mut self, side: Side) -> Walker<'_> {
        Walker::of(&mut self.ends[side], self.id)
    }

    /// A RST from SYN-SENT that answers an unacceptable SYN-ACK or ACK with its number leaves the sender in SYN-SENT
    /// (RFC 9293 §3.10.7.3).
    fn refuses_syn_ack(&self, segment: &Segment, side: Side) -> bool {
        let own = &self.ends[side];
        own.state == Some(State::SynSent) && own.snd_nxt.is_some_and(|next| segment.seq != next)
    }
}

/// Whether the receiver of a RST will believe it (RFC 9293 §3.10.7): in SYN-SENT its ACK has to cover the SYN, later
/// its number has to be in the window. The capture may have missed the receiver's last ACKs, so the sender's own
/// SND.NXT counts too.
fn rst_is_acceptable(segment: &Segment, sender: &End, receiver: &End) -> bool {
    if receiver.state == Some(State::SynSent) {
        let covers_syn = receiver.iss.is_some_and(|iss| segment.ack.after(iss)) && segment.flags.has(Flags::ACK);
        let aborts = sender.iss.is_some_and(|iss| segment.seq.after(iss));
        return covers_syn || aborts;
    }
    let Some(next) = receiver.rcv_nxt else { return true };
    let edge = receiver.right_edge.unwrap_or(next).max(next);
    let in_window = segment.seq.at_or_after(next) && segment.seq.at_or_before(edge);
    in_window || Some(segment.seq) == sender.snd_nxt
}
