//! What came of one capture, as JSON.

use super::judged::{ClusterBody, NotJudgedBody};
use super::line::{Counts, Head, LintCounts};
use super::values::{Object, Seconds, Shown, Time};
use crate::audit::Totals;
use serde::Serialize;
use std::collections::BTreeMap;

/// A capture ended.
#[derive(Serialize)]
pub struct TotalsLine<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    frames: u64,
    segments: u64,
    flows: u64,
    skipped: Object<(&'static str, u64)>,
    link_types: &'a [String],
    start: Option<Time>,
    end: Option<Time>,
    duration: Option<Seconds>,
    findings: Counts,
    by_code: &'a BTreeMap<&'static str, u64>,
    clusters: Vec<ClusterBody>,
    not_judged: NotJudgedBody<'a>,
    #[serde(flatten)]
    lint: LintCounts,
    notes: &'a [String],
    damaged: bool,
    interrupted: bool,
    vantage: &'a str,
}

impl<'a> TotalsLine<'a> {
    /// The line for `capture`.
    pub fn new(capture: &'a str, totals: &'a Totals) -> Self {
        let span = totals.start.zip(totals.end);
        Self {
            head: Head::new("totals", capture),
            frames: totals.frames,
            segments: totals.segments,
            flows: totals.flows,
            skipped: Object(totals.skipped.iter().map(|(reason, count)| (reason.name(), *count)).collect()),
            link_types: &totals.link_types,
            start: totals.start.map(Shown),
            end: totals.end.map(Shown),
            duration: span.map(|(start, end)| Seconds(end.since(start))),
            findings: (&totals.findings).into(),
            by_code: &totals.by_code,
            clusters: totals.clusters.list().into_iter().map(ClusterBody::from).collect(),
            not_judged: (&totals.not_judged).into(),
            lint: LintCounts::new([totals.suppressed, totals.known], [totals.passed, totals.failed]),
            notes: &totals.notes,
            damaged: totals.damaged,
            interrupted: totals.interrupted,
            vantage: &totals.vantage,
        }
    }
}
