//! The configuration: files, overrides and the command line, laid over each other for each capture.

mod file;
mod find;
mod glob;
mod keys;
mod setting;
mod show;

pub use setting::{Resolved, duration};
pub use show::show;

use super::args::{ConfigArgs, RuleArgs};
use super::screen::complain;
use file::{ConfigFile, Layer};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::SystemTime;
use tcpflow_audit::audit::Settings;
use tcpflow_audit::audit::lint::{Policy, Suppression};
use tcpflow_audit::capture::Timestamp;
use tcpflow_audit::rules::{Confidence, Rule, Severity};
use toml::Value;

/// What holds for one capture.
pub struct Rulebook {
    /// How it is audited.
    pub settings: Settings,
    /// What is made of its findings.
    pub policy: Policy,
    /// The mildest finding that fails the run.
    pub fail_on: Severity,
}

/// Reads each configuration file once, and keeps account of what was of use.
pub struct Config<'a> {
    args: &'a ConfigArgs,
    rules: &'a RuleArgs,
    files: HashMap<PathBuf, Rc<ConfigFile>>,
    /// Names and uses of the suppressions met.
    suppressions: Vec<(String, u64)>,
    ids: BTreeMap<(PathBuf, usize), usize>,
    today: String,
}

impl<'a> Config<'a> {
    /// The configuration that these arguments ask for; nothing is read yet.
    pub fn new(args: &'a ConfigArgs, rules: &'a RuleArgs) -> Self {
        let (files, suppressions, ids) = (HashMap::new(), Vec::new(), BTreeMap::new());
        Self { args, rules, files, suppressions, ids, today: today() }
    }

    /// What holds for `capture`, on top of `settings`.
    ///
    /// # Errors
    /// If its configuration cannot be read, or makes no sense.
    pub fn of(&mut self, capture: &Path, settings: &Settings) -> anyhow::Result<Rulebook> {
        let file = self.file(capture)?;
        let mut resolved = Resolved::default();
        for (_, key, value) in self.layers(file.as_deref(), capture) {
            resolved.set(&key, &value)?;
        }
        let policy = file.map_or_else(Policy::default, |file| self.policy(&file, capture, &resolved));
        let policy = match settings.selection.redaction {
            Some(redaction) => policy.redacted(redaction),
            None => policy,
        };
        let settings = Settings {
            limits: resolved.limits,
            rules: running(&resolved),
            min_confidence: resolved.min_confidence,
            ..settings.clone()
        };
        Ok(Rulebook { settings, policy, fail_on: resolved.fail_on })
    }

    /// Counts uses of suppressions.
    pub fn used(&mut self, uses: &BTreeMap<usize, u64>) {
        for (id, count) in uses {
            if let Some((_, used)) = self.suppressions.get_mut(*id) {
                *used = used.saturating_add(*count);
            }
        }
    }

    /// Tells of suppressions that are of no use any more.
    pub fn tell_unused(&self) {
        for (name, _) in self.suppressions.iter().filter(|(_, used)| *used == 0) {
            complain(&format!("{name}: suppressed nothing"));
        }
    }

    fn file(&mut self, capture: &Path) -> anyhow::Result<Option<Rc<ConfigFile>>> {
        let Some(path) = find::find(self.args, capture) else { return Ok(None) };
        if let Some(known) = self.files.get(&path) {
            return Ok(Some(Rc::clone(known)));
        }
        let file = Rc::new(ConfigFile::read(&path)?);
        for (index, suppress) in file.suppressions.iter().enumerate().filter(|(_, it)| it.has_expired(&self.today)) {
            let day = suppress.expires.as_deref().unwrap_or_default();
            complain(&format!("{}: suppress {} ({}): expired on {day}", path.display(), index + 1, suppress.reason));
        }
        self.files.insert(path, Rc::clone(&file));
        Ok(Some(file))
    }

    /// Where each setting that is not the default comes from, its key and its value; the last of a key counts.
    fn layers(&self, file: Option<&ConfigFile>, capture: &Path) -> Vec<(String, String, Value)> {
        let mut layers = Vec::new();
        let mut add = |source: String, layer: &Layer| {
            layers.extend(layer.iter().map(|(key, value)| (source.clone(), key.clone(), value.clone())));
        };
        if let Some(file) = file {
            let path = file.path.display().to_string();
            add(path.clone(), &file.settings);
            for (index, (files, layer)) in file.overrides.iter().enumerate() {
                if files.matches(capture) {
                    add(format!("{path}, override {}", index + 1), layer);
                }
            }
        }
        add("command line".to_owned(), &typed(self.rules));
        layers
    }

    fn policy(&mut self, file: &ConfigFile, capture: &Path, resolved: &Resolved) -> Policy {
        let severities = resolved.severities.iter().filter_map(|(code, severity)| Some((*code, (*severity)?)));
        let mut suppressions = Vec::new();
        for (index, suppress) in file.suppressions.iter().enumerate() {
            // That one has expired was told when the file was read.
            if suppress.has_expired(&self.today) {
                continue;
            }
            let id = self.id(file, index);
            if suppress.files.matches(capture) {
                let (rules, selection) = (suppress.rules.clone(), suppress.selection.clone());
                suppressions.push(Suppression { id, rules, selection });
            }
        }
        let expected = file.expectations.iter().filter(|(files, _)| files.matches(capture));
        Policy {
            configuration: Some(file.path.display().to_string()),
            severities: severities.collect(),
            suppressions,
            expectations: expected.map(|(_, expectation)| expectation.clone()).collect(),
        }
    }

    /// The number of a suppression among all of the run.
    fn id(&mut self, file: &ConfigFile, index: usize) -> usize {
        let (suppressions, path) = (&mut self.suppressions, &file.path);
        *self.ids.entry((path.clone(), index)).or_insert_with(|| {
            let reason = file.suppressions.get(index).map_or("", |suppress| suppress.reason.as_str());
            suppressions.push((format!("{}: suppress {} ({reason})", path.display(), index + 1), 0));
            suppressions.len() - 1
        })
    }
}

fn running(resolved: &Resolved) -> Vec<&'static Rule> {
    let mut rules = resolved.choice.rules();
    rules.retain(|rule| resolved.severities.get(rule.code) != Some(&None));
    rules
}

/// The command line as settings.
fn typed(args: &RuleArgs) -> Layer {
    let mut layer = Layer::new();
    let lists = [("select", &args.select), ("ignore", &args.ignore), ("extend-select", &args.extend_select)];
    for (key, words) in lists.into_iter().filter(|(_, words)| !words.is_empty()) {
        let words: Vec<Value> = words.iter().map(|word| Value::from(word.to_string())).collect();
        layer.push((key.to_owned(), Value::from(words)));
    }
    let single = [
        ("min-confidence", args.min_confidence.map(|least| Confidence::from(least).name())),
        ("fail-on", args.fail_on.map(|mildest| Severity::from(mildest).name())),
    ];
    layer.extend(single.into_iter().filter_map(|(key, word)| Some((key.to_owned(), Value::from(word?)))));
    layer
}

/// The day it is, in Greenwich.
fn today() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    Timestamp::new(seconds, 0).to_string().chars().take("2026-12-31".len()).collect()
}
