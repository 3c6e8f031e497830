//! What every line begins with, and the lines that begin and end a run.

use super::SCHEMA;
use crate::audit::CaptureHead;
use crate::error::Error;
use crate::report::Summary;
use crate::rules::Severity;
use serde::Serialize;
use std::collections::BTreeMap;

/// The first fields of every line.
#[derive(Serialize)]
pub struct Head<'a> {
    schema: &'static str,
    r#type: &'static str,
    capture: &'a str,
}

impl<'a> Head<'a> {
    /// The head of a line of one type about one capture.
    pub fn new(r#type: &'static str, capture: &'a str) -> Self {
        Self { schema: SCHEMA, r#type, capture }
    }
}

/// A capture begins.
#[derive(Serialize)]
pub struct CaptureLine<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    format: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    configuration: Option<&'a str>,
}

impl<'a> From<&'a CaptureHead> for CaptureLine<'a> {
    fn from(head: &'a CaptureHead) -> Self {
        let configuration = head.configuration.as_deref();
        Self { head: Head::new("capture", &head.name), format: &head.format, configuration }
    }
}

/// A capture could not be read.
#[derive(Serialize)]
pub struct UnreadableLine<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    message: String,
}

impl<'a> UnreadableLine<'a> {
    /// Tells why `capture` could not be read.
    pub fn new(capture: &'a str, error: &Error) -> Self {
        Self { head: Head::new("unreadable", capture), message: error.to_string() }
    }
}

/// Findings by severity; every severity is named.
#[derive(Serialize)]
pub struct Counts {
    error: u64,
    warning: u64,
    note: u64,
}

impl From<&BTreeMap<Severity, u64>> for Counts {
    fn from(counts: &BTreeMap<Severity, u64>) -> Self {
        let of = |severity| counts.get(&severity).copied().unwrap_or_default();
        Self { error: of(Severity::Error), warning: of(Severity::Warning), note: of(Severity::Note) }
    }
}

/// What all captures came to.
#[derive(Serialize)]
pub struct SummaryBody {
    captures: u64,
    unreadable: u64,
    damaged: u64,
    frames: u64,
    segments: u64,
    flows: u64,
    findings: Counts,
    #[serde(flatten)]
    lint: LintCounts,
}

/// What a configuration and a baseline made of findings and connections; where there is neither nothing is said of it.
#[derive(Serialize)]
pub struct LintCounts {
    #[serde(skip_serializing_if = "is_zero")]
    suppressed: u64,
    #[serde(skip_serializing_if = "is_zero")]
    known: u64,
    #[serde(skip_serializing_if = "is_zero")]
    passed: u64,
    #[serde(skip_serializing_if = "is_zero")]
    failed: u64,
}

impl LintCounts {
    /// Findings that were kept back, connections that were as expected or not.
    pub const fn new([suppressed, known]: [u64; 2], [passed, failed]: [u64; 2]) -> Self {
        Self { suppressed, known, passed, failed }
    }
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl From<&Summary> for SummaryBody {
    fn from(summary: &Summary) -> Self {
        Self {
            captures: summary.captures,
            unreadable: summary.unreadable,
            damaged: summary.damaged,
            frames: summary.frames,
            segments: summary.segments,
            flows: summary.flows,
            findings: (&summary.findings).into(),
            lint: LintCounts::new([summary.suppressed, summary.known], [summary.passed, summary.failed]),
        }
    }
}

/// The last line.
#[derive(Serialize)]
pub struct SummaryLine {
    schema: &'static str,
    r#type: &'static str,
    #[serde(flatten)]
    body: SummaryBody,
}

impl From<&Summary> for SummaryLine {
    fn from(summary: &Summary) -> Self {
        Self { schema: SCHEMA, r#type: "summary", body: summary.into() }
    }
}
