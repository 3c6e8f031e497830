//! The bodies of the fuzz targets; the tests replay them, too.

pub mod bodies;
#[path = "../support/mod.rs"]
pub mod support;
