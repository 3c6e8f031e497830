//! A brief connection to the whole flow that it would be: its segments, counted once more.

use super::entry::{Entry, PLAIN, STAMPED};
use super::{Brief, Log};
use crate::capture::Direction;
use crate::flow::copies::Copies;
use crate::flow::{Flow, Limits, Side, Sides};
use crate::wire::{Bits, Endpoint, Flags, OptionSet, Packed, Rest, SeqNum, Timestamps};

impl Brief {
    /// The whole flow; `endpoints` are those of its pair, the greater one first.
    pub fn unfold(&self, endpoints: [Endpoint; 2], limits: &Limits, log: &Log) -> Option<Flow> {
        let Sides { client, server } = self.sides(endpoints);
        let ends = [client, server];
        let mut next = self.first_numbers(log);
        let (mut time, mut frame) = (self.asked_at, self.id);
        let (mut flow, mut copies) = (None, Copies::default());
        for entry in self.entries(log) {
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
            // Only the link and what was not captured of the payload are lost.
            let seen = Rest::going(Direction::Unknown, packed.reported());
            let segment = packed.segment(directed(ends, side), &seen);
            next[side] = segment.end();
            flow.get_or_insert_with(|| Flow::new(&segment)).observe(&segment, limits);
            // The link, which the segment no longer tells, tells copies.
            copies.remember_at(&segment, side, packed.mark);
        }
        let mut flow: Flow = flow?;
        flow.copies = copies;
        Some(flow)
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

    /// The sequence numbers that both ends began with.
    fn first_numbers(&self, log: &Log) -> Sides<SeqNum> {
        let sent = |clients: bool| {
            let entries = self.entries(log).filter(|entry| entry.clients == clients);
            entries.fold(0u32, |sent, entry| sent.wrapping_add(entry.rest.seg_len()))
        };
        let Sides { client, server } = &self.ends;
        Sides { client: client.snd_nxt - sent(true), server: server.snd_nxt - sent(false) }
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
    use crate::flow::conversation::{Pair, Slot};
    use crate::wire::{Decoder, Path};
    use std::collections::HashMap;

    /// Every connection of the captures at hand, counted briefly as long as it goes in order, and whole.
    #[test]
    #[cfg_attr(miri, ignore = "reads every capture of the test data")]
    fn unfolds_to_what_it_would_be_had_it_been_whole() {
        let limits = Limits::default();
        let (mut compared, mut closed) = (0, 0);
        for file in captures() {
            let Ok(mut reader) = capture::open(&file) else { continue };
            let mut log = Log::default();
            let mut flows: HashMap<Pair, Option<(Brief, Flow, [Endpoint; 2])>> = HashMap::new();
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
                            brief
                        });
                        let followed = begun.map(|brief| {
                            let mut flow = Flow::new(&segment);
                            flow.observe_any(&segment, Side::Client, &limits);
                            let (one, other) = (segment.source, segment.destination);
                            (brief, flow, [one.max(other), one.min(other)])
                        });
                        flows.insert(pair, followed);
                        return;
                    };
                    let Some((brief, flow, ends)) = followed else { return };
                    let outcome = Packed::of(&segment).map_or(Outcome::Refused, |packed| {
                        brief.observe(&packed, Slot::of(&segment), &limits, &mut log)
                    });
                    match outcome {
                        Outcome::Refused => {
                            brief.free(&mut log);
                            *followed = None;
                        }
                        outcome => {
                            let side = flow.side_of(&segment);
                            flow.observe_any(&segment, side, &limits);
                            let unfolded = brief.unfold(*ends, &limits, &log).expect("a flow");
                            assert_eq!(
                                format!("{unfolded:?}"),
                                format!("{flow:?}"),
                                "{} frame {}",
                                file.display(),
                                segment.frame
                            );
                            compared += 1;
                            closed += u32::from(outcome == Outcome::Closed);
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
