//! How the findings of one capture are weighed, and which are not told.

use super::{Expectation, selects};
use crate::audit::{FindingEvent, Selection};
use crate::redact::Redaction;
use crate::rules::{Finding, Rule, RuleWord, Severity};
use std::collections::BTreeMap;
use std::path::Path;

/// What holds for one capture.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// The configuration file it comes from, to be named where the capture is.
    pub configuration: Option<String>,
    /// Severities by code, where they are not the rule's own.
    pub severities: BTreeMap<&'static str, Severity>,
    /// Findings that are not told.
    pub suppressions: Vec<Suppression>,
    /// What has to hold.
    pub expectations: Vec<Expectation>,
}

impl Policy {
    /// The same, for connections whose addresses and ports were replaced; a file of its own is told by its name alone.
    pub fn redacted(mut self, redaction: Redaction) -> Self {
        let file_name = |path: String| Path::new(&path).file_name().map(|name| name.to_string_lossy().into_owned());
        self.configuration = self.configuration.and_then(file_name);
        self.suppressions.iter_mut().for_each(|it| it.selection.redaction = Some(redaction));
        self.expectations.iter_mut().for_each(|it| it.selection.redaction = Some(redaction));
        self
    }

    /// Whether an audit goes by it as it would without.
    pub fn is_empty(&self) -> bool {
        self.configuration.is_none()
            && self.severities.is_empty()
            && self.suppressions.is_empty()
            && self.expectations.is_empty()
    }

    /// The finding with the severity it has here. What its evidence made milder than its rule stays as mild.
    pub(super) fn weighed(&self, finding: &Finding) -> Option<Finding> {
        let severity = *self.severities.get(finding.rule.code)?;
        let mut weighed = finding.clone();
        let as_bad_as_its_rule = finding.evidence.severity == finding.rule.severity;
        weighed.evidence.severity = if as_bad_as_its_rule { severity } else { severity.min(finding.evidence.severity) };
        Some(weighed)
    }

    /// The suppression that keeps a finding from being told.
    pub(super) fn suppression(&self, event: &FindingEvent<'_>) -> Option<&Suppression> {
        self.suppressions.iter().find(|suppression| suppression.concerns(event))
    }
}

/// Findings of some rules in some connections, known and accepted.
#[derive(Clone, Debug)]
pub struct Suppression {
    /// Names it among all suppressions of a run.
    pub id: usize,
    /// The rules.
    pub rules: Vec<RuleWord>,
    /// The connections.
    pub selection: Selection,
}

impl Suppression {
    fn concerns(&self, event: &FindingEvent<'_>) -> bool {
        self.names(event.finding.rule)
            && match event.ends {
                Some(ends) => selects(&self.selection, ends),
                None => self.selection.is_everything(),
            }
    }

    fn names(&self, rule: &Rule) -> bool {
        self.rules.iter().any(|word| word.names(rule))
    }
}
