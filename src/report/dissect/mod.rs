//! A dissected frame as text: the way Wireshark prints it, explained field by field, drawn, or as JSON.

mod details;

pub use details::details;
