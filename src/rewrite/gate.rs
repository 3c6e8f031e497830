//! Octets on their way out, held back behind a frame of which it is not yet known whether it is to be written.

use crate::capture::FrameNumber;
use std::collections::{HashMap, VecDeque};
use std::io::{self, Write};

/// Octets held back at most; beyond it the frame that has waited longest is not written.
const MOST_OCTETS: usize = 64 << 20;
/// What an entry costs beside its octets.
const ENTRY_COST: usize = 64;

/// A writer in front of which frames may wait.
pub(super) struct Gate<'w> {
    out: &'w mut dyn Write,
    waiting: VecDeque<Waiting>,
    /// Where each frame waits, counted from the first entry ever.
    places: HashMap<FrameNumber, usize>,
    gone: usize,
    octets: usize,
    /// The frame that is being written and has to wait.
    undecided: Option<FrameNumber>,
    /// Frames that waited and were written.
    pub frames: u64,
}

struct Waiting {
    frame: Option<FrameNumber>,
    fate: Fate,
    octets: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Undecided,
    Written,
    LeftOut,
}

impl<'w> Gate<'w> {
    /// Nothing waits.
    pub fn new(out: &'w mut dyn Write) -> Self {
        Self { out, waiting: VecDeque::new(), places: HashMap::new(), gone: 0, octets: 0, undecided: None, frames: 0 }
    }

    /// What is written from here on is `frame`, which has to wait.
    pub fn begin(&mut self, frame: FrameNumber) {
        self.undecided = Some(frame);
    }

    /// The frame that has to wait is whole.
    pub fn end(&mut self) -> io::Result<()> {
        self.undecided = None;
        self.settle()
    }

    /// Says that `frame`, if it still waits, is to be written, or is not.
    pub fn decide(&mut self, frame: FrameNumber, written: bool) -> io::Result<()> {
        let fate = if written { Fate::Written } else { Fate::LeftOut };
        let place = self.places.get(&frame).and_then(|place| place.checked_sub(self.gone));
        if let Some(waiting) = place.and_then(|place| self.waiting.get_mut(place)) {
            waiting.fate = fate;
        }
        self.settle()
    }

    /// Leaves out what still waits, and writes what waited behind it.
    pub fn finish(&mut self) -> io::Result<()> {
        for waiting in self.waiting.iter_mut().filter(|waiting| waiting.fate == Fate::Undecided) {
            waiting.fate = Fate::LeftOut;
        }
        self.settle()?;
        self.out.flush()
    }

    fn settle(&mut self) -> io::Result<()> {
        while let Some(front) = self.waiting.front() {
            if front.fate == Fate::Undecided && self.octets <= MOST_OCTETS {
                break;
            }
            let Some(Waiting { frame, fate, octets }) = self.waiting.pop_front() else { break };
            self.gone += 1;
            self.octets = self.octets.saturating_sub(octets.len() + ENTRY_COST);
            if let Some(frame) = frame {
                self.places.remove(&frame);
            }
            if fate == Fate::Written {
                self.out.write_all(&octets)?;
                self.frames += u64::from(frame.is_some());
            }
        }
        Ok(())
    }
}

impl Write for Gate<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        if self.undecided.is_none() && self.waiting.is_empty() {
            return self.out.write(octets);
        }
        self.octets = self.octets.saturating_add(octets.len());
        match self.waiting.back_mut().filter(|last| last.frame == self.undecided) {
            Some(last) => last.octets.extend_from_slice(octets),
            None => {
                let fate = if self.undecided.is_some() { Fate::Undecided } else { Fate::Written };
                self.octets = self.octets.saturating_add(ENTRY_COST);
                if let Some(frame) = self.undecided {
                    self.places.insert(frame, self.gone + self.waiting.len());
                }
                self.waiting.push_back(Waiting { frame: self.undecided, fate, octets: octets.to_vec() });
            }
        }
        if self.undecided.is_none() {
            self.settle()?;
        }
        Ok(octets.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(gate: &mut Gate<'_>, frame: FrameNumber, octets: &[u8]) {
        gate.begin(frame);
        gate.write_all(octets).unwrap();
        gate.end().unwrap();
    }

    #[test]
    fn what_comes_behind_a_waiting_frame_waits_too() {
        let mut out = Vec::new();
        let mut gate = Gate::new(&mut out);
        gate.write_all(b"a").unwrap();
        hold(&mut gate, 2, b"b");
        gate.write_all(b"c").unwrap();
        hold(&mut gate, 4, b"d");
        hold(&mut gate, 5, b"e");
        gate.write_all(b"f").unwrap();
        gate.decide(4, true).unwrap();
        gate.decide(2, false).unwrap();
        gate.finish().unwrap();
        assert_eq!(gate.frames, 1);
        assert_eq!(out, b"acdf");
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut out = Vec::new();
        let mut gate = Gate::new(&mut out);
        let octets = vec![0; 1 << 20];
        for frame in 1..200 {
            hold(&mut gate, frame, &octets);
            assert!(gate.octets <= MOST_OCTETS + ENTRY_COST);
        }
        gate.decide(1, true).unwrap();
        gate.decide(199, true).unwrap();
        gate.finish().unwrap();
        assert_eq!((gate.frames, out.len()), (1, 1 << 20));
    }
}
