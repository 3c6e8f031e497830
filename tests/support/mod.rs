//! What several tests need: the notation of annotated traces, packets, capture files, and the harness that judges them.

// The bench compiles these modules too and uses only some of them.
#![allow(dead_code)]

pub mod audit;
pub mod capture_file;
pub mod every_format;
pub mod golden;
pub mod judge;
pub mod kernel;
pub mod octets;
pub mod pack;
pub mod packet;
pub mod read;
pub mod sample;
pub mod trace;

use std::path::PathBuf;

/// The folder with the corpus of captures, if there is one; a test without it says so and judges nothing.
pub fn corpus() -> Option<PathBuf> {
    let corpus = std::env::var_os("TCPFLOW_AUDIT_CORPUS").filter(|it| !it.is_empty()).map(PathBuf::from);
    if corpus.is_none() {
        println!("skipped: TCPFLOW_AUDIT_CORPUS names no corpus");
    }
    corpus
}
