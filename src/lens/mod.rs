//! A [`Segment`](crate::wire::Segment) to the words that another tool has for it; each lens keeps a state of its own.

pub mod digest;
pub mod dissect;
pub mod wireshark;
