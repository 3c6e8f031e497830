//! What an audit keeps with each flow.

use crate::flow::{Notes, Side};
use crate::rules::{Finding, Severity};

/// What is kept with each flow: the findings it has had.
#[derive(Clone, Debug, Default)]
pub(super) struct FlowNotes {
    pub codes: Vec<&'static str>,
    told: Vec<(&'static str, Option<Side>)>,
    pub worst: Option<Severity>,
}

impl Notes for FlowNotes {
    fn is_empty(&self) -> bool {
        self.told.is_empty()
    }
}

impl FlowNotes {
    /// Whether this is the first finding of its rule against its culprit in this flow; one of each is enough.
    pub fn is_first(&mut self, finding: &Finding) -> bool {
        let key = (finding.rule.code, finding.evidence.culprit);
        if self.told.contains(&key) {
            return false;
        }
        self.told.push(key);
        if !self.codes.contains(&finding.rule.code) {
            self.codes.push(finding.rule.code);
        }
        self.worst = self.worst.max(Some(finding.evidence.severity));
        true
    }
}
