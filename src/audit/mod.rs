//! Drives the path from octets to events, and defines who receives them.

mod drive;
mod endpoints;
mod engine;
mod event;
mod intake;
pub mod lint;
mod select;
mod standpoint;
mod whole;

pub use drive::{AuditError, run};
pub use engine::Settings;
pub use event::{CaptureHead, Ends, Event, ExpectationEvent, FindingEvent, FlowEvent, SegmentEvent, Sink, Totals};
pub use select::{Network, SelectError, Selection, ServerPattern, Subject, When};
