//! Findings to names that stay the same when a capture is taken again: rule and endpoints, not frames or client ports.

use crate::audit::FindingEvent;
use sha1_smol::Sha1;
use std::collections::HashMap;

/// Names findings; the second of the same rule between the same endpoints gets another name than the first.
#[derive(Debug, Default)]
pub struct Fingerprints {
    seen: HashMap<String, u32>,
}

impl Fingerprints {
    /// The name of a finding: 40 hexadecimal digits.
    pub fn name(&mut self, capture: &str, event: &FindingEvent<'_>) -> String {
        let key = normalised(capture, event);
        let count = self.seen.entry(key.clone()).or_default();
        *count += 1;
        Sha1::from(format!("{key} {count}")).digest().to_string()
    }
}

/// What a finding is about, without what changes from one capture to the next.
fn normalised(capture: &str, event: &FindingEvent<'_>) -> String {
    let file = capture.rsplit(['/', '\\']).next().unwrap_or(capture);
    let flow = event.ends.map(|ends| format!("{} {}", ends.client.ip, ends.server)).unwrap_or_default();
    let culprit = event.finding.evidence.culprit.map_or("nobody", |side| side.name());
    format!("{file} {} {flow} {culprit}", event.finding.rule.code)
}
