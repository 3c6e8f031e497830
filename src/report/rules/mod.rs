//! Rules to what is said of them: one explained, or a list, as text, JSON or Markdown.

mod json;
mod markdown;
mod text;

use super::Look;
use crate::rules::Rule;
use std::io::{self, Write};

/// How rules are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleFormat {
    /// For people.
    Text,
    /// One JSON document.
    Json,
    /// Markdown, as in the README.
    Markdown,
}

/// Explains one rule: what, why, the exchange that breaks it, what looks like it, what to do.
///
/// # Errors
/// Those of writing.
pub fn explain_rule(mut out: impl Write, rule: &Rule, format: RuleFormat, look: Look) -> io::Result<()> {
    match format {
        RuleFormat::Text => look.write(&mut out, &text::explained(rule, look))?,
        RuleFormat::Json => json::document(&mut out, &[rule])?,
        RuleFormat::Markdown => out.write_all(markdown::explained(rule).as_bytes())?,
    }
    out.flush()
}

/// Lists rules, a line each.
///
/// # Errors
/// Those of writing.
pub fn list_rules(mut out: impl Write, rules: &[&Rule], format: RuleFormat, look: Look) -> io::Result<()> {
    match format {
        RuleFormat::Text => look.write(&mut out, &text::list(rules, look))?,
        RuleFormat::Json => json::document(&mut out, rules)?,
        RuleFormat::Markdown => out.write_all(markdown::list(rules).as_bytes())?,
    }
    out.flush()
}

/// What other tools call what the rule finds, by tool.
fn peers(rule: &Rule) -> impl Iterator<Item = (&'static str, &'static str)> {
    let peers = rule.peers;
    let named = [("Wireshark", peers.wireshark), ("Zeek", peers.zeek), ("Suricata", peers.suricata)];
    named.into_iter().filter_map(|(tool, name)| Some((tool, name?)))
}
