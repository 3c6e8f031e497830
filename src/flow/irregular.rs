//! What an ordinary handshake does not have: repeats, changed numbers, data too early, ICMP errors. Kept only where there
//! is any of it.

use super::{MILLISECOND, Mark, Offer, Sides};
use crate::capture::FrameNumber;
use crate::wire::{Flags, Quote, Segment, SeqNum, Standing, Timestamps};

/// What a handshake had beyond its three segments.
#[derive(Clone, Debug, Default)]
pub struct Irregular {
    /// The second SYN.
    pub second_syn: Option<Mark>,
    /// The second SYN-ACK.
    pub second_syn_ack: Option<Mark>,
    /// The last SYN of an attempt on the same ports that was not over when this one began.
    pub former: Option<Mark>,
    /// A repeated SYN with another ISS.
    pub syn_changed: Option<Change>,
    /// A repeated SYN-ACK with another ISS, or an ACK that answers no SYN.
    pub syn_ack_changed: Option<Change>,
    /// A repeated SYN-ACK with other options.
    pub syn_ack_options_changed: Option<Change>,
    /// A SYN-ACK of the end that sent SYN, although the other sent none.
    pub from_initiator: Option<Mark>,
    /// What that SYN-ACK echoes, and whether any segment of the server had been captured by then.
    pub early_echo: Option<(u32, bool)>,
    /// The server's ACK of the SYN, before it sent its own.
    pub acknowledged_first: Option<Mark>,
    /// Data sent before the handshake could be complete, as far as was captured by then.
    pub early: Sides<Option<Early>>,
    /// A SYN-ACK that acknowledges something else than the SYN.
    pub misdirected: Option<Misdirected>,
    /// An ICMP error that quotes the SYN: the first, or the first that says the destination is unreachable.
    pub icmp: Option<Reported>,
    /// The other ISS that an end offered: whichever its peer acknowledges is the one.
    pub(super) rivals: Sides<Option<Rival>>,
}

/// A SYN-ACK that acknowledges something else than the SYN, and what its receiver made of it.
#[derive(Clone, Copy, Debug)]
pub struct Misdirected {
    /// The SYN-ACK.
    pub mark: Mark,
    /// The client's ISS by then.
    pub iss: SeqNum,
    /// Whether it echoes a later clock than that of every SYN before it.
    pub echoes_later: bool,
    /// The frame of the client's next segment.
    pub settled: Option<FrameNumber>,
    /// Whether the client went on from the number that it acknowledges: it had sent a SYN with that, which was not
    /// captured, or not on this side of what rewrites its numbers.
    pub taken: bool,
}

impl Misdirected {
    /// Holds the next SYN-ACK against it, which answers the SYN: the same, but for its numbers, on the other side of a router
    /// that rewrites them.
    fn is_followed_by(&mut self, mark: Mark) {
        let wrong = self.mark;
        let alike = (wrong.window, wrong.len, wrong.ip_id) == (mark.window, mark.len, mark.ip_id);
        let apart = (1..=3).contains(&wrong.ttl.abs_diff(mark.ttl));
        if self.settled.is_none() && alike && apart && mark.time.since(wrong.time) < MILLISECOND {
            (self.taken, self.settled) = (true, Some(mark.frame));
        }
    }

    /// Holds the next segment of the client against it.
    fn is_answered_by(&mut self, mark: Mark) {
        if self.settled.is_none() {
            let acknowledges = mark.flags.has(Flags::ACK) && mark.ack.after(self.mark.seq);
            self.taken = acknowledges && mark.seq == self.mark.ack && !mark.flags.has(Flags::RST);
            self.settled = Some(mark.frame);
        }
    }
}

impl Irregular {
    /// Holds a SYN-ACK that answers the SYN against one that did not.
    pub(super) fn compare_misdirected(&mut self, mark: Mark) {
        if let Some(misdirected) = &mut self.misdirected {
            misdirected.is_followed_by(mark);
        }
    }

    /// Holds a segment of the client against a SYN-ACK that acknowledged something else than its SYN.
    pub(super) fn settle_misdirected(&mut self, mark: Mark) {
        if let Some(misdirected) = &mut self.misdirected {
            misdirected.is_answered_by(mark);
        }
    }
}

/// A segment sent again that differs.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// As it was before.
    pub before: Mark,
    /// As it is now.
    pub after: Mark,
    /// Whether the client sent a SYN between the two, captured or echoed.
    pub asked_between: bool,
}

impl Change {
    /// Whether the two came from senders that are not equally far away, by more hops than two copies differ.
    pub const fn other_distance(&self) -> bool {
        far_apart(self.before.ttl, self.after.ttl)
    }
}

/// Whether two times to live differ by more than the routers between two captures of one segment explain.
pub const fn far_apart(one: u8, other: u8) -> bool {
    one.abs_diff(other) > 3
}

/// An end's other SYN.
#[derive(Clone, Copy, Debug)]
pub struct Rival {
    /// The SYN.
    pub mark: Mark,
    /// What it offered.
    pub offer: Offer,
}

/// Data before the handshake was complete.
#[derive(Clone, Copy, Debug)]
pub struct Early {
    /// The segment.
    pub mark: Mark,
    /// Its timestamps.
    pub timestamps: Option<Timestamps>,
    /// The frame in which its sender goes on as if it had not sent it.
    pub disowned: Option<FrameNumber>,
}

impl Early {
    /// What is to be remembered of `segment`.
    pub fn of(mark: Mark, segment: &Segment) -> Self {
        Self { mark, timestamps: segment.options.timestamps(), disowned: None }
    }
}

impl Early {
    /// Whether this segment of a client echoes a time of its server's clock from before `answer`, the SYN-ACK: there was
    /// another, which was not captured.
    pub fn had_heard_another(&self, answer: &Segment) -> bool {
        /// Ticks of a millisecond between a SYN-ACK and its last repeat.
        const REPEATS: u32 = 130_000;
        let clocks = self.timestamps.zip(answer.options.timestamps()).filter(|(own, _)| own.tsecr != 0);
        clocks.is_some_and(|(own, answer)| (1..REPEATS).contains(&answer.tsval.wrapping_sub(own.tsecr)))
    }

    /// Whether this segment of a client may have left after its sender heard `answer`, the SYN-ACK: it acknowledges it, and
    /// does not say that it has heard no timestamp yet.
    pub fn had_heard(&self, answer: &Segment) -> bool {
        /// More than a server sends before its client's first data.
        const REACH: i32 = 1 << 20;
        let ack = self.mark.ack;
        let reached = ack == answer.end() || (ack.0 != 0 && (1..REACH).contains(&ack.offset_from(answer.seq)));
        let unheard = self.timestamps.zip(answer.options.timestamps()).is_some_and(|(own, _)| own.tsecr == 0);
        self.mark.flags.has(Flags::ACK) && reached && !unheard
    }

    /// Whether `segment`, of the same client, shows by standing below that this one was not sent: it is bare, and known to
    /// have left after it. After a single octet it may be a keep-alive (RFC 9293 §3.8.4).
    pub(super) fn is_stepped_back_over_by(&self, segment: &Segment, left_last: bool) -> bool {
        let plain = segment.flags.has(Flags::ACK) && !segment.flags.any(Flags::SYN.with(Flags::RST).with(Flags::FIN));
        plain && left_last && segment.data_len() == 0 && segment.seq == self.mark.seq && self.mark.len > 1
    }

    /// Whether `segment`, of the same sender, stands where this one stood, and is neither the same nor was sent before.
    pub(super) fn is_disowned_by(&self, segment: &Segment) -> bool {
        let newer = segment.flags.has(Flags::ACK) && segment.ack.after(self.mark.ack);
        let plain = !segment.flags.any(Flags::SYN.with(Flags::RST));
        plain && segment.seq == self.mark.seq && segment.data_len() != self.mark.len && newer
    }
}

/// An ICMP error about a segment.
#[derive(Clone, Copy, Debug)]
pub struct Reported {
    /// The quoted segment, with the frame and time of the error.
    pub mark: Mark,
    /// The error.
    pub quote: Quote,
}

impl Reported {
    /// The error that quotes `segment`, if it is ICMP's.
    pub const fn of(mark: Mark, segment: &Segment) -> Option<Self> {
        match segment.standing {
            Standing::Quoted(quote @ Quote::Icmp { .. }) => Some(Self { mark, quote }),
            _ => None,
        }
    }

    /// Whether it says that the destination cannot be reached (RFC 792 type 3, RFC 4443 type 1); not that a packet is
    /// too big.
    pub const fn is_unreachable(&self) -> bool {
        match self.quote {
            Quote::Icmp { v6: false, kind, code, .. } => kind == 3 && code != 4,
            Quote::Icmp { v6: true, kind, .. } => kind == 1,
            Quote::Other => false,
        }
    }

    /// Type and code as reports write them: `ICMP 3/13`.
    pub fn name(&self) -> String {
        match self.quote {
            Quote::Icmp { v6, kind, code, .. } => format!("ICMP{} {kind}/{code}", if v6 { "v6" } else { "" }),
            Quote::Other => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Side::Server;
    use crate::flow::testing::ack;

    #[test]
    fn routers_between_two_captures_are_few() {
        assert!(!far_apart(64, 61) && !far_apart(61, 64));
        assert!(far_apart(64, 60) && far_apart(57, 128));
    }

    #[test]
    fn early_data_is_disowned_by_other_data_in_its_place() {
        let sent = ack(Server, 5, 5001, 1001, 50);
        let early = Early::of(Mark::of(&sent, Server), &sent);
        assert!(early.is_disowned_by(&ack(Server, 30, 5001, 1101, 20)));
        assert!(!early.is_disowned_by(&ack(Server, 30, 5001, 1101, 50)), "sent again");
        assert!(!early.is_disowned_by(&ack(Server, 30, 5001, 1001, 20)), "perhaps sent before");
        assert!(!early.is_disowned_by(&ack(Server, 30, 5051, 1101, 20)), "it goes on");
    }
}
