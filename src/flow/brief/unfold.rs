//! A brief connection to the whole flow that it would be: its segments, counted once more.

use super::entry::{Entry, PLAIN, STAMPED};
use super::{Brief, Log};
use crate::capture::Direction;
use crate::flow::{Flow, Limits, Side, Sides};
use crate::wire::{Bits, Endpoint, Flags, OptionSet, Packed, Rest, Segment, SeqNum, Timestamps};

/// A segment of a brief connection, made whole again, less the link it was captured on.
struct Retold {
    segment: Segment,
    side: Side,
    /// [`Path::mark`](crate::wire::Path::mark) of that link.
    mark: u8,
}

impl Brief {
    /// The whole flow before any segment of it is counted; `endpoints` are those of its pair, the greater one first, and
    /// `bases` the sequence numbers of its SYNs.
    pub fn begun(&self, endpoints: [Endpoint; 2], bases: Sides<SeqNum>, log: &Log) -> Option<Flow> {
        let (packed, side) = self.segments(bases, log).next()?;
        Some(Flow::new(&self.retold(packed, side, endpoints).segment))
    }

    /// Counts every segment in `flow`, which is the one [`Brief::begun`] gave, where it is to stay: it is too large to be moved
    /// much.
    pub fn unfold(&self, endpoints: [Endpoint; 2], bases: Sides<SeqNum>, limits: &Limits, log: &Log, flow: &mut Flow) {
        log.ask_for_rest(&self.pieces, self.words);
        for (packed, side) in self.segments(bases, log) {
            self.retold(packed, side, endpoints).tell(flow, limits);
        }
    }

    /// Every segment, and who sent it.
    pub(super) fn segments(&self, bases: Sides<SeqNum>, log: &Log) -> impl Iterator<Item = (Packed, Side)> {
        let mut next = bases;
        let (mut time, mut frame) = (self.asked_at, self.id);
        self.entries(log).map(move |entry| {
            let side = if entry.clients { Side::Client } else { Side::Server };
            time += entry.waited;
            frame += entry.frames;
            let acknowledges = entry.rest.bits.flags().has(Flags::ACK);
            let packed = self.with_options(
                Packed {
                    time,
                    frame,
                    seq: next[side],
                    ack: if acknowledges { next[side.peer()] - entry.behind } else { SeqNum(0) },
                    ..entry.rest
                },
                side,
            );
            next[side] = packed.end();
            (packed, side)
        })
    }

    /// A segment of `side`, made whole.
    fn retold(&self, packed: Packed, side: Side, endpoints: [Endpoint; 2]) -> Retold {
        let Sides { client, server } = self.sides(endpoints);
        // Only the link and what was not captured of the payload are lost.
        let seen = Rest::going(Direction::Unknown, packed.reported());
        Retold { segment: packed.segment(directed([client, server], side), &seen), side, mark: packed.mark }
    }

    /// Every segment, packed.
    fn entries(&self, log: &Log) -> impl Iterator<Item = Entry> {
        let (mut from, mut number) = (0, 0);
        std::iter::from_fn(move || {
            let words = if self.is_stamped(number) { STAMPED } else { PLAIN };
            let (words, next) = log.get(&self.pieces, self.words, from, words)?;
            (from, number) = (next, number + 1);
            Entry::unpack(words)
        })
    }

    /// A segment of `side` with what is known of its connection.
    fn with_options(&self, packed: Packed, side: Side) -> Packed {
        let (own, asked) = (&self.ends[side], &self.asked[side]);
        let stamped = |stamped: bool| packed.bits.with(if stamped { Bits::STAMPED } else { 0 });
        if !packed.bits.flags().has(Flags::SYN) {
            return Packed { bits: stamped(self.timestamps), path: self.path, ..packed };
        }
        // A SYN-ACK echoes the SYN.
        let stamps = asked.options.has(OptionSet::TIMESTAMPS);
        let tsecr = if side == Side::Server && stamps { self.ends.client.clock[0] } else { 0 };
        Packed {
            bits: stamped(stamps),
            path: self.path,
            mss: if asked.options.has(OptionSet::MSS) { own.takes } else { 0 },
            window_scale: asked.window_scale,
            offers: (asked.options.0 & OptionSet::SYN_ONLY.0) as u8,
            timestamps: Timestamps { tsval: own.clock[0], tsecr },
            ..packed
        }
    }
}

impl Retold {
    /// Counts it.
    fn tell(&self, flow: &mut Flow, limits: &Limits) {
        flow.observe(&self.segment, limits);
        // The link, which the segment no longer tells, tells copies.
        flow.copies.place_latest(self.side, self.mark);
    }
}

/// The sender and the receiver of a segment of `side`; `ends` are client and server.
fn directed([client, server]: [Endpoint; 2], side: Side) -> [Endpoint; 2] {
    if side == Side::Client { [client, server] } else { [server, client] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture;
    use crate::capture::testing::captures;
    use crate::flow::Limits;
    use crate::flow::brief::Outcome;
    use crate::flow::conversation::{Conversation, Pair, Slot};
    use crate::wire::{Decoder, Path};
    use std::collections::HashMap;

    /// A connection counted both ways, and its endpoints, the greater one first.
    type Followed = (Brief, Conversation, Flow, [Endpoint; 2]);

    /// Every connection of the captures at hand, counted briefly as long as it goes in order, and whole.
    #[test]
    #[cfg_attr(miri, ignore = "reads every capture of the test data")]
    fn unfolds_to_what_it_would_be_had_it_been_whole() {
        let limits = Limits::default();
        let (mut compared, mut closed) = (0, 0);
        for file in captures() {
            let Ok(mut reader) = capture::open(&file) else { continue };
            let mut log = Log::default();
            let mut flows: HashMap<Pair, Option<Followed>> = HashMap::new();
            let mut decoder = Decoder::default();
            while let Ok(Some(record)) = reader.next_record() {
                let _ = decoder.decode(&record, &mut |decoded| {
                    let mut segment = decoded.segment;
                    let pair = Pair::of(&segment);
                    let Some(followed) = flows.get_mut(&pair) else {
                        // What a table keeps of a SYN says nothing of the link.
                        segment.path = Path { id: segment.path.id, ..Path::default() };
                        let syn = Packed::of(&segment);
                        let begun = syn.filter(Brief::may_begin).map(|syn| {
                            let mut brief = Brief::asked_for(&syn, Slot::of(&segment));
                            brief.enter_syn(&syn, &mut log);
                            (brief, Conversation::begun(&syn, Slot::of(&segment)))
                        });
                        let followed = begun.map(|(brief, conversation)| {
                            let mut flow = Flow::new(&segment);
                            flow.observe_any(&segment, Side::Client, &limits);
                            let (one, other) = (segment.source, segment.destination);
                            (brief, conversation, flow, [one.max(other), one.min(other)])
                        });
                        flows.insert(pair, followed);
                        return;
                    };
                    let Some((brief, conversation, flow, ends)) = followed else { return };
                    let packed = Packed::of(&segment).unwrap_or_default();
                    let outcome = brief.observe(&packed, Slot::of(&segment), &limits, &mut log);
                    match outcome {
                        Outcome::Refused => {
                            brief.free(&mut log);
                            *followed = None;
                        }
                        outcome => {
                            let side = flow.side_of(&segment);
                            flow.observe_any(&segment, side, &limits);
                            if segment.flags.has(Flags::SYN) {
                                conversation.answered(&packed, Slot::of(&segment));
                            }
                            let bases = conversation.bases(brief.client());
                            let mut unfolded = brief.begun(*ends, bases, &log).expect("a flow");
                            brief.unfold(*ends, bases, &limits, &log, &mut unfolded);
                            assert_eq!(
                                format!("{unfolded:?}"),
                                format!("{flow:?}"),
                                "{} frame {}",
                                file.display(),
                                segment.frame
                            );
                            compared += 1;
                            if outcome == Outcome::Closed {
                                let summary = brief.summary(*ends, bases, 7, 31, &limits, &log);
                                assert_eq!(summary, flow.summarize(7, 31, &limits), "{}", file.display());
                                closed += 1;
                            }
                        }
                    }
                });
            }
        }
        assert!(compared > 200 && closed > 10, "{compared} segments compared, {closed} connections closed in order");
    }

    #[test]
    fn stays_small() {
        assert!(size_of::<Brief>() <= 136, "{} octets", size_of::<Brief>());
    }
}
