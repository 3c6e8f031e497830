//! Events to text for people: per capture a head, a table of connections, findings, and what it came to.

mod clusters;
mod connections;
mod finding;
mod head;
mod statistics;
mod top;

pub(super) use finding::{Kept as Finding, paint};

use super::clusters::{beginning, first};
use super::expectation::unmet;
use super::{Look, Paint, Report, Summary, count, printable};
use crate::audit::{CaptureHead, Event, Outline, Sink, Totals};
use crate::error::Error;
use crate::rules::Severity;
use statistics::Statistics;
use std::io::{self, Write};
use top::Top;

/// What the text shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextOptions {
    /// How it may look.
    pub look: Look,
    /// Connections, and findings, shown per capture at most; the worst come first. `None` shows all.
    pub limit: Option<usize>,
    /// Whether findings are told, or just named in the table.
    pub findings: bool,
    /// Whether nothing but findings is told.
    pub quiet: bool,
    /// Whether findings are counted by rule at the end.
    pub statistics: bool,
    /// Whether somebody watches: every finding is told as it comes, and what it all came to at the end.
    pub live: bool,
}

/// Writes text for people. Keeps no more than it prints.
pub struct Text<W> {
    out: W,
    options: TextOptions,
    capture: CaptureHead,
    flows: Top<Option<Severity>, connections::Row>,
    findings: Top<Severity, finding::Kept>,
    failures: Top<(), String>,
    told: u64,
    statistics: Statistics,
}

impl<W: Write> Text<W> {
    /// Writes to `out`, which should be buffered.
    pub fn new(out: W, options: TextOptions) -> Self {
        let (flows, findings, failures) = (Top::new(options.limit), Top::new(options.limit), Top::new(options.limit));
        Self {
            out,
            options,
            capture: CaptureHead::default(),
            flows,
            findings,
            failures,
            told: 0,
            statistics: Statistics::default(),
        }
    }

    fn begin(&mut self, head: &CaptureHead) {
        self.capture.clone_from(head);
        self.flows = Top::new(self.options.limit);
        self.findings = Top::new(self.options.limit);
        self.failures = Top::new(self.options.limit);
    }

    fn end(&mut self, totals: &Totals) -> io::Result<()> {
        let look = self.options.look;
        self.statistics.add(totals);
        if self.options.quiet {
            self.explain()?;
            return self.expectations();
        }
        if self.told > 0 {
            self.say("\n")?;
        }
        self.told += 1;
        self.say(&head::head(&self.capture, totals, look))?;
        self.table()?;
        self.explain()?;
        self.expectations()?;
        if self.options.findings {
            self.say(&clusters::render(&totals.clusters.list(), first, look))?;
        }
        self.say(&head::verdict(totals, look))
    }

    fn table(&mut self) -> io::Result<()> {
        let left_out = self.flows.left_out();
        let rows = self.flows.take();
        if !rows.is_empty() {
            self.say(&connections::render(&rows, self.options.look))?;
        }
        self.more(left_out, "connection")
    }

    fn explain(&mut self) -> io::Result<()> {
        let left_out = self.findings.left_out();
        for kept in self.findings.take() {
            let text = kept.render(&self.capture.name, self.options.look);
            self.say(if self.options.quiet { "" } else { "\n" })?;
            self.say(&text)?;
        }
        self.more(left_out, "finding")?;
        if self.options.findings && !self.options.quiet { self.say("\n") } else { Ok(()) }
    }

    fn expectations(&mut self) -> io::Result<()> {
        let left_out = self.failures.left_out();
        for failure in self.failures.take() {
            let word = self.options.look.paint(Paint::Error, "expectation");
            self.say(&format!("{word} {failure}\n"))?;
        }
        self.more(left_out, "failed expectation")
    }

    fn more(&mut self, left_out: u64, what: &str) -> io::Result<()> {
        match left_out {
            0 => Ok(()),
            _ => self.say(&format!("… and {} more; --limit N or --all shows them\n", count(left_out, what))),
        }
    }

    fn say(&mut self, text: &str) -> io::Result<()> {
        self.options.look.write(&mut self.out, text)
    }
}

impl<W: Write> Sink for Text<W> {
    fn passes_over(&mut self) -> bool {
        self.flows.passes_over(None)
    }

    fn passes_over_with(&mut self, finding: &Outline) -> bool {
        let worst = Some(finding.severity);
        let wanted = !self.flows.has_no_use_for(worst)
            || self.options.findings && (self.options.live || !self.findings.has_no_use_for(finding.severity));
        !wanted && {
            self.flows.passes_over(worst);
            !self.options.findings || self.findings.passes_over(finding.severity)
        }
    }

    fn keeps(&self) -> Option<usize> {
        self.options.limit
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture(head) => self.begin(head),
            Event::Flow(flow) => self.flows.offer(flow.worst, || connections::Row::new(flow)),
            Event::Finding(event) if self.options.findings && self.options.live => {
                let text = finding::Kept::new(event).render(&self.capture.name, self.options.look);
                self.say(&format!("{text}\n"))?;
            }
            Event::Finding(event) if self.options.findings => {
                self.findings.offer(event.finding.evidence.severity, || finding::Kept::new(event));
            }
            Event::Totals(totals) => self.end(totals)?,
            Event::Expectation(event) => {
                if let Some(text) = unmet(event) {
                    self.failures.offer((), || printable(&text).into_owned());
                }
            }
            Event::Finding(_) | Event::Segment(_) => {}
        }
        Ok(())
    }
}

impl<W: Write> Report for Text<W> {
    fn unreadable(&mut self, _capture: &str, _error: &Error) -> io::Result<()> {
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        if summary.captures + summary.unreadable > 1 && !self.options.quiet {
            let (clusters, text) = (summary.clusters.list(), head::summary(summary, self.options.look));
            self.say("\n")?;
            if self.options.findings {
                self.say(&clusters::render(&clusters, beginning, self.options.look))?;
            }
            self.say(&text)?;
        }
        if self.options.statistics {
            let text = self.statistics.render(self.options.look);
            self.say(&text)?;
        }
        self.out.flush()
    }
}
