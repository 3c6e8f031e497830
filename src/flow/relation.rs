//! How a segment relates to what its sender was seen to send before: exactly one word each.

use super::End;
use crate::wire::{Flags, Segment, SeqNum};

/// How a segment relates to what was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Nothing that occupies a sequence number: an ACK, a window update, a RST.
    Bare,
    /// Starts at SND.NXT, or is the first.
    New,
    /// Starts beyond SND.NXT: what lies between was not captured, or not sent.
    Gap,
    /// Fills a hole, at least in part.
    OutOfOrder,
    /// Everything in it was sent before.
    Retransmission,
    /// Begins with octets sent before and goes on beyond SND.NXT.
    RetransmissionWithNew,
    /// At most one octet at SND.NXT − 1 that asks for an ACK (RFC 9293 §3.8.4).
    KeepAlive,
    /// One octet at SND.NXT into a zero window (RFC 9293 §3.8.6.1).
    WindowProbe,
    /// Captured before: the same frame at another place, or at a mirror port.
    Copy,
}

impl Relation {
    /// The relation of `segment` to what `sender` sent before; `peer_window_closed` if its peer's last window was 0.
    pub fn of(segment: &Segment, sender: &End, peer_window_closed: bool) -> Self {
        let Some(next) = sender.snd_nxt else { return if segment.seg_len() == 0 { Self::Bare } else { Self::New } };
        let plain = !segment.flags.any(Flags::SYN.with(Flags::FIN).with(Flags::RST));
        if plain && segment.data_len() <= 1 && segment.seq == next - 1 && segment.flags.has(Flags::ACK) {
            return Self::KeepAlive;
        }
        if segment.seg_len() == 0 || segment.flags.has(Flags::RST) {
            return Self::Bare;
        }
        if segment.seq == next {
            let probe = plain && peer_window_closed && segment.data_len() == 1;
            return if probe { Self::WindowProbe } else { Self::New };
        }
        if segment.seq.after(next) { Self::Gap } else { Self::behind(segment, sender, next) }
    }

    /// Whether it brings octets beyond what was seen.
    pub const fn is_new(self) -> bool {
        matches!(self, Self::New | Self::Gap | Self::RetransmissionWithNew | Self::WindowProbe)
    }

    /// Whether it repeats octets.
    pub const fn is_repeat(self) -> bool {
        matches!(self, Self::Retransmission | Self::RetransmissionWithNew)
    }

    fn behind(segment: &Segment, sender: &End, next: SeqNum) -> Self {
        let end = segment.end();
        let fills = sender.holes.iter().any(|(from, to)| segment.seq.before(to) && from.before(end));
        match (fills, end.after(next)) {
            (true, _) => Self::OutOfOrder,
            (false, true) => Self::RetransmissionWithNew,
            (false, false) => Self::Retransmission,
        }
    }
}
