//! What all captures of one run came to, and what a report can do beyond receiving events.

use crate::audit::{Clusters, Sink, Totals};
use crate::error::Error;
use crate::rules::Severity;
use std::collections::BTreeMap;
use std::io;

/// A sink that can also tell of captures that could not be read, and that has a last word.
pub trait Report: Sink {
    /// Tells that `capture` could not be opened, or not be read to its end.
    fn unreadable(&mut self, capture: &str, error: &Error) -> io::Result<()>;

    /// Tells what the run came to, and flushes.
    fn finish(&mut self, summary: &Summary) -> io::Result<()>;
}

/// What all captures of one run came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Captures audited to their end, or to the place where they are damaged.
    pub captures: u64,
    /// Captures that could not be read.
    pub unreadable: u64,
    /// Captures that end in the middle of a record, or become unreadable.
    pub damaged: u64,
    /// Frames read.
    pub frames: u64,
    /// TCP segments among them.
    pub segments: u64,
    /// Connections.
    pub flows: u64,
    /// Findings by severity.
    pub findings: BTreeMap<Severity, u64>,
    /// Findings grouped by what they have in common, over all captures; their frames are of different captures.
    pub clusters: Clusters,
    /// Findings that a suppression kept back.
    pub suppressed: u64,
    /// Findings that the baseline knew.
    pub known: u64,
    /// Expectations that were met.
    pub passed: u64,
    /// Expectations that were not.
    pub failed: u64,
}

impl Summary {
    /// Counts one capture.
    pub fn add(&mut self, totals: &Totals) {
        self.captures += 1;
        self.damaged += u64::from(totals.damaged);
        self.frames = self.frames.saturating_add(totals.frames);
        self.segments = self.segments.saturating_add(totals.segments);
        self.flows = self.flows.saturating_add(totals.flows);
        self.suppressed = self.suppressed.saturating_add(totals.suppressed);
        self.known = self.known.saturating_add(totals.known);
        self.passed = self.passed.saturating_add(totals.passed);
        self.failed = self.failed.saturating_add(totals.failed);
        self.clusters.absorb(&totals.clusters);
        for (severity, count) in &totals.findings {
            *self.findings.entry(*severity).or_default() += count;
        }
    }

    /// The worst severity found.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().filter(|(_, count)| **count > 0).map(|(severity, _)| *severity).max()
    }
}
