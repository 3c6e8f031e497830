//! What several tests need: the notation of annotated traces, packets, capture files, and the harness that judges them.

// The bench compiles these modules too and uses only some of them.
#![allow(dead_code)]

pub mod capture_file;
pub mod packet;
pub mod trace;
