//! All integration tests in one binary, a module each.

mod capture_corpus;
mod layering;
mod notation;
mod support;
mod traces;
