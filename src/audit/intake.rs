//! Reading and decoding: frames in, segments out, and a tally of what was read.

use super::Totals;
use super::frames::Frames;
use crate::capture::{CaptureInfo, FrameNumber, Note, Reader, Record, Timestamp};
use crate::redact::{Redaction, Redactor};
use crate::wire::{Batch, Decoded, Decoder, Quote, Skip, Standing};
use std::collections::BTreeMap;
use std::io::Read;

/// Segments in a batch.
const SEGMENTS: usize = 512;

/// Frames held at a time, and octets that end it before: few enough for them to stay in a core's cache.
const FRAMES: usize = 256;
const ENOUGH: usize = 1 << 18;

/// Reads a capture's frames and decodes them.
pub(super) struct Intake<'r, R: Read> {
    reader: &'r mut Reader<R>,
    redactor: Option<Box<Redactor>>,
    decoder: Decoder,
    tally: Tally,
}

/// What reading came to.
#[derive(Debug, Default)]
struct Tally {
    frames: FrameNumber,
    segments: u64,
    first_fragments: u64,
    sampled: u64,
    skipped: BTreeMap<Skip, u64>,
    start: Option<Timestamp>,
    end: Option<Timestamp>,
    /// `end` in nanoseconds since the epoch.
    latest: i64,
    error: Option<String>,
}

impl Tally {
    /// Reads and counts one frame; `None` at the end.
    #[inline(always)]
    fn read<'r, R: Read>(&mut self, reader: &'r mut Reader<R>) -> Option<Record<'r>> {
        match reader.advance() {
            Ok(true) => {}
            Ok(false) => return None,
            Err(error) => {
                self.error = Some(error.to_string());
                return None;
            }
        }
        let record = reader.current()?;
        self.frames += 1;
        self.start.get_or_insert(record.time);
        let now = record.time.nanoseconds();
        if now > self.latest || self.end.is_none() {
            self.end = Some(record.time);
            self.latest = now;
        }
        Some(record)
    }

    /// Decodes and counts what is in a frame.
    fn decode(&mut self, decoder: &mut Decoder, record: &Record<'_>, found: &mut impl FnMut(&Decoded<'_>)) {
        let mut seen = |decoded: &Decoded<'_>| {
            match decoded.segment.standing {
                Standing::FirstFragment => self.first_fragments += 1,
                Standing::Quoted(Quote::Other) => self.sampled += 1,
                _ => {}
            }
            found(decoded);
        };
        match decoder.decode(record, &mut seen) {
            Ok(segments) => self.segments += segments as u64,
            Err(skip) => *self.skipped.entry(skip).or_default() += 1,
        }
    }
}

/// Segments read ahead.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// Time of the capture's first frame.
    pub start: Timestamp,
    /// The segments, in the order of the capture.
    pub batch: Batch,
}

impl<'r, R: Read> Intake<'r, R> {
    /// Nothing read yet; `verify_checksums` decides whether checksums are computed, `redaction` what is replaced before.
    pub fn new(reader: &'r mut Reader<R>, verify_checksums: bool, redaction: Option<Redaction>) -> Self {
        let redactor = redaction.map(|redaction| Box::new(Redactor::new(redaction)));
        Self { reader, redactor, decoder: Decoder::new(verify_checksums), tally: Tally::default() }
    }

    /// Reads one frame and gives what TCP there is in it, with the time of the capture's first frame; whether there was
    /// a frame.
    pub fn next(&mut self, found: &mut impl FnMut(Timestamp, &Record<'_>, &Decoded<'_>)) -> bool {
        let Self { reader, redactor, decoder, tally } = self;
        let Some(record) = tally.read(reader) else { return false };
        let start = tally.start.unwrap_or_default();
        let record = match redactor.as_mut().map_or(Ok(record), |redactor| redactor.frame(&record)) {
            Ok(record) => record,
            Err(skip) => {
                *tally.skipped.entry(skip).or_default() += 1;
                return true;
            }
        };
        tally.decode(decoder, &record, &mut |decoded| found(start, &record, decoded));
        true
    }

    /// Reads some frames into `frames`; whether there may be more.
    pub fn hold(&mut self, frames: &mut Frames) -> bool {
        frames.clear();
        let mut more = true;
        let mut room = FRAMES;
        while more && room > 0 && frames.len() < ENOUGH {
            more = self.next(&mut |_, record, decoded| frames.push(record, decoded));
            room -= 1;
        }
        frames.start = self.tally.start.unwrap_or_default();
        more
    }

    /// Reads frames until there are enough segments in `ahead`; whether there may be more.
    pub fn fill(&mut self, ahead: &mut Ahead) -> bool {
        let batch = &mut ahead.batch;
        batch.clear();
        let mut more = true;
        while more && batch.len() < SEGMENTS {
            more = match self.redactor {
                None => self.push(batch),
                Some(_) => self.next(&mut |_, _, decoded| batch.push(&decoded.segment)),
            };
        }
        ahead.start = self.tally.start.unwrap_or_default();
        more
    }

    /// Reads one frame and puts its segments into `batch`; whether there was a frame.
    #[inline]
    fn push(&mut self, batch: &mut Batch) -> bool {
        let Some(record) = self.tally.read(self.reader) else { return false };
        if self.decoder.decode_directly(&record, batch).is_some() {
            self.tally.segments += 1;
            return true;
        }
        let Self { decoder, tally, .. } = self;
        tally.decode(decoder, &record, &mut |decoded| batch.push(&decoded.segment));
        true
    }

    /// What the capture says of itself.
    pub fn info(&self) -> &CaptureInfo {
        self.reader.info()
    }

    /// Puts what was read into `totals`. What was not read to its end may have been amid a record.
    pub fn tell(&mut self, totals: &mut Totals) {
        let (tally, info): (Tally, &CaptureInfo) = (std::mem::take(&mut self.tally), self.reader.info());
        totals.frames = tally.frames;
        totals.segments = tally.segments;
        totals.incomplete_datagrams = tally.first_fragments + self.decoder.incomplete_datagrams();
        totals.sampled = tally.sampled;
        totals.skipped = tally.skipped;
        totals.start = tally.start;
        let later = info.went_on_until.filter(|until| tally.end.is_some_and(|end| until.since(end) > 0));
        totals.end = later.or(tally.end);
        totals.read_error = tally.error.is_some();
        let counts = |note: &&Note| !(totals.interrupted && note.kind.may_be_a_cut());
        let notes: Vec<&Note> = info.notes.iter().filter(counts).collect();
        totals.damaged = tally.error.is_some() || notes.iter().any(|note| note.kind.is_damage());
        totals.notes.extend(tally.error);
        totals.notes.extend(notes.iter().map(ToString::to_string));
        totals.link_types = info.link_types().iter().map(ToString::to_string).collect();
    }
}
