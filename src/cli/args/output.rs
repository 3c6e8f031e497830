//! Arguments that say what the output looks like and what the exit status means.

use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::str::FromStr;
use tcpflow_audit::rules::Severity;

/// How output looks; known to every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Display")]
pub struct DisplayArgs {
    /// Colours; auto is a terminal without NO_COLOR
    #[arg(long, value_enum, default_value_t, global = true, value_name = "WHEN")]
    pub color: ColorWhen,
    /// Write nothing but ASCII, as when the output is no terminal
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Columns of the screen, if not the terminal's
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(20..))]
    pub width: Option<u16>,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum ColorWhen {
    #[default]
    Auto,
    Always,
    Never,
}

/// How much is shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct LimitArgs {
    /// Connections and findings shown per capture in text, the worst first
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// Show all of them
    #[arg(long, conflicts_with = "limit")]
    pub all: bool,
}

impl LimitArgs {
    /// The most to show; `None` for everything.
    pub fn limit(&self) -> Option<usize> {
        (!self.all).then_some(self.limit)
    }
}

/// What the exit status means.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Exit status")]
pub struct VerdictArgs {
    /// Exit with 0 where it would be 1 or 3
    #[arg(long)]
    pub exit_zero: bool,
}

/// The mildest finding that fails a run.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum FailOn {
    #[default]
    Error,
    Warning,
    Note,
}

impl From<FailOn> for Severity {
    fn from(mildest: FailOn) -> Self {
        match mildest {
            FailOn::Error => Self::Error,
            FailOn::Warning => Self::Warning,
            FailOn::Note => Self::Note,
        }
    }
}

/// Formats of an audit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum AuditFormat {
    #[default]
    Text,
    Json,
    Jsonl,
    Sarif,
    Junit,
    Github,
    Gitlab,
    Markdown,
    Html,
}

/// A format and the file that gets it.
#[derive(Clone, Debug)]
pub struct OutputFile {
    /// The format.
    pub format: AuditFormat,
    /// The file.
    pub path: PathBuf,
}

impl FromStr for OutputFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = text.split_once('=').ok_or("is not FORMAT=FILE, as in sarif=audit.sarif")?;
        if path.is_empty() {
            return Err("names no file after the =".to_owned());
        }
        let format = AuditFormat::from_str(format, true).map_err(|_| {
            let known: Vec<_> = AuditFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value).collect();
            let known: Vec<_> = known.iter().map(|value| value.get_name()).collect();
            format!("`{format}` is none of {}", known.join(", "))
        })?;
        Ok(Self { format, path: path.into() })
    }
}

/// What an audit writes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct ReportArgs {
    /// Output format; jsonl streams, json is one document
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: AuditFormat,
    /// Write this format to that file, too; may be given again
    #[arg(long, value_name = "FORMAT=FILE")]
    pub output: Vec<OutputFile>,
    /// Count findings by rule at the end of text
    #[arg(long)]
    pub statistics: bool,
    /// Print findings in text, and nothing else
    #[arg(long, short)]
    pub quiet: bool,
}

/// Formats of a list of connections.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum FlowsFormat {
    #[default]
    Text,
    Csv,
    Tsv,
    Json,
    Jsonl,
}

/// Formats of a connection shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ShowFormat {
    #[default]
    Text,
    Svg,
    Mermaid,
    Plantuml,
}

/// Formats of a dissected frame.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum DissectFormat {
    #[default]
    Text,
    Details,
    Json,
}
