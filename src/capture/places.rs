//! Where the records of a capture lie in its octets, by frame number, at about three octets of memory a frame.

use super::FrameNumber;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Frames between two places that are kept whole; the others are counted from them.
const STRIDE: usize = 64;

/// The places of a capture's records; grows while the capture is read.
#[derive(Clone, Debug, Default)]
pub struct Places(Arc<Mutex<Index>>);

#[derive(Debug, Default)]
struct Index {
    /// The number of the first frame noted.
    first: FrameNumber,
    frames: usize,
    /// For each frame the octets between the record before and its own, and the octets of its own, each in groups of
    /// seven bits, the last with the high bit clear.
    lengths: Vec<u8>,
    /// For every [`STRIDE`]th frame where its lengths begin, and where the record before it ended.
    whole: Vec<(usize, u64)>,
    end: u64,
}

impl Places {
    /// The octets of a frame's record, with its header: in the capture as it is when it is not compressed.
    pub fn of(&self, frame: FrameNumber) -> Option<Range<u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).of(frame)
    }

    /// Notes where a record lies; of frames that were passed over nothing is known.
    pub(super) fn note(&self, frame: FrameNumber, octets: Range<u64>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).note(frame, octets);
    }
}

impl Index {
    fn note(&mut self, frame: FrameNumber, octets: Range<u64>) {
        if self.frames == 0 {
            self.first = frame;
        }
        while self.first.saturating_add(self.frames as u64) < frame {
            self.push(0, 0);
        }
        self.push(octets.start.saturating_sub(self.end), octets.end.saturating_sub(octets.start));
    }

    fn push(&mut self, gap: u64, length: u64) {
        if self.frames.is_multiple_of(STRIDE) {
            self.whole.push((self.lengths.len(), self.end));
        }
        self.frames += 1;
        self.end = self.end.saturating_add(gap).saturating_add(length);
        write(&mut self.lengths, gap);
        write(&mut self.lengths, length);
    }

    fn of(&self, frame: FrameNumber) -> Option<Range<u64>> {
        let index = usize::try_from(frame.checked_sub(self.first)?).ok().filter(|index| *index < self.frames)?;
        let (at, mut end) = *self.whole.get(index / STRIDE)?;
        let mut lengths = self.lengths.get(at..)?;
        for before in 0..=index % STRIDE {
            let start = end.saturating_add(read(&mut lengths)?);
            end = start.saturating_add(read(&mut lengths)?);
            if before == index % STRIDE {
                return (end > start).then_some(start..end);
            }
        }
        None
    }
}

fn write(lengths: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        lengths.push(value as u8 | 0x80);
        value >>= 7;
    }
    lengths.push(value as u8);
}

fn read(lengths: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..u64::BITS).step_by(7) {
        let (octet, rest) = lengths.split_first()?;
        *lengths = rest;
        value |= u64::from(octet & 0x7f) << shift;
        if octet & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_is_found_again() {
        let places = Places::default();
        let mut at = 24;
        let mut noted = Vec::new();
        for frame in 1..=1000_u64 {
            let octets = at + frame % 3..at + frame % 3 + 16 + frame * 7;
            at = octets.end;
            if frame % 10 != 0 {
                places.note(frame, octets.clone());
                noted.push((frame, octets));
            } else {
                at = noted.last().unwrap().1.end;
            }
        }
        assert!(noted.iter().all(|(frame, octets)| places.of(*frame).as_ref() == Some(octets)));
        assert_eq!((places.of(0), places.of(10), places.of(1001)), (None, None, None));
    }

    #[test]
    fn the_largest_numbers_are_kept() {
        let places = Places::default();
        places.note(7, u64::MAX - 1..u64::MAX);
        assert_eq!(places.of(7), Some(u64::MAX - 1..u64::MAX));
        assert_eq!(places.of(6), None);
    }
}
