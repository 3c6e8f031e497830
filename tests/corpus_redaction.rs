//! Every capture of the corpus redacted: the same findings on the same frames, none excepted.

use crate::redaction::differences;
use crate::support::corpus;
use std::fs;
use std::path::{Path, PathBuf};
use tcpflow_audit::capture::Reader;

#[test]
fn redacted_captures_of_the_corpus_have_the_same_findings() {
    let Some(corpus) = corpus() else { return };
    let (mut same, mut other) = (0, 0);
    for path in files(&corpus.join("captures")) {
        let Ok(octets) = fs::read(&path) else { continue };
        if Reader::new(&octets[..], "test").is_err() {
            continue;
        }
        match differences(&octets, 1) {
            None => same += 1,
            Some([before, after]) => {
                other += 1;
                println!("{}:\n  {before}\n  {after}", path.display());
            }
        }
    }
    assert!(same > 0, "no capture in the corpus");
    assert_eq!(other, 0, "captures have other findings once they are redacted");
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
