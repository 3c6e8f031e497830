//! Everything the page shows, to HTML; style and script are in it, and nothing else may be loaded or run.

use super::captures::{Captures, told};
use super::catalogue::{Chapter, Entry};
use super::connection::{Kept, Row, Section, id};
use crate::lens::digest::{Digest, Sha256};
use crate::report::community_id::base64;
use crate::report::ladder::STYLE as LADDER_STYLE;
use crate::report::{Summary, count};
use crate::rules::Severity;
use askama::Template;
use std::collections::HashSet;
use std::io::{self, Write};

const STYLE: &str = concat!(include_str!("page.css"), include_str!("graph/graph.css"));
const SCRIPT: &str = include_str!("page.js");

/// The page.
#[derive(Debug, Template)]
#[template(path = "html/page.html", config = "src/report/askama.toml")]
pub struct Page<'a> {
    policy: String,
    style: String,
    script: &'static str,
    headline: String,
    class: &'static str,
    tiles: Vec<Tile>,
    captures: &'a Captures,
    chapters: Vec<Chapter>,
    rows: Vec<Row>,
    rows_more: u64,
    sections: Vec<Section>,
    flows: u64,
    ids: HashSet<String>,
}

/// A number that is worth much room.
#[derive(Debug)]
struct Tile {
    number: String,
    what: &'static str,
    class: &'static str,
}

impl<'a> Page<'a> {
    /// The page of a run; `flows` are all connections, and those without a finding.
    pub fn new(
        captures: &'a Captures,
        summary: &Summary,
        mut rows: Vec<Row>,
        kept: &[Kept],
        chapters: Vec<Chapter>,
        [flows, clean]: [u64; 2],
    ) -> Self {
        let style = format!("{LADDER_STYLE}{STYLE}");
        rows.sort_by_key(|row| (std::cmp::Reverse(row.worst), row.capture, row.flow_id));
        let mut sections: Vec<&Kept> = kept.iter().collect();
        sections.sort_by_key(|it| (std::cmp::Reverse(it.event.worst), it.capture, it.event.summary.flow_id));
        let sections: Vec<Section> = sections.into_iter().map(|kept| Section::new(kept, captures)).collect();
        Self {
            policy: policy(&style),
            style,
            script: SCRIPT,
            headline: headline(summary, flows),
            class: summary.worst().map_or("clean", Severity::name),
            tiles: tiles(captures, summary, flows, clean),
            captures,
            chapters,
            rows_more: flows.saturating_sub(rows.len() as u64),
            rows,
            ids: kept.iter().map(|kept| id(kept.capture, kept.event.summary.flow_id)).collect(),
            sections,
            flows,
        }
    }

    /// Writes it.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        self.write_into(out)?;
        // The template engine keeps no line end at the end of a file.
        out.write_all(b"\n")
    }

    /// Whether a connection has a section to go to.
    fn has(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// The name of a capture by its number.
    fn of(&self, capture: &usize) -> &str {
        self.captures.name(*capture)
    }

    /// Where an entry of the catalogue leads.
    fn target(&self, entry: &Entry) -> Option<String> {
        entry.flow_id.map(|flow_id| id(entry.capture, flow_id)).filter(|id| self.has(id))
    }

    /// How many connections have no section.
    fn sections_more(&self) -> u64 {
        self.flows.saturating_sub(self.sections.len() as u64)
    }
}

fn headline(summary: &Summary, flows: u64) -> String {
    match (summary.segments, flows) {
        (0, _) => "No TCP segment was captured".to_owned(),
        _ => {
            let mut text = format!("{} in {}", told(&summary.findings), count(flows, "connection"));
            if let Some(first) = text.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            text
        }
    }
}

fn tiles(captures: &Captures, summary: &Summary, flows: u64, clean: u64) -> Vec<Tile> {
    let found = |severity| summary.findings.get(&severity).copied().unwrap_or(0);
    let tile = |number: u64, what, class| Tile { number: rounded(number), what, class };
    vec![
        tile(flows, "connections", ""),
        tile(clean, "without a finding", "clean"),
        tile(found(Severity::Error), "errors", "error"),
        tile(found(Severity::Warning), "warnings", "warning"),
        tile(found(Severity::Note), "notes", "note"),
        tile(summary.segments, "TCP segments", ""),
        tile(captures.octets(), "octets sent", ""),
    ]
}

/// What a browser may load and run for this page: its own style and script, by their digests.
fn policy(style: &str) -> String {
    let digest = |text: &str| {
        let mut digest = String::new();
        base64(&Sha256::digest(text.as_bytes()), &mut digest);
        digest
    };
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
        digest(style),
        digest(SCRIPT)
    )
}

/// As [`grouped`]; what is longer than a tile, rounded: `11.6 M`.
fn rounded(number: u64) -> String {
    let (unit, name) = match number {
        0..10_000_000 => return grouped(number),
        10_000_000..1_000_000_000 => (1e6, 'M'),
        1_000_000_000..1_000_000_000_000 => (1e9, 'G'),
        _ => (1e12, 'T'),
    };
    format!("{:.1}\u{202f}{name}", number as f64 / unit)
}

/// `1 234 567`, with narrow spaces that do not break.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 8);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(7), "7");
        assert_eq!(rounded(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(rounded(11_579_400), "11.6\u{202f}M");
    }

    #[test]
    fn no_style_or_script_but_ours_may_run() {
        let policy = policy("a{}");
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"));
        assert!(policy.contains("style-src 'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk=';"), "{policy}");
    }
}
