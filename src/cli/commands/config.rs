//! Which settings hold.

use crate::cli::args::{ConfigAction, ConfigCommand};
use crate::cli::config::{Config, show};
use crate::cli::exit::Status;
use std::io::Write;

/// Prints every setting and where it comes from.
pub fn config(command: &ConfigCommand) -> anyhow::Result<Status> {
    let ConfigAction::Show(args) = &command.command;
    let text = show(&mut Config::new(&args.config, &args.rules), &args.capture)?;
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(Status::Clean)
}
