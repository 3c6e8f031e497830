//! An audit as Markdown: for the summary of a job, or for a ticket.

use super::clusters::{first, in_common, worth_telling};
use super::expectation::unmet;
use super::kept_back::{numbers, phrases};
use super::{Report, Summary, count, not_judged, printable};
use crate::audit::{Event, FindingEvent, Sink, Totals};
use crate::error::Error;
use crate::rules::{Severity, human_duration};
use std::io::{self, Write};

/// Findings written out; of more only the number is told, so that a ticket stays one.
const MOST: u64 = 200;

/// Writes headings, a table of findings a capture, and a last line.
pub struct Markdown<W> {
    out: W,
    findings: u64,
}

impl<W: Write> Markdown<W> {
    /// Writes to `out`, which should be buffered.
    pub const fn new(out: W) -> Self {
        Self { out, findings: 0 }
    }

    fn finding(&mut self, event: &FindingEvent<'_>) -> io::Result<()> {
        if self.findings == 0 {
            writeln!(self.out, "\n| severity | rule | stream | frame | client | server | what |")?;
            writeln!(self.out, "|---|---|---:|---:|---|---|---|")?;
        }
        self.findings += 1;
        if self.findings > MOST {
            return Ok(());
        }
        let (rule, evidence) = (event.finding.rule, &event.finding.evidence);
        let client = event.ends.map(|ends| ends.client.to_string()).unwrap_or_default();
        let server = event.ends.map(|ends| ends.server.to_string()).unwrap_or_default();
        writeln!(
            self.out,
            "| {} | {} `{}` | {} | {} | {client} | {server} | {} ({}) |",
            evidence.severity,
            rule.code,
            rule.name,
            event.stream.map(|stream| stream.to_string()).unwrap_or_default(),
            evidence.frame,
            cell(&evidence.message),
            rule.reference
        )
    }

    fn totals(&mut self, totals: &Totals) -> io::Result<()> {
        if self.findings > MOST {
            writeln!(self.out, "\n… and {} more.", count(self.findings - MOST, "finding"))?;
        }
        let found = |severity: Severity| count(totals.findings.get(&severity).copied().unwrap_or(0), severity.name());
        let duration = totals.start.zip(totals.end).map_or(0, |(start, end)| end.since(start));
        let kept_back = phrases(numbers(totals)).iter().map(|phrase| format!(", {phrase}")).collect::<String>();
        writeln!(
            self.out,
            "\n{}, {} in {}, {}: **{}**, {}, {}{kept_back}.",
            count(totals.flows, "connection"),
            count(totals.segments, "TCP segment"),
            count(totals.frames, "frame"),
            human_duration(duration),
            found(Severity::Error),
            found(Severity::Warning),
            found(Severity::Note)
        )?;
        self.clusters(totals)?;
        let unjudged = not_judged::phrases(&totals.not_judged);
        if !unjudged.is_empty() {
            writeln!(self.out, "\nNot judged: {}.", unjudged.join("; "))?;
        }
        if !totals.skipped.is_empty() {
            let reasons: Vec<_> = totals.skipped.iter().map(|(reason, number)| format!("{number} {reason}")).collect();
            let frames = totals.skipped.values().sum();
            writeln!(self.out, "\n{} without a segment: {}.", count(frames, "frame"), reasons.join(", "))?;
        }
        for note in &totals.notes {
            writeln!(self.out, "\n> {}", cell(note))?;
        }
        writeln!(self.out)
    }

    fn clusters(&mut self, totals: &Totals) -> io::Result<()> {
        let clusters = totals.clusters.list();
        let (told, elsewhere) = worth_telling(&clusters);
        if told.is_empty() {
            return Ok(());
        }
        writeln!(self.out, "\n| findings | rule | in common | from |\n|---:|---|---|---|")?;
        for cluster in told {
            let (number, rule) = (cluster.findings, cluster.rule);
            let (common, first) = (in_common(cluster), first(cluster));
            writeln!(self.out, "| {number} | {} `{}` | {common} | {first} |", rule.code, rule.name)?;
        }
        if elsewhere > 0 {
            writeln!(self.out, "\n{} in smaller groups.", count(elsewhere, "finding"))?;
        }
        Ok(())
    }
}

impl<W: Write> Sink for Markdown<W> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture(head) => {
                self.findings = 0;
                writeln!(self.out, "### {}", cell(&head.name))?;
                let configuration = head.configuration.as_ref();
                configuration.map_or(Ok(()), |path| writeln!(self.out, "\nConfiguration: {}", cell(path)))
            }
            Event::Finding(finding) => self.finding(finding),
            Event::Expectation(event) => match unmet(event) {
                Some(text) => writeln!(self.out, "\n**Not as expected:** {}", cell(&text)),
                None => Ok(()),
            },
            Event::Totals(totals) => self.totals(totals),
            _ => Ok(()),
        }
    }
}

impl<W: Write> Report for Markdown<W> {
    fn unreadable(&mut self, capture: &str, error: &Error) -> io::Result<()> {
        writeln!(self.out, "### {}\n\nCould not be read: {}\n", cell(capture), cell(&error.to_string()))
    }

    fn finish(&mut self, _: &Summary) -> io::Result<()> {
        self.out.flush()
    }
}

/// Text that neither ends a cell nor means anything in Markdown or HTML.
fn cell(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in printable(text).chars() {
        match letter {
            '<' => safe.push_str("&lt;"),
            '&' => safe.push_str("&amp;"),
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' => {
                safe.push('\\');
                safe.push(letter);
            }
            _ => safe.push(letter),
        }
    }
    safe
}
