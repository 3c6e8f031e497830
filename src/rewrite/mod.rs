//! A capture in, a capture out: with findings as comments, or with some of its connections only.

mod annotate;
mod comments;
mod copy;

pub use annotate::annotate;
pub use comments::Comments;
pub use copy::Written;
