//! Frames of an audit to the octets of the files they are in.

use super::{Event, FindingEvent, Sink};
use crate::capture::{Compression, FrameNumber, Origins, Places, Reader};
use crate::wire::Segment;
use std::io::{self, Read};
use std::ops::Range;

/// Where a frame is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The file's name.
    pub capture: &'a str,
    /// The frame's number in it.
    pub frame: FrameNumber,
    /// The octets of its record.
    pub octets: Range<u64>,
    /// Whether these are counted in what the file holds when it is unpacked.
    pub unpacked: bool,
}

/// Finds frames in the files that are audited.
#[derive(Clone, Debug, Default)]
pub struct Whereabouts {
    files: Vec<File>,
    origins: Option<Origins>,
}

#[derive(Clone, Debug)]
struct File {
    name: String,
    places: Places,
    packed: bool,
}

impl Whereabouts {
    /// Finds frames of the captures that `readers` are about to read.
    pub fn of<'r, R: Read + 'r>(readers: impl IntoIterator<Item = &'r mut Reader<R>>) -> Self {
        let file = |reader: &mut Reader<R>| File {
            name: reader.name().to_owned(),
            places: reader.places(),
            packed: reader.info().compression != Compression::None,
        };
        Self { files: readers.into_iter().map(file).collect(), origins: None }
    }

    /// The same, where frames are counted in a timeline of all the captures.
    pub fn in_timeline(self, origins: Origins) -> Self {
        Self { origins: Some(origins), ..self }
    }

    /// Where a frame is; `None` where that is not known.
    pub fn place(&self, frame: FrameNumber) -> Option<Place<'_>> {
        let (file, frame) = match &self.origins {
            Some(origins) => origins.of(frame)?,
            None => (0, frame),
        };
        let file = self.files.get(file)?;
        let octets = file.places.of(frame)?;
        Some(Place { capture: &file.name, frame, octets, unpacked: file.packed })
    }
}

/// Tells a sink with each finding where frames are.
pub(super) struct Placed<'a> {
    pub sink: &'a mut dyn Sink,
    pub whereabouts: Whereabouts,
}

impl Sink for Placed<'_> {
    fn wants_segments(&self) -> bool {
        self.sink.wants_segments()
    }

    fn expect(&mut self, segment: &Segment) {
        self.sink.expect(segment);
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Finding(finding) => {
                let whereabouts = Some(&self.whereabouts);
                self.sink.event(&Event::Finding(&FindingEvent { whereabouts, ..**finding }))
            }
            _ => self.sink.event(event),
        }
    }
}
