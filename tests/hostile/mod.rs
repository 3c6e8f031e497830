//! Captures, files and circumstances that mean harm, or merely are bad.

mod damage;
mod determinism;
mod escaping;
mod faults;
mod promises;
mod replay;
mod resources;

use crate::support::trace::Trace;
use std::fs;
use std::path::{Path, PathBuf};

/// Whether a variable of the environment asks for all there is instead of samples, as `HOSTILE=whole`.
fn is_whole() -> bool {
    std::env::var_os("HOSTILE").is_some_and(|value| value == "whole")
}

/// Every capture of the test data by its name: the files, and the traces in both formats.
fn captures() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut captures = Vec::new();
    for path in ["captures/handmade", "captures/differential", "captures/lab", "traces"]
        .iter()
        .flat_map(|it| files(&root.join(it)))
    {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let octets = fs::read(&path).unwrap();
        match path.extension().and_then(|it| it.to_str()) {
            Some("pcap" | "pcapng") => captures.push((name, octets)),
            Some("trace") => {
                let Ok(trace) = Trace::parse(&String::from_utf8_lossy(&octets)) else { continue };
                captures.push((format!("{name}.pcapng"), trace.pcapng()));
                if !trace.pcapng_only {
                    captures.push((format!("{name}.pcap"), trace.pcap()));
                }
            }
            _ => {}
        }
    }
    captures
}

/// Some of them, evenly spread, none of them long; with `HOSTILE=whole` all.
fn samples(count: usize) -> Vec<(String, Vec<u8>)> {
    let mut captures = captures();
    if is_whole() {
        return captures;
    }
    captures.retain(|(_, octets)| octets.len() < 8000);
    let step = (captures.len() / count).max(1);
    captures.into_iter().step_by(step).take(count).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
