//! Arguments that name what to read.

use clap::Args;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use tcpflow_audit::audit::Settings;

/// What to read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Captures: pcap or pcapng, plain, gzip, zstd or lz4; - is standard input
    #[arg(value_name = "CAPTURE", help_heading = None)]
    pub captures: Vec<PathBuf>,
    /// Exit with 2 if a capture ends in the middle of a record
    #[arg(long)]
    pub strict_input: bool,
    /// Audit all captures as one, in the order of time, as rotated files of one capture
    #[arg(long)]
    pub merge: bool,
    /// Wait for more of a capture that is still being written, until Ctrl-C
    #[arg(long, conflicts_with = "merge")]
    pub follow: bool,
    /// Threads to use [default: one for each core]; the output does not depend on it
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZero<usize>>,
}

impl InputArgs {
    /// `settings` with the threads to use; what may come as it happens is told as it comes.
    pub fn drive(&self, capture: &Path, settings: &Settings) -> Settings {
        Settings { jobs: self.jobs(), prompt: self.follow || capture == Path::new("-"), ..settings.clone() }
    }

    /// Threads to use.
    pub fn jobs(&self) -> usize {
        self.jobs.or_else(|| std::thread::available_parallelism().ok()).map_or(1, NonZero::get)
    }

    /// Whether something may come as it happens.
    pub fn is_live(&self) -> bool {
        self.follow || self.captures.iter().any(|path| path == Path::new("-"))
    }
}
