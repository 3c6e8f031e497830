//! What the program tells its caller when it ends.

use crate::cli::session::Outcome;
use std::process::ExitCode;

/// How a run ended; of several that apply the greatest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nothing to complain of.
    Clean,
    /// No capture held TCP.
    NothingAudited,
    /// Findings as bad as `--fail-on`, or worse.
    Findings,
    /// Wrong usage, or input that cannot be read.
    Trouble,
    /// Stopped from outside.
    Interrupted,
}

impl Status {
    /// Every status.
    #[cfg(test)]
    const ALL: [Self; 5] = [Self::Clean, Self::NothingAudited, Self::Findings, Self::Trouble, Self::Interrupted];

    /// The exit code.
    pub const fn code(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Findings => 1,
            Self::Trouble => 2,
            Self::NothingAudited => 3,
            Self::Interrupted => 130,
        }
    }

    /// What a run that judges comes to; `failed` says whether something was as bad as it takes.
    pub fn of_audit(outcome: &Outcome, failed: bool, exit_zero: bool) -> Self {
        let judged = if failed { Self::Findings } else { Self::of_view(outcome) };
        match judged.max(Self::of_view(outcome)) {
            Self::Findings | Self::NothingAudited if exit_zero => Self::Clean,
            status => status,
        }
    }

    /// What a run that just shows comes to.
    pub fn of_view(outcome: &Outcome) -> Self {
        match outcome {
            outcome if outcome.trouble => Self::Trouble,
            outcome if outcome.summary.segments == 0 => Self::NothingAudited,
            _ => Self::Clean,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(status.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use tcpflow_audit::report::Summary;
    use tcpflow_audit::rules::Severity;

    fn status(segments: u64, worst: Option<Severity>, trouble: bool, exit_zero: bool) -> Status {
        let findings: BTreeMap<Severity, u64> = worst.into_iter().map(|severity| (severity, 1)).collect();
        let outcome = Outcome { summary: Summary { segments, findings, ..Summary::default() }, trouble };
        Status::of_audit(&outcome, worst == Some(Severity::Error), exit_zero)
    }

    #[test]
    fn codes_are_the_documented_ones() {
        assert_eq!(Status::ALL.map(Status::code), [0, 3, 1, 2, 130]);
    }

    #[test]
    fn two_over_one_over_three_over_zero() {
        assert_eq!(status(1, None, false, false), Status::Clean);
        assert_eq!(status(0, None, false, false), Status::NothingAudited);
        assert_eq!(status(1, Some(Severity::Error), false, false), Status::Findings);
        assert_eq!(status(1, Some(Severity::Error), true, false), Status::Trouble);
        assert_eq!(status(0, Some(Severity::Error), false, false), Status::Findings);
        assert_eq!(status(1, Some(Severity::Warning), false, false), Status::Clean);
    }

    #[test]
    fn exit_zero_forgives_one_and_three_but_not_two() {
        assert_eq!(status(1, Some(Severity::Error), false, true), Status::Clean);
        assert_eq!(status(0, None, false, true), Status::Clean);
        assert_eq!(status(0, None, true, true), Status::Trouble);
    }
}
