//! Arguments of the commands that write captures.

use super::config::ConfigArgs;
use super::rules::RuleArgs;
use super::select::SelectArgs;
use clap::Args;
use std::path::PathBuf;

const ANNOTATE_HELP: &str = "\
Every finding becomes a comment of the frame it is about; Wireshark shows it
and filters by it: frame.comment contains \"TFA1\". All else stays octet for
octet. The capture is read twice: standard input cannot be.

Examples:
  tcpflow-audit annotate capture.pcap -o annotated.pcapng
  tcpflow-audit annotate capture.pcapng --select TFA2 -o - | wireshark -k -i -";

/// Write a capture again with findings as comments.
#[derive(Debug, Args)]
#[command(after_help = ANNOTATE_HELP)]
pub struct AnnotateArgs {
    #[command(flatten)]
    pub file: RewriteArgs,
    #[command(flatten)]
    pub select: SelectArgs,
    #[command(flatten)]
    pub rules: RuleArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// What to read, and what to write.
#[derive(Debug, Args)]
pub struct RewriteArgs {
    /// The capture: pcap or pcapng, plain, gzip, zstd or lz4
    #[arg(value_name = "CAPTURE")]
    pub capture: PathBuf,
    /// The pcapng file to write, which gets its name when it is whole; - is standard output
    #[arg(long = "out", short, help_heading = "Output", value_name = "FILE")]
    pub out: PathBuf,
}
