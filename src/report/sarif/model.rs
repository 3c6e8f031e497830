//! The part of the SARIF 2.1.0 object model that is used, with its own names (OASIS sarif-v2.1.0, §3).

use super::location::Location;
use crate::audit::{ExpectationEvent, FindingEvent};
use crate::report::reference::address;
use crate::rules::{Confidence, Rule, Severity};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Descriptor>,
}

impl Driver {
    pub fn new(rules: &[&'static Rule]) -> Self {
        Self {
            name: env!("CARGO_PKG_NAME"),
            semantic_version: env!("CARGO_PKG_VERSION"),
            rules: rules.iter().map(|rule| Descriptor::new(rule)).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    name: &'static str,
    short_description: Text,
    full_description: Text,
    help: Text,
    help_uri: String,
    default_configuration: Configuration,
    properties: BTreeMap<&'static str, String>,
}

impl Descriptor {
    fn new(rule: &'static Rule) -> Self {
        Self {
            id: rule.code,
            name: rule.name,
            short_description: Text::new(rule.summary),
            full_description: Text::new(rule.explanation),
            help: Text::new(rule.remedy),
            help_uri: address(rule),
            default_configuration: Configuration { level: level(rule.severity) },
            properties: BTreeMap::from([
                ("reference", rule.reference.to_owned()),
                ("equation", rule.equation.to_owned()),
            ]),
        }
    }
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

impl Text {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

/// A `result`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    kind: &'static str,
    message: Text,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: BTreeMap<&'static str, String>,
    rank: f64,
    properties: BTreeMap<&'static str, String>,
}

impl Outcome {
    pub fn new(capture: &str, event: &FindingEvent<'_>, rules: &[&'static Rule], fingerprint: String) -> Self {
        let evidence = &event.finding.evidence;
        let place = |frame| Location::of_frame(capture, event, frame);
        let numbers = evidence.quantities.iter().map(|quantity| (quantity.name, quantity.value.to_string()));
        let known =
            [("confidence", evidence.confidence.name().to_owned()), ("knownAt", event.finding.known_at.to_string())];
        Self {
            rule_id: event.finding.rule.code,
            rule_index: rules.iter().position(|rule| *rule == event.finding.rule),
            level: level(evidence.severity),
            kind: if evidence.severity == Severity::Note { "informational" } else { "fail" },
            message: Text::new(evidence.message.as_str()),
            locations: vec![place(evidence.frame)],
            related_locations: event.finding.related_frames().map(place).collect(),
            partial_fingerprints: fingerprints(fingerprint),
            rank: match evidence.confidence {
                Confidence::Certain => 100.0,
                Confidence::Likely => 70.0,
                Confidence::Possible => 30.0,
            },
            properties: numbers.chain(known).collect(),
        }
    }

    /// An expectation that was not met; it fails the run as an error does.
    pub fn unmet(capture: &str, event: &ExpectationEvent<'_>, text: String, fingerprint: String) -> Self {
        Self {
            rule_id: "expectation",
            rule_index: None,
            level: level(Severity::Error),
            kind: "fail",
            message: Text::new(text),
            locations: vec![Location::of_connection(capture, event.stream)],
            related_locations: Vec::new(),
            partial_fingerprints: fingerprints(fingerprint),
            rank: 100.0,
            properties: BTreeMap::from([("expectation", event.name.to_owned())]),
        }
    }
}

fn fingerprints(fingerprint: String) -> BTreeMap<&'static str, String> {
    BTreeMap::from([("ruleAndEndpoints/v1", fingerprint)])
}

/// SARIF has no word for findings of kind `informational` but `none`.
const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "none",
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

impl Invocation {
    pub fn new(execution_successful: bool, tool_execution_notifications: Vec<Notification>) -> Self {
        Self { execution_successful, tool_execution_notifications }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    level: &'static str,
    message: Text,
}

impl Notification {
    /// Something odd about a capture that was audited.
    pub fn note(capture: &str, note: &str) -> Self {
        Self { level: "note", message: Text::new(format!("{capture}: {note}")) }
    }

    /// A capture that could not be audited.
    pub fn error(capture: &str, error: &str) -> Self {
        Self { level: "error", message: Text::new(format!("{capture}: {error}")) }
    }
}
