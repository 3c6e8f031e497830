//! Captures in their order through an audit to a report; what cannot be read does not stop the rest.

use super::args::InputArgs;
use super::interrupt::Interrupt;
use super::merged;
use super::progress::Progress;
use super::screen::complain;
use super::side_by_side::{Begun, Planned, SideBySide, Wants};
use super::source::{self, Source};
use anyhow::Context;
use std::cell::RefCell;
use std::io;
use std::path::Path;
use tcpflow_audit::Error;
use tcpflow_audit::audit::{self, AuditError, Event, Outline, Settings, Sink, Totals};
use tcpflow_audit::report::{Report, Summary};
use tcpflow_audit::wire::Segment;

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

/// Has captures audited, each as it thinks best.
pub trait Auditor {
    /// How the capture at `path` is audited.
    fn settings(&self, path: &Path) -> Settings;

    /// Whether it has to know every connection of that capture, whatever the report passes over.
    fn wants_every_flow(&self, path: &Path) -> bool;

    /// Has that capture driven to a report.
    ///
    /// # Errors
    /// As `drive`.
    fn audit(&mut self, path: &Path, sink: &mut dyn Sink, drive: &mut Drive<'_>) -> Result<Totals, AuditError>;
}

/// Has every capture of `input` audited by `auditor` and told to `report`; what is audited as one goes by the name of the
/// first.
///
/// # Errors
/// If the report cannot be written.
pub fn run(
    input: &InputArgs,
    report: &mut dyn Report,
    watch: Watch<'_>,
    auditor: &mut dyn Auditor,
) -> anyhow::Result<Outcome> {
    if let (true, [first, _, ..]) = (input.merge, input.captures.as_slice()) {
        return merged(input, first, report, &watch, auditor);
    }
    let (interrupt, discreet) = (watch.interrupt, watch.discreet);
    let turns = turns(input, report, (interrupt, discreet), auditor);
    let progress = RefCell::new(watch.progress);
    let mut outcome = Outcome { summary: Summary::default(), trouble: false };
    for mut turn in turns.take_while(|_| !interrupt.is_set()) {
        let path = turn.source().path().to_owned();
        progress.borrow_mut().turn_to(turn.source());
        let mut update = || progress.borrow_mut().update();
        let mut drive =
            |settings: &Settings, sink: &mut dyn Sink| turn.tell(&input.drive(&path, settings), sink, &mut update);
        let audited = auditor.audit(&path, &mut Watched { report, progress: &progress }, &mut drive);
        progress.borrow_mut().clear();
        match audited {
            Ok(totals) => outcome.add(&totals, input),
            Err(AuditError::Output(error)) => return Err(error).context(UNWRITTEN),
            // What was waited for when the user lost patience is no capture yet.
            Err(AuditError::Input(_)) if interrupt.is_set() => break,
            Err(AuditError::Input(error)) => outcome.unreadable(&path, error, discreet, report)?,
        }
    }
    report.finish(&outcome.summary).context(UNWRITTEN)?;
    Ok(outcome)
}

/// Has all captures audited as one.
fn merged(
    input: &InputArgs,
    first: &Path,
    report: &mut dyn Report,
    watch: &Watch<'_>,
    auditor: &mut dyn Auditor,
) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome { summary: Summary::default(), trouble: false };
    let (mut readers, unreadable) = merged::open(input, watch.discreet, watch.interrupt);
    for (path, error) in unreadable.into_iter().take_while(|_| !watch.interrupt.is_set()) {
        outcome.unreadable(path, error, watch.discreet, report)?;
    }
    if !readers.is_empty() {
        let totals = auditor.audit(first, report, &mut |settings, sink| {
            merged::run(std::mem::take(&mut readers), &input.bound(settings), sink, watch.interrupt)
        })?;
        outcome.add(&totals, input);
    }
    report.finish(&outcome.summary).context(UNWRITTEN)?;
    Ok(outcome)
}

impl Outcome {
    fn add(&mut self, totals: &Totals, input: &InputArgs) {
        self.summary.add(totals);
        self.trouble |= totals.read_error || (totals.damaged && input.strict_input);
    }

    /// Tells of a capture that could not be read at all.
    fn unreadable(&mut self, path: &Path, error: Error, discreet: bool, report: &mut dyn Report) -> io::Result<()> {
        let name = source::name(path, discreet);
        complain(&source::described(&name, &error));
        self.summary.unreadable += 1;
        self.trouble = true;
        report.unreadable(&name, &error)
    }
}

/// A capture whose turn it is.
enum Turn {
    /// To be audited now.
    Now(Source),
    /// By another thread, since a while.
    Begun(Begun),
}

/// The captures in their order: side by side and beside the report where there are threads for it, and where nobody waits
/// for each frame.
fn turns(
    input: &InputArgs,
    report: &dyn Report,
    (interrupt, discreet): (&Interrupt, bool),
    auditor: &dyn Auditor,
) -> Box<dyn Iterator<Item = Turn>> {
    let sources = input.captures.iter().map(|path| input.source(path, interrupt).told(discreet));
    // Of one capture one thread reads and another one audits: a report that prints little is not worth a third one.
    let enough = if input.captures.len() == 1 && report.keeps().is_some() { 3 } else { 2 };
    if input.jobs() < enough || input.is_live() || report.wants_segments() {
        return Box::new(sources.collect::<Vec<_>>().into_iter().map(Turn::Now));
    }
    let planned: Vec<Planned> = sources
        .map(|source| {
            let path = source.path();
            let keeps = report.keeps().filter(|_| !auditor.wants_every_flow(path));
            let wants = Wants { places: report.wants_places(), flows: keeps };
            Planned { settings: input.drive(path, &auditor.settings(path)), wants, source }
        })
        .collect();
    Box::new(SideBySide::new(input.jobs().min(planned.len()), planned).map(Turn::Begun))
}

impl Turn {
    const fn source(&self) -> &Source {
        match self {
            Self::Now(source) => source,
            Self::Begun(begun) => &begun.source,
        }
    }

    /// Tells `sink` of the capture; `update` is called now and then.
    fn tell(
        &mut self,
        settings: &Settings,
        sink: &mut dyn Sink,
        update: &mut dyn FnMut(),
    ) -> Result<Totals, AuditError> {
        match self {
            Self::Now(source) => {
                let mut reader = source.open().map_err(AuditError::Input)?;
                audit::run(&mut reader, settings, sink, &mut || {
                    update();
                    !source.is_interrupted()
                })
            }
            Self::Begun(begun) => begun.tell(sink, update),
        }
    }
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

    fn keeps(&self) -> Option<usize> {
        self.report.keeps()
    }

    fn passes_over(&mut self) -> bool {
        self.report.passes_over()
    }

    fn passes_over_with(&mut self, finding: &Outline) -> bool {
        self.report.passes_over_with(finding)
    }

    fn expect(&mut self, segment: &Segment) {
        self.report.expect(segment);
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        if matches!(event, Event::Totals(_)) {
            self.progress.borrow_mut().clear();
        }
        self.report.event(event)
    }
}
