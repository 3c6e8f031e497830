//! Captures audited as their configurations say: which rules, which limits, and what is made of the findings.

use super::args::{ConfigArgs, InputArgs, RuleArgs};
use super::baseline::KnownFindings;
use super::config::{Config, Rulebook};
use super::session::{self, Auditor, Drive, Outcome, Watch};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use tcpflow_audit::audit::lint::{Lint, Policy};
use tcpflow_audit::audit::{AuditError, Settings, Sink, Totals};
use tcpflow_audit::report::Report;
use tcpflow_audit::rules::{RULES, Rule, Severity};

/// What holds for each capture.
pub struct Books(HashMap<PathBuf, Rulebook>);

impl Books {
    /// Reads what holds for each capture; mistakes in a configuration are found before anything is read.
    ///
    /// # Errors
    /// If a configuration cannot be read, or makes no sense.
    pub fn open(input: &InputArgs, config: &mut Config<'_>, settings: &Settings) -> anyhow::Result<Self> {
        let books = input.captures.iter().map(|path| Ok((path.clone(), config.of(path, settings)?)));
        books.collect::<anyhow::Result<_>>().map(Self)
    }

    /// The rules that run on any of them.
    pub fn rules(&self) -> Vec<&'static Rule> {
        let runs = |rule: &&Rule| self.0.values().any(|book| book.settings.rules.contains(rule));
        RULES.iter().copied().filter(runs).collect()
    }

    /// The mildest finding that fails a run, of all captures.
    pub fn fail_on(&self) -> Severity {
        self.0.values().map(|book| book.fail_on).min().unwrap_or(Severity::Error)
    }

    /// Audits every capture and tells `report`; also whether something was as bad as it takes to fail.
    ///
    /// # Errors
    /// If the report cannot be written.
    pub fn audit(
        &self,
        input: &InputArgs,
        config: &mut Config<'_>,
        baseline: &mut KnownFindings,
        report: &mut dyn Report,
        watch: Watch<'_>,
    ) -> anyhow::Result<(Outcome, bool)> {
        let discreet = self.0.values().any(|book| book.settings.redaction.is_some());
        let mut judge = Judge { books: self, config, baseline, failed: false };
        let outcome = session::run(input, report, Watch { discreet, ..watch }, &mut judge)?;
        Ok((outcome, judge.failed))
    }
}

/// Audits captures by their books.
struct Judge<'b, 'a> {
    books: &'b Books,
    config: &'b mut Config<'a>,
    baseline: &'b mut KnownFindings,
    failed: bool,
}

impl Auditor for Judge<'_, '_> {
    fn settings(&self, path: &Path) -> Settings {
        self.books.0.get(path).map(|book| book.settings.clone()).unwrap_or_default()
    }

    fn wants_every_flow(&self, path: &Path) -> bool {
        self.books.0.get(path).is_some_and(|book| !book.policy.expectations.is_empty())
    }

    fn audit(&mut self, path: &Path, sink: &mut dyn Sink, drive: &mut Drive<'_>) -> Result<Totals, AuditError> {
        let Some(book) = self.books.0.get(path) else { return Ok(Totals::default()) };
        let totals = if book.policy.is_empty() && self.baseline.ledger().is_none() {
            drive(&book.settings, sink)?
        } else {
            let mut lint = Lint::new(&book.policy, self.baseline.ledger(), sink);
            let driven = drive(&book.settings, &mut lint)?;
            let (totals, used) = lint.finish();
            self.config.used(&used);
            Totals { damaged: driven.damaged, read_error: driven.read_error, ..totals }
        };
        let fails = |(severity, count): (&Severity, &u64)| *severity >= book.fail_on && *count > 0;
        self.failed |= totals.failed > 0 || totals.findings.iter().any(fails);
        Ok(totals)
    }
}

/// Audits every capture for a report that judges nothing: expectations are left aside.
///
/// # Errors
/// If a configuration makes no sense, or the report cannot be written.
pub fn view(
    input: &InputArgs,
    config: &ConfigArgs,
    settings: &Settings,
    report: &mut dyn Report,
    watch: Watch<'_>,
) -> anyhow::Result<Outcome> {
    let rules = RuleArgs::default();
    let mut config = Config::new(config, &rules);
    let mut books = Books::open(input, &mut config, settings)?;
    for book in books.0.values_mut() {
        book.policy = Policy { expectations: Vec::new(), ..std::mem::take(&mut book.policy) };
    }
    let (outcome, _) = books.audit(input, &mut config, &mut KnownFindings::none(), report, watch)?;
    Ok(outcome)
}
