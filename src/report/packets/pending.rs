//! The rows of the frame at hand, until the frame is over and its Info column is known.

use crate::capture::FrameNumber;
use crate::lens::wireshark::info;
use crate::report::fields::{self, View};
use std::io::{self, Write};

/// The rows of one frame, nearly always one.
#[derive(Debug, Default)]
pub struct Pending {
    frame: FrameNumber,
    octets: Vec<u8>,
    /// Segments of the frame so far.
    segments: usize,
    infos: Vec<InfoPlace>,
}

/// Where in the rows an Info column stands.
#[derive(Clone, Copy, Debug)]
struct InfoPlace {
    segment: usize,
    start: usize,
    /// Behind the bracketed marks.
    words: usize,
    end: usize,
}

impl Pending {
    /// The frame at hand, 0 before the first.
    pub const fn frame(&self) -> FrameNumber {
        self.frame
    }

    /// Begins the row of a segment of `frame`.
    pub const fn begin_row(&mut self, frame: FrameNumber) {
        self.frame = frame;
        self.segments += 1;
    }

    /// The rows, to append to.
    pub const fn octets(&mut self) -> &mut Vec<u8> {
        &mut self.octets
    }

    /// Appends the Info column as it is known by now.
    pub fn push_info(&mut self, view: &View<'_>) {
        let start = self.octets.len();
        info::write_marks(view.decoded, view.row, &mut self.octets);
        let words = self.octets.len();
        fields::write_info_words(view, &mut self.octets);
        self.infos.push(InfoPlace { segment: self.segments, start, words, end: self.octets.len() });
    }

    /// Writes the rows, each with the Info column of the whole frame: the marks of the latest segment first.
    pub fn flush(&mut self, out: &mut impl Write) -> io::Result<()> {
        if self.segments > 1 && !self.infos.is_empty() {
            self.write_joined(out)?;
        } else {
            out.write_all(&self.octets)?;
        }
        self.octets.clear();
        self.infos.clear();
        self.segments = 0;
        Ok(())
    }

    fn write_joined(&self, out: &mut impl Write) -> io::Result<()> {
        let info = self.joined();
        let mut written = 0;
        for place in &self.infos {
            out.write_all(self.octets.get(written..place.start).unwrap_or_default())?;
            out.write_all(&info)?;
            written = place.end;
        }
        out.write_all(self.octets.get(written..).unwrap_or_default())
    }

    fn joined(&self) -> Vec<u8> {
        let mut info = Vec::new();
        let mut segment = 0;
        for place in
            self.infos.iter().rev().filter(|place| std::mem::replace(&mut segment, place.segment) != place.segment)
        {
            info.extend_from_slice(self.octets.get(place.start..place.words).unwrap_or_default());
        }
        if let Some(last) = self.infos.last() {
            info.extend_from_slice(self.octets.get(last.words..last.end).unwrap_or_default());
        }
        info
    }
}
