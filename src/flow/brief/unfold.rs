//! A brief connection to the whole flow that it would be: its segments, counted once more.

use super::entry::{Entry, PLAIN, STAMPED};
use super::{Brief, BriefEnd, Log};
use crate::capture::Timestamp;
use crate::flow::copies::Copies;
use crate::flow::{Flow, Limits, Side, Sides};
use crate::wire::{Endpoint, Flags, OptionSet, Options, Path, RawWindow, Segment, SeqNum, Standing, Timestamps};

impl Brief {
    /// The whole flow; `endpoints` are those of its pair, the greater one first.
    pub fn unfold(&self, endpoints: [Endpoint; 2], limits: &Limits, log: &Log) -> Option<Flow> {
        let Sides { client, server } = self.sides(endpoints);
        let ends = [client, server];
        let mut next = self.first_numbers(log);
        let (mut time, mut frame) = (self.asked_at, u64::from(self.id));
        let (mut flow, mut copies) = (None, Copies::default());
        for entry in self.entries(log) {
            let side = if entry.is_clients() { Side::Client } else { Side::Server };
            time += entry.waited;
            frame += u64::from(entry.frames);
            let segment = Segment {
                frame,
                time: Timestamp::from_nanoseconds(time),
                path: Path { id: self.path, ..Path::default() },
                ..entry.segment([next[side], next[side.peer()]], directed(ends, side), self.options(&entry, side))
            };
            next[side] = segment.end();
            flow.get_or_insert_with(|| Flow::new(&segment)).observe(&segment, limits);
            // The link, which the segment no longer tells, tells copies.
            copies.remember_at(&segment, side, entry.mark);
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
            let (words, next) = log.get(&self.words, from, words)?;
            (from, number) = (next, number + 1);
            Entry::unpack(words)
        })
    }

    /// The sequence numbers that both ends began with.
    fn first_numbers(&self, log: &Log) -> Sides<SeqNum> {
        let sent = |clients: bool| {
            let entries = self.entries(log).filter(|entry| entry.is_clients() == clients);
            entries.fold(0u32, |sent, entry| sent.wrapping_add(entry.seg_len()))
        };
        let Sides { client, server } = &self.ends;
        Sides { client: client.snd_nxt - sent(true), server: server.snd_nxt - sent(false) }
    }

    /// The options of a segment of `side`.
    fn options(&self, entry: &Entry, side: Side) -> Options {
        let own: &BriefEnd = &self.ends[side];
        if !entry.bits.flags().has(Flags::SYN) {
            let stamps = if self.timestamps() { OptionSet::TIMESTAMPS.0 } else { 0 };
            let present = OptionSet(entry.bits.padding().0 | stamps);
            return Options { present, timestamps: entry.timestamps, ..Options::default() };
        }
        // A SYN-ACK echoes the SYN.
        let echoes = side == Side::Server && own.options.has(OptionSet::TIMESTAMPS);
        let tsecr = if echoes { self.ends.client.clock[0] } else { 0 };
        Options {
            present: own.options,
            mss: own.mss(),
            window_scale: own.window_scale,
            timestamps: Timestamps { tsval: own.clock[0], tsecr },
            ..Options::default()
        }
    }
}

impl Entry {
    /// The segment again, but for frame, time and path, with SND.NXT of its sender and its peer before it. Only the link
    /// and what was not captured of the payload are lost.
    fn segment(&self, [seq, peer]: [SeqNum; 2], ends: [Endpoint; 2], options: Options) -> Segment {
        let bits = self.bits;
        let octets = u32::from(bits.data_offset()) * 4 + u32::from(self.len);
        let flags = bits.flags();
        Segment {
            frame: 0,
            time: Timestamp::default(),
            source: ends[0],
            destination: ends[1],
            path: Path::default(),
            ttl: self.ttl,
            ecn: bits.ecn(),
            ip_id: bits.identification(self.ip_id),
            standing: Standing::Whole,
            seq,
            ack: if flags.has(Flags::ACK) { peer - self.behind } else { SeqNum(0) },
            flags,
            window: RawWindow(self.window),
            checksum: self.checksum,
            checksum_status: bits.checksum_status(),
            payload_sum: self.payload_sum,
            urgent_pointer: 0,
            data_offset: bits.data_offset(),
            captured: octets,
            reported: octets,
            options,
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
    use crate::wire::{Decoder, Packed, Path};
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
                        let begun = syn.and_then(|syn| Brief::begin(&syn, Slot::of(&segment), &mut log));
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
