//! Findings by rule: how many there were, and the first few of each.

use super::numbers::grouped;
use crate::audit::{Ends, FindingEvent};
use crate::capture::FrameNumber;
use crate::report::escape::printable;
use crate::rules::{Rule, Severity};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Findings of a rule that are listed; more are counted.
const MOST: usize = 12;

/// The findings of one rule.
#[derive(Debug)]
pub struct Chapter {
    /// The rule.
    pub rule: &'static Rule,
    /// The worst case of it.
    pub severity: Severity,
    /// All of them.
    pub count: u64,
    /// The first of them.
    pub entries: Vec<Entry>,
}

impl Chapter {
    /// How many of them there are.
    pub fn times(&self) -> String {
        grouped(self.count)
    }

    /// How many are not listed, if any.
    pub fn more(&self) -> Option<String> {
        let more = self.count.saturating_sub(self.entries.len() as u64);
        (more > 0).then(|| grouped(more))
    }
}

/// Where a rule was broken.
#[derive(Debug)]
pub struct Entry {
    /// Number of the capture.
    pub capture: usize,
    /// The connection's first frame.
    pub flow_id: Option<FrameNumber>,
    /// Wireshark's number of it.
    pub stream: Option<u32>,
    /// Its ends.
    pub ends: Option<Ends>,
    /// The culprit's frame; `None` where it concerns the capture as a whole.
    pub frame: Option<FrameNumber>,
    /// What is wrong, with the numbers.
    pub message: String,
}

/// All findings, by rule.
#[derive(Debug, Default)]
pub struct Catalogue(BTreeMap<&'static str, Chapter>);

impl Catalogue {
    /// Counts a finding of the capture with number `capture`.
    pub fn add(&mut self, event: &FindingEvent<'_>, capture: usize) {
        let (rule, evidence) = (event.finding.rule, &event.finding.evidence);
        let chapter = self.0.entry(rule.code).or_insert_with(|| Chapter {
            rule,
            severity: evidence.severity,
            count: 0,
            entries: Vec::new(),
        });
        chapter.count += 1;
        chapter.severity = chapter.severity.max(evidence.severity);
        if chapter.entries.len() < MOST {
            chapter.entries.push(Entry {
                capture,
                flow_id: event.flow_id,
                stream: event.stream,
                ends: event.ends,
                frame: event.ends.map(|_| evidence.frame),
                message: printable(&evidence.message).into_owned(),
            });
        }
    }

    /// All rules that were broken, the worst first.
    pub fn take(&mut self) -> Vec<Chapter> {
        let mut chapters: Vec<Chapter> = std::mem::take(&mut self.0).into_values().collect();
        chapters.sort_by_key(|chapter| (Reverse(chapter.severity), chapter.rule.code));
        chapters
    }
}
