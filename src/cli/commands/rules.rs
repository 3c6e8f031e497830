//! What the rules are.

use crate::cli::args::{ExplainArgs, ListArgs};
use crate::cli::exit::Status;
use crate::cli::screen::Screen;
use tcpflow_audit::report::{explain_rule, list_rules};
use tcpflow_audit::rules::RULES;

/// Explains one rule.
pub fn rule(args: &ExplainArgs, screen: Screen) -> anyhow::Result<Status> {
    explain_rule(screen.open(false), args.rule, args.format.into(), screen.look)?;
    Ok(Status::Clean)
}

/// Lists all rules.
pub fn rules(args: &ListArgs, screen: Screen) -> anyhow::Result<Status> {
    list_rules(screen.open(false), RULES, args.format.into(), screen.look)?;
    Ok(Status::Clean)
}
