//! Arguments of the commands that write captures.

use super::config::ConfigArgs;
use super::rules::{RuleArgs, word as rule_word};
use super::select::SelectArgs;
use clap::Args;
use std::path::PathBuf;
use tcpflow_audit::rules::RuleWord;

const ANNOTATE_HELP: &str = "\
Every finding becomes a comment of the frame it is about; Wireshark shows it
and filters by it: frame.comment contains \"TFA1\". All else stays octet for
octet. The capture is read twice: standard input cannot be.

Examples:
  tcpflow-audit annotate capture.pcap -o annotated.pcapng
  tcpflow-audit annotate capture.pcapng --select TFA2 -o - | wireshark -k -i -";

/// Write a capture again with findings as comments.
#[derive(Debug, Args)]
// Their exit status says whether the capture was written.
#[command(after_help = ANNOTATE_HELP, mut_arg("fail_on", |arg| arg.hide(true)))]
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

const EXTRACT_HELP: &str = "\
Frames and all that is said about them stay as they are. IP fragments of a
connection's segments, tunnelled segments and ICMP errors that quote one are
taken along. Different options narrow, the same one again widens. --findings,
--code and all but --stream read the capture twice: standard input cannot be.

Examples:
  tcpflow-audit extract capture.pcap --stream 7 -o seven.pcapng
  tcpflow-audit extract capture.pcap --findings -o bad.pcapng
  tcpflow-audit extract capture.pcap --code TFA2 --server :443 -o bad.pcapng";

/// Write some connections of a capture.
#[derive(Debug, Args)]
#[command(after_help = EXTRACT_HELP, mut_arg("fail_on", |arg| arg.hide(true)))]
pub struct ExtractArgs {
    #[command(flatten)]
    pub file: RewriteArgs,
    /// Connections with a finding
    #[arg(long, help_heading = "Selection")]
    pub findings: bool,
    /// Connections with a finding of these rules, comma-separated: codes, names, prefixes such as TFA2
    #[arg(long, help_heading = "Selection", value_name = "RULES", value_delimiter = ',', value_parser = rule_word)]
    pub code: Vec<RuleWord>,
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
