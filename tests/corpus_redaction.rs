//! Every capture of the corpus redacted: the same findings on the same frames, but for the captures named here.

use crate::redaction::differences;
use crate::support::corpus;
use std::fs;
use std::path::{Path, PathBuf};
use tcpflow_audit::capture::Reader;

/// What is known to differ: TCP inside TCP and samples of sFlow are left out, and of a TCP header in small fragments the
/// later part is replaced (which should not cost a finding of its own).
const OTHERS: [&str; 3] = ["182-two-tcp-layers-in-one-frame.pcap", "sflow_expanded.pcap", "fragmented-syn.pcap"];

#[test]
fn redacted_captures_of_the_corpus_have_the_same_findings() {
    let Some(corpus) = corpus() else { return };
    let (mut same, mut unexpected) = (0, 0);
    for path in files(&corpus.join("captures")) {
        let Ok(octets) = fs::read(&path) else { continue };
        if Reader::new(&octets[..], "test").is_err() {
            continue;
        }
        match differences(&octets, 1) {
            None => same += 1,
            Some([before, after]) => {
                unexpected += usize::from(!OTHERS.iter().any(|known| path.ends_with(known)));
                println!("{}:\n  {before}\n  {after}", path.display());
            }
        }
    }
    assert!(same > 0, "no capture in the corpus");
    assert_eq!(unexpected, 0, "captures have other findings once they are redacted");
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
