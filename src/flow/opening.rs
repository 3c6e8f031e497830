//! How a connection opens: the marks of its handshake and what was repeated (RFC 9293 §3.5).

use super::{End, Mark, Offer, Side, Sides};
use crate::wire::{Flags, OptionSet, Segment, SeqNum};

/// Waits kept of a retry schedule.
const WAITS: usize = 6;

/// When something was sent again and again: count, and the waits between the first few.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retries {
    /// How often it was sent, the first time included.
    pub count: u32,
    waits: [i64; WAITS],
    last: i64,
}

impl Retries {
    /// Notes one more at `time` nanoseconds.
    pub fn sent(&mut self, time: i64) {
        let wait = time.saturating_sub(self.last);
        if let Some(place) = (self.count as usize).checked_sub(1).and_then(|index| self.waits.get_mut(index)) {
            *place = wait;
        }
        self.count = self.count.saturating_add(1);
        self.last = time;
    }

    /// Nanoseconds between one and the next, the first six.
    pub fn waits(&self) -> &[i64] {
        &self.waits[..(self.count.saturating_sub(1) as usize).min(WAITS)]
    }

    /// When it was sent last, nanoseconds since the epoch.
    pub const fn last(&self) -> i64 {
        self.last
    }
}

/// The segments of a handshake.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// The first SYN.
    pub syn: Option<Mark>,
    /// The latest SYN.
    pub last_syn: Option<Mark>,
    /// The first SYN-ACK; in a simultaneous open the second SYN.
    pub syn_ack: Option<Mark>,
    /// The latest SYN-ACK.
    pub last_syn_ack: Option<Mark>,
    /// The first segment with ACK and without SYN and RST that the client sent after a SYN-ACK.
    pub first_ack: Option<Mark>,
    /// The first of the client's segments that covers the server's SYN.
    pub ack: Option<Mark>,
    /// SYNs, and when.
    pub syns: Retries,
    /// SYN-ACKs, and when.
    pub syn_acks: Retries,
    /// Whether both ends sent SYN without ACK.
    pub crossed: bool,
    /// Octets of data in the SYN that the SYN-ACK acknowledged.
    pub accepted_data: u32,
    /// Whether an ICMP error quoted the SYN.
    pub icmp: Option<Mark>,
}

impl Opening {
    /// Counts a segment that `side` sent; `ends` are the facts before it.
    pub fn observe(&mut self, segment: &Segment, side: Side, ends: &Sides<End>) {
        let mark = Mark::of(segment, side);
        let time = segment.time.nanoseconds();
        let flags = segment.flags;
        if flags.has(Flags::RST) {
        } else if flags.is_syn() && side == Side::Client {
            self.syn.get_or_insert(mark);
            self.last_syn = Some(mark);
            self.syns.sent(time);
        } else if flags.is_syn() {
            self.crossed = self.syn.is_some();
            self.syn_ack.get_or_insert(mark);
        } else if flags.is_syn_ack() && (side == Side::Server || self.crossed) {
            self.syn_acked(mark, time, side, ends);
        } else if flags.has(Flags::ACK) && side == Side::Client && self.syn_ack.is_some() {
            self.first_ack.get_or_insert(mark);
            if self.ack.is_none() && ends.server.iss.is_some_and(|iss| segment.ack.after(iss)) {
                self.ack = Some(mark);
            }
        }
    }

    fn syn_acked(&mut self, mark: Mark, time: i64, side: Side, ends: &Sides<End>) {
        if side == Side::Server {
            self.syn_ack.get_or_insert(mark);
            self.last_syn_ack = Some(mark);
            self.syn_acks.sent(time);
            if let Some(first) = ends.client.iss.map(|iss| iss + 1).filter(|first| mark.ack.after(*first)) {
                let carried = self.last_syn.map_or(0, |syn| syn.len);
                self.accepted_data = mark.ack.distance_from(first).min(carried);
            }
        } else if self.ack.is_none() {
            self.ack = Some(mark);
        }
    }
}

/// Whether `ack` is one that answers a SYN with number `iss` and `data` octets (RFC 9293 §3.10.7.3).
pub fn answers_syn(ack: SeqNum, iss: SeqNum, data: u32) -> bool {
    let first = iss + 1;
    ack.at_or_after(first) && ack.at_or_before(first + data)
}

/// What the options of a SYN or SYN-ACK offer.
pub fn offer_of(segment: &Segment) -> Offer {
    let options = &segment.options;
    Offer {
        mss: options.mss(),
        window_scale: options.window_scale(),
        sack_permitted: options.has(OptionSet::SACK_PERMITTED),
        timestamps: options.has(OptionSet::TIMESTAMPS),
        fast_open_cookie: options.has(OptionSet::FAST_OPEN).then_some(options.fast_open_cookie),
    }
}
