//! A [`Segment`] applied to its [`Flow`]: the facts it adds, the states it moves, and the [`Step`] that tells both.

use super::copies::Copies;
use super::opening::offer_of;
use super::step::{Before, Cues, EndReason, Ending, Step};
use super::vantage::Credit;
use super::{
    Blemishes, Closing, End, Limits, Oddities, Opening, OptionFaults, Pauses, Relation, Resets, Rewriting, Side, Sides,
    Stray, Suspicions, TimeWait, Vantage,
};
use crate::capture::{FrameNumber, Timestamp};
use crate::wire::{Endpoint, Flags, OptionSet, Segment, SeqNum};

/// One connection, as far as it has been seen.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Number of its first frame.
    pub id: FrameNumber,
    /// Addresses and ports.
    pub endpoints: Sides<Endpoint>,
    /// Time of the first segment.
    pub first: Timestamp,
    /// Time of the latest segment.
    pub last: Timestamp,
    /// Its frame.
    pub last_frame: FrameNumber,
    /// Both ends.
    pub ends: Sides<End>,
    /// How it opened.
    pub opening: Opening,
    /// How it closes; nothing until there is a FIN or a RST.
    pub closing: Option<Box<Closing>>,
    /// What the connection before left in TIME-WAIT.
    pub time_wait: Option<Box<TimeWait>>,
    /// What there is to remember only after something unusual.
    pub oddities: Option<Box<Oddities>>,
    /// Whether it is a subflow of a multipath connection, whose windows belong to the whole (RFC 8684 §3.3.1).
    pub multipath: bool,
    /// What the capture can show of it.
    pub vantage: Vantage,
    /// What the capture spoils of it; nothing until something is spoilt.
    pub blemishes: Option<Box<Blemishes>>,
    /// Timestamps and SACK blocks that contradict it.
    pub option_faults: Option<Box<OptionFaults>>,
    /// Whether a segment without SYN, FIN and RST was seen.
    pub plain: bool,
    pub(super) copies: Copies,
    /// What a device on the way does to its numbers, where the capture shows both sides of one.
    pub rewriting: Option<Box<Rewriting>>,
    /// What is known of its RSTs.
    pub resets: Option<Box<Resets>>,
    /// Long silences and closed windows.
    pub pauses: Option<Box<Pauses>>,
    /// A SYN that fell into it and opened nothing.
    pub stray: Option<Box<Stray>>,
    pub(super) suspicions: Option<Box<Suspicions>>,
}

impl Flow {
    /// A flow that begins with `segment`, which is still to be observed.
    pub fn new(segment: &Segment) -> Self {
        let ends = [segment.source, segment.destination];
        let [client, server] = if sender_is_client(segment) { ends } else { [ends[1], ends[0]] };
        Self {
            id: segment.frame,
            endpoints: Sides { client, server },
            first: segment.time,
            last: segment.time,
            last_frame: segment.frame,
            ends: Sides::default(),
            opening: Opening::default(),
            closing: None,
            time_wait: None,
            oddities: None,
            multipath: false,
            vantage: Vantage { mid_stream: !segment.flags.has(Flags::SYN), ..Vantage::default() },
            blemishes: None,
            option_faults: None,
            plain: false,
            copies: Copies::default(),
            rewriting: None,
            resets: None,
            pauses: None,
            stray: None,
            suspicions: None,
        }
    }

    /// Who sent `segment`.
    pub fn side_of(&self, segment: &Segment) -> Side {
        if segment.source == self.endpoints.client { Side::Client } else { Side::Server }
    }

    /// Whether it has come to its end: both FINs acknowledged, or reset.
    pub fn is_closed(&self) -> bool {
        self.closing.as_ref().is_some_and(|closing| closing.complete() || closing.rst.is_some())
    }

    /// Counts a segment of this flow.
    pub fn observe<'a>(&'a mut self, segment: &'a Segment, limits: &Limits) -> Step<'a> {
        let side = self.side_of(segment);
        match self.observe_shortly(segment, side, limits) {
            Some(cues) => self.short_step(segment, side, cues),
            None => self.observe_any(segment, side, limits),
        }
    }

    /// Counts a segment if there is a short way for it; the cues of its step.
    pub(super) fn observe_shortly(&mut self, segment: &Segment, side: Side, limits: &Limits) -> Option<Cues> {
        match limits.short_ways {
            true if self.observe_plain(segment, side, limits) => Some(Cues::default()),
            true => self.observe_orderly(segment, side, limits),
            false => None,
        }
    }

    /// Counts a segment, whatever it is.
    pub(super) fn observe_any<'a>(&'a mut self, segment: &'a Segment, side: Side, limits: &Limits) -> Step<'a> {
        let copied = !self.is_next(segment, side) && self.is_copy(segment, side, limits);
        if copied || self.is_beyond_a_device(segment, side, limits) {
            return self.observe_copy(segment, side);
        }
        self.copies.remember(segment, side);
        match self.credit(segment, side) {
            Credit::Full if self.is_premature(segment, side) => {
                self.note_premature(segment, side);
                self.disregard(segment, side)
            }
            Credit::Full => self.take(segment, segment, side, limits),
            Credit::WithoutFin => {
                let flags = Flags(segment.flags.0 & !Flags::FIN.0);
                self.take(segment, &Segment { flags, ..*segment }, side, limits)
            }
            Credit::None => self.disregard(segment, side),
        }
    }

    /// Takes `segment` for what `counted` says: every fact and every state that follows from it.
    fn take<'a>(&'a mut self, segment: &'a Segment, counted: &Segment, side: Side, limits: &Limits) -> Step<'a> {
        let lost = self.vantage.lost_in_capture;
        let mut settled = self.settle(counted, side, limits);
        let mut before = self.before(side);
        before.left_last = self.ends[side].sent_last(counted);
        before.follows = self.ends[side].ids.follows_directly(counted);
        let relation = Relation::of(counted, &self.ends[side], self.window_closed(side.peer()));
        if relation.is_repeat() {
            before.contradicts = self.ends[side].sums.contradicted(counted).map(|after| self.id.saturating_add(after));
        }
        let mut cues = self.cues(segment, side, relation, limits);
        cues = cues.with(self.note_vantage(counted, side, cues, limits));
        if counted.options.present.0 & !OptionSet::NOP.0 != 0 || self.option_faults.is_some() {
            let late = cues.any(Cues::REORDERED);
            cues = cues.with(self.judge_options(counted, side, late, limits));
        }
        if self.opening.ack.is_none() || counted.flags.has(Flags::SYN) {
            self.adopt(counted, side);
            self.opening.observe(segment, side, &self.ends);
        }
        cues.add_if(self.disown_early(counted, side, before.left_last), Cues::DISOWNED);
        cues = cues.with(self.note_resets(counted, side, limits));
        self.observe_pauses(counted, side, limits);
        let stored = counted.flags.has(Flags::SYN).then(|| self.credible(counted, side));
        let believed = stored.as_ref().map_or(Some(counted), Option::as_ref);
        self.note_oddities(counted, side, relation, segment.time.since(self.last), before.follows);
        self.close(counted, side);
        self.deny_premature(counted, side, limits);
        let foreign = self.is_foreign(counted, side);
        let disproved = self.suspect(counted, side, relation, &before);
        settled |= disproved;
        cues.add_if(settled, Cues::SETTLED);
        self.count(counted, side);
        if let Some(believed) = believed {
            self.believe(believed, side, !disproved && !foreign);
        }
        self.last = segment.time;
        self.last_frame = segment.frame;
        cues.add_if(self.vantage.lost_in_capture && !lost, Cues::LOST);
        cues.add_if(self.is_in_ack_loop(), Cues::ACK_LOOP);
        let settled = self.settled();
        Step { cues, flow: self, segment: Some(segment), side, relation, before, settled, ending: None }
    }

    /// Whether `segment` brings the octets that its sender is to send next, which no copy does.
    fn is_next(&self, segment: &Segment, side: Side) -> bool {
        segment.seg_len() > 0 && self.ends[side].snd_nxt == Some(segment.seq)
    }

    /// Takes the numbers and the control bits of a segment for what they are.
    pub(super) fn believe(&mut self, segment: &Segment, side: Side, ack_believed: bool) {
        if segment.flags.is_syn_ack() && side == Side::Server {
            self.start_over(segment);
        }
        let sent = self.ends[side].snd_nxt.filter(|_| self.ends[side].iss == Some(segment.seq));
        self.advance(segment, side, ack_believed);
        if segment.flags.is_syn_ack() && side == Side::Server && !self.opening.crossed {
            self.scale_early_window();
        }
        let own = &mut self.ends[side];
        own.snd_nxt = own.snd_nxt.zip(sent).map(|(now, sent)| now.max(sent)).or(own.snd_nxt);
        self.move_states(segment, side);
    }

    /// The step that ends the flow.
    pub fn end(&mut self, ending: Ending, limits: &Limits) -> Step<'_> {
        let mut cues = Cues::default();
        if !limits.short_ways || !self.went_orderly() {
            cues.add_if(true, Cues::END);
            cues.add_if(ending.reason == EndReason::CaptureEnd, Cues::OPEN);
            cues.add_if(self.settle_at_end(ending, limits), Cues::SETTLED);
            cues = cues.with(self.settle_options_at_end());
        }
        Step {
            cues,
            flow: self,
            segment: None,
            side: Side::Client,
            relation: Relation::Bare,
            before: Before::default(),
            settled: self.settled(),
            ending: Some(ending),
        }
    }

    pub(super) fn before(&self, side: Side) -> Before {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        Before {
            state: own.state,
            peer_state: peer.state,
            snd_nxt: own.snd_nxt,
            rcv_nxt: own.rcv_nxt,
            peer_snd_nxt: peer.snd_nxt,
            peer_rcv_nxt: peer.rcv_nxt,
            peer_right_edge: peer.right_edge,
            fin: own.fin,
            peer_fin: peer.fin,
            contradicts: None,
            right_edge: own.right_edge,
            window: own.window,
            left_last: false,
            follows: false,
            closed: self.closing.as_deref().is_some_and(Closing::complete),
            last: own.seen().then_some(self.last).or_else(|| peer.seen().then_some(self.last)),
        }
    }

    fn window_closed(&self, side: Side) -> bool {
        let end = &self.ends[side];
        end.rcv_nxt.is_some() && end.window.0 == 0
    }

    pub(super) fn count(&mut self, segment: &Segment, side: Side) {
        let own = &mut self.ends[side];
        own.count(segment);
        own.segments += 1;
        own.octets += u64::from(segment.data_len());
        own.signs.add(segment);
        own.note_timestamps(segment);
        own.note_burst(segment);
        own.last_sent = segment.time.nanoseconds();
        self.plain |= !segment.flags.any(Flags::SYN.with(Flags::FIN).with(Flags::RST));
        self.multipath |= segment.options.has(OptionSet::MPTCP);
        self.saw(side);
    }

    /// Moves SND.NXT, and where the ACK is to be believed RCV.NXT and the window edge.
    fn advance(&mut self, segment: &Segment, side: Side, believed: bool) {
        let flags = segment.flags;
        let (peer_iss_unknown, peer_offer) = (self.ends[side.peer()].iss.is_none(), self.ends[side.peer()].offer);
        let una = self.ends[side.peer()].rcv_nxt;
        let own = &mut self.ends[side];
        if flags.has(Flags::SYN) && !flags.has(Flags::RST) {
            own.iss = Some(segment.seq);
            own.syn_seen = true;
            own.offer = Some(offer_of(segment));
            own.syn.add(segment);
        }
        if !flags.has(Flags::RST) {
            own.send(segment);
            own.sums.note(segment, segment.frame.saturating_sub(self.id), una);
        }
        if flags.has(Flags::ACK) && !flags.has(Flags::RST) && believed {
            own.rcv_nxt = Some(own.rcv_nxt.map_or(segment.ack, |before| before.max(segment.ack)));
            own.window = segment.window;
            let shift = match (flags.has(Flags::SYN), own.offer, peer_offer) {
                (false, Some(own), Some(peer)) if peer.window_scale.is_some() => own.window_scale.unwrap_or(0).min(14),
                _ => 0,
            };
            let edge = segment.ack + (u32::from(segment.window.0) << shift);
            own.right_edge = Some(own.right_edge.map_or(edge, |before| before.max(edge)));
            self.acknowledge(segment, side, peer_iss_unknown);
        }
        self.vantage.handshake_seen = self.ends.client.syn_seen && self.ends.server.syn_seen;
    }

    fn acknowledge(&mut self, segment: &Segment, side: Side, peer_iss_unknown: bool) {
        let opens = self.opening.syn.is_some() && self.opening.ack.is_none();
        if self.began_with_keep_alive(segment, side.peer()) {
            self.ends[side.peer()].snd_nxt = Some(segment.ack);
        }
        let peer = &mut self.ends[side.peer()];
        if peer_iss_unknown && opens && side == Side::Client {
            // The SYN-ACK was not captured; what acknowledges it tells its number.
            peer.iss = Some(segment.ack - 1);
        }
        // An ACK beyond SND.NXT is settled later: whether it is wrong, or octets are missing.
        let beyond = peer.snd_nxt.is_some_and(|next| segment.ack.after(next));
        if !beyond && peer.holes.acknowledge(segment.ack) > 0 && !self.doubts_seq_of(side.peer()) {
            self.vantage.lost_in_capture = true;
        }
    }
}

/// Farther than any window is from what was seen (RFC 7323 §2.3 allows 2³⁰).
pub(super) const REACH: u32 = 1 << 26;

/// Who asks: the sender of a SYN, the receiver of a SYN-ACK; mid-stream the end whose port looks the less like a
/// service's.
fn sender_is_client(segment: &Segment) -> bool {
    let (source, destination) = (segment.source.port, segment.destination.port);
    if segment.flags.has(Flags::SYN) {
        return !segment.flags.has(Flags::ACK);
    }
    match (is_service(source), is_service(destination)) {
        (true, false) => false,
        (false, true) => true,
        _ => source >= destination,
    }
}

/// Whether a port is below those that hosts hand out to clients (RFC 6335 §6: 49152 on; Linux: 32768 on).
const fn is_service(port: u16) -> bool {
    port < 32768
}

impl Flow {
    /// Whether `segment` is of a later connection on the same ports, of which the capture has no SYN: this one is closed,
    /// and the numbers of both ends have moved on.
    pub fn is_left_behind_by(&self, segment: &Segment) -> bool {
        let side = self.side_of(segment);
        let beyond = |number: SeqNum, known: Option<SeqNum>| known.is_some_and(|known| number.after(known));
        segment.flags.has(Flags::ACK)
            && !segment.flags.has(Flags::RST)
            && self.closing.as_deref().is_some_and(Closing::complete)
            && beyond(segment.seq, self.ends[side].snd_nxt)
            && beyond(segment.ack, self.ends[side.peer()].snd_nxt)
    }

    /// Whether the numbers of `segment` could be this flow's: within reach of what both ends were seen to use.
    pub fn fits(&self, segment: &Segment) -> bool {
        let side = self.side_of(segment);
        let near =
            |number: SeqNum, known: Option<SeqNum>| known.map(|known| number.offset_from(known).unsigned_abs() < REACH);
        let seq = near(segment.seq, self.ends[side].snd_nxt);
        let ack = near(segment.ack, self.ends[side.peer()].snd_nxt).filter(|_| segment.flags.has(Flags::ACK));
        match (seq, ack) {
            (Some(seq), Some(ack)) => seq && ack,
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => true,
        }
    }
}
