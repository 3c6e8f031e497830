//! A [`Segment`] applied to its [`Flow`]: the facts it adds, the states it moves, and the [`Step`] that tells both.

use super::opening::offer_of;
use super::step::{Before, Cues, Ending, Step};
use super::{
    Closing, End, Limits, Mark, Opening, Relation, Side, Sides, Suspicion, SuspicionKind, Suspicions, Vantage,
};
use crate::capture::{FrameNumber, Timestamp};
use crate::wire::{Endpoint, Flags, Segment, SeqNum};

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
    /// Both ends.
    pub ends: Sides<End>,
    /// How it opened.
    pub opening: Opening,
    /// How it closes; nothing until there is a FIN or a RST.
    pub closing: Option<Box<Closing>>,
    /// What the capture can show of it.
    pub vantage: Vantage,
    suspicions: Option<Box<Suspicions>>,
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
            ends: Sides::default(),
            opening: Opening::default(),
            closing: None,
            vantage: Vantage { mid_stream: !segment.flags.has(Flags::SYN), ..Vantage::default() },
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
        let before = self.before(side);
        let relation = Relation::of(segment, &self.ends[side], self.window_closed(side.peer()));
        let mut cues = self.cues(segment, side, relation, limits);
        cues.add_if(self.settle(segment, side, limits), Cues::SETTLED);
        if self.opening.ack.is_none() || segment.flags.has(Flags::SYN) {
            self.opening.observe(segment, side, &self.ends);
        }
        self.suspect(segment, side, relation);
        self.count(segment, side);
        self.close(segment, side);
        self.advance(segment, side);
        self.move_states(segment, side);
        self.last = segment.time;
        let settled = self.suspicions.as_ref().map_or(&[][..], |suspicions| suspicions.confirmed());
        Step { cues, flow: self, segment: Some(segment), side, relation, before, settled, ending: None }
    }

    /// The step that ends the flow.
    pub fn end(&self, ending: Ending) -> Step<'_> {
        Step {
            cues: Cues::END,
            flow: self,
            segment: None,
            side: Side::Client,
            relation: Relation::Bare,
            before: Before::default(),
            settled: &[],
            ending: Some(ending),
        }
    }

    fn before(&self, side: Side) -> Before {
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
            last: own.seen().then_some(self.last).or_else(|| peer.seen().then_some(self.last)),
        }
    }

    fn window_closed(&self, side: Side) -> bool {
        let end = &self.ends[side];
        end.rcv_nxt.is_some() && end.window.0 == 0
    }

    /// Holds the segment against pending suspicions; whether one was confirmed.
    fn settle(&mut self, segment: &Segment, side: Side, limits: &Limits) -> bool {
        let Some(suspicions) = &mut self.suspicions else { return false };
        if suspicions.settle(segment, side, limits) > 0 {
            self.vantage.lost_in_capture = true;
        }
        !suspicions.confirmed().is_empty()
    }

    fn suspect(&mut self, segment: &Segment, side: Side, relation: Relation) {
        let flags = segment.flags;
        if flags.any(Flags::SYN.with(Flags::RST)) {
            return;
        }
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let bare_gap = relation == Relation::Bare && own.snd_nxt.is_some_and(|next| segment.seq.after(next));
        let kind = match (peer.snd_nxt, own.snd_nxt) {
            (Some(next), _) if flags.has(Flags::ACK) && segment.ack.after(next) => {
                Some((SuspicionKind::AckBeyond, next))
            }
            (_, Some(next)) if relation == Relation::Gap || bare_gap => Some((SuspicionKind::SeqBeyond, next)),
            _ => None,
        };
        let Some((kind, expected)) = kind else { return };
        let opening = self.opening.first_ack.is_some_and(|first| first.frame == segment.frame);
        let suspicion = Suspicion {
            kind,
            mark: Mark::of(segment, side),
            against: self.opening.syn_ack,
            expected,
            opening,
            settled_by: None,
        };
        self.suspicions.get_or_insert_default().push(suspicion);
    }

    fn count(&mut self, segment: &Segment, side: Side) {
        let own = &mut self.ends[side];
        if !own.seen() {
            own.ttl = segment.ttl;
        }
        own.segments += 1;
        own.octets += u64::from(segment.data_len());
        own.last_sent = segment.time.nanoseconds();
        match side {
            Side::Client => self.vantage.client_seen = true,
            Side::Server => self.vantage.server_seen = true,
        }
        self.vantage.cut |= !segment.whole_header();
        if let Some(now) = segment.options.timestamps() {
            let own = &mut self.ends[side];
            let (first, newest) = own.timestamps.unwrap_or((now, now));
            let newer = now.tsval.wrapping_sub(newest.tsval) as i32 >= 0;
            own.timestamps = Some((first, if newer { now } else { newest }));
        }
    }

    fn close(&mut self, segment: &Segment, side: Side) {
        if segment.flags.has(Flags::FIN) && !segment.flags.any(Flags::SYN.with(Flags::RST)) {
            self.ends[side].fin.get_or_insert(segment.end() - 1);
        }
        if self.closing.is_some() || Closing::concerns(segment) {
            let fin = Sides { client: self.ends.client.fin, server: self.ends.server.fin };
            self.closing.get_or_insert_default().observe(segment, side, fin);
        }
    }

    /// Moves SND.NXT, RCV.NXT and the window edge.
    fn advance(&mut self, segment: &Segment, side: Side) {
        let flags = segment.flags;
        let (peer_iss_unknown, peer_offer) = (self.ends[side.peer()].iss.is_none(), self.ends[side.peer()].offer);
        let own = &mut self.ends[side];
        if flags.has(Flags::SYN) && !flags.has(Flags::RST) {
            own.iss = Some(segment.seq);
            own.syn_seen = true;
            own.offer = Some(offer_of(segment));
        }
        if !flags.has(Flags::RST) {
            let from = if flags.has(Flags::SYN) { segment.seq } else { own.snd_nxt.unwrap_or(segment.seq) };
            let end = segment.end();
            if segment.seq.after(from) && segment.seg_len() > 0 {
                own.holes.open(from, segment.seq);
            } else if !own.holes.is_empty() {
                own.holes.fill(segment.seq, end);
            }
            own.snd_nxt = Some(if flags.has(Flags::SYN) { end } else { from.max(end) });
        }
        if flags.has(Flags::ACK) && !flags.has(Flags::RST) {
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
        let peer = &mut self.ends[side.peer()];
        if peer_iss_unknown && opens && side == Side::Client {
            // The SYN-ACK was not captured; what acknowledges it tells its number.
            peer.iss = Some(segment.ack - 1);
        }
        if peer.holes.acknowledge(segment.ack) > 0 {
            self.vantage.lost_in_capture = true;
        }
    }
}

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
    /// Counts a header of this flow that an ICMP error quoted: evidence, never a segment.
    pub fn observe_quote(&mut self, segment: &Segment) {
        if segment.flags.is_syn() || self.opening.syn_ack.is_none() {
            let side = self.side_of(segment);
            self.opening.icmp.get_or_insert(Mark::of(segment, side));
        }
    }

    /// Whether the numbers of `segment` could be this flow's: within reach of what both ends were seen to use.
    pub fn fits(&self, segment: &Segment) -> bool {
        /// Farther than any window is from what was seen (RFC 7323 §2.3 allows 2³⁰).
        const REACH: u32 = 1 << 26;
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
