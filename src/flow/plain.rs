//! The segment that nearly all traffic consists of: in order, established, nothing odd about it. It can break no rule,
//! so it takes the short way: the same facts, no judgement.

use super::cues::marks_without_agreement;
use super::step::{Before, Cues, Step};
use super::{Flow, Limits, Oddities, Relation, Side, Sides, State};
use crate::wire::{ChecksumStatus, Flags, OptionSet, Segment, SeqNum, Timestamps};

/// Octets of TCP in the largest packet of a plain Ethernet; what is larger tells of offload.
pub(super) const ETHERNET: u32 = 1480;

impl Flow {
    /// Counts `segment` if it is plain; whether it was.
    pub(super) fn observe_plain(&mut self, segment: &Segment, side: Side, limits: &Limits) -> bool {
        let Some(edge) = self.plain_edge(segment, side, limits) else { return false };
        self.oddities = None;
        self.copies.remember(segment, side);
        self.note_checksum(segment, side);
        self.ends[side].ids.note(segment);
        self.count(segment, side);
        let una = self.ends[side.peer()].rcv_nxt;
        let own = &mut self.ends[side];
        own.sums.note(segment, segment.frame.saturating_sub(self.id), una);
        own.moved_on = segment.seg_len() > 0;
        own.snd_nxt = Some(segment.end());
        own.rcv_nxt = Some(segment.ack);
        own.window = segment.window;
        own.right_edge = Some(edge);
        self.last = segment.time;
        self.last_frame = segment.frame;
        true
    }

    /// Reads a word of each part that the short ways read; the value means nothing.
    pub(super) fn touched(&self) -> u64 {
        let Sides { client, server } = &self.ends;
        let opening = &self.opening;
        let marks = u64::from(opening.syn.is_some()) ^ u64::from(opening.ack.is_some() ^ opening.syn_ack.is_some());
        let closing = self.closing.as_deref().map_or(0, |closing| u64::from(closing.rsts));
        let times = self.id ^ self.last.seconds as u64 ^ self.last_frame;
        let boxes = u64::from(self.suspicions.is_some() ^ self.pauses.is_some());
        client.touched() ^ server.touched() ^ times ^ boxes ^ marks ^ closing ^ self.copies.touched()
    }

    /// The step of a segment that was counted a short way: no rule listens to its cues.
    pub(super) fn short_step<'a>(&'a self, segment: &'a Segment, side: Side, cues: Cues) -> Step<'a> {
        let relation = if segment.seg_len() > 0 { Relation::New } else { Relation::Bare };
        Step {
            cues,
            flow: self,
            segment: Some(segment),
            side,
            relation,
            before: Before::default(),
            settled: &[],
            ending: None,
        }
    }

    /// The right edge that `segment` advertises, if it is plain.
    fn plain_edge(&self, segment: &Segment, side: Side, limits: &Limits) -> Option<SeqNum> {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let established = own.state == Some(State::Established) && peer.state == own.state;
        let ordinary = established && !segment.flags.has(Flags::FIN) && self.closing.is_none();
        if ordinary { self.regular_edge(segment, side, limits) } else { None }
    }

    /// The right edge that `segment` advertises, if it comes in order on a connection that is open as it should be, and
    /// has nothing odd about it.
    pub(super) fn regular_edge(&self, segment: &Segment, side: Side, limits: &Limits) -> Option<SeqNum> {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let flags = Flags(segment.flags.0 & !Flags::FIN.0);
        let ordinary = flags == Flags::ACK || (flags == Flags::ACK.with(Flags::PSH) && segment.seg_len() > 0);
        if !ordinary || self.opening.ack.is_none() || !self.is_undisturbed() || !self.is_sound(segment, side, limits) {
            return None;
        }
        // A bare ACK that acknowledges nothing new may be a copy, a keep-alive's answer or a window update.
        let told = own.rcv_nxt?;
        let in_order = own.snd_nxt? == segment.seq
            && segment.ack.at_or_before(peer.snd_nxt?)
            && (if segment.seg_len() > 0 { segment.ack.at_or_after(told) } else { segment.ack.after(told) });
        let edge = self.open_edge(segment, side)?;
        (in_order && edge.at_or_after(own.right_edge?)).then_some(edge)
    }

    /// The right edge that `segment` advertises, if it and its peer's window are open.
    pub(super) fn open_edge(&self, segment: &Segment, side: Side) -> Option<SeqNum> {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let edge = segment.ack + (u32::from(segment.window.0) << own.window_shift(peer)?);
        let closed = own.rcv_nxt.is_some() && own.window.0 == 0;
        let open = segment.window.0 != 0 && !closed && segment.end().at_or_before(peer.right_edge?);
        open.then_some(edge)
    }

    /// Whether nothing has happened that is remembered beside the ordinary course of things.
    pub(super) fn is_undisturbed(&self) -> bool {
        let Sides { client, server } = &self.ends;
        self.oddities.as_deref().is_none_or(Oddities::are_over)
            && self.option_faults.is_none()
            && self.suspicions.is_none()
            && self.blemishes.is_none()
            && self.resets.is_none()
            && self.pauses.is_none()
            && self.stray.is_none()
            && !client.signs.some
            && !server.signs.some
            && client.holes.is_empty()
            && server.holes.is_empty()
    }

    /// Whether a segment without SYN has a header that is whole, right and ordinary, with the options that were agreed
    /// on, no larger than its peer takes, after no long silence.
    pub(super) fn is_sound(&self, segment: &Segment, side: Side, limits: &Limits) -> bool {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let Some((offer, peer_offer)) = own.offer.zip(peer.offer) else { return false };
        let timestamps = offer.timestamps && peer_offer.timestamps;
        let options = OptionSet::NOP.0 | OptionSet::END.0 | OptionSet::TIMESTAMPS.0;
        let ordinary_options =
            segment.options.present.0 & !options == 0 && segment.options.has(OptionSet::TIMESTAMPS) == timestamps;
        let now = segment.options.timestamps;
        let clock = || own.timestamps.zip(peer.timestamps).is_some_and(|(own, peer)| goes_on(now, own, peer));
        ordinary_options
            && is_unspoilt(segment)
            && segment.data_len() <= u32::from(peer_offer.mss.unwrap_or(536))
            && (0..limits.idle).contains(&segment.time.since(self.last))
            && (!timestamps || clock())
            && !marks_without_agreement(segment, own, peer)
    }
}

/// Whether a sender's clock has not gone back and its echo is one of its peer's; `own` and `peer` are the first and the
/// newest timestamps of both.
pub(super) fn goes_on(now: Timestamps, own: (Timestamps, Timestamps), peer: (Timestamps, Timestamps)) -> bool {
    let not_older = |value: u32, than: u32| value.wrapping_sub(than) as i32 >= 0;
    not_older(now.tsval, own.1.tsval) && not_older(now.tsecr, peer.0.tsval) && not_older(peer.1.tsval, now.tsecr)
}

/// Whether the header of `segment` is whole and right, and nothing but flags, numbers and options tells it from others.
pub(super) fn is_unspoilt(segment: &Segment) -> bool {
    segment.auditable()
        && segment.whole_header()
        && matches!(segment.checksum_status, ChecksumStatus::Good | ChecksumStatus::Unverified)
        && segment.options.malformed.is_none()
        && segment.options.repeated.is_none()
        && segment.urgent_pointer == 0
        && segment.reported <= ETHERNET
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture;
    use crate::capture::testing::captures;
    use crate::wire::Decoder;
    use std::collections::HashMap;

    /// Every segment of the captures in `testdata` that there is a short way for, counted both ways, by flows that know
    /// nothing of each other.
    #[test]
    #[cfg_attr(miri, ignore = "reads every capture of the test data")]
    fn a_short_way_leads_where_the_long_one_does() {
        let limits = Limits::default();
        let (mut plain, mut orderly, mut segments) = (0, 0, 0);
        for file in captures() {
            let Ok(mut reader) = capture::open(&file) else { continue };
            let mut flows: HashMap<_, Flow> = HashMap::new();
            let mut decoder = Decoder::default();
            while let Ok(Some(record)) = reader.next_record() {
                let _ = decoder.decode(&record, &mut |decoded| {
                    let segment = decoded.segment;
                    let pair = crate::flow::conversation::Pair::of(&segment);
                    let begins = segment.flags.is_syn() && flows.get(&pair).is_none_or(Flow::is_closed);
                    if begins {
                        flows.insert(pair, Flow::new(&segment));
                    }
                    let flow = flows.entry(pair).or_insert_with(|| Flow::new(&segment));
                    let side = flow.side_of(&segment);
                    let mut other = flow.clone();
                    segments += 1;
                    let before = flow.opening.ack.is_some() && flow.closing.is_none();
                    if flow.observe_shortly(&segment, side, &limits).is_some() {
                        let cues = other.observe_any(&segment, side, &limits).cues;
                        let place = format!("{} frame {}", file.display(), segment.frame);
                        assert_eq!(format!("{flow:?}"), format!("{other:?}"), "{place}");
                        if before && flow.closing.is_none() {
                            assert_eq!(cues, Cues::default(), "{place}");
                            plain += 1;
                        } else {
                            orderly += 1;
                        }
                    } else {
                        flow.observe_any(&segment, side, &limits);
                    }
                });
            }
        }
        println!("of {segments} segments {plain} are plain, {orderly} open and close in order");
        assert!(plain > 50 && orderly > 50, "of {segments} segments {plain} are plain, {orderly} orderly");
    }
}
