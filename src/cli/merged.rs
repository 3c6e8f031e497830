//! `--merge`: all captures audited as one; a finding's frame is named by file and number, too.

use super::args::InputArgs;
use super::interrupt::Interrupt;
use super::source;
use std::io;
use std::path::Path;
use tcpflow_audit::Error;
use tcpflow_audit::audit::{self, AuditError, Event, FindingEvent, Outline, Settings, Sink, Totals, Whereabouts};
use tcpflow_audit::capture::{FileReader, Origins, Reader, Timeline};
use tcpflow_audit::wire::Segment;

/// Opens the captures of `input`, `discreet` about where they are: those that can be read, and why the others cannot.
pub fn open<'i>(
    input: &'i InputArgs,
    discreet: bool,
    interrupt: &Interrupt,
) -> (Vec<FileReader>, Vec<(&'i Path, Error)>) {
    let (mut readers, mut unreadable) = (Vec::new(), Vec::new());
    for path in &input.captures {
        match source::open(path, discreet, interrupt) {
            Ok(reader) => readers.push(reader),
            Err(error) => unreadable.push((path.as_path(), error)),
        }
    }
    (readers, unreadable)
}

/// Audits captures as one. What was wrong with single files is told of the whole.
///
/// # Errors
/// If the report cannot be written.
pub fn run(
    mut readers: Vec<FileReader>,
    settings: &Settings,
    report: &mut dyn Sink,
    interrupt: &Interrupt,
) -> Result<Totals, AuditError> {
    let files: Vec<String> = readers.iter().map(|reader| reader.name().to_owned()).collect();
    let whereabouts = report.wants_places().then(|| Whereabouts::of(&mut readers));
    let timeline = Timeline::new(readers);
    let origins = timeline.origins();
    let whereabouts = whereabouts.map(|it| it.in_timeline(origins.clone()));
    let mut reader = Reader::new(timeline, files.join(" + ")).map_err(AuditError::Input)?;
    let mut named = Named { report, origins, files: &files, whereabouts };
    audit::run(&mut reader, settings, &mut named, &mut || !interrupt.is_set())
}

/// Tells a report where each finding's frame came from.
struct Named<'a> {
    report: &'a mut dyn Sink,
    origins: Origins,
    files: &'a [String],
    whereabouts: Option<Whereabouts>,
}

impl Sink for Named<'_> {
    fn wants_segments(&self) -> bool {
        self.report.wants_segments()
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
        let Event::Finding(finding) = event else { return self.report.event(event) };
        let place = self.origins.of(finding.finding.evidence.frame);
        let origin = place.and_then(|(file, number)| Some((self.files.get(file)?.as_str(), number)));
        self.report.event(&Event::Finding(&FindingEvent {
            origin,
            whereabouts: self.whereabouts.as_ref(),
            ..**finding
        }))
    }
}
