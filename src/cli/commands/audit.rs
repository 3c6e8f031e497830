//! Captures judged: on the screen, and in files of other formats beside it.

use crate::cli::args::{AuditArgs, AuditFormat};
use crate::cli::exit::Status;
use crate::cli::interrupt::Interrupt;
use crate::cli::outputs::{Outputs, Patient};
use crate::cli::screen::Screen;
use crate::cli::session;
use std::io::Write;
use tcpflow_audit::audit::Settings;
use tcpflow_audit::report::{
    Github, Gitlab, JsonDocument, JsonLines, Junit, Lines, Look, Markdown, Report, Sarif, Tee, Text, TextOptions,
};
use tcpflow_audit::rules::{Rule, RuleChoice, Severity};

/// Judges captures.
pub fn audit(args: &AuditArgs, screen: Screen, interrupt: &Interrupt) -> anyhow::Result<Status> {
    let settings = settings(args)?;
    let fail_on = args.rules.fail_on.map_or(Severity::Error, Severity::from);
    let make = Make { args, rules: &settings.rules, fail_on };
    let mut outputs = Outputs::default();
    let mut reports = Vec::new();
    let out = screen.open(args.input.is_live());
    // Files are wanted even where nobody reads the screen any more.
    let out: Box<dyn Write> = if args.report.output.is_empty() { out } else { Box::new(Patient::new(out)) };
    reports.push(make.report(args.report.format, out, screen.look));
    for output in &args.report.output {
        reports.push(make.report(output.format, Box::new(outputs.open(&output.path)?), Look::default()));
    }
    let streams = args.report.quiet || !matches!(args.report.format, AuditFormat::Text);
    let outcome = session::run(&args.input, &settings, &mut Tee(reports), screen.watch(interrupt, streams))?;
    outputs.keep()?;
    Ok(Status::of_audit(&outcome, fail_on, args.verdict.exit_zero))
}

fn settings(args: &AuditArgs) -> anyhow::Result<Settings> {
    let mut choice = RuleChoice::default();
    if !args.rules.select.is_empty() {
        choice.select.clone_from(&args.rules.select);
    }
    choice.extend_select.clone_from(&args.rules.extend_select);
    choice.ignore.clone_from(&args.rules.ignore);
    let mut settings = Settings { rules: choice.rules(), ..args.select.settings()? };
    if let Some(least) = args.rules.min_confidence {
        settings.min_confidence = least.into();
    }
    Ok(settings)
}

/// What reports are made from.
struct Make<'a> {
    args: &'a AuditArgs,
    rules: &'a [&'static Rule],
    fail_on: Severity,
}

impl Make<'_> {
    fn report<'w>(&self, format: AuditFormat, out: Box<dyn Write + 'w>, look: Look) -> Box<dyn Report + 'w> {
        match format {
            AuditFormat::Text => Box::new(Text::new(out, self.text(look))),
            AuditFormat::Json => Box::new(JsonDocument::new(out, Lines::All)),
            AuditFormat::Jsonl => Box::new(JsonLines::new(out, Lines::All)),
            AuditFormat::Sarif => Box::new(Sarif::new(out, self.rules.to_vec())),
            AuditFormat::Junit => Box::new(Junit::new(out, self.fail_on)),
            AuditFormat::Github => Box::new(Github::new(out)),
            AuditFormat::Gitlab => Box::new(Gitlab::new(out)),
            AuditFormat::Markdown => Box::new(Markdown::new(out)),
        }
    }

    fn text(&self, look: Look) -> TextOptions {
        TextOptions {
            look,
            limit: self.args.limit.limit(),
            findings: true,
            quiet: self.args.report.quiet,
            statistics: self.args.report.statistics,
        }
    }
}
