//! Captures one after the other through an audit to a report; what cannot be read does not stop the rest.

use super::args::InputArgs;
use super::interrupt::Interrupt;
use super::merged;
use super::progress::Progress;
use super::screen::complain;
use anyhow::Context;
use std::cell::RefCell;
use std::io;
use std::path::Path;
use tcpflow_audit::Error;
use tcpflow_audit::audit::{self, AuditError, Event, Settings, Sink, Totals};
use tcpflow_audit::report::{Report, Summary};

/// What is said where the report has no room.
const UNWRITTEN: &str = "the report could not be written";

/// What all captures came to.
pub struct Outcome {
    /// In numbers.
    pub summary: Summary,
    /// Whether some input could not be read, or not as strictly as asked.
    pub trouble: bool,
}

/// What stands beside a run: who may stop it, and who is told how far it is.
pub struct Watch<'a> {
    /// Whether the user asked to stop.
    pub interrupt: &'a Interrupt,
    /// How far it is.
    pub progress: Progress,
    /// Whether a report must not tell where captures are.
    pub discreet: bool,
}

/// Audits a capture as the settings say and tells the sink.
pub type Drive<'a> = dyn FnMut(&Settings, &mut dyn Sink) -> Result<Totals, AuditError> + 'a;

/// Has the capture of some name driven to a report, as it thinks best.
pub type Audit<'a> = dyn FnMut(&Path, &mut dyn Sink, &mut Drive<'_>) -> Result<Totals, AuditError> + 'a;

/// Has every capture of `input` audited by `audit` and told to `report`; what is audited as one goes by the name of the
/// first.
///
/// # Errors
/// If the report cannot be written.
pub fn run(
    input: &InputArgs,
    report: &mut dyn Report,
    watch: Watch<'_>,
    audit: &mut Audit<'_>,
) -> anyhow::Result<Outcome> {
    if let (true, [first, _, ..]) = (input.merge, input.captures.as_slice()) {
        let totals = audit(first, report, &mut |settings, sink| {
            merged::run(input, &input.bound(settings), sink, watch.interrupt)
        })?;
        let mut outcome = Outcome {
            summary: Summary::default(),
            trouble: totals.read_error || (totals.damaged && input.strict_input),
        };
        outcome.summary.add(&totals);
        report.finish(&outcome.summary).context(UNWRITTEN)?;
        return Ok(outcome);
    }
    let (progress, discreet) = (RefCell::new(watch.progress), watch.discreet);
    let mut outcome = Outcome { summary: Summary::default(), trouble: false };
    for path in &input.captures {
        if watch.interrupt.is_set() {
            break;
        }
        let audited = one(input, path, audit, report, watch.interrupt, &progress);
        progress.borrow_mut().clear();
        match audited {
            Ok(totals) => {
                outcome.summary.add(&totals);
                outcome.trouble |= totals.read_error || (totals.damaged && input.strict_input);
            }
            Err(AuditError::Output(error)) => return Err(error).context(UNWRITTEN),
            // What was waited for when the user lost patience is no capture yet.
            Err(AuditError::Input(_)) if watch.interrupt.is_set() => break,
            Err(AuditError::Input(error)) => {
                complain(&described(path, &error));
                let (name, error) = named(path, error, discreet);
                report.unreadable(&name, &error)?;
                outcome.summary.unreadable += 1;
                outcome.trouble = true;
            }
        }
    }
    report.finish(&outcome.summary).context(UNWRITTEN)?;
    Ok(outcome)
}

fn one(
    input: &InputArgs,
    path: &Path,
    audit: &mut Audit<'_>,
    report: &mut dyn Report,
    interrupt: &Interrupt,
    progress: &RefCell<Progress>,
) -> Result<Totals, AuditError> {
    let mut reader = progress.borrow_mut().open(path, input, interrupt).map_err(AuditError::Input)?;
    let mut go_on = || {
        progress.borrow_mut().update();
        !interrupt.is_set()
    };
    let mut drive = |settings: &Settings, sink: &mut dyn Sink| {
        audit::run(&mut reader, &input.drive(path, settings), sink, &mut go_on)
    };
    audit(path, &mut Watched { report, progress }, &mut drive)
}

/// A report that the progress makes room for when it begins to speak.
struct Watched<'a> {
    report: &'a mut dyn Report,
    progress: &'a RefCell<Progress>,
}

impl Sink for Watched<'_> {
    fn wants_segments(&self) -> bool {
        self.report.wants_segments()
    }

    fn wants_places(&self) -> bool {
        self.report.wants_places()
    }

    fn passes_over(&mut self) -> bool {
        self.report.passes_over()
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        if matches!(event, Event::Totals(_)) {
            self.progress.borrow_mut().clear();
        }
        self.report.event(event)
    }
}

/// What a report may call a capture, and say of it.
fn named(path: &Path, error: Error, discreet: bool) -> (String, Error) {
    match (path.file_name().filter(|_| discreet), error) {
        (None, error) => (path.display().to_string(), error),
        (Some(name), error) => {
            let name = name.to_string_lossy().into_owned();
            let error = match error {
                Error::Io { source, .. } => Error::io(&name, source),
                error => error,
            };
            (name, error)
        }
    }
}

/// The system's messages name the file themselves; those about what is in it do not.
fn described(path: &Path, error: &Error) -> String {
    match error {
        Error::Format { .. } => format!("{}: {error}", path.display()),
        _ => error.to_string(),
    }
}
