//! How far a capture has been read, shown on standard error when it takes longer than people wait in silence.

use super::source::Source;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};
use tcpflow_audit::report::printable;

/// What people wait in silence.
const PATIENCE: Duration = Duration::from_secs(1);

/// Progress through one capture after the other.
pub struct Progress {
    allowed: bool,
    /// The capture at hand and its octets, where a bar may appear for it.
    shown: Option<(Source, u64)>,
    begun: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// Progress that may be shown; it never is where standard error is no terminal.
    pub fn new(allowed: bool) -> Self {
        Self { allowed, shown: None, begun: Instant::now(), bar: None }
    }

    /// Turns to the next capture.
    pub fn turn_to(&mut self, source: &Source) {
        let size = if self.allowed { source.size() } else { None };
        *self = Self { shown: size.map(|size| (source.clone(), size)), ..Self::new(self.allowed) };
    }

    /// Shows how far it is, if it is time to.
    pub fn update(&mut self) {
        let Some((source, size)) = &self.shown else { return };
        if self.bar.is_none() && self.begun.elapsed() > PATIENCE {
            self.bar = Some(bar(*size, &source.name()).with_elapsed(self.begun.elapsed()));
        }
        if let Some(bar) = &self.bar {
            bar.set_position(source.position());
        }
    }

    /// Leaves the screen to the report.
    pub fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
        self.shown = None;
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
