//! Captures judged: on the screen, and in files of other formats beside it.

use crate::cli::args::{AuditArgs, AuditFormat};
use crate::cli::baseline::KnownFindings;
use crate::cli::config::Config;
use crate::cli::exit::Status;
use crate::cli::interrupt::Interrupt;
use crate::cli::judged::Books;
use crate::cli::outputs::{Outputs, Patient, store};
use crate::cli::screen::Screen;
use std::io::Write;
use tcpflow_audit::report::{
    Github, Gitlab, Html, JsonDocument, JsonLines, Junit, Lines, Look, Markdown, Report, Sarif, Tee, Text, TextOptions,
};
use tcpflow_audit::rules::{Rule, Severity};

/// Judges captures.
pub fn audit(args: &AuditArgs, screen: Screen, interrupt: &Interrupt) -> anyhow::Result<Status> {
    let mut config = Config::new(&args.config, &args.rules);
    let books = Books::open(&args.input, &mut config, &args.select.settings()?)?;
    let mut baseline = KnownFindings::open(&args.baseline)?;
    let mut outputs = Outputs::default();
    let mut report = Tee(reports(args, &books, screen, &mut outputs)?);
    let streams = args.report.quiet || !matches!(args.report.format, AuditFormat::Text);
    let watch = screen.watch(interrupt, streams);
    let (outcome, failed) = books.audit(&args.input, &mut config, &mut baseline, &mut report, watch)?;
    outputs.keep()?;
    if !interrupt.is_set() {
        config.tell_unused();
        baseline.write()?;
    }
    Ok(Status::of_audit(&outcome, failed, args.verdict.exit_zero))
}

/// The report on the screen, and those in files.
fn reports<'w>(
    args: &AuditArgs,
    books: &Books,
    screen: Screen,
    outputs: &mut Outputs,
) -> anyhow::Result<Vec<Box<dyn Report + 'w>>> {
    let rules = books.rules();
    let make = Make { args, rules: &rules, fail_on: books.fail_on() };
    let out = screen.open(args.input.is_live());
    // Files are wanted even where nobody reads the screen any more.
    let out: Box<dyn Write> = if args.report.output.is_empty() { out } else { Box::new(Patient::new(out)) };
    let live = args.input.follow || (args.input.is_live() && screen.is_terminal());
    let mut reports = vec![make.report(args.report.format, out, screen.look, live)];
    for output in &args.report.output {
        reports.push(make.report(output.format, Box::new(outputs.open(&output.path)?), Look::default(), false));
    }
    Ok(reports)
}

/// What reports are made from.
struct Make<'a> {
    args: &'a AuditArgs,
    rules: &'a [&'static Rule],
    fail_on: Severity,
}

impl Make<'_> {
    fn report<'w>(
        &self,
        format: AuditFormat,
        out: Box<dyn Write + 'w>,
        look: Look,
        live: bool,
    ) -> Box<dyn Report + 'w> {
        match format {
            AuditFormat::Text => Box::new(Text::new(out, self.text(look, live))),
            AuditFormat::Json => Box::new(JsonDocument::putting_by(out, Lines::All, store())),
            AuditFormat::Jsonl => Box::new(JsonLines::new(out, Lines::All)),
            AuditFormat::Sarif => Box::new(Sarif::new(out, self.rules.to_vec())),
            AuditFormat::Junit => Box::new(Junit::putting_by(out, self.fail_on, store())),
            AuditFormat::Github => Box::new(Github::new(out)),
            AuditFormat::Gitlab => Box::new(Gitlab::new(out)),
            AuditFormat::Html => Box::new(Html::new(out)),
            AuditFormat::Markdown => Box::new(Markdown::new(out)),
        }
    }

    fn text(&self, look: Look, live: bool) -> TextOptions {
        TextOptions {
            look,
            limit: self.args.limit.limit(),
            findings: true,
            quiet: self.args.report.quiet,
            statistics: self.args.report.statistics,
            live,
        }
    }
}
