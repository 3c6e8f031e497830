//! Drives the path from octets to events, and defines who receives them.

mod event;

pub use event::{CaptureHead, Ends, Event, FindingEvent, FlowEvent, SegmentEvent, Sink, Totals};
