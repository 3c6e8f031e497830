//! Which cues a segment gives: what about it could break a rule.

use super::step::Cues;
use super::{Closing, End, Flow, Limits, Relation, Side};
use crate::wire::{Flags, OptionSet, Segment};

impl Flow {
    /// The cues of `segment`, by the facts before it.
    pub(super) fn cues(&self, segment: &Segment, side: Side, relation: Relation, limits: &Limits) -> Cues {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let flags = segment.flags;
        let mut cues = Cues::default();
        cues.add_if(flags.has(Flags::SYN), Cues::SYN);
        cues.add_if(flags.has(Flags::FIN), Cues::FIN);
        cues.add_if(flags.has(Flags::RST), Cues::RST);
        cues.add_if(!own.seen() && !peer.seen(), Cues::FIRST);
        cues.add_if(!matches!(relation, Relation::New | Relation::Bare), Cues::NOT_NEW);
        cues.add_if(is_odd(segment), Cues::ODD_HEADER);
        cues.add_if(has_odd_options(segment, own, peer), Cues::ODD_OPTIONS);
        let beyond = flags.has(Flags::ACK) && peer.snd_nxt.is_some_and(|next| segment.ack.after(next));
        cues.add_if(beyond, Cues::ACK_BEYOND);
        let ecn = flags.any(Flags::ECE.with(Flags::CWR)) || marks_without_agreement(segment, own, peer);
        cues.add_if(ecn, Cues::ECN);
        cues.add_if(self.opening.is_unsettled(), Cues::OPENING.with(Cues::ATTEMPT));
        cues.add_if(self.closing.is_some() || Closing::concerns(segment), Cues::CLOSING);
        cues.add_if(self.touches_window(segment, own, peer), Cues::WINDOW);
        cues.add_if(went_back(segment, own), Cues::WENT_BACK);
        let mss = peer.offer.and_then(|offer| offer.mss).unwrap_or(u16::MAX);
        cues.add_if(segment.data_len() > u32::from(mss), Cues::LARGE);
        cues.add_if(segment.time.since(self.last) >= limits.idle, Cues::IDLE);
        cues.add_if(self.stray.as_ref().is_some_and(|stray| stray.settled == Some(segment.frame)), Cues::STRAY);
        cues
    }

    fn touches_window(&self, segment: &Segment, own: &End, peer: &End) -> bool {
        let shift = own.window_shift(peer).unwrap_or(0);
        let edge = segment.ack + (u32::from(segment.window.0) << shift);
        let shrinks = own.right_edge.is_some_and(|before| edge.before(before));
        let beyond = peer.right_edge.is_some_and(|edge| segment.end().after(edge));
        segment.window.0 == 0 || (own.window.0 == 0 && own.seen()) || shrinks || beyond
    }
}

/// Whether data travels as ECN-capable although the SYNs did not agree on it (RFC 3168 §6.1.2), nor did the sender's SYN
/// travel so.
pub(super) fn marks_without_agreement(segment: &Segment, own: &End, peer: &End) -> bool {
    let bits = Flags::ECE.with(Flags::CWR).with(Flags::AE);
    let agreed = own.syn.flags.any(bits) && peer.syn.flags.any(bits);
    segment.ecn != 0 && segment.data_len() > 0 && !agreed && !own.syn.marked && own.syn_seen && peer.syn_seen
}

/// Control bits and header fields that an ordinary segment does not have.
fn is_odd(segment: &Segment) -> bool {
    let flags = segment.flags;
    let syn_fin_rst = [Flags::SYN, Flags::FIN, Flags::RST].into_iter().filter(|flag| flags.has(*flag)).count();
    !flags.has(Flags::ACK)
        || syn_fin_rst > 1
        || flags.any(Flags::RESERVED.with(Flags::URG))
        || segment.urgent_pointer != 0
        || segment.data_offset < 5
        || segment.source.port == 0
        || segment.destination.port == 0
        || (flags.has(Flags::PSH) && segment.seg_len() == 0)
        || (segment.source == segment.destination)
}

/// Any option but NOP, End and negotiated timestamps; a negotiated one missing; a list that is not well formed.
fn has_odd_options(segment: &Segment, own: &End, peer: &End) -> bool {
    let ordinary = OptionSet::NOP.0 | OptionSet::END.0 | OptionSet::TIMESTAMPS.0;
    let negotiated = |end: &End| end.offer.map(|offer| offer.timestamps);
    let expected = negotiated(own).zip(negotiated(peer)).map(|(own, peer)| own && peer);
    segment.options.present.0 & !ordinary != 0
        || own.signs.some
        || peer.signs.some
        || segment.options.malformed.is_some()
        || segment.options.repeated.is_some()
        || expected.is_some_and(|expected| expected != segment.options.has(OptionSet::TIMESTAMPS))
}

/// Whether the ACK or TSval is older than one the same end sent before, or the number lies before its SYN's.
fn went_back(segment: &Segment, own: &End) -> bool {
    let before_syn = own.syn_seen && own.iss.is_some_and(|iss| segment.seq.before(iss));
    let older_ack = segment.flags.has(Flags::ACK) && own.rcv_nxt.is_some_and(|before| segment.ack.before(before));
    let older_tsval = segment
        .options
        .timestamps()
        .zip(own.timestamps)
        .is_some_and(|(now, (_, newest))| (now.tsval.wrapping_sub(newest.tsval) as i32) < 0);
    older_ack || older_tsval || before_syn
}
