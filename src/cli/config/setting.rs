//! Settings by their keys: what each may hold, what it is by default, and how it is written.

use super::keys::{unknown, words, written};
use crate::cli::args::rule_word;
use anyhow::{anyhow, bail};
use std::collections::BTreeMap;
use std::time::Duration;
use tcpflow_audit::flow::Limits;
use tcpflow_audit::rules::{self, Confidence, RuleChoice, RuleWord, Severity};
use toml::Value;

/// The settings that hold for one capture.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// Which rules run, but for those that are off.
    pub choice: RuleChoice,
    /// The mildest finding that fails a run.
    pub fail_on: Severity,
    /// The least sure finding that is told.
    pub min_confidence: Confidence,
    /// Times and sizes.
    pub limits: Limits,
    /// Severities by code; `None` is off.
    pub severities: BTreeMap<&'static str, Option<Severity>>,
}

impl Default for Resolved {
    fn default() -> Self {
        Self {
            choice: RuleChoice::default(),
            fail_on: Severity::Error,
            min_confidence: Confidence::Likely,
            limits: Limits::default(),
            severities: BTreeMap::new(),
        }
    }
}

type DurationOf = fn(&mut Limits) -> &mut i64;

/// Durations among the limits, by key.
const DURATIONS: [(&str, DurationOf); 10] = [
    ("rto", |limits| &mut limits.rto),
    ("half-open", |limits| &mut limits.half_open),
    ("msl", |limits| &mut limits.msl),
    ("close-wait", |limits| &mut limits.close_wait),
    ("reordering", |limits| &mut limits.reordering),
    ("duplicate-frame", |limits| &mut limits.duplicate_frame),
    ("capture-end", |limits| &mut limits.capture_end),
    ("idle", |limits| &mut limits.idle),
    ("syn-flood-window", |limits| &mut limits.syn_flood_window),
    ("idle-timeout", |limits| &mut limits.idle_timeout),
];

/// The other limits, by key.
const OTHERS: [&str; 5] = ["handshake-slow", "syn-flood", "max-flows", "live-flows", "closed-flows"];

/// Settings outside tables.
pub const PLAIN: [&str; 5] = ["select", "ignore", "extend-select", "fail-on", "min-confidence"];

impl Resolved {
    /// Sets what `key` names; limits and severities are named with their table: `limits.msl`, `severity.TFA408`.
    ///
    /// # Errors
    /// If there is no such key, or the value makes no sense for it.
    pub fn set(&mut self, key: &str, value: &Value) -> anyhow::Result<()> {
        match key.split_once('.') {
            Some(("limits", name)) => self.set_limit(name, value),
            Some(("severity", rule)) => self.set_severity(rule, value),
            _ => self.set_plain(key, value),
        }
    }

    /// Every setting by its key, as it would be written.
    pub fn written(&self) -> Vec<(String, String)> {
        let list = |words: &[RuleWord]| {
            let quoted: Vec<_> = words.iter().map(|word| format!("\"{word}\"")).collect();
            format!("[{}]", quoted.join(", "))
        };
        let mut all = vec![
            ("select".to_owned(), list(&self.choice.select)),
            ("ignore".to_owned(), list(&self.choice.ignore)),
            ("extend-select".to_owned(), list(&self.choice.extend_select)),
            ("fail-on".to_owned(), format!("\"{}\"", self.fail_on)),
            ("min-confidence".to_owned(), format!("\"{}\"", self.min_confidence)),
        ];
        let mut limits = self.limits;
        for (name, duration) in DURATIONS {
            all.push((format!("limits.{name}"), format!("\"{}\"", human(*duration(&mut limits)))));
        }
        let slow = limits.handshake_slow.map_or("never".to_owned(), human);
        all.push(("limits.handshake-slow".to_owned(), format!("\"{slow}\"")));
        all.push(("limits.syn-flood".to_owned(), limits.syn_flood.to_string()));
        all.push(("limits.max-flows".to_owned(), limits.max_flows.to_string()));
        all.push(("limits.live-flows".to_owned(), limits.live_flows.to_string()));
        all.push(("limits.closed-flows".to_owned(), limits.closed_flows.to_string()));
        for (code, severity) in &self.severities {
            let word = severity.map_or("off", Severity::name);
            all.push((format!("severity.{code}"), format!("\"{word}\"")));
        }
        all
    }

    fn set_plain(&mut self, key: &str, value: &Value) -> anyhow::Result<()> {
        match key {
            "select" => self.choice.select = rule_words(value)?,
            "ignore" => self.choice.ignore = rule_words(value)?,
            "extend-select" => self.choice.extend_select = rule_words(value)?,
            "fail-on" => self.fail_on = written(value).parse().map_err(anyhow::Error::msg)?,
            "min-confidence" => self.min_confidence = written(value).parse().map_err(anyhow::Error::msg)?,
            _ => bail!(unknown(key, PLAIN.into_iter())),
        }
        Ok(())
    }

    fn set_limit(&mut self, name: &str, value: &Value) -> anyhow::Result<()> {
        if let Some((_, limit)) = DURATIONS.iter().find(|(known, _)| *known == name) {
            *limit(&mut self.limits) = duration(&written(value)).map_err(anyhow::Error::msg)?;
            return Ok(());
        }
        match name {
            "handshake-slow" if value.as_str() == Some("never") => self.limits.handshake_slow = None,
            "handshake-slow" => {
                self.limits.handshake_slow = Some(duration(&written(value)).map_err(anyhow::Error::msg)?);
            }
            "syn-flood" => self.limits.syn_flood = number(value)?,
            "max-flows" => self.limits.max_flows = number(value)?,
            "live-flows" => self.limits.live_flows = number(value)?,
            "closed-flows" => self.limits.closed_flows = number(value)?,
            _ => bail!(unknown(name, DURATIONS.iter().map(|(known, _)| *known).chain(OTHERS))),
        }
        Ok(())
    }

    fn set_severity(&mut self, rule: &str, value: &Value) -> anyhow::Result<()> {
        let word = rule_word(rule).map_err(anyhow::Error::msg)?;
        let severity = match value.as_str() {
            Some("off") => None,
            Some(severity) => Some(severity.parse().map_err(|error| anyhow!("{error}, off"))?),
            None => bail!("is none of error, warning, note, off"),
        };
        for rule in rules::RULES.iter().filter(|rule| word.names(rule)) {
            self.severities.insert(rule.code, severity);
        }
        Ok(())
    }
}

/// Words for rules: a string, or a list of strings.
///
/// # Errors
/// If one names no rule.
pub fn rule_words(value: &Value) -> anyhow::Result<Vec<RuleWord>> {
    words(value)?.into_iter().map(|word| rule_word(word).map_err(anyhow::Error::msg)).collect()
}

/// Nanoseconds from a number with its unit: `60s`, `50ms`, `1.5 h`.
///
/// # Errors
/// If it is something else, or more than a few hundred years.
pub fn duration(text: &str) -> Result<i64, String> {
    let nonsense = || format!("`{text}` is no duration, as in \"60s\", \"50ms\" or \"24h\"");
    let at = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').ok_or_else(nonsense)?;
    let (number, unit) = text.split_at_checked(at).ok_or_else(nonsense)?;
    let scale = match unit.trim() {
        "ns" => 1e-9,
        "us" | "µs" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(nonsense()),
    };
    let seconds: f64 = number.parse().map_err(|_| nonsense())?;
    let duration = Duration::try_from_secs_f64(seconds * scale).map_err(|_| nonsense())?;
    i64::try_from(duration.as_nanos()).map_err(|_| nonsense())
}

/// Nanoseconds in the largest unit that leaves no fraction.
fn human(nanoseconds: i64) -> String {
    const UNITS: [(i64, &str); 5] =
        [(3_600_000_000_000, "h"), (1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "us"), (1, "ns")];
    let fits = |(scale, _): &&(i64, &str)| nanoseconds % scale == 0;
    let (scale, unit) = UNITS.iter().find(fits).copied().unwrap_or((1, "ns"));
    format!("{}{unit}", nanoseconds / scale)
}

fn number<T: TryFrom<i64>>(value: &Value) -> anyhow::Result<T> {
    value
        .as_integer()
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| anyhow!("`{value}` is no number for it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        for (text, want) in
            [("60s", 60_000_000_000), ("50ms", 50_000_000), ("1.5 h", 5_400_000_000_000), ("7us", 7_000)]
        {
            assert_eq!(duration(text), Ok(want), "{text}");
        }
        for text in ["", "60", "s", "-1s", "1 day", "1e9h", "999999999999h", "1..2s"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }

    /// What `config show` prints can be put into a file.
    #[test]
    fn every_setting_reads_back_as_it_is_written() {
        let mut settings = Resolved::default();
        settings.set("severity.TFA408", &Value::from("off")).unwrap();
        let written = settings.written();
        for (key, text) in &written {
            let table: toml::Table = format!("it = {text}").parse().unwrap();
            settings.set(key, &table["it"]).unwrap();
        }
        assert_eq!(settings.written(), written);
        assert_eq!(settings.limits, Limits::default());
    }

    #[test]
    fn unknown_keys_are_refused_with_the_one_meant() {
        let mut settings = Resolved::default();
        for (key, meant) in [("fail_on", "fail-on"), ("limits.close_wait", "close-wait")] {
            let error = settings.set(key, &Value::from("error")).unwrap_err().to_string();
            assert!(error.contains(&format!("did you mean `{meant}`")), "{error}");
        }
        assert!(settings.set("severity.TFA999", &Value::from("note")).is_err());
        assert!(settings.set("severity.TFA408", &Value::from("loud")).is_err());
    }
}
