//! The states that a segment moves its flow's ends through, and what has to be taken for granted to say so.

use super::cue::{Control, Covers, Role};
use super::{End, Flow, Side, State, transition};
use crate::capture::FrameNumber;
use crate::wire::{Flags, Segment};

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
        self.ends[side].heard_fin |= covers == Covers::Fin;
        self.apply(side, Role::Sender, control, covers, segment.frame);
        // What was sent earlier is heard earlier: this ACK of the peer's FIN came after the sender's own FIN.
        if covers == Covers::Fin && self.fin_sent_before(segment, side) {
            self.hear_fin(side.peer(), segment.frame);
        }
        self.apply(side.peer(), Role::Receiver, control, covers, segment.frame);
    }

    fn reset(&mut self, segment: &Segment, side: Side) {
        if !self.refuses_syn_ack(segment, side) {
            self.apply(side, Role::Sender, Control::Rst, Covers::Nothing, segment.frame);
        }
        if rst_is_acceptable(segment, &self.ends[side], &self.ends[side.peer()]) {
            if self.ends[side].fin.is_some() {
                self.hear_fin(side.peer(), segment.frame);
            }
            self.apply(side.peer(), Role::Receiver, Control::Rst, Covers::Nothing, segment.frame);
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
            (None, Control::None | Control::Fin) => self.enter(side, State::Established, segment.frame),
            (Some(State::Listen), Control::None | Control::Fin) if answers => {
                self.enter(side, State::Established, segment.frame);
            }
            _ => {}
        }
        if control == Control::Syn {
            self.ends[side.peer()].state.get_or_insert(State::Listen);
        }
    }

    fn fin_sent_before(&self, segment: &Segment, side: Side) -> bool {
        self.ends[side].fin.is_some_and(|fin| segment.seq.after(fin))
    }

    fn hear_fin(&mut self, side: Side, frame: FrameNumber) {
        if self.ends[side].heard_fin {
            return;
        }
        self.ends[side].heard_fin = true;
        if let Some(state) = self.ends[side].state.and_then(transition::fin_heard) {
            self.enter(side, state, frame);
        }
    }

    fn apply(&mut self, side: Side, role: Role, control: Control, covers: Covers, frame: FrameNumber) {
        let Some(state) = self.ends[side].state else { return };
        for entered in transition::next(state, role, control, covers).iter() {
            self.enter(side, entered, frame);
        }
    }

    fn enter(&mut self, side: Side, state: State, frame: FrameNumber) {
        let id = self.id;
        let end = &mut self.ends[side];
        end.state = Some(state);
        end.trail.push(id, frame, state);
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
