//! The conversations of a capture: a segment in, the state of its conversation out, numbered as Wireshark does.

mod ahead;

use super::Elapsed;
use super::analysis::{Half, InitialRtt};
use super::contiguity::Ranges;
use super::tfo::Offered;
use crate::capture::Timestamp;
use crate::flow::conversation::{Conversation, Pair, Slot};
use crate::flow::pairs::Places;
use crate::flow::{Limits, Slab};
use crate::wire::{Flags, Segment};
use ahead::Hints;

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
    /// Octets of unacknowledged segments, as they were counted last.
    counted: usize,
}

impl Stream {
    fn unacknowledged(&self) -> usize {
        self.halves.iter().map(|half| half.unacked.octets()).sum()
    }

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
        let Self { pair, conversation, counted, .. } = *self;
        *self = Self { pair, number, conversation, counted, ..Self::default() };
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

/// What stays of a conversation that had to make room: what its later segments are numbered by, and what tells where
/// the next one between its endpoints begins.
#[derive(Clone, Debug)]
struct Numbered {
    pair: Pair,
    number: u32,
    packets: u32,
    conversation: Conversation,
    first_time: Timestamp,
    last_time: Timestamp,
}

/// All conversations, by their endpoints.
#[derive(Debug)]
pub struct Streams {
    /// Most pairs of endpoints known at a time, and most of them known whole.
    most: usize,
    most_whole: usize,
    /// Most octets of unacknowledged segments, and how many there are: a capture of one direction has nothing else.
    most_octets: usize,
    octets: usize,
    /// Where each pair is: among those known whole, or, with [`NUMBERED`], among the others.
    places: Places,
    whole: Slab<Stream>,
    numbered: Slab<Numbered>,
    numbering: Numbering,
    latest: Option<(Pair, u32)>,
    hints: Hints,
    forgotten: u64,
}

/// Octets that unacknowledged segments may take up.
const MOST_OCTETS: usize = 1 << 30;
/// Marks a place among those of which little is known any more.
const NUMBERED: u32 = 1 << 31;

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
    /// None yet, and never more at a time than `limits` lets be followed.
    pub fn bounded(limits: &Limits) -> Self {
        Self {
            most: limits.max_flows.max(1),
            most_whole: limits.live_flows.max(1),
            most_octets: MOST_OCTETS,
            octets: 0,
            places: Places::default(),
            whole: Slab::default(),
            numbered: Slab::default(),
            numbering: Numbering::default(),
            latest: None,
            hints: Hints::default(),
            forgotten: 0,
        }
    }

    /// How many conversations had to make room.
    pub const fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// The newest conversation of the segment's endpoints, opened if there is none, and the numbers for the next.
    pub fn of(&mut self, segment: &Segment) -> Option<(&mut Stream, &mut Numbering)> {
        let pair = Pair::of(segment);
        let place = match self.latest {
            Some((latest, place)) if latest == pair => place,
            _ => self.place(pair, self.hints.of(segment.frame)),
        };
        self.latest = Some((pair, place));
        Some((self.whole.get_mut(place)?, &mut self.numbering))
    }

    /// Where the conversation of `pair` is, perhaps at `hint`.
    fn place(&mut self, pair: Pair, hint: Option<u32>) -> u32 {
        self.count_latest();
        let pair_at = |place| pair_at(&self.whole, &self.numbered, place);
        match hint.filter(|place| pair_at(*place) == Some(pair)).or_else(|| self.places.find(&pair, pair_at)) {
            Some(place) if place & NUMBERED != 0 => {
                let known = self.numbered.remove(place & !NUMBERED);
                self.places.remove(&pair, place);
                self.enter(pair, known.map_or_else(Stream::default, Stream::from))
            }
            Some(place) => {
                // The order matters only where some may have to go soon; to keep it costs memory of three others.
                if self.whole.len() > self.most_whole / 2 || self.octets > self.most_octets / 2 {
                    self.whole.touch(place);
                }
                place
            }
            None => {
                let number = self.numbering.next();
                self.enter(pair, Stream { pair: Some(pair), number, ..Stream::default() })
            }
        }
    }

    fn enter(&mut self, pair: Pair, stream: Stream) -> u32 {
        self.make_room();
        let place = self.whole.insert(stream);
        self.places.insert(&pair, place);
        place
    }

    /// Makes room for one more: of the one silent for longest less stays, or nothing.
    fn make_room(&mut self) {
        if self.whole.len() + self.numbered.len() >= self.most
            && let Some((at, pair)) = self.numbered.oldest().map(|(at, numbered)| (at, numbered.pair))
        {
            self.numbered.remove(at);
            self.places.remove(&pair, at | NUMBERED);
        }
        let crowded = self.whole.len() >= self.most;
        if crowded || self.whole.len() >= self.most_whole {
            self.forget_oldest(crowded);
        }
    }

    /// Counts the octets of the stream at hand before, and makes room where all are too many.
    fn count_latest(&mut self) {
        let Some(stream) = self.latest.and_then(|(_, at)| self.whole.get_mut(at)) else { return };
        let now = stream.unacknowledged();
        self.octets = self.octets.saturating_sub(stream.counted).saturating_add(now);
        stream.counted = now;
        while self.octets > self.most_octets && self.whole.len() > 1 {
            self.forget_oldest(false);
        }
    }

    /// Forgets the one silent for longest, but for its numbers, if not `wholly`.
    fn forget_oldest(&mut self, wholly: bool) {
        let Some((at, _)) = self.whole.oldest() else { return };
        let Some((pair, stream)) = self.whole.remove(at).and_then(|stream| Some((stream.pair?, stream))) else {
            return;
        };
        self.forgotten += 1;
        self.octets = self.octets.saturating_sub(stream.counted);
        self.places.remove(&pair, at);
        if !wholly {
            let place = self.numbered.insert(Numbered::of(pair, &stream)) | NUMBERED;
            self.places.insert(&pair, place);
        }
    }
}

impl Default for Streams {
    fn default() -> Self {
        Self::bounded(&Limits::default())
    }
}

fn pair_at(whole: &Slab<Stream>, numbered: &Slab<Numbered>, place: u32) -> Option<Pair> {
    if place & NUMBERED == 0 { whole.get(place)?.pair } else { Some(numbered.get(place & !NUMBERED)?.pair) }
}

impl Numbered {
    const fn of(pair: Pair, stream: &Stream) -> Self {
        let &Stream { number, packets, conversation, first_time, last_time, .. } = stream;
        Self { pair, number, packets, conversation, first_time, last_time }
    }
}

impl From<Numbered> for Stream {
    fn from(known: Numbered) -> Self {
        let Numbered { pair, number, packets, conversation, first_time, last_time } = known;
        Self { pair: Some(pair), number, packets, conversation, first_time, last_time, ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Side, testing};
    use crate::wire::Decoded;

    fn limits(max_flows: usize, live_flows: usize) -> Limits {
        Limits { max_flows, live_flows, ..Limits::default() }
    }

    fn number(streams: &mut Streams, port: u16) -> (u32, u32) {
        let mut segment = testing::ack(Side::Client, 0, 1, 1, 0);
        segment.source.port = port;
        let (stream, _) = streams.of(&segment).unwrap();
        stream.count(segment.time);
        (stream.number, stream.packets)
    }

    #[test]
    fn what_made_room_keeps_its_number() {
        let mut streams = Streams::bounded(&limits(100, 10));
        let once: Vec<_> = (0..100).map(|port| number(&mut streams, port)).collect();
        assert_eq!(once, (0..100).map(|number| (number, 1)).collect::<Vec<_>>());
        assert_eq!((streams.whole.len(), streams.numbered.len(), streams.forgotten()), (10, 90, 90));
        let again: Vec<_> = (0..100).map(|port| number(&mut streams, port)).collect();
        assert_eq!(again, (0..100).map(|number| (number, 2)).collect::<Vec<_>>());
    }

    /// Segments that nobody acknowledges, of one connection after the other.
    #[test]
    fn what_is_not_acknowledged_is_bounded() {
        let mut lens = crate::lens::wireshark::Lens::new();
        lens.streams.most_octets = 100_000;
        for port in 0..100 {
            for number in 0..100 {
                let mut segment = testing::ack(Side::Client, 0, number * 10, 1, 10);
                segment.source.port = port;
                lens.observe(&Decoded { segment, header: &[0; 20], payload: &[], ip_layers: &[] });
            }
            assert!(lens.streams.octets <= 100_000);
        }
        assert!((80..100).contains(&lens.forgotten()), "{}", lens.forgotten());
        assert_eq!(number(&mut lens.streams, 7), (7, 101));
    }

    #[test]
    fn the_one_silent_for_longest_is_forgotten() {
        let mut streams = Streams::bounded(&limits(4, 4));
        for port in [1, 2, 3, 4, 1, 5] {
            number(&mut streams, port);
        }
        assert_eq!((number(&mut streams, 1), number(&mut streams, 2)), ((0, 3), (5, 1)));
        assert_eq!((streams.whole.len(), streams.numbered.len(), streams.forgotten()), (4, 0, 2));
    }
}
