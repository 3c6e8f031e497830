//! All integration tests in one binary, a module each.

mod layering;
mod notation;
mod support;
mod traces;
