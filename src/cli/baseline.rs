//! The baseline of a run: read before it, written after it where that was asked for.

use super::args::BaselineArgs;
use super::outputs::Outputs;
use anyhow::{Context, anyhow};
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use tcpflow_audit::audit::lint::{Baseline, Ledger};

/// The findings known, if a run has any.
pub struct KnownFindings {
    file: Option<PathBuf>,
    known: Baseline,
    ledger: Option<Ledger>,
    update: bool,
    prune: bool,
}

impl KnownFindings {
    /// A run without a baseline.
    pub fn none() -> Self {
        Self { file: None, known: Baseline::default(), ledger: None, update: false, prune: false }
    }

    /// Reads the baseline; one that is about to be written need not be there yet.
    ///
    /// # Errors
    /// If it cannot be read or makes no sense.
    pub fn open(args: &BaselineArgs) -> anyhow::Result<Self> {
        let (update, prune) = (args.update_baseline, args.prune_baseline);
        let known = args.baseline.as_deref().map_or(Ok(Baseline::default()), |path| read(path, update))?;
        let ledger = args.baseline.as_ref().map(|_| Ledger::new(known.clone(), update));
        Ok(Self { file: args.baseline.clone(), known, ledger, update, prune })
    }

    /// What findings are held against.
    pub const fn ledger(&mut self) -> Option<&mut Ledger> {
        self.ledger.as_mut()
    }

    /// Writes down what was seen, where that was asked for.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(self) -> anyhow::Result<()> {
        let (Some(path), Some(ledger)) = (self.file, self.ledger) else { return Ok(()) };
        if !self.update && !self.prune {
            return Ok(());
        }
        let kept = if self.prune { self.known.pruned(ledger.seen()) } else { self.known };
        let fresh = if self.update { kept.with(ledger.seen()) } else { kept };
        let mut outputs = Outputs::default();
        let mut file = outputs.open(&path)?;
        write!(file, "{fresh}").and_then(|()| file.flush()).with_context(|| path.display().to_string())?;
        outputs.keep()
    }
}

fn read(path: &Path, may_be_missing: bool) -> anyhow::Result<Baseline> {
    match fs::read_to_string(path) {
        Ok(text) => text.parse().map_err(|error| anyhow!("{}: {error}", path.display())),
        Err(error) if may_be_missing && error.kind() == ErrorKind::NotFound => Ok(Baseline::default()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(anyhow!("{}: there is no such baseline; --update-baseline writes one", path.display()))
        }
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}
