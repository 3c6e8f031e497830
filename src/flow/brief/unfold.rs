//! A brief connection to the whole flow that it would be.
//!
//! Marks, states and offers follow from the few segments that moved them, so those are counted once more; what every
//! segment adds to was counted as they came.

use super::{Brief, Stage};
use crate::capture::Timestamp;
use crate::flow::{Flow, Side, Sides};
use crate::wire::{Endpoint, Options, Segment};

impl Brief {
    /// The whole flow; `endpoints` are those of its pair, the greater one first.
    pub fn unfold(self, endpoints: [Endpoint; 2]) -> Flow {
        let [high, low] = endpoints;
        let ends = if self.client_is_high { [high, low] } else { [low, high] };
        let mut flow = Flow::new(&self.step(0, Side::Client, ends));
        let steps = [Side::Client, Side::Server, Side::Client].into_iter().enumerate();
        for (at, side) in steps.take(self.stage as usize + 1) {
            flow.take_orderly(&self.step(at, side, ends), side);
        }
        self.close(&mut flow, ends);
        flow.copies = self.copies;
        flow.last = Timestamp::from_nanoseconds(self.last);
        flow.last_frame = self.id + u64::from(self.last_after);
        let Sides { client, server } = self.ends;
        client.unfold(&mut flow.ends.client);
        if self.stage != Stage::Asked {
            server.unfold(&mut flow.ends.server);
        }
        flow
    }

    /// Step `at` of the handshake.
    fn step(&self, at: usize, side: Side, ends: [Endpoint; 2]) -> Segment {
        let options = if at < 2 { self.ends[side].syn_options() } else { Options::default() };
        self.handshake[at].segment(self.id, self.path, directed(ends, side), options)
    }

    fn close(&self, flow: &mut Flow, ends: [Endpoint; 2]) {
        for (side, milestone) in self.tail.iter().flat_map(|tail| &tail.segments) {
            let segment = milestone.segment(self.id, self.path, directed(ends, *side), Options::default());
            // It came in order.
            flow.ends[*side].snd_nxt = Some(segment.seq);
            flow.close(&segment, *side);
            flow.move_states(&segment, *side);
            flow.ends[*side].snd_nxt = Some(segment.end());
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
    use crate::flow::conversation::Pair;
    use crate::wire::{Decoder, Path};
    use std::collections::HashMap;

    /// Every connection of the captures at hand, counted briefly as long as it goes in order, and whole.
    #[test]
    fn unfolds_to_what_it_would_be_had_it_been_whole() {
        let limits = Limits::default();
        let (mut compared, mut closed) = (0, 0);
        for file in captures() {
            let Ok(mut reader) = capture::open(&file) else { continue };
            let mut flows: HashMap<Pair, Option<(Brief, Flow, [Endpoint; 2])>> = HashMap::new();
            let mut decoder = Decoder::default();
            while let Ok(Some(record)) = reader.next_record() {
                let _ = decoder.decode(&record, &mut |decoded| {
                    let mut segment = decoded.segment;
                    let pair = Pair::of(&segment);
                    let Some(followed) = flows.get_mut(&pair) else {
                        // What a table keeps of a SYN says nothing of the link.
                        segment.path = Path { id: segment.path.id, ..Path::default() };
                        let followed = Brief::begin(&segment).map(|brief| {
                            let mut flow = Flow::new(&segment);
                            flow.observe_any(&segment, Side::Client, &limits);
                            let (one, other) = (segment.source, segment.destination);
                            (brief, flow, [one.max(other), one.min(other)])
                        });
                        flows.insert(pair, followed);
                        return;
                    };
                    let Some((brief, flow, ends)) = followed else { return };
                    match brief.observe(&segment, &limits) {
                        Outcome::Refused => *followed = None,
                        outcome => {
                            let side = flow.side_of(&segment);
                            flow.observe_any(&segment, side, &limits);
                            let unfolded = brief.clone().unfold(*ends);
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
        assert!(compared > 300 && closed > 20, "{compared} segments compared, {closed} connections closed in order");
    }

    #[test]
    fn stays_small() {
        assert!(size_of::<Brief>() <= 560, "{} octets", size_of::<Brief>());
    }
}
