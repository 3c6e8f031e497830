//! Ctrl-C: the first asks for a report on what was read so far, the second ends at once.

use super::exit::Status;
use signal_hook::consts::SIGINT;
use signal_hook::flag;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the user asked to stop.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Begins to listen. Where the system does not let us, Ctrl-C ends the program as it always does.
    pub fn listen() -> Self {
        let interrupt = Self::default();
        let status = Status::Interrupted.code().into();
        // In this order: the first signal finds the flag down and raises it, the second finds it up.
        let _ = flag::register_conditional_shutdown(SIGINT, status, Arc::clone(&interrupt.0))
            .and_then(|_| flag::register(SIGINT, Arc::clone(&interrupt.0)));
        interrupt
    }

    /// Asks to stop.
    #[cfg(test)]
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether the user asked to stop.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}
