//! Drives the path from octets to events, and defines who receives them.

mod engine;
mod event;
mod select;
mod sequential;

pub use engine::Settings;
pub use event::{CaptureHead, Ends, Event, FindingEvent, FlowEvent, SegmentEvent, Sink, Totals};
pub use select::{Network, SelectError, Selection, ServerPattern, Subject, When};
pub use sequential::{AuditError, run};
