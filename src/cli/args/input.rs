//! Arguments that name what to read.

use crate::cli::config::duration;
use crate::cli::interrupt::Interrupt;
use crate::cli::source::Source;
use clap::Args;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use tcpflow_audit::audit::Settings;
use tcpflow_audit::flow::Nanoseconds;

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
    /// Threads to use, for one capture and for several side by side [default: one for each core]; the output does not depend on it
    #[arg(long, value_name = "N")]
    pub jobs: Option<NonZero<usize>>,
    /// Pairs of endpoints to follow at a time; what is least missed is forgotten to make room, and the report says so
    #[arg(long, value_name = "N")]
    pub max_flows: Option<NonZero<usize>>,
    /// Forget a connection after so long a silence, as in 600s or 24h; the report says how many were
    #[arg(long, value_name = "TIME", value_parser = duration)]
    pub idle_timeout: Option<Nanoseconds>,
}

impl InputArgs {
    /// The capture at `path`, to be read as asked.
    pub fn source(&self, path: &Path, interrupt: &Interrupt) -> Source {
        let follow = self.follow && path != Path::new("-");
        let mut source = Source::new(path, interrupt);
        (source.beside, source.follow) = (self.jobs() > 1, follow);
        source
    }

    /// `settings` with the threads to use; what may come as it happens is told as it comes.
    pub fn drive(&self, capture: &Path, settings: &Settings) -> Settings {
        let bound = self.bound(settings);
        // Of many captures each has a thread to itself.
        let jobs = if self.captures.len() > bound.jobs { 1 } else { bound.jobs };
        Settings { jobs, prompt: self.follow || capture == Path::new("-"), ..bound }
    }

    /// `settings` with the threads and the memory to use.
    pub fn bound(&self, settings: &Settings) -> Settings {
        let mut bounded = Settings { jobs: self.jobs(), ..settings.clone() };
        let limits = &mut bounded.limits;
        if let Some(most) = self.max_flows {
            (limits.max_flows, limits.live_flows) = (most.get(), most.get());
        }
        limits.idle_timeout = self.idle_timeout.unwrap_or(limits.idle_timeout);
        bounded
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
