//! Everything the page shows, to HTML; style and script are in it, and nothing else may be loaded or run.

use super::captures::{Captures, told};
use super::catalogue::{Chapter, Entry};
use super::connection::{Kept, Row, Section, id};
use super::numbers::{count, grouped, rounded};
use crate::lens::digest::{Digest, Sha256};
use crate::report::Summary;
use crate::report::ladder::STYLE as LADDER_STYLE;
use crate::rules::Severity;
use askama::Template;
use data_encoding::BASE64;
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
    fn sections_more(&self) -> Option<String> {
        more(self.flows.saturating_sub(self.sections.len() as u64))
    }

    /// How many have no row.
    fn rows_more(&self) -> Option<String> {
        more(self.rows_more)
    }
}

/// How many more there are, if any.
fn more(number: u64) -> Option<String> {
    (number > 0).then(|| grouped(number))
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
    let tile = |number: u64, [one, many]: [&'static str; 2], class| {
        let what = if number == 1 { one } else { many };
        Tile { number: rounded(number), what, class }
    };
    vec![
        tile(flows, ["connection", "connections"], ""),
        tile(clean, ["without a finding"; 2], "clean"),
        tile(found(Severity::Error), ["error", "errors"], "error"),
        tile(found(Severity::Warning), ["warning", "warnings"], "warning"),
        tile(found(Severity::Note), ["note", "notes"], "note"),
        tile(summary.segments, ["TCP segment", "TCP segments"], ""),
        tile(captures.octets(), ["octet sent", "octets sent"], ""),
    ]
}

/// What a browser may load and run for this page: its own style and script, by their digests.
fn policy(style: &str) -> String {
    let digest = |text: &str| BASE64.encode(&Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
        digest(style),
        digest(SCRIPT)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_style_or_script_but_ours_may_run() {
        let policy = policy("a{}");
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"));
        assert!(policy.contains("style-src 'sha256-X1RutGBrXCt9KkSaXMK7tHftWiRscFHOhxsS8tv8hBk=';"), "{policy}");
    }
}
