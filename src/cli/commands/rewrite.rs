//! Captures written again: with findings as comments, or with some connections only.

use crate::cli::args::{AnnotateArgs, ExtractArgs, RewriteArgs};
use crate::cli::config::Config;
use crate::cli::exit::Status;
use crate::cli::interrupt::Interrupt;
use crate::cli::outputs::Outputs;
use crate::cli::screen::complain;
use crate::cli::source;
use anyhow::{Context, anyhow, bail};
use std::collections::HashSet;
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::Path;
use tcpflow_audit::Error;
use tcpflow_audit::audit::lint::Lint;
use tcpflow_audit::audit::{self, AuditError, Event, Selection, Settings, Sink, Totals};
use tcpflow_audit::capture::{FileReader, FrameNumber, Reader};
use tcpflow_audit::redact::Redaction;
use tcpflow_audit::rewrite::{self, Comments, Redacted, Tally, Written};
use tcpflow_audit::rules::RuleWord;

/// Writes a capture with its findings as comments.
pub fn annotate(args: &AnnotateArgs, interrupt: &Interrupt) -> anyhow::Result<Status> {
    refuse_standard_input(&args.file, "annotate reads the capture twice")?;
    let mut config = Config::new(&args.config, &args.rules);
    let selection = args.select.selection()?;
    let source = Source { capture: &args.file.capture, redaction: selection.redaction, interrupt };
    let mut comments = Comments::default();
    let totals = judge(&source, selection, &mut config, &mut comments)?;
    if interrupt.is_set() {
        return Ok(Status::Interrupted);
    }
    config.tell_unused();
    let (mut reader, tally) = source.open()?;
    let written = write(&args.file.out, &mut |out| rewrite::annotate(&mut reader, &comments, out))?;
    tell(&source.name(), &written, tally);
    if comments.beyond > 0 {
        complain(&format!("{} findings more are too many to be written", comments.beyond));
    }
    Ok(if totals.segments == 0 { Status::NothingAudited } else { Status::Clean })
}

/// Writes some connections of a capture.
pub fn extract(args: &ExtractArgs, interrupt: &Interrupt) -> anyhow::Result<Status> {
    let selection = args.select.selection()?;
    let judged = args.findings || !args.code.is_empty();
    if selection.is_everything() && !judged {
        bail!("which connections? --stream N, --findings, --code RULES, or another selection");
    }
    let source = Source { capture: &args.file.capture, redaction: selection.redaction, interrupt };
    let (streams, redaction) = (selection.streams.clone(), selection.redaction);
    let by_number = Selection { streams, redaction, ..Selection::default() };
    let streams = if !judged && selection == by_number {
        selection.streams.iter().copied().collect()
    } else {
        chosen(args, &source, selection)?
    };
    if interrupt.is_set() {
        return Ok(Status::Interrupted);
    }
    let (mut reader, tally) = source.open()?;
    let written = write(&args.file.out, &mut |out| rewrite::extract(&mut reader, &streams, out))?;
    tell(&source.name(), &written, tally);
    Ok(if written.frames == 0 { Status::NothingAudited } else { Status::Clean })
}

/// The numbers of the connections that an audit chooses.
fn chosen(args: &ExtractArgs, source: &Source<'_>, selection: Selection) -> anyhow::Result<HashSet<u32>> {
    refuse_standard_input(&args.file, "only --stream can be extracted in one reading")?;
    let mut config = Config::new(&args.config, &args.rules);
    let judged = args.findings || !args.code.is_empty();
    let codes = judged.then_some(args.code.as_slice());
    let mut chosen = Chosen { codes, flows: HashSet::new(), streams: HashSet::new() };
    judge(source, selection, &mut config, &mut chosen)?;
    Ok(chosen.streams)
}

/// The numbers of connections with a finding of some rules, of any where none are named, or of all connections: all
/// that Wireshark gives each of them.
struct Chosen<'a> {
    codes: Option<&'a [RuleWord]>,
    /// Connections with such a finding that have not ended.
    flows: HashSet<FrameNumber>,
    streams: HashSet<u32>,
}

impl Sink for Chosen<'_> {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match (event, self.codes) {
            (Event::Flow(flow), codes) if codes.is_none() || self.flows.remove(&flow.summary.flow_id) => {
                self.streams.insert(flow.summary.stream);
                self.streams.extend(&flow.later_streams);
            }
            (Event::Finding(found), Some(codes))
                if codes.is_empty() || codes.iter().any(|word| word.names(found.finding.rule)) =>
            {
                self.streams.extend(found.stream);
                self.flows.extend(found.flow_id);
            }
            _ => {}
        }
        Ok(())
    }
}

/// What is read, as often as it takes: a capture, or what is left of it when it is redacted.
struct Source<'a> {
    capture: &'a Path,
    redaction: Option<Redaction>,
    interrupt: &'a Interrupt,
}

impl Source<'_> {
    fn fault(&self, error: &Error) -> anyhow::Error {
        anyhow!(source::described(&self.name(), error))
    }

    fn name(&self) -> String {
        source::name(self.capture, self.redaction.is_some())
    }

    fn open(&self) -> anyhow::Result<(FileReader, Option<Tally>)> {
        let reader =
            source::open(self.capture, self.redaction.is_some(), self.interrupt).map_err(|error| self.fault(&error))?;
        let Some(redaction) = self.redaction else { return Ok((reader, None)) };
        let redacted = Redacted::new(reader, redaction);
        let tally = redacted.tally();
        let redacted: Box<dyn Read + Send> = Box::new(redacted);
        Ok((Reader::new(redacted, self.name())?, Some(tally)))
    }
}

/// Audits a capture as its configuration says.
fn judge(
    source: &Source<'_>,
    selection: Selection,
    config: &mut Config<'_>,
    sink: &mut dyn Sink,
) -> anyhow::Result<Totals> {
    // What is read is redacted already.
    let book = config.of(source.capture, &Settings { selection, ..Settings::default() })?;
    let mut lint = Lint::new(&book.policy, None, sink);
    let (mut reader, _) = source.open()?;
    let totals = audit::run(&mut reader, &book.settings, &mut lint, &mut || !source.interrupt.is_set());
    let totals = totals.with_context(|| source.name())?;
    let (_, used) = lint.finish();
    config.used(&used);
    Ok(totals)
}

fn refuse_standard_input(file: &RewriteArgs, why: &str) -> anyhow::Result<()> {
    if file.capture == Path::new("-") {
        bail!("{why}, and standard input can be read only once; write it to a file first");
    }
    Ok(())
}

/// Has a capture written under another name, which it loses when it is whole.
fn write(path: &Path, write: &mut dyn FnMut(&mut dyn Write) -> Result<Written, AuditError>) -> anyhow::Result<Written> {
    if path == Path::new("-") {
        let stdout = io::stdout();
        if stdout.is_terminal() {
            bail!("a capture is nothing for a terminal: -o FILE, or a pipe");
        }
        return told(write(&mut BufWriter::with_capacity(1 << 16, stdout.lock())));
    }
    let mut outputs = Outputs::default();
    let mut file = outputs.open(path)?;
    let written = told(write(&mut file))?;
    drop(file);
    outputs.keep()?;
    Ok(written)
}

/// The system's error itself, which tells a closed pipe from other trouble.
fn told(outcome: Result<Written, AuditError>) -> anyhow::Result<Written> {
    outcome.map_err(|error| match error {
        AuditError::Output(error) => error.into(),
        AuditError::Input(error) => error.into(),
    })
}

/// Says on standard error what was written, and what was wrong.
fn tell(name: &str, written: &Written, tally: Option<Tally>) {
    let damage = tally.as_ref().map(Tally::damage).unwrap_or_default();
    for note in written.notes.iter().chain(&damage) {
        complain(&format!("{name}: {note}"));
    }
    let comments = match written.comments {
        0 => String::new(),
        1 => ", 1 comment".to_owned(),
        count => format!(", {count} comments"),
    };
    complain(&format!("{} frames written{comments}", written.frames));
    let left_out = tally.map(|tally| tally.left_out().to_string()).filter(|told| !told.is_empty());
    if let Some(told) = left_out {
        complain(&format!("left out: {told}"));
    }
}
