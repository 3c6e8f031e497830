//! Events to what people and programs read: one module per format, each a [`Sink`](crate::audit::Sink) over any writer.

mod clusters;
mod community_id;
mod count;
pub mod dissect;
mod escape;
mod expectation;
pub mod fields;
mod fingerprint;
mod flows;
mod github;
mod gitlab;
#[cfg(feature = "html")]
mod html;
mod json;
mod junit;
mod kept_back;
#[cfg(feature = "html")]
mod ladder;
mod look;
mod markdown;
mod not_judged;
mod packets;
mod reference;
#[cfg(feature = "cli")]
mod rules;
mod sarif;
#[cfg(feature = "html")]
mod show;
mod suggest;
mod summary;
mod tee;
#[cfg(feature = "cli")]
mod text;

pub use community_id::community_id;
use count::count;
pub use dissect::{Dissection, Dissections};
pub use escape::printable;
pub use flows::{Delimiter, FlowTable};
pub use github::Github;
pub use gitlab::Gitlab;
#[cfg(feature = "html")]
pub use html::Html;
pub use json::{JsonDocument, JsonLines, Lines, SCHEMA, schema};
pub use junit::Junit;
pub use look::{Look, Paint};
pub use markdown::Markdown;
pub use packets::{DEFAULT_FIELDS, PacketChoice, PacketFormat, Packets, named_fields};
#[cfg(feature = "cli")]
pub use rules::{RuleFormat, explain_rule, list_rules};
pub use sarif::Sarif;
#[cfg(feature = "cli")]
pub use show::Story;
#[cfg(feature = "html")]
pub use show::{Picture, PictureFormat};
pub use suggest::nearest;
pub use summary::{Report, Summary};
pub use tee::Tee;
#[cfg(feature = "cli")]
pub use text::{Text, TextOptions};
