//! A capture in, a capture out: with findings as comments, or with some of its connections only.

mod annotate;
mod comments;
mod copy;
mod extract;
mod gate;
mod streams;

pub use annotate::annotate;
pub use comments::Comments;
pub use copy::Written;
pub use extract::extract;
