//! The command line: arguments in, reports on standard output and an exit status out.

mod args;
mod baseline;
mod commands;
mod config;
mod exit;
mod interrupt;
mod judged;
mod merged;
mod outputs;
mod progress;
mod screen;
mod session;
mod side_by_side;
mod source;

use args::{Cli, Command};
use exit::Status;
use interrupt::Interrupt;
use std::io;
use std::process::ExitCode;

/// Runs the program.
pub fn main() -> ExitCode {
    let cli = match args::parse(std::env::args_os()) {
        Ok(cli) => cli,
        // Help and version are errors to clap, but not to whoever asked.
        Err(error) => {
            let status = if error.use_stderr() { Status::Trouble } else { Status::Clean };
            return quietly(error.print().map(|()| status).map_err(Into::into));
        }
    };
    let interrupt = Interrupt::listen();
    let outcome = run(cli, &interrupt);
    if interrupt.is_set() { Status::Interrupted.into() } else { quietly(outcome) }
}

fn run(cli: Cli, interrupt: &Interrupt) -> anyhow::Result<Status> {
    let screen = cli.display.screen();
    match cli.command {
        None if cli.audit.input.captures.is_empty() => commands::welcome(),
        None => commands::audit(&cli.audit, screen, interrupt),
        Some(Command::Flows(args)) => commands::flows(&args, screen, interrupt),
        Some(Command::Packets(args)) => commands::packets(&args, screen, interrupt),
        Some(Command::Show(args)) => commands::show(&args, screen, interrupt),
        Some(Command::Dissect(args)) => commands::dissect(&args, screen, interrupt),
        Some(Command::Annotate(args)) => commands::annotate(&args, interrupt),
        Some(Command::Extract(args)) => commands::extract(&args, interrupt),
        Some(Command::Rule(args)) => commands::rule(&args, screen),
        Some(Command::Rules(args)) => commands::rules(&args, screen),
        Some(Command::Config(args)) => commands::config(&args),
        Some(Command::Schema) => commands::schema(),
        Some(Command::Completions(args)) => commands::completions(&args),
        Some(Command::Man(args)) => commands::man(&args),
    }
}

/// Whoever stops reading our output has seen enough: that is no failure.
fn quietly(outcome: anyhow::Result<Status>) -> ExitCode {
    match outcome {
        Ok(status) => status.into(),
        Err(error) if is_broken_pipe(&error) => Status::Clean.into(),
        Err(error) => {
            screen::complain(&format!("{error:#}"));
            Status::Trouble.into()
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let broken = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| cause.downcast_ref::<io::Error>().is_some_and(broken))
}
