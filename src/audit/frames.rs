//! Frames read ahead, with the segments found in them: for those who show each segment what [`Batch`](crate::wire::Batch)
//! is for those who only count.

use crate::capture::{Record, Timestamp};
use crate::wire::{Decoded, IpLayer, Segment};
use std::ops::Range;

/// Frames and what was found in them, in memory that is used again and again.
#[derive(Debug, Default)]
pub(super) struct Frames {
    /// Time of the capture's first frame.
    pub start: Timestamp,
    records: Vec<Held>,
    found: Vec<Found>,
    layers: Vec<IpLayer>,
    octets: Vec<u8>,
}

/// A frame without its octets.
#[derive(Debug)]
struct Held {
    record: Record<'static>,
    data: Range<usize>,
}

/// A segment and where what it was read from is.
#[derive(Debug)]
struct Found {
    record: usize,
    segment: Segment,
    header: Range<usize>,
    payload: Range<usize>,
    layers: Range<usize>,
}

impl Frames {
    /// Forgets all frames.
    pub fn clear(&mut self) {
        self.records.clear();
        self.found.clear();
        self.layers.clear();
        self.octets.clear();
    }

    /// Octets held.
    pub const fn len(&self) -> usize {
        self.octets.len()
    }

    /// Takes a segment and, if it is the first of its frame, the frame.
    pub fn push(&mut self, record: &Record<'_>, decoded: &Decoded<'_>) {
        if self.records.last().is_none_or(|last| last.record.number != record.number) {
            let &Record { number, time, link_type, fcs_len, interface, direction, original_len, offset, data } = record;
            let at = self.octets.len();
            self.octets.extend_from_slice(data);
            let data = at..self.octets.len();
            let record =
                Record { number, time, link_type, fcs_len, interface, direction, original_len, offset, data: &[] };
            self.records.push(Held { record, data });
        }
        let (header, payload) = (self.place(record, decoded.header), self.place(record, decoded.payload));
        let at = self.layers.len();
        self.layers.extend_from_slice(decoded.ip_layers);
        let layers = at..self.layers.len();
        self.found.push(Found { record: self.records.len() - 1, segment: decoded.segment, header, payload, layers });
    }

    /// Where `octets` are: in the frame pushed last, `record`, or, if several frames made them up, behind it.
    fn place(&mut self, record: &Record<'_>, octets: &[u8]) -> Range<usize> {
        let frame = self.records.last().map_or(0, |last| last.data.start);
        let inside = (octets.as_ptr() as usize).checked_sub(record.data.as_ptr() as usize);
        match inside.filter(|at| at + octets.len() <= record.data.len()) {
            Some(at) => frame + at..frame + at + octets.len(),
            None => {
                let at = self.octets.len();
                self.octets.extend_from_slice(octets);
                at..self.octets.len()
            }
        }
    }

    /// The segments.
    pub fn segments(&self) -> impl Iterator<Item = &Segment> {
        self.found.iter().map(|found| &found.segment)
    }

    /// The segments with their frames.
    pub fn decoded(&self) -> impl Iterator<Item = (Record<'_>, Decoded<'_>)> {
        self.found.iter().filter_map(|found| {
            let Found { record, segment, header, payload, layers } = found;
            let held = self.records.get(*record)?;
            let record = Record { data: self.octets.get(held.data.clone())?, ..held.record };
            let (header, payload) = (self.octets.get(header.clone())?, self.octets.get(payload.clone())?);
            let ip_layers = self.layers.get(layers.clone())?;
            Some((record, Decoded { segment: *segment, header, payload, ip_layers }))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::intake::Intake;
    use crate::capture::{self, testing::captures};

    /// What is held of a capture is what one by one would have been given.
    #[test]
    fn what_is_held_is_what_was_read() {
        let (mut reassembled, mut held_at_all) = (0, 0);
        for file in captures() {
            let (Ok(mut one), Ok(mut other)) = (capture::open(&file), capture::open(&file)) else { continue };
            let words = |record: &Record<'_>, decoded: &Decoded<'_>| format!("{record:?} {decoded:?}");
            let (mut singly, mut held) = (Vec::new(), Vec::new());
            let mut intake = Intake::new(&mut one, true, None);
            while intake.next(&mut |_, record, decoded| singly.push(words(record, decoded))) {}
            let (mut intake, mut frames) = (Intake::new(&mut other, true, None), Frames::default());
            let mut more = true;
            while more {
                more = intake.hold(&mut frames);
                held.extend(frames.decoded().map(|(record, decoded)| words(&record, &decoded)));
                let behind = |found: &&Found| {
                    frames.records.get(found.record).is_some_and(|it| found.header.start >= it.data.end)
                };
                reassembled += frames.found.iter().filter(behind).count();
            }
            held_at_all += held.len();
            assert_eq!(singly, held, "{}", file.display());
        }
        assert!(held_at_all > 200 && reassembled > 0, "{held_at_all} segments, {reassembled} out of several frames");
    }
}
