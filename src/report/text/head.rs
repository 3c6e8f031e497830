//! What is said of a whole capture, and of a whole run.

use super::finding::paint;
use crate::audit::{CaptureHead, Totals};
use crate::report::escape::printable;
use crate::report::kept_back::{numbers, phrases};
use crate::report::not_judged;
use crate::report::{Look, Paint};
use crate::report::{Summary, count};
use crate::rules::{Severity, human_duration};
use std::collections::BTreeMap;

/// The lines that head a capture: what it is, what it holds, what of it was left out.
pub fn head(capture: &CaptureHead, totals: &Totals, look: Look) -> String {
    let name = printable(&capture.name);
    let mut facts = vec![capture.format.clone()];
    facts.extend(totals.link_types.iter().cloned());
    facts.push(count(totals.frames, "frame"));
    facts.push(count(totals.segments, "TCP segment"));
    facts.push(count(totals.flows, "connection"));
    facts.extend(totals.start.zip(totals.end).map(|(start, end)| human_duration(end.since(start))));
    facts.extend(capture.configuration.iter().map(|path| format!("configuration {path}")));
    let mut text = format!("{}: {}\n", look.paint(Paint::Strong, &name), printable(&facts.join(", ")));
    if !totals.vantage.is_empty() {
        text.push_str(&format!("  vantage: {}\n", printable(&totals.vantage)));
    }
    if !totals.skipped.is_empty() {
        let reasons: Vec<String> = totals.skipped.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        let frames = totals.skipped.values().sum();
        text.push_str(&format!("  {} without a segment: {}\n", count(frames, "frame"), reasons.join(", ")));
    }
    for note in &totals.notes {
        text.push_str(&format!("  {}: {}\n", look.paint(Paint::Warning, "capture"), printable(note)));
    }
    text
}

/// The line that ends a capture.
pub fn verdict(totals: &Totals, look: Look) -> String {
    match totals.segments {
        0 => "nothing audited: no TCP segment in this capture\n".to_owned(),
        _ => {
            let findings = findings(&totals.findings, look);
            let stopped = if totals.interrupted { ", interrupted" } else { "" };
            let kept_back = kept_back(numbers(totals));
            let line = format!("{findings} in {}{kept_back}{stopped}\n", count(totals.flows, "connection"));
            line + &not_judged(totals)
        }
    }
}

/// What silence says nothing about.
fn not_judged(totals: &Totals) -> String {
    let phrases = not_judged::phrases(&totals.not_judged);
    if phrases.is_empty() { String::new() } else { format!("not judged: {}\n", phrases.join("; ")) }
}

/// What the configuration and the baseline made of it, if anything.
fn kept_back(numbers: [u64; 4]) -> String {
    phrases(numbers).iter().map(|phrase| format!(", {phrase}")).collect()
}

/// The line that ends a run over several captures.
pub fn summary(summary: &Summary, look: Look) -> String {
    let mut text = format!(
        "{}: {}, {}, {}",
        look.paint(Paint::Strong, "all captures"),
        count(summary.captures, "capture"),
        count(summary.flows, "connection"),
        findings(&summary.findings, look),
    );
    for (number, what) in [(summary.unreadable, "unreadable"), (summary.damaged, "damaged")] {
        if number > 0 {
            text.push_str(&format!(", {number} {what}"));
        }
    }
    text.push_str(&kept_back([summary.suppressed, summary.known, summary.passed, summary.failed]));
    text.push('\n');
    text
}

/// `2 errors, 1 warning`; `no findings`.
fn findings(counts: &BTreeMap<Severity, u64>, look: Look) -> String {
    let told = counts.iter().rev().filter(|(_, number)| **number > 0);
    let words: Vec<String> = told
        .map(|(severity, number)| look.paint(paint(*severity), &count(*number, severity.name())).into_owned())
        .collect();
    if words.is_empty() { look.paint(Paint::Good, "no findings").into_owned() } else { words.join(", ") }
}
