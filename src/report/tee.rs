//! One audit to several reports, in one pass.

use super::{Report, Summary};
use crate::audit::{Event, Outline, Sink};
use crate::error::Error;
use crate::wire::Segment;
use std::io;

/// Tells every report the same, in order; the first that fails ends the audit.
pub struct Tee<'a>(pub Vec<Box<dyn Report + 'a>>);

impl Sink for Tee<'_> {
    fn wants_segments(&self) -> bool {
        self.0.iter().any(|report| report.wants_segments())
    }

    fn wants_places(&self) -> bool {
        self.0.iter().any(|report| report.wants_places())
    }

    /// Only one report alone: of several each has to count for itself.
    fn passes_over(&mut self) -> bool {
        match self.0.as_mut_slice() {
            [report] => report.passes_over(),
            _ => false,
        }
    }

    fn passes_over_with(&mut self, finding: &Outline) -> bool {
        match self.0.as_mut_slice() {
            [report] => report.passes_over_with(finding),
            _ => false,
        }
    }

    fn keeps(&self) -> Option<usize> {
        match self.0.as_slice() {
            [report] => report.keeps(),
            _ => None,
        }
    }

    fn expect(&mut self, segment: &Segment) {
        self.0.iter_mut().for_each(|report| report.expect(segment));
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|report| report.event(event))
    }
}

impl Report for Tee<'_> {
    fn unreadable(&mut self, capture: &str, error: &Error) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|report| report.unreadable(capture, error))
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|report| report.finish(summary))
    }
}
