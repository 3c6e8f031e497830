//! Arguments of the commands that make a shell know this program.

use clap::Args;
use clap_complete::Shell;
use std::path::PathBuf;

/// Print completions.
#[derive(Debug, Args)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

/// Write man pages.
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Folder that gets a page for each command; without it the main page is printed
    #[arg(value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}
