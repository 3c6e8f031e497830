//! Events to what people and programs read: one module per format, each a [`Sink`](crate::audit::Sink) over any writer.

mod community_id;
pub mod dissect;
mod escape;
pub mod fields;
mod flows;
mod json;
#[cfg(feature = "cli")]
mod ladder;
mod look;
mod packets;
#[cfg(feature = "cli")]
mod show;
mod summary;
#[cfg(feature = "cli")]
mod text;

pub use community_id::community_id;
pub use dissect::{Dissection, Dissections};
pub use escape::printable;
pub use flows::{Delimiter, FlowTable};
pub use json::{JsonDocument, JsonLines, Lines, SCHEMA, schema};
pub use look::{Look, Paint};
pub use packets::{DEFAULT_FIELDS, PacketChoice, PacketFormat, Packets, named_fields};
#[cfg(feature = "cli")]
pub use show::Story;
pub use summary::{Report, Summary};
#[cfg(feature = "cli")]
pub use text::{Text, TextOptions};
