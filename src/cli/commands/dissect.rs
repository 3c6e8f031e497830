//! Frames field by field: those named, or those that opened or closed a connection.

use crate::cli::args::{DissectArgs, DissectFormat};
use crate::cli::exit::Status;
use crate::cli::interrupt::Interrupt;
use crate::cli::screen::Screen;
use crate::cli::source;
use anyhow::{Context, anyhow, bail};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use tcpflow_audit::audit::{self, Event, Sink};
use tcpflow_audit::capture::{FileReader, FrameNumber};
use tcpflow_audit::flow::{FlowSummary, Moment, Side};
use tcpflow_audit::lens::dissect::Dissector;
use tcpflow_audit::redact::Redactor;
use tcpflow_audit::report::{Dissection, Dissections};

/// What a frame is in its connection, by its number.
type Wanted = BTreeMap<FrameNumber, String>;

/// Dissects frames of one capture.
pub fn dissect(args: &DissectArgs, screen: Screen, interrupt: &Interrupt) -> anyhow::Result<Status> {
    let wanted = if args.frame.is_empty() {
        milestones(args, interrupt)?
    } else {
        args.frame.iter().map(|frame| (*frame, String::new())).collect()
    };
    let told = tell(args, &wanted, screen, interrupt)?;
    let missing: Vec<String> = wanted.keys().filter(|frame| !told.contains(frame)).map(ToString::to_string).collect();
    if !missing.is_empty() {
        bail!("{}: there is no frame {}", args.name(), missing.join(", "));
    }
    Ok(if told.is_empty() { Status::NothingAudited } else { Status::Clean })
}

/// Dissects the frames wanted, and says which they were.
fn tell(
    args: &DissectArgs,
    wanted: &Wanted,
    screen: Screen,
    interrupt: &Interrupt,
) -> anyhow::Result<Vec<FrameNumber>> {
    let mut reader = open(args, interrupt)?;
    let mut report = Dissections::new(screen.open(false), dissection(args), screen.look);
    let mut dissector = Dissector::new();
    let mut redactor = args.select.selection()?.redaction.map(Redactor::new);
    let mut told = Vec::new();
    let fault = |error| anyhow!(source::described(&args.name(), &error));
    while let Some(record) = reader.next_record().map_err(fault)? {
        let record = match redactor.as_mut().map_or(Ok(record), |redactor| redactor.frame(&record)) {
            Ok(record) => record,
            Err(why) if wanted.contains_key(&record.number) => bail!("frame {} is not told: {why}", record.number),
            Err(_) => continue,
        };
        match wanted.get(&record.number) {
            Some(role) => {
                report.frame(&dissector.dissect(&record), role)?;
                told.push(record.number);
            }
            None => dissector.observe(&record),
        }
        if told.len() == wanted.len() || interrupt.is_set() {
            break;
        }
    }
    report.finish()?;
    Ok(told)
}

fn open(args: &DissectArgs, interrupt: &Interrupt) -> anyhow::Result<FileReader> {
    let name = args.name();
    source::open(&args.capture, args.select.is_redacted(), interrupt)
        .map_err(|error| anyhow!(source::described(&name, &error)))
}

fn dissection(args: &DissectArgs) -> Dissection {
    match args.format {
        DissectFormat::Text if args.frame.is_empty() => Dissection::Lesson,
        DissectFormat::Text => Dissection::Explained,
        DissectFormat::Details => Dissection::Details,
        DissectFormat::Json => Dissection::Json,
    }
}

/// The frames that opened or closed the first connection selected: the capture is read once to find them.
fn milestones(args: &DissectArgs, interrupt: &Interrupt) -> anyhow::Result<Wanted> {
    if args.capture == Path::new("-") {
        bail!("--handshake and --teardown read the capture twice, and standard input can be read only once");
    }
    let settings = args.select.settings()?;
    let mut reader = open(args, interrupt)?;
    let mut first = First::default();
    audit::run(&mut reader, &settings, &mut first, &mut || !interrupt.is_set())?;
    let flow = first.0.with_context(|| format!("{}: no connection to dissect", args.name()))?;
    let mut wanted = Wanted::new();
    if args.handshake {
        add_handshake(&mut wanted, &flow);
    }
    if args.teardown {
        add_teardown(&mut wanted, &flow);
    }
    if wanted.is_empty() {
        bail!("{}: the capture shows no such segment of stream {}", args.name(), flow.stream);
    }
    Ok(wanted)
}

/// The connection that began first.
#[derive(Default)]
struct First(Option<FlowSummary>);

impl Sink for First {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        if let Event::Flow(flow) = event
            && self.0.as_ref().is_none_or(|first| flow.summary.flow_id < first.flow_id)
        {
            self.0 = Some(flow.summary.clone());
        }
        Ok(())
    }
}

fn add_handshake(wanted: &mut Wanted, flow: &FlowSummary) {
    let handshake = &flow.handshake;
    add(wanted, handshake.syn, "SYN of the client");
    add(wanted, handshake.syn_ack, "SYN-ACK of the server");
    add(wanted, handshake.ack, "ACK of the client");
}

fn add_teardown(wanted: &mut Wanted, flow: &FlowSummary) {
    let teardown = &flow.teardown;
    for side in Side::BOTH {
        add(wanted, teardown.fin[side], &format!("FIN of the {side}"));
        add(wanted, teardown.fin_ack[side], &format!("ACK of the {side}'s FIN"));
    }
    if let Some((side, moment)) = teardown.rst {
        add(wanted, Some(moment), &format!("RST of the {side}"));
    }
}

/// One segment may be two things: the FIN of one end and the ACK of the other's.
fn add(wanted: &mut Wanted, moment: Option<Moment>, role: &str) {
    if let Some(moment) = moment {
        let roles = wanted.entry(moment.frame).or_default();
        if !roles.is_empty() {
            roles.push_str(" and ");
        }
        roles.push_str(role);
    }
}
