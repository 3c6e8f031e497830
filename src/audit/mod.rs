//! Drives the path from octets to events, and defines who receives them.

mod event;
mod select;

pub use event::{CaptureHead, Ends, Event, FindingEvent, FlowEvent, SegmentEvent, Sink, Totals};
pub use select::{Network, SelectError, Selection, ServerPattern, Subject, When};
