//! A configuration file: text in, its settings and tables out, every mistake named with its place.

use super::keys::{Keys, words};
use super::setting::{PLAIN, Resolved, duration, rule_words};
use crate::cli::config::glob::Globs;
use anyhow::{Context, anyhow, bail};
use std::path::{Path, PathBuf};
use tcpflow_audit::audit::Selection;
use tcpflow_audit::audit::lint::{Bound, Expectation};
use tcpflow_audit::capture::Timestamp;
use tcpflow_audit::flow::{HandshakeVerdict, Side, TeardownVerdict};
use tcpflow_audit::rules::RuleWord;
use toml::{Table, Value};

/// Settings by their keys.
pub type Layer = Vec<(String, Value)>;

/// What a configuration file says.
#[derive(Debug)]
pub struct ConfigFile {
    /// Where it is.
    pub path: PathBuf,
    /// What holds for every capture.
    pub settings: Layer,
    /// What holds for some, later ones over earlier ones.
    pub overrides: Vec<(Globs, Layer)>,
    /// Findings that are not told.
    pub suppressions: Vec<Suppress>,
    /// What has to hold.
    pub expectations: Vec<(Globs, Expectation)>,
}

/// A `[[suppress]]` table.
#[derive(Debug)]
pub struct Suppress {
    /// The rules.
    pub rules: Vec<RuleWord>,
    /// The connections.
    pub selection: Selection,
    /// The captures.
    pub files: Globs,
    /// Why.
    pub reason: String,
    /// The last day it holds, `2026-12-31`.
    pub expires: Option<String>,
}

impl Suppress {
    /// Whether it held no longer than until a day before `today`, `2026-12-31`.
    pub fn has_expired(&self, today: &str) -> bool {
        self.expires.as_deref().is_some_and(|day| day < today)
    }
}

impl ConfigFile {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// If it cannot be read or makes no sense.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(path, &text).with_context(|| path.display().to_string())
    }

    fn parse(path: &Path, text: &str) -> anyhow::Result<Self> {
        let table: Table = text.parse()?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let globs = |keys: &mut Keys<'_>| Globs::new(&keys.words("files")?, folder);
        let mut keys = Keys::new(&table, "top level");
        let settings = layer(&mut keys)?;
        let (mut overrides, mut suppressions, mut expectations) = (Vec::new(), Vec::new(), Vec::new());
        for (place, table) in tables(keys.get("override"), "override")? {
            let mut keys = Keys::new(table, place);
            let files = globs(&mut keys)?;
            overrides.push((files, layer(&mut keys)?));
            keys.finish()?;
        }
        for (place, table) in tables(keys.get("suppress"), "suppress")? {
            let mut keys = Keys::new(table, place);
            let files = globs(&mut keys)?;
            suppressions.push(suppress(&mut keys, files)?);
            keys.finish()?;
        }
        for (place, table) in tables(keys.get("expect"), "expect")? {
            let mut keys = Keys::new(table, place.clone());
            let files = globs(&mut keys)?;
            expectations.push((files, expectation(&mut keys, place)?));
            keys.finish()?;
        }
        keys.finish()?;
        Ok(Self { path: path.to_owned(), settings, overrides, suppressions, expectations })
    }
}

/// The tables of a list of tables, with what errors call them.
fn tables<'t>(value: Option<&'t Value>, name: &str) -> anyhow::Result<Vec<(String, &'t Table)>> {
    let Some(value) = value else { return Ok(Vec::new()) };
    let list = value.as_array().ok_or_else(|| anyhow!("{name} is written [[{name}]]"))?;
    let table = |(index, value): (usize, &'t Value)| {
        let table = value.as_table().ok_or_else(|| anyhow!("{name} is written [[{name}]]"))?;
        Ok((format!("{name} {}", index + 1), table))
    };
    list.iter().enumerate().map(table).collect()
}

/// The settings of a table, each tried.
fn layer(keys: &mut Keys<'_>) -> anyhow::Result<Layer> {
    let mut layer = Layer::new();
    for key in PLAIN {
        layer.extend(keys.get(key).map(|value| (key.to_owned(), value.clone())));
    }
    for name in ["limits", "severity"] {
        let Some(value) = keys.get(name) else { continue };
        let table = value.as_table().ok_or_else(|| keys.wrong(name, &anyhow!("is no table")))?;
        layer.extend(table.iter().map(|(key, value)| (format!("{name}.{key}"), value.clone())));
    }
    let mut tried = Resolved::default();
    for (key, value) in &layer {
        tried.set(key, value).map_err(|error| keys.wrong(key, &error))?;
    }
    Ok(layer)
}

fn suppress(keys: &mut Keys<'_>, files: Globs) -> anyhow::Result<Suppress> {
    let rules = keys.get("rule").ok_or_else(|| keys.wrong("rule", &anyhow!("is missing")))?;
    let rules = rule_words(rules).map_err(|error| keys.wrong("rule", &error))?;
    let reason = keys.text("reason")?.map(str::trim).filter(|reason| !reason.is_empty());
    let reason = reason.ok_or_else(|| keys.wrong("reason", &anyhow!("every suppression says why")))?.to_owned();
    Ok(Suppress { rules, selection: selection(keys)?, files, reason, expires: keys.parsed("expires", day)? })
}

/// A day of the calendar, as dates are written.
fn day(text: &str) -> Result<String, String> {
    let noon = format!("{text}T12:00:00Z").parse::<Timestamp>();
    noon.map(|_| text.to_owned()).map_err(|_| format!("`{text}` is no date, as in 2026-12-31"))
}

fn selection(keys: &mut Keys<'_>) -> anyhow::Result<Selection> {
    let mut selection = Selection::default();
    for word in ["host", "net", "server"] {
        for value in keys.words(word)? {
            selection.add(word, value).map_err(|error| keys.wrong(word, &error.into()))?;
        }
    }
    let ports = match keys.get("port") {
        None => Vec::new(),
        Some(Value::Array(list)) => list.iter().map(super::keys::written).collect(),
        Some(one) => vec![super::keys::written(one)],
    };
    for port in ports {
        selection.add("port", &port).map_err(|error| keys.wrong("port", &error.into()))?;
    }
    Ok(selection)
}

fn expectation(keys: &mut Keys<'_>, place: String) -> anyhow::Result<Expectation> {
    let name = keys.text("name")?.map_or(place, str::to_owned);
    let expectation = Expectation {
        name,
        selection: selection(keys)?,
        handshake: verdicts(keys, "handshake", &HandshakeVerdict::ALL)?,
        handshake_below: keys.parsed("handshake_below", duration)?,
        teardown: verdicts(keys, "teardown", &TeardownVerdict::ALL)?,
        closed_by: keys.parsed("closed_by", side)?,
        resets: keys.parsed("resets", |text| text.parse().map_err(|_| format!("`{text}` is no number")))?,
        flows: keys.parsed("flows", str::parse::<Bound>)?,
    };
    let nothing = Expectation {
        name: expectation.name.clone(),
        selection: expectation.selection.clone(),
        ..Expectation::default()
    };
    if expectation == nothing {
        bail!("{}: expects nothing", expectation.name);
    }
    Ok(expectation)
}

fn verdicts<T: Copy + ToString>(keys: &mut Keys<'_>, key: &'static str, all: &[T]) -> anyhow::Result<Vec<T>> {
    let Some(value) = keys.get(key) else { return Ok(Vec::new()) };
    let find = |word: &str| {
        let found = all.iter().find(|verdict| verdict.to_string() == word).copied();
        let known: Vec<_> = all.iter().map(ToString::to_string).collect();
        found.ok_or_else(|| keys.wrong(key, &anyhow!("`{word}` is none of {}", known.join(", "))))
    };
    words(value).map_err(|error| keys.wrong(key, &error))?.into_iter().map(find).collect()
}

fn side(text: &str) -> Result<Side, String> {
    let found = Side::BOTH.into_iter().find(|side| side.name() == text);
    found.ok_or_else(|| format!("`{text}` is neither client nor server"))
}
