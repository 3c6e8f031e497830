//! A brief connection that has closed to its summary, without the whole flow that it would be: nobody asks that one for more.

use super::end::{Asked, BriefEnd};
use super::{Brief, Log};
use crate::capture::Timestamp;
use crate::flow::cue::{Control, Covers};
use crate::flow::moves::{Walker, walk};
use crate::flow::summarize::moment;
use crate::flow::trail::Trail;
use crate::flow::{
    Agreed, Closing, EndSummary, FlowSummary, Handshake, HandshakeVerdict, Limits, Mark, Moment, Offer, Side, Sides,
    State, Vantage,
};
use crate::wire::{Endpoint, Flags, OptionSet, Packed, SeqNum};

/// What an end did.
#[derive(Default)]
struct Life {
    state: Option<State>,
    trail: Trail,
    heard_fin: bool,
    /// Number of its FIN.
    fin: Option<SeqNum>,
    segments: u64,
    octets: u64,
}

/// What both ends did.
struct Story {
    id: u64,
    /// The sequence numbers of both SYNs.
    bases: Sides<SeqNum>,
    lives: Sides<Life>,
    /// SYN, SYN-ACK, and the ACK of both.
    opening: [Option<Moment>; 3],
    closing: Closing,
}

impl Brief {
    /// What a [`Flow`](crate::flow::Flow) would tell of it; `endpoints` are those of its pair, the greater one first,
    /// `bases` the sequence numbers of its SYNs, `stream` and `completeness` Wireshark's.
    pub fn summary(
        &self,
        endpoints: [Endpoint; 2],
        bases: Sides<SeqNum>,
        stream: u32,
        completeness: u8,
        limits: &Limits,
        log: &Log,
    ) -> FlowSummary {
        log.ask_for_rest(&self.pieces, self.words);
        let mut story = Story::of(self.id.into(), bases);
        self.segments(bases, log).for_each(|(packed, side)| story.tell(&packed, side));
        let Story { id, lives, opening: [syn, syn_ack, ack], closing, .. } = story;
        let offered = Sides::new(|side| self.asked[side].offer(&self.ends[side]));
        let (endpoints, states) = (self.sides(endpoints), Sides::new(|side| lives[side].state));
        FlowSummary {
            flow_id: id,
            stream,
            ends: Sides::new(|side| EndSummary {
                endpoint: endpoints[side],
                isn: Some(bases[side]),
                segments: lives[side].segments,
                octets: lives[side].octets,
                states: lives[side].trail.iter(id).collect(),
            }),
            start: Timestamp::from_nanoseconds(self.asked_at),
            end: Timestamp::from_nanoseconds(self.last),
            handshake: Handshake {
                verdict: HandshakeVerdict::Complete,
                syn,
                syn_ack,
                ack,
                syn_retransmissions: 0,
                syn_ack_retransmissions: 0,
                offered: Sides { client: Some(offered.client), server: Some(offered.server) },
                agreed: Some(Agreed::on(offered.client, offered.server)),
            },
            teardown: closing.teardown(closing.verdict(), states, limits),
            completeness,
            vantage: Vantage { client_seen: true, server_seen: true, handshake_seen: true, ..Vantage::default() },
        }
    }
}

impl Story {
    fn of(id: u64, bases: Sides<SeqNum>) -> Self {
        let begun = |state| Life { state: Some(state), ..Life::default() };
        let lives = Sides { client: begun(State::Closed), server: begun(State::Listen) };
        Self { id, bases, lives, opening: [None; 3], closing: Closing::default() }
    }

    fn tell(&mut self, packed: &Packed, side: Side) {
        let own = &mut self.lives[side];
        own.segments += 1;
        own.octets += u64::from(packed.len);
        let flags = packed.bits.flags();
        if flags.has(Flags::FIN) {
            own.fin = Some(packed.seq + u32::from(packed.len));
        }
        let fins = Sides::new(|side| self.lives[side].fin);
        let opens = self.opening.iter_mut().find(|moment| moment.is_none());
        if opens.is_none() && fins == Sides::default() {
            return;
        }
        let mark = Mark::of_packed(packed, side);
        if let Some(open) = opens {
            *open = Some(moment(mark));
        }
        if fins != Sides::default() {
            self.closing.observe_mark(mark, fins);
        }
        self.walk(&mark, fins);
    }

    fn walk(&mut self, mark: &Mark, fins: Sides<Option<SeqNum>>) {
        let (side, peer) = (mark.side, mark.side.peer());
        let ack = mark.flags.has(Flags::ACK).then_some(mark.ack);
        let covers = Covers::of(ack, Some(self.bases[peer]), fins[peer]);
        let finished = fins[side].is_some_and(|fin| mark.seq.after(fin));
        let (id, Sides { client, server }) = (self.id, &mut self.lives);
        let (client, server) = (client.walker(id), server.walker(id));
        let (sender, receiver) = if side == Side::Client { (client, server) } else { (server, client) };
        walk(sender, receiver, Control::of(mark.flags), covers, finished, mark.frame);
    }
}

impl Life {
    const fn walker(&mut self, id: u64) -> Walker<'_> {
        Walker { id, state: &mut self.state, trail: &mut self.trail, heard_fin: &mut self.heard_fin }
    }
}

impl Asked {
    /// What the SYN of `end` offered.
    fn offer(&self, end: &BriefEnd) -> Offer {
        Offer {
            mss: self.options.has(OptionSet::MSS).then_some(end.takes),
            window_scale: self.options.has(OptionSet::WINDOW_SCALE).then_some(self.window_scale),
            sack_permitted: self.options.has(OptionSet::SACK_PERMITTED),
            timestamps: self.options.has(OptionSet::TIMESTAMPS),
            fast_open_cookie: None,
        }
    }
}
