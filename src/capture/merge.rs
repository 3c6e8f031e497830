//! Several captures to one timeline: the frames of all, the earliest first, each named by its file and its number there.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::Read;

use super::{Reader, Record};
use crate::Error;

/// Reads several captures side by side, as rotated files of one capture are meant to be read.
///
/// Each file is taken in its own order: a frame that goes back in time within its file follows its predecessor, as when
/// `mergecap` merges.
pub struct Merge<R: Read> {
    readers: Vec<Reader<R>>,
    /// Time in nanoseconds and reader of each frame that waits for its turn.
    waiting: BinaryHeap<Reverse<(i64, usize)>>,
    /// Readers whose last frame has been handed out.
    due: Vec<usize>,
}

impl<R: Read> Merge<R> {
    /// A timeline of the frames of `readers`; of two at the same time the one of the earlier reader comes first.
    pub fn new(readers: Vec<Reader<R>>) -> Self {
        let due = (0..readers.len()).rev().collect();
        Self { readers, waiting: BinaryHeap::new(), due }
    }

    /// The next frame and the index of its reader; `None` when all have ended.
    ///
    /// # Errors
    ///
    /// The index of a reader, and the [`Error::Io`] with which reading failed. That capture has ended then; the next call
    /// goes on with the others.
    pub fn next_record(&mut self) -> Result<Option<(usize, Record<'_>)>, (usize, Error)> {
        while let Some(index) = self.due.pop() {
            let Some(reader) = self.readers.get_mut(index) else { continue };
            if let Some(record) = reader.next_record().map_err(|error| (index, error))? {
                self.waiting.push(Reverse((record.time.nanoseconds(), index)));
            }
        }
        let Some(Reverse((_, index))) = self.waiting.pop() else { return Ok(None) };
        self.due.push(index);
        Ok(self.readers.get(index).and_then(Reader::current).map(|record| (index, record)))
    }

    /// The readers, in the order given: their names and what their captures say about themselves.
    pub fn readers(&self) -> &[Reader<R>] {
        &self.readers
    }
}
