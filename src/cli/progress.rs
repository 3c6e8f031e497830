//! How far a capture has been read, shown on standard error when it takes longer than people wait in silence.

use super::args::InputArgs;
use super::interrupt::Interrupt;
use super::source;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tcpflow_audit::capture::{FileReader, Reader};
use tcpflow_audit::report::printable;
use tcpflow_audit::{Error, Result};

/// What people wait in silence.
const PATIENCE: Duration = Duration::from_secs(1);

/// Progress through one capture after the other.
pub struct Progress {
    allowed: bool,
    /// Whether a bar may appear for the capture at hand.
    shown: bool,
    begun: Instant,
    size: u64,
    read: Arc<AtomicU64>,
    name: String,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Progress that may be shown; it never is where standard error is no terminal.
    pub fn new(allowed: bool) -> Self {
        let (read, name) = (Arc::default(), String::new());
        Self { allowed, shown: false, begun: Instant::now(), size: 0, read, name, bar: None }
    }

    /// Opens the next capture.
    ///
    /// # Errors
    /// If it cannot be opened or read, or is no capture.
    pub fn open(&mut self, path: &Path, input: &InputArgs, interrupt: &Interrupt) -> Result<FileReader> {
        *self = Self::new(self.allowed);
        if input.follow && path != Path::new("-") {
            return source::follow(path, interrupt);
        }
        self.shown = self.allowed && fs::metadata(path).is_ok_and(|about| about.is_file());
        if !self.shown {
            return source::open(path, interrupt);
        }
        self.name = path.display().to_string();
        let file = File::open(path).map_err(|error| Error::io(&self.name, error))?;
        self.size = file.metadata().map_or(0, |about| about.len());
        Reader::new(Box::new(Counted { file, read: Arc::clone(&self.read) }), &self.name)
    }

    /// Shows how far it is, if it is time to.
    pub fn update(&mut self) {
        if self.shown && self.bar.is_none() && self.begun.elapsed() > PATIENCE {
            self.bar = Some(bar(self.size, &self.name).with_elapsed(self.begun.elapsed()));
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.read.load(Ordering::Relaxed));
        }
    }

    /// Leaves the screen to the report.
    pub fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        self.shown = false;
    }
}

fn bar(size: u64, name: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(size), ProgressDrawTarget::stderr());
    // A template that cannot be read would leave the default one, which does as well.
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes}, {eta} left") {
        bar.set_style(style);
    }
    bar.with_message(printable(name).into_owned())
}

/// A file that counts what is read of it.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let octets = self.file.read(buffer)?;
        self.read.fetch_add(octets as u64, Ordering::Relaxed);
        Ok(octets)
    }
}
