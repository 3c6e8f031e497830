//! Drives the path from octets to events, and defines who receives them.

mod clusters;
mod drive;
mod endpoints;
mod engine;
mod event;
mod frames;
mod intake;
pub mod lint;
mod not_judged;
mod notes;
mod select;
mod sources;
mod standpoint;
mod told;
mod whereabouts;
mod whole;

pub use clusters::{Cluster, Clusters};
pub use drive::{AuditError, run};
pub use engine::Settings;
pub use event::{
    CaptureHead, Ends, Event, ExpectationEvent, FindingEvent, FlowEvent, Outline, SegmentEvent, Sink, Totals,
};
pub use not_judged::{Blindness, NotJudged, Spared};
pub use select::{Network, SelectError, Selection, ServerPattern, Subject, When};
pub use told::{Again, Told};
pub use whereabouts::{Place, Whereabouts};
