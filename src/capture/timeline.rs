//! Several captures as one: their frames in the order of time, written as the octets of a pcapng file that any
//! [`Reader`] reads, and a list of where each frame came from.

use super::{Blocks, ByteOrder, Edit, FrameNumber, Interface, LinkType, Merge, Reader, Record, Resolution};
use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

/// Frames that follow each other in one file and in the timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    /// Number of the first in the timeline.
    first: FrameNumber,
    file: usize,
    /// Its number in its file.
    number: FrameNumber,
}

/// Where the frames of a timeline came from; grows while it is read.
#[derive(Clone, Debug, Default)]
pub struct Origins(Arc<Mutex<Told>>);

#[derive(Debug, Default)]
struct Told {
    runs: Vec<Run>,
    damage: Vec<(usize, String)>,
}

impl Origins {
    /// The index of the file and the number in it of a frame of the timeline.
    pub fn of(&self, frame: FrameNumber) -> Option<(usize, FrameNumber)> {
        let told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = told.runs.partition_point(|run| run.first <= frame).checked_sub(1)?;
        let run = told.runs.get(at)?;
        Some((run.file, run.number + (frame - run.first)))
    }

    /// What was wrong with the files, each with its index; complete when the timeline was read to its end.
    pub fn damage(&self) -> Vec<(usize, String)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).damage.clone()
    }

    fn note(&self, frame: FrameNumber, file: usize, number: FrameNumber) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let goes_on =
            told.runs.last().is_some_and(|run| run.file == file && run.number + (frame - run.first) == number);
        if !goes_on {
            told.runs.push(Run { first: frame, file, number });
        }
    }
}

/// The octets of a merged capture.
pub struct Timeline<R: Read> {
    merge: Merge<R>,
    origins: Origins,
    interfaces: HashMap<(usize, u32, LinkType), u32>,
    frames: FrameNumber,
    ready: Blocks,
    taken: usize,
    ended: bool,
}

impl<R: Read> Timeline<R> {
    /// The frames of `readers` as one capture.
    pub fn new(readers: Vec<Reader<R>>) -> Self {
        let mut ready = Blocks::new(ByteOrder::Little);
        ready.section(ByteOrder::Little);
        Self {
            merge: Merge::new(readers),
            origins: Origins::default(),
            interfaces: HashMap::new(),
            frames: 0,
            ready,
            taken: 0,
            ended: false,
        }
    }

    /// Where its frames come from.
    pub fn origins(&self) -> Origins {
        self.origins.clone()
    }

    /// Makes the octets of the next frame ready.
    fn advance(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.taken = 0;
        match self.merge.next_record() {
            Ok(Some((file, record))) => {
                self.frames += 1;
                self.origins.note(self.frames, file, record.number);
                let next = self.interfaces.len() as u32;
                let key = (file, record.interface, record.link_type);
                let id = *self.interfaces.entry(key).or_insert_with(|| {
                    self.ready.interface(&interface(&record));
                    next
                });
                let edit = Edit { data: record.data, keeps: AS_IT_IS, comments: &[] };
                self.ready.frame(&record, id, Resolution::NANOSECONDS, &edit);
            }
            Ok(None) => {
                self.ended = true;
                let readers = self.merge.readers().iter().enumerate();
                let damage = readers.flat_map(|(file, reader)| {
                    let notes = reader.info().notes.iter().filter(|note| note.kind.is_damage());
                    notes.map(move |note| (file, note.to_string()))
                });
                self.origins.0.lock().unwrap_or_else(PoisonError::into_inner).damage.extend(damage);
            }
            Err(error) => return Err(io::Error::other(error.to_string())),
        }
        Ok(())
    }
}

impl<R: Read> Read for Timeline<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.ready.octets().len() && !self.ended {
            self.advance()?;
        }
        let left = self.ready.octets().get(self.taken..).unwrap_or_default();
        let fits = left.len().min(room.len());
        room[..fits].copy_from_slice(&left[..fits]);
        self.taken += fits;
        Ok(fits)
    }
}

/// Frames go into the timeline as they are.
const AS_IT_IS: fn(u16) -> bool = |_| true;

/// An interface with nanoseconds and the length of the frame check sequence.
fn interface(record: &Record<'_>) -> Interface {
    Interface { resolution: Resolution::NANOSECONDS, fcs_len: record.fcs_len, ..Interface::new(record.link_type, 0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::capture::Timestamp;

    fn pcap(times: &[u32]) -> Vec<u8> {
        let mut octets = Vec::new();
        for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65535, 1] {
            octets.extend(word.to_le_bytes());
        }
        for time in times {
            for word in [*time, 5, 3, 60] {
                octets.extend(word.to_le_bytes());
            }
            octets.extend([*time as u8; 3]);
        }
        octets
    }

    fn reader(octets: &[u8]) -> Reader<&[u8]> {
        Reader::new(octets, "x").expect("a capture")
    }

    #[test]
    fn frames_come_in_order_and_know_their_file() {
        let (one, two) = (pcap(&[1, 4, 5]), pcap(&[2, 3]));
        let timeline = Timeline::new(vec![reader(&one), reader(&two)]);
        let origins = timeline.origins();
        let mut merged = Reader::new(timeline, "merged").expect("a capture");
        let mut seen = Vec::new();
        while let Some(record) = merged.next_record().expect("a frame") {
            assert_eq!((record.data.len(), record.original_len, record.time.nanos), (3, 60, 5000));
            seen.push((record.time.seconds, record.number));
        }
        assert_eq!(seen, [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]);
        let places: Vec<_> = (1..=5).map(|frame| origins.of(frame)).collect();
        assert_eq!(places, [(0, 1), (1, 1), (1, 2), (0, 2), (0, 3)].map(Some));
        assert_eq!(origins.damage(), []);
        assert_eq!(Timestamp::new(1, 5000).nanoseconds(), 1_000_005_000);
    }

    #[test]
    fn a_cut_file_is_told_of() {
        let (one, whole) = (pcap(&[1, 2]), pcap(&[3]));
        let timeline = Timeline::new(vec![reader(&one[..one.len() - 1]), reader(&whole)]);
        let origins = timeline.origins();
        let mut merged = Reader::new(timeline, "merged").expect("a capture");
        let mut frames = 0;
        while merged.next_record().expect("a frame").is_some() {
            frames += 1;
        }
        assert_eq!((frames, origins.damage().len()), (2, 1));
    }
}
