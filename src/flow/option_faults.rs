//! Timestamps and SACK blocks that contradict what their flow has shown: some at once, some once the peer goes on.

use super::step::Cues;
use super::{Block, Flow, Limits, MILLISECOND, Mark, Nanoseconds, SECOND, Side, State};
use crate::wire::{Flags, OptionSet, Segment, SeqNum};

/// Options that contradict their flow; the first of each kind.
#[derive(Clone, Debug, Default)]
pub struct OptionFaults {
    /// A TSval older than one its sender had used.
    pub clock_back: Option<ClockBack>,
    /// A TSecr that the peer never sent.
    pub echo: Option<Echo>,
    /// A SACK block that cannot be.
    pub block: Option<Block>,
    doubtful_echo: Option<Echo>,
    pub(super) doubtful_block: Option<Block>,
}

/// A TSval older than one its sender had used (RFC 7323 §4.3, §5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockBack {
    /// The segment.
    pub mark: Mark,
    /// Its TSval.
    pub tsval: u32,
    /// The newest TSval before it.
    pub newest: u32,
}

/// A TSecr outside what the peer sent (RFC 7323 §3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Echo {
    /// The segment.
    pub mark: Mark,
    /// Its TSecr.
    pub tsecr: u32,
    /// Its TSval, if its sender had sent none as new before: who echoes that has heard it.
    pub tsval: Option<u32>,
    /// Whether it brings octets that its sender had not sent before: who acknowledges them has heard it.
    pub fresh: bool,
    /// The peer's first and newest TSval before it.
    pub sent: (u32, u32),
    /// The peer's segment that settled it.
    pub settled_by: Option<Mark>,
}

/// TS.Recent is not valid after so long a silence (RFC 7323 §5.5).
pub(super) const OUTDATED_AFTER: Nanoseconds = 24 * 24 * 3600 * SECOND;

/// Ticks of a millisecond that pass at most between the first SYN of an attempt and its last.
const SYN_RETRIES: u32 = 130_000;

impl Flow {
    /// Judges the timestamps and blocks of `segment`, by the facts before it; returns the cue if a fault is known now.
    pub(super) fn judge_options(&mut self, segment: &Segment, side: Side, late: bool, limits: &Limits) -> Cues {
        let mut cues = Cues::default();
        let mut known = false;
        if self.option_faults.is_some() {
            known |= self.settle_options(segment, side, late, limits);
        }
        let agreed = match segment.flags.is_syn_ack() {
            // A SYN-ACK is what agrees.
            true => self.ends[side.peer()].offer.is_some_and(|offer| offer.timestamps),
            false => self.has_timestamps(),
        };
        if segment.options.has(OptionSet::TIMESTAMPS) && !segment.flags.has(Flags::RST) && agreed {
            known |= self.judge_clock(segment, side, late, limits);
            known |= self.judge_echo(segment, side, limits);
        }
        if segment.options.has(OptionSet::SACK) {
            known |= self.judge_blocks(segment, side);
        }
        cues.add_if(known, Cues::OPTION_FAULT);
        cues
    }

    /// What the end of the flow settles: an echo that no segment of the peer ever came up to, and a block above where the
    /// peer stood soon after, whose octets never came.
    pub(super) fn settle_options_at_end(&mut self) -> Cues {
        let mut cues = Cues::default();
        let in_order = !self.vantage.reordered && !self.vantage.duplicated;
        let Some(faults) = &mut self.option_faults else { return cues };
        let echo = faults.doubtful_echo.take().filter(|echo| echo.settled_by.is_some() && faults.echo.is_none());
        cues.add_if(echo.is_some(), Cues::OPTION_FAULT);
        faults.echo = faults.echo.or(echo);
        let block =
            faults.doubtful_block.take().filter(|block| in_order && block.stood.is_some() && faults.block.is_none());
        cues.add_if(block.is_some(), Cues::OPTION_FAULT);
        faults.block = faults.block.or(block.map(|block| Block { settled_by: block.stood, ..block }));
        cues
    }

    /// Whether both ends offered timestamps.
    fn has_timestamps(&self) -> bool {
        Side::BOTH.into_iter().all(|side| self.ends[side].offer.is_some_and(|offer| offer.timestamps))
    }

    /// The clock of a sender never goes back (RFC 7323 §4.1); only a segment that was overtaken shows an older time.
    fn judge_clock(&mut self, segment: &Segment, side: Side, late: bool, limits: &Limits) -> bool {
        let own = &self.ends[side];
        let (Some(now), Some((_, newest))) = (segment.options.timestamps(), own.timestamps) else { return false };
        let waited = segment.time.nanoseconds().saturating_sub(own.last_sent);
        let older = (now.tsval.wrapping_sub(newest.tsval) as i32) < 0;
        // What acknowledges less, echoes something older, or is bare and stands below SND.NXT, too, was overtaken, however
        // late it comes.
        let below = |next: SeqNum| segment.seg_len() == 0 && (segment.seq + 1).before(next);
        let overtaken = segment.flags.has(Flags::ACK)
            && (own.rcv_nxt.is_some_and(|known| segment.ack.before(known))
                || own.snd_nxt.is_some_and(below)
                || (now.tsecr.wrapping_sub(newest.tsecr) as i32) < 0);
        if !older || overtaken || late || segment.flags.has(Flags::SYN) || waited >= OUTDATED_AFTER {
            return false;
        }
        let in_order = match own.ids.sent_before(segment) {
            // An older identification is an older segment, however late.
            Some(before) => !before,
            None if own.acknowledges_more(segment) && self.opening.irregular.is_none() => true,
            None => {
                let behind = i64::from(newest.tsval.wrapping_sub(now.tsval) as i32);
                let first = own.timestamps.is_some_and(|(first, _)| (now.tsval.wrapping_sub(first.tsval) as i32) < 0);
                // Not even the fastest clock shows so much between two segments that were swapped.
                let apart = waited > limits.reordering || behind > limits.reordering / 1_000;
                // Of octets that come next only a retransmission can have left later, some milliseconds.
                let new = segment.seg_len() > 0 && behind > 10;
                let next = own.snd_nxt == Some(segment.seq) && (apart || new);
                next || (first && apart)
            }
        };
        let first = self.option_faults.as_ref().is_none_or(|faults| faults.clock_back.is_none());
        if in_order && let Some((earliest, _)) = &mut self.ends[side].timestamps {
            // It was sent for all that, and may be echoed.
            let earlier = (now.tsval.wrapping_sub(earliest.tsval) as i32) < 0;
            earliest.tsval = if earlier { now.tsval } else { earliest.tsval };
        }
        if in_order && first {
            let fault = ClockBack { mark: Mark::of(segment, side), tsval: now.tsval, newest: newest.tsval };
            self.option_faults.get_or_insert_default().clock_back = Some(fault);
        }
        in_order && first
    }

    /// An echo is of something the peer sent: not before its first TSval, nor after its newest.
    fn judge_echo(&mut self, segment: &Segment, side: Side, limits: &Limits) -> bool {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let (Some(now), Some((first, newest))) = (segment.options.timestamps(), peer.timestamps) else { return false };
        let synchronized = own.state.is_some_and(State::is_synchronized) || own.state == Some(State::SynReceived);
        let answered = own.state == Some(State::SynSent) && peer.syn_seen;
        let answers = synchronized || answered || segment.flags.is_syn_ack();
        let never_echoed = now.tsecr == 0 && own.timestamps.is_none_or(|(_, latest)| latest.tsecr == 0);
        if !segment.flags.has(Flags::ACK) || !answers || never_echoed {
            return false;
        }
        let before = (now.tsecr.wrapping_sub(first.tsval) as i32) < 0;
        let ahead = now.tsecr.wrapping_sub(newest.tsval) as i32;
        let clock_back = self.option_faults.as_deref().and_then(|faults| faults.clock_back);
        if ahead > 0 && clock_back.is_some_and(|fault| fault.mark.side != side) {
            // A peer whose TSval is wrong may have been heard with the right one.
            return false;
        }
        if !before && (ahead <= 0 || peer.unstamped) {
            return false;
        }
        let sent = (first.tsval, newest.tsval);
        let tsval = own.advances_clock(segment).then_some(now.tsval);
        let fresh = own.snd_nxt.is_some_and(|next| segment.seg_len() > 0 && segment.end().after(next));
        let echo = Echo { mark: Mark::of(segment, side), tsecr: now.tsecr, tsval, fresh, sent, settled_by: None };
        let impossible = i64::from(ahead) > self.ticks_to(segment, side.peer(), limits);
        // What was echoed once is not unlearned; before, it may be of what the capture does not have.
        let echoed = own.rcv_nxt.is_some()
            && own.timestamps.is_some_and(|(_, latest)| latest.tsecr.wrapping_sub(first.tsval) as i32 >= 0);
        let uncaptured = if echoed { 0 } else { self.ticks_before(segment) };
        let before_all = before && first.tsval.wrapping_sub(now.tsecr) > uncaptured;
        let faults = self.option_faults.get_or_insert_default();
        if faults.echo.is_some() {
            return false;
        }
        if before_all || impossible {
            faults.echo = Some(echo);
            return true;
        }
        if !before {
            faults.doubtful_echo.get_or_insert(echo);
        }
        false
    }

    /// The most ticks that the clock of `side` can have gone on between its latest segment and `segment`.
    fn ticks_to(&self, segment: &Segment, side: Side, limits: &Limits) -> i64 {
        let end = &self.ends[side];
        // The capture's clock may have gone back.
        let waited = segment.time.nanoseconds().saturating_sub(end.last_sent).max(0);
        // Not even a clock of a microsecond has come farther (RFC 7323 §5.4 allows a millisecond at the fastest).
        let most = (waited / 1_000).saturating_add(SECOND / 1_000);
        let began = [self.opening.syn, self.opening.syn_ack].into_iter().flatten().find(|mark| mark.side == side);
        let known = began.map_or(0, |began| end.last_sent.saturating_sub(began.time.nanoseconds()));
        let Some((first, newest)) = end.timestamps.filter(|_| known >= 10 * MILLISECOND) else { return most };
        /// Ticks of a nanosecond, of the usual clock of a millisecond.
        const USUAL: f64 = 1e-6;
        let went = f64::from(newest.tsval.wrapping_sub(first.tsval)) + 1.0;
        let pace = went / known as f64;
        let lately = waited.saturating_add(limits.reordering.saturating_mul(2));
        let since_latest = 2.0 * pace * lately as f64;
        // The latest may be a copy of something older, so that its clock seems to have stood still.
        let since_first = 1.1 * pace.max(USUAL) * known.saturating_add(lately) as f64 - went;
        most.min((since_latest.max(since_first) as i64).saturating_add(1))
    }

    /// How far below its peer's first TSval a first echo may lie: an earlier SYN, or SYN-ACK, may not have been captured.
    fn ticks_before(&self, segment: &Segment) -> u32 {
        let wait = self.opening.syn_ack.zip(self.opening.syn).map(|(answer, asked)| answer.time.since(asked.time));
        match wait.filter(|wait| *wait >= 0 && !segment.flags.has(Flags::SYN)) {
            Some(wait) => u32::try_from(wait / MILLISECOND * 2 + 1).map_or(SYN_RETRIES, |ticks| ticks.min(SYN_RETRIES)),
            None => SYN_RETRIES,
        }
    }

    /// Holds a segment against what is doubtful about the peer's options; whether a fault is proved now.
    fn settle_options(&mut self, segment: &Segment, side: Side, late: bool, limits: &Limits) -> bool {
        let Some(faults) = &mut self.option_faults else { return false };
        let settled_by = Some(Mark::of(segment, side));
        let mut proved = false;
        let newest = self.ends[side].timestamps.map(|(_, newest)| newest.tsval);
        // An old copy tells nothing of how far its sender's clock is by now.
        let old = |tsval: u32| newest.is_some_and(|newest| (tsval.wrapping_sub(newest) as i32) < 0);
        let now = segment.options.timestamps().filter(|_| !segment.flags.has(Flags::RST) && !late);
        let now = now.filter(|now| !old(now.tsval));
        if let Some((echo, now)) = faults.doubtful_echo.filter(|echo| echo.mark.side != side).zip(now) {
            // Had it sent what was echoed its clock would be there by now, unless the capture swapped the two.
            let short = (now.tsval.wrapping_sub(echo.tsecr) as i32) < 0;
            let since = segment.time.since(echo.mark.time);
            let settled_by = settled_by.filter(|_| since > MILLISECOND).or(echo.settled_by);
            let echo = Echo { settled_by, ..echo };
            // Some never echo anything.
            let echoed = now.tsecr != 0 && echo.tsval.is_some_and(|tsval| now.tsecr.wrapping_sub(tsval) as i32 >= 0);
            let acknowledged = echo.fresh && segment.flags.has(Flags::ACK) && segment.ack.at_or_after(echo.mark.end());
            let answers = echoed || acknowledged;
            proved = short && (answers || since > limits.reordering);
            faults.doubtful_echo = (short && !proved).then_some(echo);
            faults.echo = faults.echo.or(proved.then_some(echo));
        }
        if let Some(block) = faults.doubtful_block {
            let (judged, pending) = match block.mark.side == side {
                true => {
                    (block.is_belied_by(segment, late), Some(block).filter(|block| !block.is_borne_out_by(segment)))
                }
                false => block.judge(segment, late, limits),
            };
            faults.doubtful_block = pending.filter(|_| !judged);
            faults.block = if judged { Some(Block { settled_by, ..block }) } else { faults.block };
            proved |= judged;
        }
        proved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::testing::{ack, established, tell, with};
    use crate::wire::SackBlock;
    use crate::wire::{Options, Timestamps};
    use Side::{Client, Server};

    fn stamped(segment: Segment, tsval: u32, tsecr: u32) -> Segment {
        let mut options = segment.options;
        options.present.insert(OptionSet::TIMESTAMPS);
        Segment { options: Options { timestamps: Timestamps { tsval, tsecr }, ..options }, ..segment }
    }

    fn sacking(segment: Segment, left: u32, right: u32) -> Segment {
        let mut options = segment.options;
        options.present.insert(OptionSet::SACK);
        options.sack[0] = SackBlock { left: SeqNum(left), right: SeqNum(right) };
        Segment { options: Options { sack_count: 1, ..options }, ..segment }
    }

    /// Established with timestamps: the client's clock began at 100, the server's at 900.
    fn clocked(segments: &[Segment]) -> OptionFaults {
        let syn = stamped(Segment { flags: Flags::SYN, ..ack(Client, 0, 1000, 0, 0) }, 100, 0);
        let mut flow = Flow::new(&syn);
        tell(&mut flow, syn);
        tell(&mut flow, stamped(with(Flags::SYN, ack(Server, 1, 5000, 1001, 0)), 900, 100));
        tell(&mut flow, stamped(ack(Client, 2, 1001, 5001, 0), 102, 900));
        segments.iter().for_each(|segment| tell(&mut flow, *segment));
        flow.option_faults.map(|faults| *faults).unwrap_or_default()
    }

    fn blocks(segments: &[Segment]) -> Option<Block> {
        let mut flow = established();
        segments.iter().for_each(|segment| tell(&mut flow, *segment));
        flow.option_faults.and_then(|faults| faults.block)
    }

    #[test]
    fn a_clock_that_goes_back_on_new_octets_is_a_fault() {
        let data = ack(Client, 60, 1001, 5001, 10);
        assert!(clocked(&[stamped(data, 160, 900)]).clock_back.is_none());
        let back = clocked(&[stamped(data, 90, 900)]).clock_back.expect("older than the SYN's");
        assert_eq!((back.tsval, back.newest), (90, 102));
    }

    #[test]
    fn an_older_time_on_an_ack_of_more_is_no_swap_of_frames() {
        let sent = [
            stamped(ack(Server, 10, 5001, 1001, 100), 910, 102),
            stamped(ack(Server, 11, 5101, 1001, 100), 911, 102),
            stamped(ack(Client, 20, 1001, 5101, 0), 120, 910),
        ];
        let back = |acknowledged| {
            let last = stamped(ack(Client, 21, 1001, acknowledged, 0), 115, 911);
            clocked(&[&sent[..], &[last]].concat()).clock_back
        };
        assert!(back(5201).is_some() && back(5101).is_none());
    }

    #[test]
    fn an_echo_lies_between_the_first_and_the_newest_that_the_peer_sent() {
        assert!(clocked(&[stamped(ack(Client, 30, 1001, 5001, 10), 130, 900)]).echo.is_none());
        let beyond = clocked(&[stamped(ack(Client, 30, 1001, 5001, 10), 130, 70_000_000)]);
        assert_eq!(beyond.echo.map(|echo| (echo.tsecr, echo.sent)), Some((70_000_000, (900, 900))));
    }

    #[test]
    fn an_echo_of_a_peer_whose_clock_is_wrong_is_not_judged() {
        let faults = clocked(&[
            stamped(ack(Client, 100, 1001, 5001, 10), 200, 900),
            stamped(ack(Client, 200, 1011, 5001, 10), 150, 900),
            stamped(ack(Server, 201, 5001, 1021, 0), 1101, 300),
        ]);
        assert!(faults.clock_back.is_some() && faults.echo.is_none());
    }

    #[test]
    fn a_block_is_empty_or_captured_before_its_octets_or_false() {
        assert!(blocks(&[sacking(ack(Client, 10, 1001, 5001, 0), 5101, 5101)]).is_some());
        let told = sacking(ack(Client, 10, 1001, 5001, 0), 5101, 5301);
        let late = [ack(Server, 11, 5001, 1001, 100), ack(Server, 12, 5101, 1001, 200)];
        assert!(blocks(&[&[told], &late[..]].concat()).is_none());
        let across = [ack(Server, 11, 5001, 1001, 200), ack(Server, 12, 5201, 1001, 200)];
        assert!(blocks(&[&[told], &across[..]].concat()).is_some());
    }

    #[test]
    fn a_peer_that_stands_below_the_block_long_after_has_not_sent_it() {
        let told = sacking(ack(Client, 10, 1001, 5001, 0), 5101, 5301);
        assert!(blocks(&[told, ack(Server, 30, 5001, 1001, 0)]).is_none(), "it may have left before");
        let denied = blocks(&[told, ack(Server, 300, 5001, 1001, 0)]).expect("settled");
        assert_eq!(denied.settled_by.map(|by| by.time.nanoseconds()), Some(300_000_000));
    }
}
