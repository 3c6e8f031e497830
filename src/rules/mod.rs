//! What is wrong, from facts: a file per rule, each plain data and one pure function from a step to evidence.

mod capture;
mod choice;
mod evidence;
mod finding;
mod handshake;
mod header;
mod needs;
mod options;
mod registry;
mod reset;
mod rule;
mod ruleset;
mod sequence;
mod teardown;
mod timing;

pub use capture::whole;
pub use choice::{RuleChoice, RuleWord, UnknownRule};
pub use finding::{Evidence, Finding, Quantity, Value, human_duration};
pub use needs::Needs;
pub use registry::{RULES, find};
pub use rule::{Check, Confidence, Family, Peers, Rule, Severity};
pub use ruleset::Ruleset;
