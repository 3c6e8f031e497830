//! Arguments that name a configuration or a baseline.

use super::RuleArgs;
use clap::{Args, Subcommand};
use std::path::PathBuf;

/// Which configuration holds. Without these: the nearest tcpflow-audit.toml.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Configuration")]
pub struct ConfigArgs {
    /// Configuration file, if not the nearest tcpflow-audit.toml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Use no configuration file
    #[arg(long, conflicts_with = "config")]
    pub no_config: bool,
}

/// Findings that are known already.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Configuration")]
pub struct BaselineArgs {
    /// Tell only findings that this file does not know
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write what was found into the baseline
    #[arg(long, requires = "baseline")]
    pub update_baseline: bool,
    /// Take out of the baseline what was not found
    #[arg(long, requires = "baseline")]
    pub prune_baseline: bool,
}

/// Say which settings hold.
#[derive(Debug, Args)]
pub struct ConfigCommand {
    #[command(subcommand)]
    pub command: ConfigAction,
}

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigAction {
    /// Print every setting and where it comes from
    Show(ShowConfigArgs),
}

/// Print every setting.
#[derive(Debug, Args)]
pub struct ShowConfigArgs {
    /// The capture for which they hold
    #[arg(value_name = "CAPTURE", default_value = "-")]
    pub capture: PathBuf,
    #[command(flatten)]
    pub rules: RuleArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
}
