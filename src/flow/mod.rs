//! [`Segment`](crate::wire::Segment)s to what an observer can know of each connection.

pub mod conversation;
