//! Arguments that say which rules run, and which of their findings are told.

use super::output::FailOn;
use clap::{Args, ValueEnum};
use tcpflow_audit::report::{RuleFormat, nearest};
use tcpflow_audit::rules::{self, Confidence, RULES, Rule, RuleWord};

/// Which rules. A word is a code, a name, a prefix such as TFA2, or ALL.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Rules")]
pub struct RuleArgs {
    /// Rules that run, comma-separated: codes, names, prefixes such as TFA2, ALL
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = word)]
    pub select: Vec<RuleWord>,
    /// Rules that do not run; the narrowest word counts
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = word)]
    pub ignore: Vec<RuleWord>,
    /// Rules that run beside those selected
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = word)]
    pub extend_select: Vec<RuleWord>,
    /// Tell findings that are at least this sure [default: likely]
    #[arg(long, value_enum, value_name = "CONFIDENCE")]
    pub min_confidence: Option<AtLeast>,
    /// Exit with 1 on findings as bad as this [default: error]
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "Exit status")]
    pub fail_on: Option<FailOn>,
}

/// The least sure finding that is told.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum AtLeast {
    Certain,
    Likely,
    Possible,
}

impl From<AtLeast> for Confidence {
    fn from(least: AtLeast) -> Self {
        match least {
            AtLeast::Certain => Self::Certain,
            AtLeast::Likely => Self::Likely,
            AtLeast::Possible => Self::Possible,
        }
    }
}

/// Explain one rule.
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// Its code or name
    #[arg(value_name = "RULE", value_parser = rule)]
    pub rule: &'static Rule,
    /// Output format
    #[arg(long, help_heading = "Output", value_enum, default_value_t, value_name = "FORMAT")]
    pub format: PageFormat,
}

/// List rules.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Output format
    #[arg(long, help_heading = "Output", value_enum, default_value_t, value_name = "FORMAT")]
    pub format: PageFormat,
}

/// Formats of what is said of rules.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum PageFormat {
    #[default]
    Text,
    Json,
    Markdown,
}

impl From<PageFormat> for RuleFormat {
    fn from(format: PageFormat) -> Self {
        match format {
            PageFormat::Text => Self::Text,
            PageFormat::Json => Self::Json,
            PageFormat::Markdown => Self::Markdown,
        }
    }
}

/// Understands a word for rules.
///
/// # Errors
/// If it names none, with the name that was probably meant.
pub fn word(text: &str) -> Result<RuleWord, String> {
    text.parse::<RuleWord>().map_err(|unknown| format!("{unknown}{}", suggestion(text)))
}

fn rule(text: &str) -> Result<&'static Rule, String> {
    rules::find(text).ok_or_else(|| format!("`{text}` is no rule's code or name{}", suggestion(text)))
}

fn suggestion(text: &str) -> String {
    let known = RULES.iter().flat_map(|rule| [rule.code, rule.name]);
    nearest(text, known).map(|name| format!("; did you mean {name}?")).unwrap_or_default()
}
