//! Looking ahead: the memory that the next segments will need, asked for before the first of them is counted.
//!
//! With tens of thousands of interleaved connections every segment's flow has left the cache. One after the other, each
//! would wait for memory three times (index, entry, log). Asked for together, and while others are counted, the waits
//! overlap. What was found is handed back as hints, which are checked before they are believed: nothing depends on them.

use super::index::Hash;
use super::key::Key;
use super::{Handle, Kept, Live, Table};
use crate::flow::conversation::Slot;
use crate::flow::{Notes, Observer};
use crate::wire::{Batch, Flags, Line, Segment};
use std::hint::black_box;

/// How many segments are looked for together; more than this does not fit what a core keeps under way.
const FAR: usize = 16;

/// How many such portions are under way: sought, found, approached, counted.
const STEPS: usize = 4;

/// How far ahead of the flow that ends another one is asked for, and what lies behind its pointers.
const ENDS_AHEAD: [usize; 2] = [8, 4];

/// Where the pair of a segment may be kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hint {
    pub(super) key: Key,
    /// Which end of it sent the segment.
    pub(super) slot: Slot,
    pub(super) hash: Hash,
    pub(super) handle: Option<Handle>,
}

/// Where the pairs of the next few segments may be kept.
type Hints = [Option<Hint>; FAR];

impl<T: Notes> Table<T> {
    /// Counts segments and tells `observer` what came of them.
    pub fn observe_all(&mut self, batch: &Batch, observer: &mut impl Observer<T>) {
        let portion = |number| batch.lines().chunks(FAR).nth(number).unwrap_or_default();
        let mut under_way = [[None; FAR]; STEPS];
        for (number, hints) in under_way.iter_mut().enumerate().take(STEPS - 1) {
            self.seek(batch, portion(number), hints);
        }
        self.find_all(&mut under_way[0]);
        self.find_all(&mut under_way[1]);
        self.approach(&under_way[0]);
        for (number, now) in batch.lines().chunks(FAR).enumerate() {
            self.approach(&under_way[(number + 1) % STEPS]);
            self.find_all(&mut under_way[(number + 2) % STEPS]);
            self.seek(batch, portion(number + 3), &mut under_way[(number + 3) % STEPS]);
            for (at, (line, hint)) in now.iter().zip(&under_way[number % STEPS]).enumerate() {
                match line {
                    Line::Packed(packed, ends) => {
                        let rest = batch.rest(number * FAR + at);
                        if !self.observe_packed(packed, rest, hint.as_ref(), observer) {
                            let segment = packed.segment(ends.endpoints(), rest);
                            self.observe_admitted(&segment, hint.as_ref(), observer);
                        }
                    }
                    Line::Whole(number) => {
                        if let Some(segment) = batch.whole(*number) {
                            self.observe_sought(segment, hint.as_ref(), observer);
                        }
                    }
                }
            }
        }
    }

    /// Makes `hints` what the pairs of `lines` are known by, and asks for where it is noted what those are kept as.
    fn seek(&self, batch: &Batch, lines: &[Line], hints: &mut Hints) {
        *hints = [None; FAR];
        let mut begin = [false; FAR];
        for ((hint, begins), line) in hints.iter_mut().zip(&mut begin).zip(lines) {
            let sought = match line {
                Line::Packed(packed, ends) => {
                    *begins = packed.bits.flags() == Flags::SYN;
                    let slot = Slot::of_ends(ends);
                    Some((Key::of_ends(ends, slot), slot))
                }
                Line::Whole(number) => {
                    *begins = true;
                    batch.whole(*number).and_then(|segment| self.addresses.find(segment))
                }
            };
            *hint = sought.map(|(key, slot)| Hint { key, slot, hash: self.index.hash(&key), handle: None });
        }
        // One after the other, so that the core looks for several pages at once.
        for (hint, begins) in hints.iter().zip(begin) {
            if let Some(hint) = hint {
                self.index.ask_for(hint.hash, begins);
            }
        }
    }

    /// Looks for the pairs that were sought, and asks for where they are kept.
    fn find_all(&self, hints: &mut Hints) {
        // Which of those with a like hash it is shows when it is counted; most often there is one.
        for hint in hints.iter_mut().flatten() {
            hint.handle = self.index.candidate(hint.hash);
        }
        for hint in hints.iter().flatten() {
            match hint.handle.map(Kept::from) {
                Some(Kept::Live(at)) => self.live.ask_for_first(at, Live::<T>::NEAR),
                Some(Kept::Asking(at)) => self.asking.ask_for(at),
                Some(Kept::Remembered(at)) => self.remembered.ask_for(at),
                None => {}
            }
        }
    }

    /// Asks for what lies behind the pointers of the pairs that were found; when others have been counted meanwhile, all of
    /// it is there.
    fn approach(&self, hints: &Hints) {
        let mut sum = 0u64;
        for handle in hints.iter().flatten().filter_map(|hint| hint.handle) {
            if let Kept::Live(at) = handle.into() {
                sum = sum.wrapping_add(self.live.get(at).map_or(0, |live| live.touched_behind(&self.log)));
            }
        }
        black_box(sum);
    }

    /// Asks for what telling of the closed flows after the next will need: nobody has touched it since they closed.
    pub(super) fn approach_closed(&self) {
        self.approach_ends(|ahead| self.closed.get(ahead).map(|(at, ..)| Kept::Live(*at)));
        let near = self.closed.get(ENDS_AHEAD[1]).and_then(|(at, ..)| self.live.get(*at));
        if let Some(live) = near {
            self.index.ask_for(self.index.hash(&live.key), true);
        }
    }

    /// Asks for what telling of the flows will need of which `coming` says where the one is kept that is so many ahead.
    #[inline]
    pub(super) fn approach_ends(&self, coming: impl Fn(usize) -> Option<Kept>) {
        let [far, near] = ENDS_AHEAD.map(coming);
        if let Some(Kept::Live(at)) = far {
            self.live.ask_for_all(at);
        }
        if let Some(Kept::Live(at)) = near
            && let Some(live) = self.live.get(at)
        {
            live.ask_first(&self.log);
        }
    }

    /// Asks for where it is noted what one of the pairs is kept as that a flood of others will drive out next.
    pub(super) fn approach_evicted(&self) {
        if let Some(asking) = self.asking.after_oldest(ENDS_AHEAD[0] as u32) {
            self.index.ask_for(self.index.hash(&asking.key()), false);
        }
    }

    /// Where the pair of `segment` is kept; `hint` is what looking ahead found.
    pub(super) fn find(&self, segment: &Segment, hint: Option<&Hint>) -> Option<Kept> {
        match hint.filter(|hint| hint.key.is_lasting()) {
            Some(hint) => self.find_sought(hint),
            None => {
                let (key, _) = self.addresses.find(segment)?;
                self.look_up(&key, self.index.hash(&key)).map(Kept::from)
            }
        }
    }

    /// Where the pair that was looked for is kept.
    #[inline]
    pub(super) fn find_sought(&self, hint: &Hint) -> Option<Kept> {
        let handle = match hint {
            Hint { key, handle: Some(handle), .. } if self.is_of(*handle, key) => Some(*handle),
            Hint { key, hash, .. } => self.look_up(key, *hash),
        };
        handle.map(Kept::from)
    }

    fn look_up(&self, key: &Key, hash: Hash) -> Option<Handle> {
        self.index.find(hash, |handle| self.is_of(handle, key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture;
    use crate::capture::testing::captures;
    use crate::flow::{Detail, Limits, Open, Orderly, Sides, Step, Tracked};
    use crate::wire::{Decoder, Endpoint, Packed};

    #[derive(Debug, Default)]
    struct Steps(Vec<u64>);

    impl Notes for Steps {
        fn is_empty(&self) -> bool {
            self.0.is_empty()
        }
    }

    /// Writes down what it is told.
    #[derive(Default)]
    struct Scribe(Vec<String>);

    impl Observer<Steps> for Scribe {
        fn step(&mut self, step: &Step<'_>, stream: u32, notes: &mut Steps) {
            notes.0.push(step.flow.last_frame);
            self.0.push(format!("{stream} {:?}", step.cues));
        }
        fn wants_steps(&self) -> bool {
            false
        }
        fn agreed(&mut self, ends: Sides<Endpoint>, asked_at: i64) {
            self.0.push(format!("{ends:?} {asked_at}"));
        }
        fn orderly(&mut self, orderly: &Orderly<'_>) {
            self.0.push(format!("{:?} {:?}", orderly.answers, orderly.summary()));
        }
        fn still_open(&mut self, open: &Open) -> Detail {
            self.0.push(format!("{open:?}"));
            if open.frame.is_multiple_of(2) { Detail::Nothing } else { Detail::Everything }
        }
        fn ended(&mut self, flow: &Tracked<Steps>) {
            self.0.push(format!("{} {:?}", flow.stream, flow.notes));
        }
        fn asked(&mut self, syn: &Packed, ends: Sides<Endpoint>) {
            self.0.push(format!("{syn:?} {ends:?}"));
        }
        fn unanswered(&mut self) -> Detail {
            Detail::Nothing
        }
    }

    /// Captures one behind the other, so that there is something to look ahead to; with little room, so that connections
    /// are forgotten in every way there is.
    #[test]
    #[cfg_attr(miri, ignore = "reads every capture of the test data")]
    fn nothing_depends_on_it_and_every_piece_is_given_back() {
        let mut segments = Vec::new();
        for file in captures() {
            let Ok(mut reader) = capture::open(&file) else { continue };
            let mut decoder = Decoder::default();
            while let Ok(Some(record)) = reader.next_record() {
                let _ = decoder.decode(&record, &mut |decoded| segments.push(decoded.segment));
            }
        }
        for (live_flows, closed_flows) in [(usize::MAX, 2), (3, 1)] {
            let limits = Limits { live_flows, closed_flows, ..Limits::default() };
            let (mut together, mut singly) = (Scribe::default(), Scribe::default());
            let mut table = Table::new(limits);
            table.observe_all(&segments.iter().collect(), &mut together);
            table.finish(&mut together);
            assert!(table.log.is_empty());
            let mut table = Table::new(limits);
            for segment in &segments {
                table.observe(segment, &mut singly);
            }
            table.finish(&mut singly);
            for (number, (one, other)) in together.0.iter().zip(&singly.0).enumerate() {
                assert_eq!(one, other, "{number}");
            }
            assert_eq!(together.0.len(), singly.0.len());
            assert!(together.0.len() > 300, "{} things told", together.0.len());
        }
    }
}
