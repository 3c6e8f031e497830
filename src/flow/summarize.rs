//! A [`Flow`] told in the words of the reports: verdicts, moments, vantage.

use super::{
    Agreed, Closing, EndSummary, Flow, FlowSummary, Handshake, HandshakeVerdict, Limits, Mark, Moment, Offer, Side,
    Sides, State, Teardown, TeardownVerdict,
};
use crate::capture::Timestamp;

impl Flow {
    /// What is known of the flow; `stream` and `completeness` are Wireshark's.
    pub fn summarize(&self, stream: u32, completeness: u8, limits: &Limits) -> FlowSummary {
        FlowSummary {
            flow_id: self.id,
            stream,
            ends: Sides::new(|side| self.end_summary(side)),
            start: self.first,
            end: self.last,
            handshake: self.handshake(),
            teardown: self.teardown(limits),
            completeness,
            vantage: self.vantage,
        }
    }

    /// How it opened, in one word.
    pub fn handshake_verdict(&self) -> HandshakeVerdict {
        let opening = &self.opening;
        let synchronized = Side::BOTH.into_iter().any(|side| self.ends[side].state.is_some_and(State::is_synchronized))
            || self.ends.client.trail.iter(self.id).any(|entered| entered.state == State::Established);
        let reset = self.closing.as_ref().and_then(|closing| closing.rst);
        match (opening.syn.is_some(), opening.syn_ack.is_some(), opening.ack.is_some()) {
            (true, true, true) if opening.crossed => HandshakeVerdict::CompleteSimultaneous,
            (true, true, true) if opening.accepted_data > 0 => HandshakeVerdict::CompleteFastOpen,
            (true, true, true) => HandshakeVerdict::Complete,
            (true, true, false) if reset.is_some() => HandshakeVerdict::Aborted,
            (true, true, false) => HandshakeVerdict::HalfOpen,
            (true, false, _) if synchronized => HandshakeVerdict::Partial,
            (true, false, _) => match reset {
                Some(rst) if rst.side == Side::Server => HandshakeVerdict::Refused,
                Some(_) => HandshakeVerdict::Aborted,
                None if self.refused_by_icmp() => HandshakeVerdict::Refused,
                None => HandshakeVerdict::Unanswered,
            },
            (false, true, true) => HandshakeVerdict::Partial,
            (false, true, false) if reset.is_some() => HandshakeVerdict::Aborted,
            (false, true, false) => HandshakeVerdict::HalfOpen,
            (false, false, _) => HandshakeVerdict::NotCaptured,
        }
    }

    /// Whether an ICMP error said that the server cannot be reached.
    fn refused_by_icmp(&self) -> bool {
        let reported = self.opening.irregular.as_ref().and_then(|irregular| irregular.icmp);
        reported.is_some_and(|reported| reported.is_unreachable())
    }

    /// How it closed, in one word.
    pub fn teardown_verdict(&self) -> TeardownVerdict {
        use HandshakeVerdict::{Aborted, HalfOpen, Refused, Unanswered};
        if matches!(self.handshake_verdict(), Aborted | HalfOpen | Refused | Unanswered) {
            return TeardownVerdict::NeverOpened;
        }
        match self.closing.as_deref() {
            None => TeardownVerdict::Open,
            Some(closing) => match closing.verdict() {
                // What would acknowledge the FIN goes a way that was not captured.
                TeardownVerdict::FinUnacknowledged if !self.both_seen() => TeardownVerdict::NotCaptured,
                verdict => verdict,
            },
        }
    }

    fn both_seen(&self) -> bool {
        self.vantage.client_seen && self.vantage.server_seen
    }

    fn end_summary(&self, side: Side) -> EndSummary {
        let end = &self.ends[side];
        EndSummary {
            endpoint: self.endpoints[side],
            isn: end.iss,
            segments: end.segments,
            octets: end.octets,
            states: end.trail.iter(self.id).collect(),
        }
    }

    fn handshake(&self) -> Handshake {
        let opening = &self.opening;
        let offered = Sides::new(|side| self.ends[side].offer);
        let agreed = offered.client.zip(offered.server).map(|(client, server)| Agreed::on(client, server));
        Handshake {
            verdict: self.handshake_verdict(),
            syn: opening.syn.map(moment),
            syn_ack: opening.syn_ack.map(moment),
            ack: opening.ack.map(moment),
            syn_retransmissions: opening.syns.count.saturating_sub(1),
            syn_ack_retransmissions: opening.syn_acks.count.saturating_sub(1),
            offered,
            agreed,
        }
    }

    fn teardown(&self, limits: &Limits) -> Teardown {
        let verdict = self.teardown_verdict();
        let states = Sides::new(|side| self.ends[side].state);
        match self.closing.as_deref() {
            Some(closing) => closing.teardown(verdict, states, limits),
            None => Teardown {
                verdict,
                initiator: None,
                fin: Sides::default(),
                fin_ack: Sides::default(),
                rst: None,
                time_wait_until: None,
            },
        }
    }
}

impl Agreed {
    /// What holds after these two.
    pub(super) const fn on(client: Offer, server: Offer) -> Self {
        Self {
            window_scale: client.window_scale.is_some() && server.window_scale.is_some(),
            sack: client.sack_permitted && server.sack_permitted,
            timestamps: client.timestamps && server.timestamps,
        }
    }
}

impl Closing {
    /// How it closed; the ends are left in `states`.
    pub(super) fn teardown(&self, verdict: TeardownVerdict, states: Sides<Option<State>>, limits: &Limits) -> Teardown {
        Teardown {
            verdict,
            initiator: self.initiator.or(self.rst.map(|rst| rst.side)),
            fin: Sides::new(|side| self.fins[side].first.map(moment)),
            fin_ack: Sides::new(|side| self.fins[side].acknowledged.map(moment)),
            rst: self.rst.map(|rst| (rst.side, moment(rst))),
            time_wait_until: self.time_wait_until(states, limits),
        }
    }

    /// 2·MSL after the latest segment by which an end in TIME-WAIT acknowledged its peer's FIN.
    fn time_wait_until(&self, states: Sides<Option<State>>, limits: &Limits) -> Option<Timestamp> {
        let waiting = Side::BOTH.into_iter().filter(|side| states[*side] == Some(State::TimeWait));
        let last_ack = waiting
            .filter_map(|side| self.fins[side.peer()].acknowledged.map(|ack| ack.time))
            .max_by_key(|time| time.nanoseconds())?;
        Some(Timestamp::from_nanoseconds(last_ack.nanoseconds().saturating_add(limits.time_wait())))
    }

    pub(super) fn verdict(&self) -> TeardownVerdict {
        let (first, second) = match self.initiator {
            Some(side) => (&self.fins[side], &self.fins[side.peer()]),
            None => return TeardownVerdict::Reset,
        };
        if self.rst.is_some() {
            return if self.reset_after_close { TeardownVerdict::ResetAfterClose } else { TeardownVerdict::Reset };
        }
        match (first.acknowledged, second.first, second.acknowledged) {
            (None, None, _) => TeardownVerdict::FinUnacknowledged,
            (Some(_), None, _) => TeardownVerdict::HalfClosed,
            (Some(_), Some(_), Some(_)) if second.crossed => TeardownVerdict::Simultaneous,
            (Some(_), Some(_), Some(_)) if first.acknowledged_by_fin => TeardownVerdict::ThreeSegment,
            (Some(_), Some(_), Some(_)) => TeardownVerdict::FourSegment,
            (_, Some(_), _) => TeardownVerdict::LastAckMissing,
        }
    }
}

pub(super) fn moment(mark: Mark) -> Moment {
    Moment { frame: mark.frame, time: mark.time }
}
