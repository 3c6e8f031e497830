//! Events to JSON, one object a line or one document, in structs of its own: a promise with a version and a schema.

mod document;
mod expectation;
mod finding;
mod flow;
mod judged;
mod line;
mod lines;
mod repeated;
mod totals;
mod values;
mod writer;

pub use document::JsonDocument;
pub use lines::{JsonLines, Lines};
pub use writer::{append, write};

/// Name and version of the format; every line and every document says it.
pub const SCHEMA: &str = "tcpflow-audit/1";

/// The JSON Schema that every line and every document obeys.
pub const fn schema() -> &'static str {
    include_str!("schema.json")
}
