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
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A capture of test data that is this long is none for a sample.
const LONG: usize = 8000;

/// Whether a variable of the environment asks for all there is instead of samples, as `HOSTILE=whole`.
fn is_whole() -> bool {
    part().is_some()
}

/// Which part of all captures is asked for, and of how many parts: `HOSTILE=whole:3/8`.
fn part() -> Option<(usize, usize)> {
    let asked = std::env::var("HOSTILE").ok()?;
    let part = asked.strip_prefix("whole")?;
    if part.is_empty() {
        return Some((1, 1));
    }
    let (number, of) = part.strip_prefix(':').and_then(|it| it.split_once('/')).expect("HOSTILE=whole:NUMBER/PARTS");
    Some((number.parse().expect("a part's number"), of.parse().expect("how many parts")))
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

/// Some of them, evenly spread, none of them long; with `HOSTILE=whole` all, or each `n`th.
fn samples(count: usize) -> Vec<(String, Vec<u8>)> {
    let mut captures = captures();
    if let Some((number, parts)) = part() {
        return captures.into_iter().skip(number - 1).step_by(parts).collect();
    }
    captures.retain(|(_, octets)| octets.len() < LONG);
    let step = (captures.len() / count).max(1);
    captures.into_iter().step_by(step).take(count).collect()
}

/// Does something to each capture, several at a time; the sum of what that counts.
fn each_of(captures: Vec<(String, Vec<u8>)>, act: impl Fn(&str, &[u8]) -> usize + Sync) -> usize {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        while let Some((name, capture)) = captures.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.fetch_add(act(name, capture), Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    done.into_inner()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
