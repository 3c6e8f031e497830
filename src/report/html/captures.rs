//! The captures of a run as the page tells of them: what each is, what it holds, what could not be read of it.

use super::numbers::{count, grouped};
use crate::audit::{CaptureHead, ExpectationEvent, FlowEvent, Totals};
use crate::capture::Timestamp;
use crate::error::Error;
use crate::flow::{HandshakeVerdict, TeardownVerdict};
use crate::report::clusters::{first, in_common, worth_telling};
use crate::report::escape::printable;
use crate::report::expectation::unmet;
use crate::report::not_judged;
use crate::rules::{Severity, human_duration};
use std::collections::BTreeMap;

/// Captures, notes and failed expectations that are listed; more are counted.
const MOST: usize = 200;

/// One capture.
#[derive(Debug)]
pub struct CaptureView {
    /// Its name.
    pub name: String,
    /// What is said of it, each a few words.
    pub facts: Vec<String>,
    /// What is wrong with the file, or could not be judged.
    pub notes: Vec<String>,
    /// What was not judged, and why.
    pub unjudged: Vec<String>,
}

/// All captures of a run.
#[derive(Debug, Default)]
pub struct Captures {
    names: Vec<String>,
    views: Vec<CaptureView>,
    seen: usize,
    groups: Vec<Group>,
    alone: u64,
    unmet: Vec<String>,
    unmet_more: u64,
    opened: BTreeMap<HandshakeVerdict, u64>,
    closed: BTreeMap<TeardownVerdict, u64>,
    octets: u64,
    head: CaptureHead,
}

/// Findings with something in common.
#[derive(Debug)]
pub struct Group {
    /// How bad the worst is.
    pub severity: &'static str,
    /// How many there are.
    pub count: String,
    /// The rule's code.
    pub code: &'static str,
    /// The rule's name.
    pub name: &'static str,
    /// What they have in common, and where the first is.
    pub facts: String,
}

/// A word and how often it holds.
#[derive(Debug)]
pub struct Share {
    /// The word.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// How often.
    pub count: String,
    /// Of a hundred.
    pub percent: String,
}

impl Captures {
    /// A capture begins; its number.
    pub fn begin(&mut self, head: &CaptureHead) -> usize {
        self.head.clone_from(head);
        self.seen += 1;
        if self.names.len() < MOST {
            self.names.push(short(&head.name));
        }
        self.seen
    }

    /// The capture ended.
    pub fn end(&mut self, totals: &Totals) {
        let head = std::mem::take(&mut self.head);
        let notes = totals.notes.iter().map(|note| printable(note).into_owned()).take(MOST).collect();
        self.group(totals, &head);
        self.list(CaptureView {
            name: printable(&head.name).into_owned(),
            facts: facts(&head, totals),
            notes,
            unjudged: not_judged::phrases(&totals.not_judged),
        });
    }

    /// A capture could not be read.
    pub fn unreadable(&mut self, name: &str, error: &Error) {
        self.seen += 1;
        let notes = vec![format!("could not be read: {}", printable(&error.to_string()))];
        self.list(CaptureView { name: printable(name).into_owned(), facts: Vec::new(), notes, unjudged: Vec::new() });
    }

    /// Counts how a connection opened and closed.
    pub fn count(&mut self, flow: &FlowEvent) {
        let summary = &flow.summary;
        *self.opened.entry(summary.handshake.verdict).or_default() += 1;
        *self.closed.entry(summary.teardown.verdict).or_default() += 1;
        let octets = summary.ends.client.octets.saturating_add(summary.ends.server.octets);
        self.octets = self.octets.saturating_add(octets);
    }

    /// Takes an expectation, if it was not met.
    pub fn expect(&mut self, event: &ExpectationEvent<'_>) {
        let Some(text) = unmet(event) else { return };
        if self.unmet.len() < MOST {
            self.unmet.push(printable(&text).into_owned());
        } else {
            self.unmet_more += 1;
        }
    }

    /// The name of a capture by its number, as a cell of a table has room for it.
    pub fn name(&self, number: usize) -> &str {
        number.checked_sub(1).and_then(|index| self.names.get(index)).map_or("…", String::as_str)
    }

    /// Whether there was more than one.
    pub const fn are_many(&self) -> bool {
        self.seen > 1
    }

    /// Whether there is room for all of them at the top.
    pub const fn are_few(&self) -> bool {
        self.seen <= 3
    }

    /// Those that are listed.
    pub fn views(&self) -> &[CaptureView] {
        &self.views
    }

    /// How many are not.
    pub fn more(&self) -> usize {
        self.seen.saturating_sub(self.views.len())
    }

    /// Groups of findings worth a line.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Findings in none of them.
    pub const fn alone(&self) -> u64 {
        self.alone
    }

    /// Expectations that were not met.
    pub fn unmet(&self) -> &[String] {
        &self.unmet
    }

    /// How many of these are not listed.
    pub const fn unmet_more(&self) -> u64 {
        self.unmet_more
    }

    /// Payload octets of all connections.
    pub const fn octets(&self) -> u64 {
        self.octets
    }

    /// How connections opened, the commonest first.
    pub fn opened(&self) -> Vec<Share> {
        shares(self.opened.iter().map(|(verdict, count)| (verdict.name(), verdict.meaning(), *count)))
    }

    /// How they closed.
    pub fn closed(&self) -> Vec<Share> {
        shares(self.closed.iter().map(|(verdict, count)| (verdict.name(), verdict.meaning(), *count)))
    }

    fn group(&mut self, totals: &Totals, head: &CaptureHead) {
        let clusters = totals.clusters.list();
        let (told, alone) = worth_telling(&clusters);
        self.alone = self.alone.saturating_add(alone);
        for cluster in told.into_iter().take(MOST.saturating_sub(self.groups.len())) {
            let of = if self.are_many() { format!("in {}", short(&head.name)) } else { String::new() };
            let facts = [in_common(cluster), first(cluster), of];
            self.groups.push(Group {
                severity: cluster.severity.name(),
                count: grouped(cluster.findings),
                code: cluster.rule.code,
                name: cluster.rule.name,
                facts: facts.into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(", "),
            });
        }
    }

    fn list(&mut self, view: CaptureView) {
        if self.views.len() < MOST {
            self.views.push(view);
        }
    }
}

fn facts(head: &CaptureHead, totals: &Totals) -> Vec<String> {
    let mut facts = vec![printable(&head.format).into_owned()];
    facts.extend(totals.link_types.iter().map(|name| printable(name).into_owned()));
    facts.push(count(totals.frames, "frame"));
    facts.push(count(totals.segments, "TCP segment"));
    facts.push(count(totals.flows, "connection"));
    facts.extend(totals.start.map(|start| format!("from {}", moment(start))));
    facts.extend(totals.start.zip(totals.end).map(|(start, end)| format!("for {}", human_duration(end.since(start)))));
    facts.extend(Some(&totals.vantage).filter(|vantage| !vantage.is_empty()).map(|it| printable(it).into_owned()));
    facts.extend(head.configuration.iter().map(|path| format!("configuration {}", printable(path))));
    let skipped =
        totals.skipped.iter().map(|(reason, number)| format!("{} left out: {reason}", count(*number, "frame")));
    facts.extend(skipped);
    let kept_back = [(totals.suppressed, "suppressed"), (totals.known, "known from the baseline")];
    let kept_back = kept_back.iter().filter(|(number, _)| *number > 0);
    facts.extend(kept_back.map(|(number, what)| format!("{} {what}", count(*number, "finding"))));
    if totals.interrupted {
        facts.push("interrupted".to_owned());
    }
    facts
}

fn shares(words: impl Iterator<Item = (&'static str, &'static str, u64)>) -> Vec<Share> {
    let mut words: Vec<_> = words.collect();
    words.sort_by_key(|(_, _, count)| std::cmp::Reverse(*count));
    let all: u64 = words.iter().map(|(_, _, count)| count).sum();
    let share = |(name, meaning, count): (&'static str, &'static str, u64)| {
        let percent = format!("{:.1}", count as f64 * 100.0 / all.max(1) as f64);
        Share { name, meaning, count: grouped(count), percent }
    };
    words.into_iter().map(share).collect()
}

/// The last part of a path, no longer than a cell.
fn short(path: &str) -> String {
    const ROOM: usize = 48;
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let name = printable(name);
    match name.char_indices().nth(ROOM) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.into_owned(),
    }
}

/// A time without the zeros at its end.
pub fn moment(time: Timestamp) -> String {
    let text = time.to_string();
    let digits = text.trim_end_matches('Z').trim_end_matches('0').trim_end_matches('.');
    format!("{digits}Z")
}

/// `2 errors, 1 warning`; `no findings`.
pub fn told(findings: &BTreeMap<Severity, u64>) -> String {
    let told = findings.iter().rev().filter(|(_, number)| **number > 0);
    let words: Vec<String> = told.map(|(severity, number)| count(*number, severity.name())).collect();
    if words.is_empty() { "no findings".to_owned() } else { words.join(", ") }
}
