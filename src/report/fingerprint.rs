//! Findings and failed expectations to names that stay the same when a capture is taken again: rule and endpoints, not frames or client ports.

use crate::audit::{Ends, ExpectationEvent, FindingEvent};
use crate::lens::digest::Sha1;
use std::collections::HashMap;

/// Names findings; the second of the same rule between the same endpoints gets another name than the first.
#[derive(Debug, Default)]
pub struct Fingerprints {
    /// By what is named, digested: there may be millions.
    seen: HashMap<[u8; 20], u32>,
}

impl Fingerprints {
    /// The name of a finding: 40 hexadecimal digits.
    pub fn name(&mut self, capture: &str, event: &FindingEvent<'_>) -> String {
        let culprit = event.finding.evidence.culprit.map_or("nobody", |side| side.name());
        self.next(format!("{} {} {} {culprit}", file(capture), event.finding.rule.code, flow(event.ends)))
    }

    /// The name of an expectation that was not met.
    pub fn of_expectation(&mut self, capture: &str, event: &ExpectationEvent<'_>) -> String {
        self.next(format!("{} expectation {} {}", file(capture), event.name, flow(event.ends)))
    }

    fn next(&mut self, key: String) -> String {
        let count = self.seen.entry(Sha1::from(&key).digest().bytes()).or_default();
        *count = count.saturating_add(1);
        Sha1::from(format!("{key} {count}")).digest().to_string()
    }
}

/// A capture without its folders, which differ between machines.
fn file(capture: &str) -> &str {
    capture.rsplit(['/', '\\']).next().unwrap_or(capture)
}

/// A connection without the client's port, which differs between captures.
fn flow(ends: Option<Ends>) -> String {
    ends.map(|ends| format!("{} {}", ends.client.ip, ends.server)).unwrap_or_default()
}
