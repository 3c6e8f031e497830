//! What is wrong, from facts: a file per rule, each plain data and one pure function from a step to evidence.

mod finding;
mod rule;

pub use finding::{Evidence, Finding, Quantity, Value, human_duration};
pub use rule::{Confidence, Family, Peers, Rule, Severity, Verdict};
