//! How far a capture has been read, shown on standard error when it takes longer than people wait in silence.

use super::source::Source;
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt;
use std::time::{Duration, Instant};
use tcpflow_audit::report::printable;

/// What people wait in silence.
const PATIENCE: Duration = Duration::from_secs(1);

/// Progress through one capture after the other.
pub struct Progress {
    allowed: bool,
    /// The capture at hand and its octets, where they are known, if a bar may appear for it.
    shown: Option<(Source, Option<u64>)>,
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
        let shown = self.allowed && !source.is_followed();
        *self = Self { shown: shown.then(|| (source.clone(), source.size())), ..Self::new(self.allowed) };
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

fn bar(size: Option<u64>, name: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(size, ProgressDrawTarget::stderr());
    let template = match size {
        Some(_) => "{msg} {wide_bar} {bytes}/{total_bytes}, {left} left",
        None => "{msg} {spinner} {bytes}",
    };
    // A template that cannot be read would leave the default one, which does as well.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.with_key("left", left));
    }
    bar.with_message(printable(name).into_owned())
}

/// The time left if the rest takes as long as what was read so far: the bar appears when much has been read at once.
fn left(state: &ProgressState, to: &mut dyn fmt::Write) {
    let rest = state.len().unwrap_or(0).saturating_sub(state.pos());
    let left = state.elapsed().as_secs_f64() * rest as f64 / state.pos().max(1) as f64;
    // What cannot be written is not shown.
    let _ = write!(to, "{:#}", HumanDuration(Duration::try_from_secs_f64(left).unwrap_or(Duration::MAX)));
}
