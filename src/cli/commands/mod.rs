//! What each command does with its arguments.

mod audit;
mod config;
mod dissect;
mod man;
mod packets;
mod rewrite;
mod rules;
mod shell;

pub use audit::audit;
pub use config::config;
pub use dissect::dissect;
pub use man::man;
pub use packets::packets;
pub use rewrite::{annotate, extract};
pub use rules::{rule, rules};
pub use shell::completions;

use super::args::{FlowsArgs, FlowsFormat, ShowArgs, ShowFormat};
use super::exit::Status;
use super::interrupt::Interrupt;
use super::judged;
use super::screen::Screen;
use std::io::Write;
use tcpflow_audit::report::{
    Delimiter, FlowTable, JsonDocument, JsonLines, Lines, Picture, PictureFormat, Report, Story, Text, TextOptions,
    schema as json_schema,
};

/// Says what to do, to someone who gave no arguments.
pub fn welcome() -> anyhow::Result<Status> {
    std::io::stderr().write_all(super::args::WELCOME.as_bytes())?;
    Ok(Status::Trouble)
}

/// Lists connections.
pub fn flows(args: &FlowsArgs, screen: Screen, interrupt: &Interrupt) -> anyhow::Result<Status> {
    let out = screen.open(args.input.is_live());
    let options = TextOptions { look: screen.look, limit: args.limit.limit(), ..TextOptions::default() };
    let watch = screen.watch(interrupt, !matches!(args.format, FlowsFormat::Text));
    let mut report: Box<dyn Report> = match args.format {
        FlowsFormat::Text => Box::new(Text::new(out, options)),
        FlowsFormat::Csv => Box::new(FlowTable::new(out, Delimiter::Comma)),
        FlowsFormat::Tsv => Box::new(FlowTable::new(out, Delimiter::Tab)),
        FlowsFormat::Json => Box::new(JsonDocument::new(out, Lines::Flows)),
        FlowsFormat::Jsonl => Box::new(JsonLines::new(out, Lines::Flows)),
    };
    let outcome = judged::view(&args.input, &args.config, &args.select.settings()?, report.as_mut(), watch)?;
    Ok(Status::of_view(&outcome))
}

/// Tells or draws one connection.
pub fn show(args: &ShowArgs, screen: Screen, interrupt: &Interrupt) -> anyhow::Result<Status> {
    let format = match args.format {
        ShowFormat::Text => return tell(args, screen, interrupt),
        ShowFormat::Svg => PictureFormat::Svg,
        ShowFormat::Mermaid => PictureFormat::Mermaid,
        ShowFormat::Plantuml => PictureFormat::PlantUml,
    };
    let mut picture = Picture::new(screen.open(false), format, args.all_segments);
    let (settings, watch) = (args.select.settings()?, screen.watch(interrupt, true));
    let outcome = judged::view(&args.input, &args.config, &settings, &mut picture, watch)?;
    let drawn = if picture.is_drawn() { Status::Clean } else { Status::NothingAudited };
    Ok(Status::of_view(&outcome).max(drawn))
}

fn tell(args: &ShowArgs, screen: Screen, interrupt: &Interrupt) -> anyhow::Result<Status> {
    let mut story = Story::new(screen.open(args.input.is_live()), screen.look, args.all_segments);
    let (settings, watch) = (args.select.settings()?, screen.watch(interrupt, true));
    let outcome = judged::view(&args.input, &args.config, &settings, &mut story, watch)?;
    let told = if story.is_told() { Status::Clean } else { Status::NothingAudited };
    Ok(Status::of_view(&outcome).max(told))
}

/// Prints the JSON Schema.
pub fn schema() -> anyhow::Result<Status> {
    std::io::stdout().write_all(json_schema().as_bytes())?;
    Ok(Status::Clean)
}
