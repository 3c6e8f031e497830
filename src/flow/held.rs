//! A SYN in the middle of a live connection, or that of a closed one again: it may open the next one on the same ports, or come to nothing.

use super::{Closing, Flow, Limits, Mark, Side};
use crate::capture::FrameNumber;
use crate::wire::{Flags, Segment};

/// Timestamps further ahead than this are of another clock.
const CLOCK: u32 = 1 << 24;

/// A SYN that is not counted anywhere yet.
#[derive(Clone, Debug)]
pub struct Held {
    /// The SYN.
    pub segment: Segment,
    /// What it is if it opens nothing; by whom its sender went on, once it has.
    stray: Stray,
}

/// A SYN that opened nothing: its sender went on with the connection it was sent into (RFC 9293 §3.10.7.4).
#[derive(Clone, Copy, Debug)]
pub struct Stray {
    /// The SYN.
    pub mark: Mark,
    /// Whether it lay in the window of its receiver.
    pub in_window: bool,
    /// Whether its timestamp is one of this connection's; `None` where it has none to tell by.
    pub current: Option<bool>,
    /// The segment by which its sender went on.
    pub went_on: Option<Mark>,
    /// The frame that settled it; `None` where the end of the connection did.
    pub settled: Option<FrameNumber>,
}

impl Held {
    /// Holds a SYN that came while `flow` was alive.
    pub fn new(segment: Segment, flow: &Flow) -> Self {
        Self { segment, stray: flow.stray_of(&segment) }
    }

    /// Notes `segment`, which is of `flow`, if it is the SYN's sender's and shows that it goes on there.
    pub fn observe(&mut self, segment: &Segment, flow: &Flow) {
        // A RST with ACK aborts the connection that is there; one without may refuse what answers the SYN.
        let goes_on = segment.source == self.segment.source
            && !segment.flags.has(Flags::SYN)
            && segment.flags.has(Flags::ACK)
            && flow.fits(segment);
        if goes_on {
            self.stray.went_on.get_or_insert(Mark::of(segment, self.stray.mark.side));
        }
    }

    /// What it is, once its sender has gone on without it for longer than frames change places.
    pub fn settled_by(&self, segment: &Segment, limits: &Limits) -> Option<Stray> {
        let late = segment.time.since(self.segment.time) > limits.reordering;
        (late && self.stray.went_on.is_some()).then_some(Stray { settled: Some(segment.frame), ..self.stray })
    }

    /// What it is, once the connection is over; `None` if it may have opened the next.
    pub fn at_end(&self) -> Option<Stray> {
        self.stray.went_on.is_some().then_some(self.stray)
    }

    /// What it is once nobody has answered it, if it has the number that its sender began `flow` with.
    pub fn repeats(&self, flow: &Flow) -> Option<Stray> {
        (flow.ends[self.stray.mark.side].iss == Some(self.segment.seq)).then_some(self.stray)
    }

    /// Whether `segment` shows that the SYN opens a connection: it answers it, repeats it, or goes on from it, with numbers
    /// that are none of `flow`, into which it fell.
    pub fn is_opened_by(&self, segment: &Segment, flow: &Flow, limits: &Limits) -> bool {
        let held = &self.segment;
        let same_sender = segment.source == held.source && segment.destination == held.destination;
        let flags = segment.flags;
        match (same_sender, flags.has(Flags::SYN)) {
            (true, true) => {
                let again = segment.time.since(held.time) > limits.duplicate_frame;
                flags.is_syn() && segment.seq == held.seq && again
            }
            (true, false) => !flags.has(Flags::RST) && segment.seq == held.end() && self.is_far_from(segment, flow),
            (false, true) => flags.is_syn_ack() && self.is_covered_by(segment),
            (false, false) => flags.has(Flags::RST) && self.is_covered_by(segment),
        }
    }

    fn is_covered_by(&self, segment: &Segment) -> bool {
        segment.flags.has(Flags::ACK)
            && segment.ack.after(self.segment.seq)
            && segment.ack.at_or_before(self.segment.end())
    }

    /// Whether an ACK from the same sender is of another connection than `flow` by its ACK, too. Of two connections that a
    /// proxy keeps on the same ports the first goes on as well.
    fn is_far_from(&self, segment: &Segment, flow: &Flow) -> bool {
        let apart = self.stray.went_on.is_none() || !flow.fits(segment);
        segment.flags.has(Flags::ACK) && apart && segment.seq != self.segment.ack
    }
}

impl Flow {
    /// Whether a connection is there that a SYN could fall into: opened, or about to be, and not closed.
    pub fn is_alive(&self) -> bool {
        !self.is_closed()
            && (self.opening.syn.is_none() || self.opening.syn_ack.is_some() || self.opening.ack.is_some())
    }

    /// Whether a SYN that opened this connection comes again long after both ends have closed it.
    pub(super) fn is_asked_again_by(&self, syn: &Segment, limits: &Limits) -> bool {
        let complete = self.closing.as_deref().is_some_and(Closing::complete);
        let again = self.side_of(syn) == Side::Client && self.ends.client.iss == Some(syn.seq);
        complete && again && syn.time.since(self.last) > limits.reordering
    }

    /// What a SYN is if it falls into this connection and opens nothing.
    fn stray_of(&self, syn: &Segment) -> Stray {
        let side = self.side_of(syn);
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let from = peer.rcv_nxt.or(own.snd_nxt).unwrap_or(syn.seq);
        let edge = peer.right_edge.unwrap_or(from).max(from);
        let in_window = syn.seq.at_or_after(from) && syn.seq.at_or_before(edge);
        // Where the capture begins later, its sender may have begun with any number below what it was heard of.
        let may_have_begun = own.iss.is_none() && !own.syn_seen && syn.seq.before(from);
        if own.iss == Some(syn.seq) || may_have_begun {
            // An old duplicate.
            return Stray { mark: Mark::of(syn, side), in_window, current: Some(false), went_on: None, settled: None };
        }
        let current = syn.options.timestamps().zip(own.timestamps).map(|(now, (first, newest))| {
            now.tsval.wrapping_sub(first.tsval) as i32 >= 0
                && (now.tsval.wrapping_sub(newest.tsval) as i32) < CLOCK as i32
        });
        Stray { mark: Mark::of(syn, side), in_window, current, went_on: None, settled: None }
    }

    /// What the attempt before this connection was, if it was not over.
    pub(super) fn follow(&mut self, former: &Self) {
        let waiting = former.opening.ack.is_none() && !former.is_closed();
        let same_client = self.endpoints.client == former.endpoints.client;
        if let Some(syn) = former.opening.last_syn.filter(|_| waiting && same_client) {
            self.opening.irregular_mut().former = Some(syn);
        }
    }

    /// Whether `segment` stands just where its sender stood, and acknowledges no more than was sent.
    pub(super) fn goes_on_with(&self, segment: &Segment) -> bool {
        let side = self.side_of(segment);
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let acknowledges = |next| !segment.flags.has(Flags::ACK) || segment.ack.at_or_before(next);
        match (own.snd_nxt, peer.snd_nxt) {
            (Some(own), Some(peer)) => segment.seq == own && acknowledges(peer),
            (None, Some(peer)) => segment.flags.has(Flags::ACK) && segment.ack == peer,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Side::{Client, Server};
    use crate::flow::testing::{ack, established, with};

    fn held() -> (Held, Flow) {
        let flow = established();
        let syn = Segment { flags: Flags::SYN, ..ack(Client, 10, 1500, 0, 0) };
        (Held::new(syn, &flow), flow)
    }

    #[test]
    fn a_syn_whose_sender_goes_on_opens_nothing() {
        let (mut held, flow) = held();
        let limits = Limits::default();
        let soon = ack(Client, 20, 1001, 5001, 10);
        held.observe(&soon, &flow);
        assert!(held.settled_by(&soon, &limits).is_none(), "frames may have changed places");
        let stray = held.settled_by(&ack(Client, 70, 1011, 5001, 10), &limits).expect("settled");
        assert!(stray.in_window && stray.went_on.is_some());
        assert!(held.at_end().is_some());
    }

    #[test]
    fn a_syn_that_is_answered_opens_a_connection() {
        let (held, flow) = held();
        let limits = Limits::default();
        assert!(held.at_end().is_none());
        assert!(held.is_opened_by(&with(Flags::SYN, ack(Server, 20, 9000, 1501, 0)), &flow, &limits));
        assert!(held.is_opened_by(&with(Flags::RST, ack(Server, 20, 0, 1501, 0)), &flow, &limits));
        assert!(!held.is_opened_by(&with(Flags::SYN, ack(Server, 20, 9000, 1001, 0)), &flow, &limits));
    }
}
