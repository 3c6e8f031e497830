//! Rules as Markdown: a table of all, or a section for one.

use super::peers;
use crate::rules::Rule;
use std::fmt::Write;

/// A table, a row each.
pub fn list(rules: &[&Rule]) -> String {
    let mut table = "| code | name | severity | finds | reference |\n|---|---|---|---|---|\n".to_owned();
    for rule in rules {
        let (code, name, severity) = (rule.code, rule.name, rule.severity);
        // Writing to a String cannot fail, here and below.
        let _ = writeln!(table, "| {code} | {name} | {severity} | {} | {} |", rule.summary, rule.reference);
    }
    table
}

/// A section.
pub fn explained(rule: &Rule) -> String {
    let mut text = format!("# {} {}\n\n", rule.code, rule.name);
    let _ = writeln!(text, "**{}**, {}\n\n{}\n", rule.severity, rule.reference, rule.summary);
    if !rule.equation.is_empty() {
        let _ = writeln!(text, "It holds that `{}`.\n", rule.equation);
    }
    let _ = writeln!(text, "{}\n\n```text\n{}\n```\n", rule.explanation, rule.ladder.join("\n"));
    let _ = writeln!(text, "## What looks like it and is legal\n\n{}", items(rule.look_alikes.iter().copied()));
    let _ = writeln!(text, "## What to do\n\n{}", rule.remedy);
    let named: Vec<String> = peers(rule).map(|(tool, name)| format!("{tool}: `{name}`")).collect();
    if !named.is_empty() {
        let _ = writeln!(text, "\n## What others call it\n\n{}", items(named.iter().map(String::as_str)).trim_end());
    }
    text
}

fn items<'a>(items: impl Iterator<Item = &'a str>) -> String {
    items.map(|item| format!("- {item}\n")).collect()
}
