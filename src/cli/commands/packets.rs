//! One line a segment.

use crate::cli::args::{FlowsFormat, PacketsArgs};
use crate::cli::exit::Status;
use crate::cli::interrupt::Interrupt;
use crate::cli::judged;
use crate::cli::screen::{Screen, complain};
use std::io::{self, Write};
use tcpflow_audit::audit::Settings;
use tcpflow_audit::report::fields::{self, Field};
use tcpflow_audit::report::{DEFAULT_FIELDS, Delimiter, PacketChoice, PacketFormat, Packets, named_fields};

/// Prints segments, or the list of fields.
pub fn packets(args: &PacketsArgs, screen: Screen, interrupt: &Interrupt) -> anyhow::Result<Status> {
    if args.fields.iter().any(|name| name == "help") {
        return list_fields();
    }
    let choice =
        PacketChoice { selection: args.select.selection()?, frames: args.frames.clone(), flagged: args.only.is_some() };
    let format = format(args, screen)?;
    // What is said of one segment depends on all before it: the report selects, not the audit.
    let follow = format.shows_audit() || choice.needs_audit();
    let settings = Settings { follow, redaction: choice.selection.redaction, ..Settings::default() };
    let mut packets = Packets::new(screen.open(args.input.is_live()), format, choice);
    let outcome = judged::view(&args.input, &args.config, &settings, &mut packets, screen.watch(interrupt, true))?;
    if packets.forgotten() > 0 {
        complain(&format!(
            "{} connections made room for others: what is said of their later segments may not be what Wireshark says; \
             --max-flows N keeps more",
            packets.forgotten()
        ));
    }
    Ok(Status::of_view(&outcome))
}

fn format(args: &PacketsArgs, screen: Screen) -> anyhow::Result<PacketFormat> {
    let fields = chosen_fields(args)?;
    Ok(match args.format {
        FlowsFormat::Text if args.fields.is_empty() => PacketFormat::List(screen.look),
        FlowsFormat::Text | FlowsFormat::Tsv => PacketFormat::Table(Delimiter::Tab, fields),
        FlowsFormat::Csv => PacketFormat::Table(Delimiter::Comma, fields),
        FlowsFormat::Json => PacketFormat::Json(fields),
        FlowsFormat::Jsonl => PacketFormat::JsonLines(fields),
    })
}

fn chosen_fields(args: &PacketsArgs) -> anyhow::Result<Vec<&'static Field>> {
    let chosen = if args.fields.is_empty() {
        named_fields(DEFAULT_FIELDS)
    } else {
        named_fields(args.fields.iter().map(String::as_str))
    };
    chosen.map_err(|error| anyhow::anyhow!("{error}; --fields help lists them all"))
}

fn list_fields() -> anyhow::Result<Status> {
    let mut out = io::stdout().lock();
    for field in fields::all() {
        writeln!(out, "{:<40} {}", field.name, field.help)?;
    }
    Ok(Status::Clean)
}
