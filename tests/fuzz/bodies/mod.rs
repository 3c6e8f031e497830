//! What each fuzz target does with its octets, and what must hold whatever they are.

mod capture;
mod formats;
mod rewrite;
mod tracker;
mod wire;
mod words;

pub use capture::{gzip, lz4, merge, reader, zstd};
pub use formats::{check, formats};
pub use rewrite::rewrite;
pub use tracker::tracker;
pub use wire::{link_type_octet, options, wire};
pub use words::words;

/// Does something with octets, and panics if that shows a fault.
pub type Body = fn(&[u8]);

/// Every body with the name of its target.
pub const BODIES: [(&str, Body); 11] = [
    ("reader", reader),
    ("gzip", gzip),
    ("zstd", zstd),
    ("lz4", lz4),
    ("merge", merge),
    ("wire", wire),
    ("options", options),
    ("tracker", tracker),
    ("formats", formats),
    ("rewrite", rewrite),
    ("words", words),
];
