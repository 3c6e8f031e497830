//! Where output goes and what it may look like there.

use super::args::{ColorWhen, DisplayArgs};
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::session::Watch;
use anstream::{AutoStream, ColorChoice};
use std::io::{self, BufWriter, IsTerminal, LineWriter, Write};
use tcpflow_audit::report::{Look, printable};

/// Standard output, and what it can show.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// What text may look like.
    pub look: Look,
    terminal: bool,
}

impl DisplayArgs {
    /// The screen as the arguments and the environment have it.
    pub fn screen(&self) -> Screen {
        let stdout = io::stdout();
        let terminal = stdout.is_terminal();
        let color = match self.color {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto => AutoStream::choice(&stdout) != ColorChoice::Never,
        };
        let width = self.width.or_else(|| terminal_size::terminal_size_of(&stdout).map(|(width, _)| width.0));
        let links = terminal && color && supports_hyperlinks::supports_hyperlinks();
        let ascii = self.ascii || !terminal || !speaks_utf8();
        Screen { look: Look { color, links, ascii, width }, terminal }
    }
}

impl Screen {
    /// What stands beside a run. A report that `streams` to the terminal leaves no room for a progress bar.
    pub fn watch(self, interrupt: &Interrupt, streams: bool) -> Watch<'_> {
        Watch { interrupt, progress: Progress::new(!(self.terminal && streams)), discreet: false }
    }

    /// Whether somebody looks at standard output.
    pub const fn is_terminal(self) -> bool {
        self.terminal
    }

    /// Standard output. What is shown live is written line by line, the rest in large pieces.
    pub fn open(self, live: bool) -> Box<dyn Write> {
        // Old Windows consoles need escape sequences translated. Where there are none, nothing has to look for them.
        let translation = if self.look.color { ColorChoice::Always } else { ColorChoice::AlwaysAnsi };
        let stdout = AutoStream::new(io::stdout(), translation);
        if self.terminal || live {
            Box::new(LineWriter::new(stdout))
        } else {
            Box::new(BufWriter::with_capacity(1 << 18, stdout))
        }
    }
}

/// Tells the user what went wrong. If nobody listens on standard error, there is nobody to tell that either.
pub fn complain(message: &str) {
    // Where a configuration is wrong is shown in lines of their own.
    let lines: Vec<_> = message.trim_end().lines().map(printable).collect();
    let _ = writeln!(io::stderr(), "tcpflow-audit: {}", lines.join("\n"));
}

/// Whether the locale's characters are Unicode's, in the order of precedence that POSIX gives these variables.
fn speaks_utf8() -> bool {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(set);
    locale.map_or(cfg!(windows), |locale| locale.to_lowercase().replace('-', "").contains("utf8"))
}
