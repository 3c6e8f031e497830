//! A capture in, a capture out: with findings as comments, with some of its connections only, or redacted.

mod annotate;
mod comments;
mod copy;
mod ending;
mod extract;
mod gate;
mod redacted;
mod streams;

pub use annotate::annotate;
pub use comments::Comments;
pub use copy::Written;
pub use extract::extract;
pub use redacted::{LeftOut, Redacted, Tally};
