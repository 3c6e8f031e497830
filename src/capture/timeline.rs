//! Several captures as one: their frames in the order of time, written as the octets of a pcapng file that any
//! [`Reader`] reads, and a list of where each frame came from.

use super::{Blocks, ByteOrder, Edit, FrameNumber, Interface, LinkType, Merge, Reader, Record, Resolution};
use crate::Error;
use std::collections::HashMap;
use std::fmt;
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
pub struct Origins(Arc<Mutex<Vec<Run>>>);

impl Origins {
    /// The index of the file and the number in it of a frame of the timeline.
    pub fn of(&self, frame: FrameNumber) -> Option<(usize, FrameNumber)> {
        let runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = runs.partition_point(|run| run.first <= frame).checked_sub(1)?;
        let run = runs.get(at)?;
        Some((run.file, run.number + (frame - run.first)))
    }

    fn note(&self, frame: FrameNumber, file: usize, number: FrameNumber) {
        let mut runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let goes_on = runs.last().is_some_and(|run| run.file == file && run.number + (frame - run.first) == number);
        if !goes_on {
            runs.push(Run { first: frame, file, number });
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
    /// What was wrong with single files.
    told: Vec<String>,
    /// Why the first that could not be read on could not.
    failure: Option<io::ErrorKind>,
    /// What is said at the end of that.
    last_word: Option<io::Error>,
}

/// What was wrong with single files of a timeline.
#[derive(Debug)]
pub(super) struct Damage {
    told: String,
    /// Whether nothing is wrong but that some end too early.
    pub is_cut: bool,
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.told)
    }
}

impl std::error::Error for Damage {}

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
            told: Vec::new(),
            failure: None,
            last_word: None,
        }
    }

    /// Where its frames come from.
    pub fn origins(&self) -> Origins {
        self.origins.clone()
    }

    /// Makes the octets of the next frame ready.
    fn advance(&mut self) {
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
                self.end();
            }
            // The others go on.
            Err((file, error)) => {
                let (kind, message) = match error {
                    Error::Io { source, .. } => (source.kind(), source.to_string()),
                    other => (io::ErrorKind::InvalidData, other.to_string()),
                };
                self.failure.get_or_insert(kind);
                let name = self.merge.readers().get(file).map_or("", Reader::name);
                self.told.push(format!("{name}: {message}"));
            }
        }
    }

    /// Gathers what was wrong with the files.
    fn end(&mut self) {
        let mut is_cut = true;
        for reader in self.merge.readers() {
            let damage = reader.info().notes.iter().filter(|note| note.kind.is_damage());
            is_cut &= damage.clone().all(|note| note.kind.may_be_a_cut());
            self.told.extend(damage.map(|note| format!("{}: {note}", reader.name())));
        }
        let told = self.told.join("; ");
        self.last_word = match self.failure {
            Some(kind) => Some(io::Error::new(kind, told)),
            None if told.is_empty() => None,
            None => Some(io::Error::new(io::ErrorKind::InvalidData, Damage { told, is_cut })),
        };
    }
}

impl<R: Read> Read for Timeline<R> {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        while self.taken == self.ready.octets().len() && !self.ended {
            self.advance();
        }
        let left = self.ready.octets().get(self.taken..).unwrap_or_default();
        if let Some(last_word) = self.last_word.take_if(|_| left.is_empty() && !room.is_empty()) {
            return Err(last_word);
        }
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
        assert!(!merged.info().notes.any_damage());
        assert_eq!(Timestamp::new(1, 5000).nanoseconds(), 1_000_005_000);
    }

    #[test]
    fn a_cut_file_is_told_of() {
        let (one, whole) = (pcap(&[1, 2]), pcap(&[3]));
        let timeline = Timeline::new(vec![reader(&one[..one.len() - 1]), reader(&whole)]);
        let mut merged = Reader::new(timeline, "merged").expect("a capture");
        let mut frames = 0;
        while merged.next_record().expect("a frame").is_some() {
            frames += 1;
        }
        let notes = &merged.info().notes;
        assert!(frames == 2 && notes.any_damage(), "{notes:?}");
        let told: Vec<String> = notes.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["x: at octet 43: the capture ends inside a record: 18 of its 19 octets are there"]);
    }

    #[test]
    fn a_file_that_cannot_be_read_on_costs_the_others_nothing() {
        /// A disk that fails after so many octets.
        struct Failing<'a>(&'a [u8]);
        impl Read for Failing<'_> {
            fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
                if self.0.is_empty() { Err(io::Error::from_raw_os_error(5)) } else { self.0.read(room) }
            }
        }
        let (one, two) = (pcap(&[1, 2]), pcap(&[3, 4, 5]));
        let sources: [Box<dyn Read>; 2] = [Box::new(Failing(&one)), Box::new(&two[..])];
        let readers = sources.into_iter().map(|source| Reader::new(source, "x").expect("a capture")).collect();
        let mut merged = Reader::new(Timeline::new(readers), "merged").expect("a capture");
        for second in 1..=5 {
            assert_eq!(merged.next_record().expect("a frame").map(|record| record.time.seconds), Some(second));
        }
        let error = merged.next_record().expect_err("what the disk said");
        assert!(error.to_string().starts_with("merged: x: Input/output error"), "{error}");
    }
}
