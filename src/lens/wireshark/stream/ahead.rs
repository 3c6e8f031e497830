//! Looking ahead: the conversations of the next segments, asked for before the first of them is observed.
//!
//! A conversation takes a dozen lines of memory, and of tens of thousands that are interleaved none is in the cache. One
//! after the other, each segment would wait for each line; asked for while others are observed, they come meanwhile: first
//! where the conversation is, then it, then what lies behind its pointers. Hints are checked before they are believed:
//! nothing depends on them.

use super::Streams;
use crate::capture::FrameNumber;
use crate::flow::conversation::Pair;
use crate::flow::pairs::PairHash;
use crate::wire::Segment;
use std::collections::VecDeque;

/// Hints kept: more than there are segments between those looked for and those observed.
const HINTS: usize = 128;

/// After how many others what was asked for has come.
const MEANWHILE: usize = 16;

/// Where the conversations of the next segments may be.
#[derive(Debug)]
pub(super) struct Hints {
    /// By frame number; of a frame with several segments the last.
    places: [(FrameNumber, u32); HINTS],
    /// The segments whose conversations are sought, the latest at the end.
    sought: VecDeque<(FrameNumber, PairHash)>,
    /// Where those are that were asked for last.
    latest: VecDeque<u32>,
}

impl Default for Hints {
    fn default() -> Self {
        Self { places: [(0, 0); HINTS], sought: VecDeque::new(), latest: VecDeque::new() }
    }
}

impl Hints {
    /// Where the conversation of a segment in `frame` may be.
    pub fn of(&self, frame: FrameNumber) -> Option<u32> {
        let (known, place) = self.places[frame as usize % HINTS];
        (known == frame).then_some(place)
    }

    fn note(&mut self, frame: FrameNumber, place: u32) {
        self.places[frame as usize % HINTS] = (frame, place);
        self.latest.push_back(place);
    }
}

impl Streams {
    /// Asks for where the conversation of a segment is noted that comes soon, for the conversation of one that was named some
    /// calls ago, and for what lies behind the pointers of one named earlier still; each has come meanwhile.
    pub fn expect(&mut self, segment: &Segment) {
        let Self { hints, places, whole, .. } = self;
        if hints.latest.len() >= MEANWHILE
            && let Some(stream) = hints.latest.pop_front().and_then(|place| whole.get(place))
        {
            stream.halves.iter().for_each(|half| half.unacked.ask_for_many());
        }
        // Which of those with a like hash it is shows when it is observed; most often there is one.
        if hints.sought.len() >= MEANWHILE
            && let Some((frame, hash)) = hints.sought.pop_front()
            && let Some(place) = places.candidate(hash)
        {
            hints.note(frame, place);
            whole.ask_for_all(place);
        }
        let hash = places.hash(&Pair::of(segment));
        places.ask_for(hash);
        hints.sought.push_back((segment.frame, hash));
    }
}

#[cfg(test)]
mod tests {
    use super::MEANWHILE;
    use crate::capture::{self, testing::captures};
    use crate::flow::Limits;
    use crate::lens::wireshark::Lens;
    use crate::wire::{Decoder, Segment};
    use std::path::Path;

    fn segments_of(file: &Path) -> Vec<Segment> {
        let mut segments = Vec::new();
        let Ok(mut reader) = capture::open(file) else { return segments };
        let mut decoder = Decoder::default();
        while let Ok(Some(record)) = reader.next_record() {
            let _ = decoder.decode(&record, &mut |decoded| segments.push(decoded.segment));
        }
        segments
    }

    /// What is said of segments is what is said without looking ahead, in little room, too, where conversations move.
    #[test]
    fn nothing_depends_on_it() {
        let mut shifts = 0;
        for limits in [Limits::default(), Limits { max_flows: 6, live_flows: 2, ..Limits::default() }] {
            // One capture behind the other: few of them have so many conversations.
            let (mut with, mut without) = (Lens::bounded(&limits), Lens::bounded(&limits));
            for file in captures() {
                let segments = segments_of(&file);
                let Ok(mut reader) = capture::open(&file) else { continue };
                let mut decoder = Decoder::default();
                let mut number = 0;
                while let Ok(Some(record)) = reader.next_record() {
                    let _ = decoder.decode(&record, &mut |decoded| {
                        // Segments that come, some of them under the numbers of others.
                        let coming = segments.get(number + 2 * MEANWHILE).into_iter();
                        let false_ones = segments.get(number).map(|it| Segment { frame: it.frame + 9, ..*it });
                        coming.chain(&false_ones).for_each(|segment| with.expect(segment));
                        number += 1;
                        assert_eq!(
                            format!("{:?}", with.observe(decoded)),
                            format!("{:?}", without.observe(decoded)),
                            "{} frame {}",
                            file.display(),
                            record.number
                        );
                    });
                }
            }
            shifts += with.forgotten();
        }
        assert!(shifts > 0, "conversations that moved");
    }
}
