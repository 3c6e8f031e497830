//! The plain driver: one thread reads, decodes, tracks, judges and tells.

use super::engine::{Engine, Settings};
use super::{CaptureHead, Event, Sink, Totals};
use crate::capture::{CaptureInfo, Compression, Reader};
use crate::wire::Decoder;
use std::io::{self, Read};

/// Why an audit stopped.
#[derive(Debug)]
pub enum AuditError {
    /// The capture could not be read on.
    Input(crate::Error),
    /// The reader of the report is gone, or has no room.
    Output(io::Error),
}

impl std::fmt::Display for AuditError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Input(error) => error.fmt(f),
            Self::Output(error) => write!(f, "the report could not be written: {error}"),
        }
    }
}

impl std::error::Error for AuditError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Input(error) => Some(error),
            Self::Output(error) => Some(error),
        }
    }
}

impl From<io::Error> for AuditError {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// Audits one capture, telling `sink` everything in order; `go_on` is asked now and then whether to go on.
///
/// # Errors
///
/// [`AuditError::Output`] as soon as the sink refuses. What cannot be read is told in the totals: all that came before
/// it has been audited.
pub fn run<R: Read>(
    reader: &mut Reader<R>,
    settings: &Settings,
    sink: &mut dyn Sink,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<Totals, AuditError> {
    /// Frames between two questions whether to go on.
    const BREATH: u64 = 4096;
    let head = CaptureHead { name: reader.name().to_owned(), format: format_of(reader.info()) };
    sink.event(&Event::Capture(&head))?;
    let mut totals = Totals::default();
    let mut decoder = Decoder::new(settings.follow);
    let mut engine = Engine::new(settings);
    loop {
        let record = match reader.next_record() {
            Ok(Some(record)) => record,
            Ok(None) => break,
            Err(error) => {
                totals.damaged = true;
                totals.notes.push(error.to_string());
                break;
            }
        };
        totals.frames += 1;
        totals.start.get_or_insert(record.time);
        if totals.end.is_none_or(|end| record.time.nanoseconds() > end.nanoseconds()) {
            totals.end = Some(record.time);
        }
        let mut outcome = Ok(());
        let mut segments = 0;
        let found = decoder.decode(&record, &mut |decoded| {
            segments += 1;
            if outcome.is_ok() {
                outcome = engine.observe(&record, decoded, &mut totals, sink);
            }
        });
        outcome?;
        totals.segments += segments;
        if let Err(skip) = found {
            *totals.skipped.entry(skip).or_default() += 1;
        }
        if totals.frames % BREATH == 0 && !go_on() {
            totals.interrupted = true;
            break;
        }
    }
    let info = reader.info();
    totals.link_types = info.link_types().iter().map(ToString::to_string).collect();
    totals.notes.extend(info.notes.iter().map(ToString::to_string));
    totals.damaged |= info.notes.any_damage();
    engine.finish(&mut totals, sink)?;
    sink.event(&Event::Totals(&totals))?;
    Ok(totals)
}

fn format_of(info: &CaptureInfo) -> String {
    match info.compression {
        Compression::None => info.format.to_string(),
        compression => format!("{}, {compression}", info.format),
    }
}
