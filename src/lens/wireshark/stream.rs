//! The conversations of a capture: a segment in, the state of its conversation out, numbered as Wireshark does.

use super::Elapsed;
use super::analysis::{Half, InitialRtt};
use super::contiguity::Ranges;
use super::tfo::Offered;
use crate::capture::Timestamp;
use crate::flow::conversation::{Conversation, Pair, Slot};
use crate::flow::pairs::Places;
use crate::wire::{Flags, Segment};

/// One conversation.
#[derive(Clone, Debug, Default)]
pub struct Stream {
    pair: Option<Pair>,
    /// `tcp.stream`.
    pub number: u32,
    /// Segments so far.
    pub packets: u32,
    pub conversation: Conversation,
    pub halves: [Half; 2],
    pub ranges: [Ranges; 2],
    /// Which side was the first to close.
    pub closers: [bool; 2],
    pub initial_rtt: InitialRtt,
    pub acc_ecn: AccEcnMemory,
    pub fast_open: Offered,
    first_time: Timestamp,
    last_time: Timestamp,
}

impl Stream {
    /// Counts a segment: the times since the first and since the previous one.
    pub fn count(&mut self, time: Timestamp) -> (Elapsed, Elapsed) {
        if self.packets == 0 {
            self.first_time = time;
            self.last_time = time;
        }
        self.packets = self.packets.saturating_add(1);
        let since = (Elapsed::between(self.first_time, time), Elapsed::between(self.last_time, time));
        self.last_time = time;
        since
    }

    /// Starts anew, as the next conversation between the same endpoints.
    pub fn reopen(&mut self, number: u32) {
        *self = Self { pair: self.pair, number, conversation: self.conversation, ..Self::default() };
    }

    /// Both directions, the sender's first.
    pub fn sides(&mut self, slot: Slot) -> (&mut Half, &mut Half) {
        let [high, low] = &mut self.halves;
        match slot {
            Slot::High => (high, low),
            Slot::Low => (low, high),
        }
    }
}

/// What the handshake and the options said of Accurate ECN (RFC 9768 §3.1).
#[derive(Clone, Copy, Debug, Default)]
pub struct AccEcnMemory {
    asked: bool,
    granted: bool,
    /// Whether an Accurate ECN option was seen.
    pub option_seen: bool,
}

impl AccEcnMemory {
    /// Notes the flags of a SYN or SYN-ACK.
    pub fn note_flags(&mut self, flags: Flags) {
        let (ae, cwr, ece) = (flags.has(Flags::AE), flags.has(Flags::CWR), flags.has(Flags::ECE));
        if flags.is_syn() {
            self.asked = ae && cwr && ece;
        } else if flags.is_syn_ack() {
            self.granted = (cwr && !ae) || (ae && !ece);
        }
    }

    /// Whether the three flags of a segment are a counter.
    pub const fn is_active(self, flags: Flags) -> bool {
        !flags.has(Flags::SYN) && (self.asked && self.granted || self.option_seen)
    }
}

/// All conversations, by their endpoints.
#[derive(Debug, Default)]
pub struct Streams {
    places: Places,
    streams: Vec<Stream>,
    numbering: Numbering,
    latest: Option<(Pair, u32)>,
}

/// The numbers of conversations, in the order they were opened.
#[derive(Debug, Default)]
pub struct Numbering(u32);

impl Numbering {
    /// The next number.
    pub const fn next(&mut self) -> u32 {
        let number = self.0;
        self.0 = number.wrapping_add(1);
        number
    }
}

impl Streams {
    /// The newest conversation of the segment's endpoints, opened if there is none, and the numbers for the next.
    pub fn of(&mut self, segment: &Segment) -> Option<(&mut Stream, &mut Numbering)> {
        let pair = Pair::of(segment);
        let place = match self.latest {
            Some((latest, place)) if latest == pair => place,
            _ => self.place(pair),
        };
        self.latest = Some((pair, place));
        Some((self.streams.get_mut(place as usize)?, &mut self.numbering))
    }

    fn place(&mut self, pair: Pair) -> u32 {
        let streams = &self.streams;
        let pair_at = |place: u32| streams.get(place as usize)?.pair;
        if let Some(place) = self.places.find(&pair, pair_at) {
            return place;
        }
        let (place, number) = (streams.len() as u32, self.numbering.next());
        self.places.insert(&pair, place, pair_at);
        self.streams.push(Stream { pair: Some(pair), number, ..Stream::default() });
        place
    }
}
