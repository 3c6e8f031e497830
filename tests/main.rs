//! All integration tests in one binary, a module each.

mod adoption;
mod annotate;
mod capture_corpus;
mod capture_damage;
mod capture_formats;
mod capture_sources;
mod cli;
mod corpus_lens;
mod corpus_redaction;
mod corpus_wire;
mod differential;
mod dissect;
mod extract;
mod formats;
mod formats_ci;
#[path = "fuzz/bodies/mod.rs"]
mod fuzz;
mod hostile;
mod lab;
mod layering;
mod lint;
mod live;
mod mutation;
mod notation;
mod outside;
mod packets;
mod pages;
mod readback;
mod readme;
mod redaction;
mod redaction_parts;
mod short_ways;
mod side_by_side;

mod support;
mod traces;
