//! Findings known already: counted by rule and connection, without what changes when a capture is taken again.

use crate::audit::FindingEvent;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// How often each finding is known. Written as text, a line each: rule, client address, server, culprit, count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline(BTreeMap<String, u64>);

/// The first line, by which a baseline is known.
const TITLE: &str = "# tcpflow-audit baseline 1";

impl Baseline {
    /// Knows everything that either knows, as often as the one that knows it more often.
    pub fn with(mut self, other: &Self) -> Self {
        for (key, count) in &other.0 {
            let known = self.0.entry(key.clone()).or_default();
            *known = (*known).max(*count);
        }
        self
    }

    /// Forgets what `seen` did not see, or not as often.
    pub fn pruned(mut self, seen: &Self) -> Self {
        self.0.retain(|key, count| {
            *count = (*count).min(seen.count(key));
            *count > 0
        });
        self
    }

    fn count(&self, key: &str) -> u64 {
        self.0.get(key).copied().unwrap_or_default()
    }
}

impl fmt::Display for Baseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}")?;
        self.0.iter().try_for_each(|(key, count)| writeln!(f, "{key} {count}"))
    }
}

impl FromStr for Baseline {
    type Err = BaselineError;

    fn from_str(text: &str) -> Result<Self, BaselineError> {
        let mut known = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let entry = line.trim_end().rsplit_once(' ').filter(|(key, _)| key.split(' ').count() == 4);
            let entry = entry.and_then(|(key, count)| Some((key.to_owned(), count.parse().ok()?)));
            let (key, count) = entry.ok_or(BaselineError { line: index + 1 })?;
            known.insert(key, count);
        }
        Ok(Self(known))
    }
}

/// A line that is no entry of a baseline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BaselineError {
    /// Its number, from 1.
    pub line: usize,
}

impl fmt::Display for BaselineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: not a rule, a client, a server, a culprit and a count", self.line)
    }
}

impl std::error::Error for BaselineError {}

/// Holds findings against a baseline, over all captures of a run.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    known: Baseline,
    seen: Baseline,
    accepts_all: bool,
}

impl Ledger {
    /// Holds against `known`; one that `accepts_all` takes everything as known, to write it down.
    pub fn new(known: Baseline, accepts_all: bool) -> Self {
        Self { known, seen: Baseline::default(), accepts_all }
    }

    /// What was seen so far.
    pub const fn seen(&self) -> &Baseline {
        &self.seen
    }

    /// Counts a finding, and says whether it was known.
    pub fn knows(&mut self, event: &FindingEvent<'_>) -> bool {
        let key = key(event);
        let known = self.known.count(&key);
        let seen = self.seen.0.entry(key).or_default();
        *seen = seen.saturating_add(1);
        self.accepts_all || *seen <= known
    }
}

/// The client's port changes from capture to capture, and so do frames.
fn key(event: &FindingEvent<'_>) -> String {
    let (client, server) =
        event.ends.map_or(("-".into(), "-".into()), |ends| (ends.client.ip.to_string(), ends.server.to_string()));
    let culprit = event.finding.evidence.culprit.map_or("nobody", |side| side.name());
    format!("{} {client} {server} {culprit}", event.finding.rule.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "TFA101 10.0.0.1 10.0.0.2:80 server 2";
    const OTHER: &str = "TFA203 10.0.0.1 [2001:db8::1]:80 nobody 1";

    fn baseline(lines: &[&str]) -> Baseline {
        lines.join("\n").parse().unwrap()
    }

    #[test]
    fn what_is_written_reads_back() {
        let known = baseline(&[ONE, "", "# a remark", OTHER]);
        assert_eq!(known.to_string().parse(), Ok(known));
        assert_eq!("TFA101 10.0.0.1 2".parse::<Baseline>(), Err(BaselineError { line: 1 }));
        assert_eq!(format!("{ONE}\n{ONE}x").parse::<Baseline>(), Err(BaselineError { line: 2 }));
    }

    #[test]
    fn updating_only_adds_and_pruning_only_forgets() {
        let (known, seen) = (baseline(&[ONE]), baseline(&["TFA101 10.0.0.1 10.0.0.2:80 server 1", OTHER]));
        assert_eq!(known.clone().with(&seen), baseline(&[ONE, OTHER]));
        assert_eq!(known.pruned(&seen), baseline(&["TFA101 10.0.0.1 10.0.0.2:80 server 1"]));
    }
}
