//! Arguments that say what nobody is to learn from the output.

use crate::cli::screen::complain;
use anyhow::{Context, bail};
use clap::Args;
use std::cell::OnceCell;
use std::fs;
use std::path::PathBuf;
use tcpflow_audit::redact::Redaction;

/// Names a key's file where the command line does not.
const VARIABLE: &str = "TCPFLOW_AUDIT_REDACT_KEY";

/// Octets of a secret that is worth the name.
const SECRET_LEN: usize = 16;

/// What is replaced.
#[derive(Debug, Args)]
#[command(next_help_heading = "Redaction")]
pub struct RedactArgs {
    /// Replace addresses, hardware addresses and payload, the same by the same
    #[arg(long)]
    redact: bool,
    /// Replace ports, too
    #[arg(long, requires = "redact")]
    redact_ports: bool,
    /// Replace by the key in this file, or else in the one that TCPFLOW_AUDIT_REDACT_KEY names [default: a new key]
    #[arg(long, requires = "redact", value_name = "FILE")]
    redact_key: Option<PathBuf>,
    /// Made once, so that all of a run goes by one key.
    #[arg(skip)]
    made: OnceCell<Redaction>,
}

impl RedactArgs {
    /// Whether something is replaced.
    pub const fn is_asked(&self) -> bool {
        self.redact
    }

    /// The redaction asked for, if any.
    ///
    /// # Errors
    /// If the key cannot be read, or is too short to keep anything secret.
    pub fn redaction(&self) -> anyhow::Result<Option<Redaction>> {
        if !self.redact {
            return Ok(None);
        }
        if let Some(made) = self.made.get() {
            return Ok(Some(*made));
        }
        let redaction = Redaction::new(&self.secret()?, self.redact_ports);
        Ok(Some(*self.made.get_or_init(|| redaction)))
    }

    fn secret(&self) -> anyhow::Result<Vec<u8>> {
        let file = self.redact_key.clone().or_else(|| std::env::var_os(VARIABLE).map(PathBuf::from));
        let Some(file) = file else {
            complain("redacted by a key of this run only; --redact-key FILE gives the same again");
            let mut secret = vec![0; SECRET_LEN];
            getrandom::fill(&mut secret).context("no random key")?;
            return Ok(secret);
        };
        let secret = fs::read(&file).with_context(|| file.display().to_string())?;
        if secret.len() < SECRET_LEN {
            bail!("{}: a key has {SECRET_LEN} octets or more, as of `head -c 32 /dev/urandom`", file.display());
        }
        Ok(secret)
    }
}
