//! What a shell is told of this program: completions and man pages, both from the definitions of the command line.

use crate::cli::args::{Cli, CommandFactory, CompletionsArgs, ManArgs};
use crate::cli::exit::Status;
use anyhow::Context;
use std::fs;
use std::io::{self, Write};

/// Prints completions.
pub fn completions(args: &CompletionsArgs) -> anyhow::Result<Status> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "tcpflow-audit", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Status::Clean)
}

/// Prints the main man page, or writes those of all commands into a folder.
pub fn man(args: &ManArgs) -> anyhow::Result<Status> {
    match &args.folder {
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut page)?;
            io::stdout().write_all(&page)?;
        }
        Some(folder) => {
            let written = fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(Cli::command(), folder));
            written.with_context(|| folder.display().to_string())?;
        }
    }
    Ok(Status::Clean)
}
