//! SACK blocks that name octets which were never sent: a segment in; whether a block is false, or still a doubt, out.

use super::{Flow, Limits, Mark, Side};
use crate::wire::{Flags, SackBlock, Segment, SeqNum};

/// A SACK block that is empty, reversed, or about octets that were not sent (RFC 2018 §3, §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The segment.
    pub mark: Mark,
    /// The block.
    pub block: SackBlock,
    /// SND.NXT of the peer before it.
    pub snd_nxt: SeqNum,
    /// Whether the peer has sent something again since: what it sends next may be what the capture lost.
    pub went_back: bool,
    /// How far the peer has come since without a gap.
    pub reached: SeqNum,
    /// The peer's bare segment soon after that stood below the block; it may have left before its octets.
    pub stood: Option<Mark>,
    /// The peer's segment that settled it.
    pub settled_by: Option<Mark>,
}

impl Flow {
    /// Notes a block that cannot be true, or that nobody knows to be; whether something was found.
    pub(super) fn judge_blocks(&mut self, segment: &Segment, side: Side) -> bool {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let Some(snd_nxt) = peer.snd_nxt else { return false };
        let known = self.option_faults.as_ref().is_some_and(|faults| faults.block.is_some());
        let beyond = |block: &SackBlock| block.right.after(snd_nxt);
        let first = peer.iss.filter(|_| peer.syn_seen);
        let impossible = |block: &SackBlock| {
            let empty = block.right.at_or_before(block.left);
            // The offer that those octets followed may be missing; what the segment itself offers is the least it was.
            let now = segment.ack + (u32::from(segment.window.0) << own.window_shift(peer).unwrap_or(0));
            let edge = own.right_edge.filter(|_| self.judges_windows()).map(|edge| edge.max(now));
            let not_offered = beyond(block) && edge.is_some_and(|edge| block.right.after(edge));
            let ended = peer.fin.is_some_and(|fin| block.right.after(fin + 1)) && self.fin_stands(side.peer());
            // The octets at RCV.NXT are acknowledged, not told of; those below it are a block of their own (RFC 2883 §4).
            let across =
                segment.flags.has(Flags::ACK) && block.left.before(segment.ack) && block.right.after(segment.ack);
            empty
                || across
                || not_offered
                || ended
                || first.is_some_and(|iss| block.left.before(iss) && peer.octets < 1 << 30)
        };
        let blocks = segment.options.sack();
        let Some(block) = blocks.iter().find(|block| impossible(block)).or_else(|| blocks.iter().find(|it| beyond(it)))
        else {
            return false;
        };
        if known {
            return false;
        }
        let (mark, block) = (Mark::of(segment, side), *block);
        let fault = Block { mark, block, snd_nxt, went_back: false, reached: snd_nxt, stood: None, settled_by: None };
        let proved = impossible(&block);
        let faults = self.option_faults.get_or_insert_default();
        if proved {
            faults.block = Some(fault);
        } else {
            faults.doubtful_block.get_or_insert(fault);
        }
        proved
    }
}

impl Block {
    /// Whether the end that told of the block acknowledges, later, only a part of what the block holds.
    pub(super) fn is_belied_by(&self, segment: &Segment, late: bool) -> bool {
        let told = segment.flags.has(Flags::ACK) && !segment.flags.any(Flags::SYN.with(Flags::RST)) && !late;
        let within = segment.ack.at_or_after(self.block.left) && segment.ack.before(self.block.right);
        told && within && segment.ack.after(self.mark.ack)
    }

    /// Whether the end that told of the block acknowledges all of it later: its octets were sent, and not captured.
    pub(super) fn is_borne_out_by(&self, segment: &Segment) -> bool {
        segment.flags.has(Flags::ACK) && segment.ack.at_or_after(self.block.right)
    }

    /// What a segment of the peer says of the block: whether it is false, and what is left of the doubt. Of octets that
    /// were there before, and only captured late, the last segment ends with the block; so does the first that is sent again
    /// after a while, if their first copy was not captured and the receiver has dropped them (RFC 2018 §8).
    pub(super) fn judge(mut self, segment: &Segment, late: bool, limits: &Limits) -> (bool, Option<Self>) {
        let (seq, end, right) = (segment.seq, segment.end(), self.block.right);
        let soon = segment.time.since(self.mark.time) <= limits.reordering;
        let next = seq == self.reached;
        if segment.flags.any(Flags::SYN.with(Flags::RST)) {
            return (next && !self.went_back && segment.flags.has(Flags::RST), Some(self));
        }
        let repeats = !soon && next && segment.data_len() > 0;
        if seq.at_or_after(right) || (segment.seg_len() > 0 && end == right && (soon || repeats)) {
            return (false, None);
        }
        if segment.seg_len() == 0 {
            // It carries SND.NXT, whatever was sent again meanwhile.
            let stands = seq.at_or_after(self.snd_nxt) && segment.flags.has(Flags::ACK) && !late;
            self.stood = self.stood.or(stands.then(|| Mark::of(segment, self.mark.side.peer())));
            return (stands && !soon, Some(self));
        }
        self.went_back |= seq.before(self.snd_nxt);
        if next {
            self.reached = end;
        }
        // After the FIN nothing can have been.
        let ends = segment.flags.has(Flags::FIN) && right.after(end) && seq.at_or_after(self.snd_nxt);
        // Once the peer has gone back, what it sends may be what the capture lost, but for what it never sent before.
        let into = !self.went_back && !soon && end.after(self.block.left);
        let across = (next || !self.went_back) && end.after(right);
        (ends || into || across, Some(self))
    }
}
