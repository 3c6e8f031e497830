//! Drives a capture through an engine: frame by frame where somebody waits for each, in batches where nobody does, and
//! with reading and decoding on a thread of its own where there are two.
//!
//! All of them feed one engine the same segments in the same order, so what they tell cannot differ.

use super::engine::Engine;
use super::frames::Frames;
use super::intake::{Ahead, Intake};
use super::whereabouts::{Placed, Whereabouts};
use super::{CaptureHead, Event, Settings, Sink, Totals};
use crate::capture::{CaptureInfo, Compression, Reader};
use std::io::{self, Read};

/// Frames between two questions whether to go on.
const BATCH: usize = 1024;

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
pub fn run<R: Read + Send>(
    reader: &mut Reader<R>,
    settings: &Settings,
    sink: &mut dyn Sink,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<Totals, AuditError> {
    if settings.redaction.is_some() {
        reader.call_by_file_name();
    }
    if sink.wants_places() {
        let whereabouts = Whereabouts::of([&mut *reader]);
        return audit(reader, settings, &mut Placed { sink, whereabouts }, go_on);
    }
    audit(reader, settings, sink, go_on)
}

fn audit<R: Read + Send>(
    reader: &mut Reader<R>,
    settings: &Settings,
    sink: &mut dyn Sink,
    go_on: &mut dyn FnMut() -> bool,
) -> Result<Totals, AuditError> {
    let (name, format) = (reader.name().to_owned(), format_of(reader.info()));
    let head = CaptureHead { name, format, configuration: None, limits: settings.limits };
    sink.event(&Event::Capture(&head))?;
    let mut intake = Intake::new(reader, settings.follow, settings.redaction);
    let mut drive = Drive { engine: Engine::new(settings), totals: Totals::default(), sink, go_on };
    match (drive.sink.wants_segments(), settings.jobs) {
        _ if settings.prompt => drive.frame_by_frame(&mut intake)?,
        #[cfg(feature = "threads")]
        (true, 2..) => drive.beside(&mut intake, Intake::hold, Drive::show)?,
        #[cfg(feature = "threads")]
        (false, 2..) => drive.beside(&mut intake, Intake::fill, Drive::count)?,
        (true, _) => drive.in_batches(&mut intake, Intake::hold, Drive::show)?,
        (false, _) => drive.in_batches(&mut intake, Intake::fill, Drive::count)?,
    }
    // A source that ends because somebody asked to stop has not ended.
    drive.is_stopped();
    let Drive { mut engine, mut totals, sink, .. } = drive;
    intake.tell(&mut totals);
    engine.finish(&mut totals, sink)?;
    engine.tell_capture(intake.info(), &mut totals, sink)?;
    sink.event(&Event::Totals(&totals))?;
    Ok(totals)
}

/// An engine and who listens to it.
struct Drive<'a, 's> {
    engine: Engine<'s>,
    totals: Totals,
    sink: &'a mut dyn Sink,
    go_on: &'a mut dyn FnMut() -> bool,
}

impl Drive<'_, '_> {
    /// Everything is told of a frame before the next one is read.
    fn frame_by_frame<R: Read>(&mut self, intake: &mut Intake<'_, R>) -> io::Result<()> {
        loop {
            for _ in 0..BATCH {
                let mut outcome = Ok(());
                let more = intake.next(&mut |start, record, decoded| {
                    self.engine.begin(start);
                    if outcome.is_ok() {
                        outcome = self.engine.show(record, decoded, &mut self.totals, self.sink);
                    }
                });
                outcome?;
                if !more {
                    return Ok(());
                }
            }
            if self.is_stopped() {
                return Ok(());
            }
        }
    }

    /// Some frames are read with `fill`, then told of with `tell`, and so on.
    fn in_batches<'r, R: Read, B: Default>(
        &mut self,
        intake: &mut Intake<'r, R>,
        fill: fn(&mut Intake<'r, R>, &mut B) -> bool,
        tell: fn(&mut Self, &B) -> io::Result<()>,
    ) -> io::Result<()> {
        let mut batch = B::default();
        loop {
            let more = fill(intake, &mut batch);
            tell(self, &batch)?;
            if !more || self.is_stopped() {
                return Ok(());
            }
        }
    }

    /// Another thread reads and decodes the next batches while this one tells of them.
    #[cfg(feature = "threads")]
    fn beside<'r, R: Read + Send, B: Default + Send>(
        &mut self,
        intake: &mut Intake<'r, R>,
        fill: fn(&mut Intake<'r, R>, &mut B) -> bool,
        tell: fn(&mut Self, &B) -> io::Result<()>,
    ) -> io::Result<()> {
        use crate::flow::Errand;
        use std::sync::mpsc::{RecvTimeoutError, channel, sync_channel};
        use std::time::Duration;

        /// Batches there are: enough that neither side waits for a hiccup of the other.
        const BATCHES: usize = 10;
        /// Batches that are given back together: to wake the other side for each would cost more than to make one.
        const TOGETHER: usize = 4;
        /// How long a batch is waited for until somebody is asked, who may want to show how far it is.
        const PAUSE: Duration = Duration::from_millis(100);
        std::thread::scope(|scope| {
            let (send, full) = sync_channel(BATCHES);
            let (give_back, empty) = sync_channel::<B>(BATCHES);
            let (ask, errands) = channel::<Errand>();
            self.engine.table.engage(&ask);
            scope.spawn(move || {
                let mut fresh = BATCHES;
                let mut more = true;
                while more {
                    let ready = if fresh > 0 { Some(B::default()) } else { empty.try_recv().ok() };
                    fresh = fresh.saturating_sub(1);
                    let batch = ready.or_else(|| {
                        // There is time until the other side is so far.
                        errands.try_recv().into_iter().for_each(|errand| errand());
                        empty.recv().ok()
                    });
                    // Where nothing is given back, or nothing taken any more, the other side has stopped.
                    let Some(mut batch) = batch else { return };
                    more = fill(intake, &mut batch);
                    if send.send(batch).is_err() {
                        return;
                    }
                }
            });
            let mut told = Vec::with_capacity(TOGETHER);
            loop {
                let batch = match full.recv_timeout(PAUSE) {
                    Ok(batch) => batch,
                    Err(RecvTimeoutError::Disconnected) => break,
                    Err(RecvTimeoutError::Timeout) => {
                        // A source ends by itself when somebody wants to stop: what it gave before is still to come.
                        (self.go_on)();
                        continue;
                    }
                };
                tell(self, &batch)?;
                if self.is_stopped() {
                    break;
                }
                told.push(batch);
                if told.len() == TOGETHER {
                    // Who reads may have come to the end.
                    told.drain(..).for_each(|batch| drop(give_back.send(batch)));
                }
            }
            Ok(())
        })
    }

    fn count(&mut self, ahead: &Ahead) -> io::Result<()> {
        self.engine.begin(ahead.start);
        self.engine.count(&ahead.batch, &mut self.totals, self.sink)
    }

    /// Who is shown the segments hears of each some time before.
    fn show(&mut self, frames: &Frames) -> io::Result<()> {
        /// How many segments before.
        const AHEAD: usize = 48;
        self.engine.begin(frames.start);
        let mut coming = frames.segments();
        coming.by_ref().take(AHEAD).for_each(|segment| self.sink.expect(segment));
        for (record, decoded) in frames.decoded() {
            coming.next().into_iter().for_each(|segment| self.sink.expect(segment));
            self.engine.show(&record, &decoded, &mut self.totals, self.sink)?;
        }
        Ok(())
    }

    fn is_stopped(&mut self) -> bool {
        self.totals.interrupted = !(self.go_on)();
        self.totals.interrupted
    }
}

fn format_of(info: &CaptureInfo) -> String {
    match info.compression {
        Compression::None => info.format.to_string(),
        compression => format!("{}, {compression}", info.format),
    }
}
