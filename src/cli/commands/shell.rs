//! What a shell is told of this program: completions from the definitions of the command line.

use crate::cli::args::{Cli, CommandFactory, CompletionsArgs};
use crate::cli::exit::Status;
use std::io::{self, Write};

/// Prints completions.
pub fn completions(args: &CompletionsArgs) -> anyhow::Result<Status> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "tcpflow-audit", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Status::Clean)
}
