//! A segment to what Wireshark 4.6 says of it: stream, relative numbers, analysis, Info column.
//!
//! Wireshark's behaviour in one pass with its default preferences is the definition, oddities included. The lens has its
//! own state for each conversation; no audit depends on it.

mod analysis;
mod completeness;
mod contiguity;
mod elapsed;
pub mod expert;
pub mod info;
pub mod options;
mod relative;
mod row;
mod stream;
pub mod text;
mod tfo;

pub use analysis::{Acked, DuplicateAck, Marks, Record, Rto};
pub use completeness::{phrase as completeness_phrase, write_letters as write_completeness_letters};
pub use contiguity::Counts;
pub use elapsed::Elapsed;
pub use expert::Closing;
pub use relative::Scale;
pub use row::{Exception, Numbers, Reached, Row};
pub use tfo::FastOpen;

use crate::capture::FrameNumber;
use crate::flow::Limits;
use crate::flow::conversation::{Arrival, Relation, Slot};
use crate::wire::{Decoded, Flags, Quote, Segment, SeqNum, Standing};
use analysis::Surroundings;
use options::{Item, SackMemory, Walk};
use row::Extent;
use stream::{Stream, Streams};

/// Wireshark's view of a capture: feed it every segment in the order of the frames.
#[derive(Debug, Default)]
pub struct Lens {
    streams: Streams,
    records: FrameRecords,
}

impl Lens {
    /// A lens that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// A lens that knows no more conversations at a time than `limits` lets be followed: of what is beyond, it keeps the
    /// numbers alone, and then nothing.
    pub fn bounded(limits: &Limits) -> Self {
        Self { streams: Streams::bounded(limits), ..Self::default() }
    }

    /// How many conversations had to make room; what it says of their later segments may not be what Wireshark says.
    pub const fn forgotten(&self) -> u64 {
        self.streams.forgotten()
    }

    /// Asks for the memory that a segment will need which comes soon; what is said of it does not depend on it.
    pub fn expect(&mut self, segment: &Segment) {
        self.streams.expect(segment);
    }

    /// The row of a segment, which is remembered for those to come.
    pub fn observe(&mut self, decoded: &Decoded<'_>) -> Row {
        let segment = &decoded.segment;
        let extent = Extent::of(segment);
        let reached = reach(segment, extent);
        let mut row = Row { reached, ..Row::default() };
        row.exception = first_missing(reached, segment, extent);
        if reached < Reached::Sequence {
            row.seq = (extent.reaches(8) && is_quoted_ipv4(segment)).then_some(segment.seq.0);
            return row;
        }
        let Some((stream, numbering)) = self.streams.of(segment) else { return row };
        let slot = Slot::of(segment);
        let arrival = stream.conversation.arrive(segment, slot);
        if arrival.relation == Relation::Reused {
            stream.reopen(numbering.next());
        }
        let key = (stream.number, segment.seq, segment.ack);
        let mut record = self.records.find(segment.frame, key);
        identify(stream, slot, segment, arrival, &mut record, &mut row);
        analyse(stream, slot, segment, &mut record, &mut row);
        note_handshake(stream, slot, segment, &mut row);
        walk_options(stream, slot, decoded, &mut record, &mut row);
        self.records.keep(segment.frame, key, record);
        show(stream, slot, segment, record, &mut row);
        row
    }
}

/// How far the fixed header lets the dissection come.
fn reach(segment: &Segment, extent: Extent) -> Reached {
    if !extent.reaches(4) {
        Reached::Nothing
    } else if !extent.reaches(14) {
        Reached::Ports
    } else if segment.header_len() < 20 {
        Reached::Sequence
    } else if !extent.reaches(16) {
        Reached::Flags
    } else if !extent.reaches(18) {
        Reached::Window
    } else if !extent.reaches(20) {
        Reached::Checksum
    } else {
        Reached::Options
    }
}

/// Why the fixed header ended before the dissection was through with it.
fn first_missing(reached: Reached, segment: &Segment, extent: Extent) -> Option<Exception> {
    let end = match reached {
        Reached::Nothing => 4,
        Reached::Ports => 14,
        Reached::Sequence if segment.header_len() < 20 => return None,
        Reached::Sequence | Reached::Flags => 16,
        Reached::Window => 18,
        Reached::Checksum => 20,
        Reached::Options | Reached::Analysis => return None,
    };
    Some(extent.missing(end))
}

fn is_quoted(segment: &Segment) -> bool {
    matches!(segment.standing, Standing::Quoted(_))
}

fn is_quoted_ipv4(segment: &Segment) -> bool {
    matches!(segment.standing, Standing::Quoted(Quote::Icmp { v6: false, .. }))
}

/// Which conversation and where in it: stream, times, completeness, relative numbers.
fn identify(
    stream: &mut Stream,
    slot: Slot,
    segment: &Segment,
    arrival: Arrival,
    record: &mut Option<Record>,
    row: &mut Row,
) {
    let (own, _) = stream.sides(slot);
    match arrival.relation {
        Relation::Same => {}
        Relation::SynAgain => {
            own.next = own.contiguous;
            record.get_or_insert_default();
        }
        Relation::Reused => analysis::raise(record, Marks::REUSED_PORTS),
    }
    own.sack = SackMemory::default();
    row.scale = own.scale;
    row.window = own.scale.apply(segment.window, segment.flags);
    stream.acc_ecn.note_flags(segment.flags);
    (row.time_relative, row.time_delta) = stream.count(segment.time);
    row.stream = Some(stream.number);
    row.packet = stream.packets;
    row.completeness = arrival.completeness;
    row.ace = stream.acc_ecn.is_active(segment.flags);
    relate(stream, slot, segment, row);
    if row.reached >= Reached::Flags {
        row.fast_open = stream.fast_open.answer(segment.flags, row.numbers.ack);
    }
}

/// The numbers relative to the bases of the conversation; a quoted header keeps its own.
fn relate(stream: &Stream, slot: Slot, segment: &Segment, row: &mut Row) {
    let base = stream.conversation.base(slot).unwrap_or_default();
    let peer_base = stream.conversation.base(slot.other()).unwrap_or_default();
    let quoted = is_quoted(segment);
    let seq = if quoted { segment.seq.0 } else { segment.seq.distance_from(base) };
    let raw_ack = quoted || !segment.flags.has(Flags::ACK);
    let ack = if raw_ack { segment.ack.0 } else { segment.ack.distance_from(peer_base) };
    row.seq = Some(seq);
    row.numbers = Numbers { ack, sack_base: peer_base };
    row.len = segment.payload_len();
    let phantom = u32::from(segment.flags.any(Flags::SYN.with(Flags::FIN)));
    row.nxtseq = row.len.map(|len| seq.wrapping_add(len).wrapping_add(phantom));
}

fn analyse(stream: &mut Stream, slot: Slot, segment: &Segment, record: &mut Option<Record>, row: &mut Row) {
    // The window is read before the analysis begins.
    let Some(len) = row.len.filter(|_| Extent::of(segment).reaches(16)) else { return };
    let base = stream.conversation.base(slot).unwrap_or_default();
    let around = Surroundings { base, initial_rtt: stream.initial_rtt.known() };
    let (own, peer) = stream.sides(slot);
    analysis::analyse(segment, len, own, peer, &around, record);
    let phantom = u32::from(segment.flags.any(Flags::SYN.with(Flags::FIN)));
    if len > 0 || phantom > 0 {
        stream.ranges[slot as usize].insert(segment.seq, segment.seq + len + phantom);
    }
}

/// What the flags say of the opening and the close.
fn note_handshake(stream: &mut Stream, slot: Slot, segment: &Segment, row: &mut Row) {
    if row.reached < Reached::Flags {
        return;
    }
    let opens = segment.flags.has(Flags::SYN);
    let (own, _) = stream.sides(slot);
    if opens {
        own.first_ack_pending = true;
    } else if segment.flags.has(Flags::ACK) {
        own.first_ack_pending = false;
    }
    stream.initial_rtt.measure(segment);
    let peer_closed = stream.closers[slot.other() as usize];
    row.closing = Closing::decide(segment.flags, &mut stream.closers[slot as usize], peer_closed);
}

/// Lets each option take effect, up to an exception.
fn walk_options(stream: &mut Stream, slot: Slot, decoded: &Decoded<'_>, record: &mut Option<Record>, row: &mut Row) {
    if row.reached < Reached::Options {
        return;
    }
    let segment = &decoded.segment;
    let mut walk = Walk::new(decoded, row.numbers);
    for item in walk.by_ref() {
        let Item::Option(option) = item else { continue };
        match option.kind {
            0 | 1 | 8 => continue,
            3 => {
                if let Some(shift) = option.window_scale() {
                    stream.sides(slot).0.scale = Scale::announced(shift);
                }
            }
            5 => {
                let (own, _) = stream.sides(slot);
                own.sack = SackMemory::of(&option, row.numbers);
                analysis::reconsider_window_update(own, record);
            }
            34 | 253 | 254 | 172 | 174 => {
                stream.fast_open.note_option(segment, &option, &mut row.fast_open);
                stream.acc_ecn.option_seen |= option.is_sound() && option.acc_ecn().is_some();
            }
            _ => {}
        }
    }
    row.exception = walk.exception();
    if row.exception.is_none() {
        row.reached = Reached::Analysis;
    }
}

/// What only a dissection that came through all options shows.
fn show(stream: &mut Stream, slot: Slot, segment: &Segment, record: Option<Record>, row: &mut Row) {
    if row.reached < Reached::Analysis {
        return;
    }
    if segment.flags.has(Flags::SYN) {
        let (own, peer) = stream.sides(slot);
        relative::settle_scales(&mut own.scale, &mut peer.scale, segment.flags);
    }
    row.record = record;
    row.initial_rtt = stream.initial_rtt.known().filter(|_| record.is_some());
    let count = |slot: Slot| stream.ranges[slot as usize].count();
    row.contiguity = Some(Counts { client: count(slot.other()), server: count(slot) });
}

/// The records of the frame at hand: segments of one frame with equal numbers share one.
#[derive(Debug, Default)]
struct FrameRecords {
    frame: FrameNumber,
    records: Vec<(RecordKey, Record)>,
}

type RecordKey = (u32, SeqNum, SeqNum);

impl FrameRecords {
    fn find(&mut self, frame: FrameNumber, key: RecordKey) -> Option<Record> {
        if self.frame != frame {
            self.frame = frame;
            self.records.clear();
        }
        self.records.iter().rev().find(|(known, _)| *known == key).map(|(_, record)| *record)
    }

    fn keep(&mut self, frame: FrameNumber, key: RecordKey, record: Option<Record>) {
        if let Some(record) = record.filter(|_| self.frame == frame) {
            self.records.push((key, record));
        }
    }
}
