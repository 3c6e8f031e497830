//! Man pages made from the definitions of the command line, examples and exit status under headings of their own.

use crate::cli::args::{Cli, CommandFactory, ManArgs};
use crate::cli::exit::Status;
use anyhow::Context;
use clap::Command;
use clap_mangen::Man;
use roff::{Roff, bold, roman};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Prints the main man page, or writes those of all commands into a folder.
pub fn man(args: &ManArgs) -> anyhow::Result<Status> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    match &args.folder {
        None => io::stdout().write_all(&page(&command)?)?,
        Some(folder) => {
            let written = fs::create_dir_all(folder).and_then(|()| write(&command, folder));
            written.with_context(|| folder.display().to_string())?;
        }
    }
    Ok(Status::Clean)
}

/// Writes the page of a command and those of the commands below it.
fn write(command: &Command, folder: &Path) -> io::Result<()> {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        write(below, folder)?;
    }
    fs::write(folder.join(Man::new(command.clone()).get_filename()), page(command)?)
}

fn page(command: &Command) -> io::Result<Vec<u8>> {
    let man = Man::new(command.clone());
    let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let (headed, prose): (Vec<&str>, Vec<&str>) =
        text.split("\n\n").filter(|part| !part.is_empty()).partition(|part| heading(part).is_some());
    let mut page = Vec::new();
    // By hand: the crate leaves out the date that there is none of, and what follows it moves up.
    let (file, version) = (man.get_filename(), env!("CARGO_PKG_VERSION"));
    writeln!(page, ".TH {} 1 \"\" \"tcpflow-audit {version}\" \"\"", file.trim_end_matches(".1"))?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    let mut roff = Roff::new();
    for paragraph in prose {
        roff.control("PP", []).text([roman(paragraph)]);
    }
    roff.to_writer(&mut page)?;
    man.render_options_section(&mut page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(&mut page)?;
    }
    let mut roff = Roff::new();
    for (name, lines) in headed.iter().filter_map(|part| heading(part)) {
        roff.control("SH", [name.to_uppercase().as_str()]).control("nf", []);
        roff.text([roman(lines)]).control("fi", []);
    }
    if command.get_name() != Cli::command().get_name() {
        roff.control("SH", ["SEE ALSO"]).text([bold("tcpflow-audit"), roman("(1)")]);
    }
    roff.to_writer(&mut page)?;
    Ok(page)
}

/// The heading of a paragraph whose first line ends with a colon, and what stands below.
fn heading(paragraph: &str) -> Option<(&str, &str)> {
    let (first, rest) = paragraph.split_once('\n')?;
    Some((first.strip_suffix(':')?, rest))
}
