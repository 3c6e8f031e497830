//! What can be typed: the commands, their options and their help.

mod config;
mod help;
mod input;
mod output;
mod redact;
mod rewrite;
mod rules;
mod select;
mod shell;

pub use config::{BaselineArgs, ConfigAction, ConfigArgs, ConfigCommand};
pub use input::InputArgs;
pub use output::{
    AuditFormat, ColorWhen, DisplayArgs, DissectFormat, FlowsFormat, LimitArgs, ReportArgs, ShowFormat, VerdictArgs,
};
pub use rewrite::{AnnotateArgs, ExtractArgs, RewriteArgs};
pub use rules::{ExplainArgs, ListArgs, RuleArgs, word as rule_word};
pub use select::SelectArgs;
pub use shell::{CompletionsArgs, ManArgs};

use crate::cli::source;
pub use clap::CommandFactory;
use clap::parser::ValueSource;
use clap::{ArgGroup, ArgMatches, Args, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use tcpflow_audit::capture::FrameNumber;

/// For someone who gave no arguments.
pub const WELCOME: &str = "\
Give it a capture:

  tcpflow-audit capture.pcap         judge every TCP connection in it
  tcpflow-audit show capture.pcap    tell the first connection as a story
  tcpdump -U -w - | tcpflow-audit -  judge what goes by, until Ctrl-C

tcpflow-audit --help says what else there is.
";

const ABOUT: &str = "\
Says, with proof, whether the TCP connections in a capture opened, ran and
closed as RFC 9293 demands. Without a command, judges every connection.";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "tcpflow-audit", version, about = ABOUT, after_help = help::AUDIT, max_term_width = 80)]
#[command(override_usage = "tcpflow-audit [OPTIONS] CAPTURE...\n       tcpflow-audit COMMAND [OPTIONS] CAPTURE...")]
pub struct Cli {
    /// What to do, if not to judge.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// How to judge.
    #[command(flatten)]
    pub audit: AuditArgs,
    /// Where output goes.
    #[command(flatten)]
    pub display: DisplayArgs,
}

/// What to do.
#[derive(Debug, Subcommand)]
// Parsed once: the size does not matter.
#[allow(clippy::large_enum_variant)]
pub enum Command {
    /// List connections, one row or one JSON line each
    #[command(after_help = help::FLOWS)]
    Flows(FlowsArgs),
    /// Print one line per TCP segment, with any field that Wireshark has for it
    #[command(after_help = help::PACKETS)]
    Packets(PacketsArgs),
    /// Tell one connection as a story: handshake, teardown, what was checked
    #[command(after_help = help::SHOW)]
    Show(ShowArgs),
    /// Dissect frames field by field, from the link layer to the TCP options
    #[command(after_help = help::DISSECT)]
    Dissect(DissectArgs),
    /// Write a capture again, with every finding as a comment that Wireshark shows
    Annotate(AnnotateArgs),
    /// Write some connections of a capture: by number, by what was found, by endpoint
    Extract(ExtractArgs),
    /// Explain a rule: what it finds, why, what looks like it, what to do
    #[command(after_help = help::RULE)]
    Rule(ExplainArgs),
    /// List all rules
    #[command(after_help = help::RULES)]
    Rules(ListArgs),
    /// Say which settings hold for a capture, and where each comes from
    #[command(after_help = help::CONFIG)]
    Config(ConfigCommand),
    /// Print the JSON Schema of the JSON formats
    #[command(after_help = help::SCHEMA)]
    Schema,
    /// Print completions for a shell
    #[command(after_help = help::COMPLETIONS)]
    Completions(CompletionsArgs),
    /// Print the man page, or write the pages of all commands
    #[command(after_help = help::MAN)]
    Man(ManArgs),
}

/// Judge captures.
#[derive(Debug, Args)]
pub struct AuditArgs {
    #[command(flatten)]
    pub input: InputArgs,
    #[command(flatten)]
    pub report: ReportArgs,
    #[command(flatten)]
    pub limit: LimitArgs,
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub rules: RuleArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
    #[command(flatten)]
    pub baseline: BaselineArgs,
    #[command(flatten)]
    pub verdict: VerdictArgs,
}

/// List connections.
#[derive(Debug, Args)]
pub struct FlowsArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Output format; csv, tsv and jsonl stream
    #[arg(long, help_heading = "Output", value_enum, default_value_t, value_name = "FORMAT")]
    pub format: FlowsFormat,
    #[command(flatten)]
    pub limit: LimitArgs,
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// Tell one connection as a story.
#[derive(Debug, Args)]
pub struct ShowArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Output format; mermaid and plantuml are sources of diagrams
    #[arg(long, help_heading = "Output", value_enum, default_value_t, value_name = "FORMAT")]
    pub format: ShowFormat,
    /// Show the segments that only move data, too
    #[arg(long, help_heading = "Output")]
    pub all_segments: bool,
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// Which segments to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Only {
    // What it means is said of the option: a help of its own would turn every help into the long one.
    Flagged,
}

/// Print one line per TCP segment.
#[derive(Debug, Args)]
pub struct PacketsArgs {
    #[command(flatten)]
    pub input: InputArgs,
    /// Output format; all but json stream
    #[arg(long, help_heading = "Output", value_enum, default_value_t, value_name = "FORMAT")]
    pub format: FlowsFormat,
    /// Fields by their names in Wireshark, comma-separated; help lists them
    #[arg(long, help_heading = "Output", value_name = "NAMES", value_delimiter = ',')]
    pub fields: Vec<String>,
    /// Just these frames, as in 7 or 10-20
    #[arg(long = "frame", alias = "frames", help_heading = "Selection", value_name = "RANGE")]
    #[arg(value_parser = select::frames)]
    pub frames: Option<RangeInclusive<FrameNumber>>,
    /// Just some segments: flagged are those that Wireshark marks or a finding is about
    #[arg(long, help_heading = "Selection", value_enum, value_name = "WHICH")]
    pub only: Option<Only>,
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// Dissect frames field by field.
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true).multiple(true)))]
#[command(
    override_usage = "tcpflow-audit dissect CAPTURE --frame N\n       tcpflow-audit dissect CAPTURE --handshake --teardown"
)]
pub struct DissectArgs {
    /// The capture
    pub capture: PathBuf,
    /// These frames, by number, comma-separated
    #[arg(long, group = "what", value_name = "N", value_delimiter = ',', conflicts_with_all = ["handshake", "teardown"])]
    pub frame: Vec<FrameNumber>,
    /// SYN, SYN-ACK and ACK of a connection, each with its header drawn
    #[arg(long, group = "what")]
    pub handshake: bool,
    /// Both FINs and their ACKs, or the RST
    #[arg(long, group = "what")]
    pub teardown: bool,
    /// Output format; details is what Wireshark prints
    #[arg(long, help_heading = "Output", value_enum, default_value_t, value_name = "FORMAT")]
    pub format: DissectFormat,
    #[command(flatten)]
    pub select: SelectArgs,
}

impl DissectArgs {
    /// What the capture is called.
    pub fn name(&self) -> String {
        source::name(&self.capture, self.select.is_redacted())
    }
}

/// Understands a command line.
///
/// # Errors
/// What is wrong with it, or the help that was asked for.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    let matches = Cli::command().try_get_matches_from(words)?;
    refuse_stray_arguments(&matches)?;
    let cli = Cli::from_arg_matches(&matches)?;
    demand_captures(&cli)?;
    Ok(cli)
}

/// A command that reads captures needs some, and can wait for more of one only. Without a command none is a question.
fn demand_captures(cli: &Cli) -> Result<(), clap::Error> {
    let (name, input) = match &cli.command {
        None => ("", &cli.audit.input),
        Some(Command::Flows(args)) => ("flows ", &args.input),
        Some(Command::Show(args)) => ("show ", &args.input),
        Some(Command::Packets(args)) if args.fields != ["help"] => ("packets ", &args.input),
        _ => return Ok(()),
    };
    if input.follow && input.captures.len() != 1 {
        let message = "--follow waits for more of one capture, and not of several";
        return Err(Cli::command().error(clap::error::ErrorKind::ArgumentConflict, message));
    }
    if input.captures.is_empty() && cli.command.is_some() {
        let message = format!("name a capture, or - for standard input: tcpflow-audit {name}CAPTURE...");
        return Err(Cli::command().error(clap::error::ErrorKind::MissingRequiredArgument, message));
    }
    Ok(())
}

/// What stands before a command belongs to no command: it would be ignored in silence.
fn refuse_stray_arguments(matches: &ArgMatches) -> Result<(), clap::Error> {
    let Some(command) = matches.subcommand_name() else { return Ok(()) };
    let global = |id: &str| Cli::command().get_arguments().any(|arg| arg.get_id() == id && arg.is_global_set());
    let typed = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
    let known = Cli::command();
    let stray = known.get_arguments().map(|arg| arg.get_id().as_str()).find(|id| typed(id) && !global(id));
    match stray {
        None => Ok(()),
        Some(_) => Err(Cli::command().error(
            clap::error::ErrorKind::ArgumentConflict,
            format!(
                "captures and options go after the command: tcpflow-audit {command} ...\n\
                 (a file named {command} is ./{command})"
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Cli, clap::Error> {
        parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn the_definitions_hold_together() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_capture_is_judged_and_a_command_is_obeyed() {
        assert!(parsed("tcpflow-audit a.pcap b.pcap").unwrap().command.is_none());
        assert!(matches!(parsed("tcpflow-audit flows a.pcap").unwrap().command, Some(Command::Flows(_))));
        assert!(parsed("tcpflow-audit ./flows").unwrap().command.is_none());
        assert!(parsed("tcpflow-audit --color never flows a.pcap").is_ok());
        assert!(parsed("tcpflow-audit flows a.pcap --color never").is_ok());
    }

    #[test]
    fn nothing_typed_is_ignored() {
        assert!(parsed("tcpflow-audit --port 80 flows a.pcap").is_err());
        let files = parsed("tcpflow-audit a.pcap flows b.pcap").unwrap();
        assert!(files.command.is_none() && files.audit.input.captures.len() == 3);
    }
}
