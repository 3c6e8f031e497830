//! Captures one after the other through an audit to a report; what cannot be read does not stop the rest.

use super::args::InputArgs;
use super::interrupt::Interrupt;
use std::path::Path;
use tcpflow_audit::audit::{self, AuditError, Settings, Totals};
use tcpflow_audit::report::{Report, Summary, printable};
use tcpflow_audit::{Error, capture};

/// What all captures came to.
pub struct Outcome {
    /// In numbers.
    pub summary: Summary,
    /// Whether some input could not be read, or not as strictly as asked.
    pub trouble: bool,
}

/// Audits every capture of `input` and tells `report`.
///
/// # Errors
/// If the report cannot be written.
pub fn run(
    input: &InputArgs,
    settings: &Settings,
    report: &mut dyn Report,
    interrupt: &Interrupt,
) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome { summary: Summary::default(), trouble: false };
    for path in &input.captures {
        if interrupt.is_set() {
            break;
        }
        match one(path, settings, report, interrupt) {
            Ok(totals) => {
                outcome.summary.add(&totals);
                outcome.trouble |= totals.damaged && input.strict_input;
            }
            Err(AuditError::Output(error)) => return Err(error.into()),
            Err(AuditError::Input(error)) => {
                complain(path, &error);
                report.unreadable(&path.display().to_string(), &error)?;
                outcome.summary.unreadable += 1;
                outcome.trouble = true;
            }
        }
    }
    report.finish(&outcome.summary)?;
    Ok(outcome)
}

fn one(path: &Path, settings: &Settings, report: &mut dyn Report, interrupt: &Interrupt) -> Result<Totals, AuditError> {
    let mut reader = capture::open(path).map_err(AuditError::Input)?;
    audit::run(&mut reader, settings, report, &mut || !interrupt.is_set())
}

/// The system's messages name the file themselves; those about what is in it do not.
fn complain(path: &Path, error: &Error) {
    let message = match error {
        Error::Format { .. } => format!("{}: {error}", path.display()),
        _ => error.to_string(),
    };
    eprintln!("tcpflow-audit: {}", printable(&message));
}
