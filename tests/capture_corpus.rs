//! The reader against a corpus of captures and what Wireshark says about their frames: number, time, lengths.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use tcpflow_audit::capture::{self, Timestamp};

use crate::support::corpus;

/// What Wireshark says about a frame: time, captured and original length.
type Frame = (String, String, String);

#[test]
fn frames_are_those_of_wireshark() {
    let Some(corpus) = corpus() else { return };
    let mut compared = 0;
    let mut wrong = Vec::new();
    for expected in files(&corpus.join("wireshark/expected")) {
        let name = expected.strip_prefix(corpus.join("wireshark/expected")).unwrap().with_extension("");
        let truth = truth(&fs::read_to_string(&expected).unwrap());
        compared += truth.len();
        let found = frames(&corpus.join("captures").join(&name));
        let missing = truth.iter().filter(|(number, frame)| found.get(number) != Some(frame)).map(|(number, _)| number);
        if let Some(first) = missing.min() {
            wrong.push(format!("{}: frame {first}: {:?}, not {:?}", name.display(), found.get(first), truth[first]));
        }
    }
    assert!(compared > 0, "no expectations in {}", corpus.display());
    assert!(wrong.is_empty(), "{} files differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_capture_is_read_to_its_end() {
    let Some(corpus) = corpus() else { return };
    for path in files(&corpus.join("captures")) {
        let Ok(mut reader) = capture::open(&path) else { continue };
        let mut last = 0;
        while let Some(record) = reader.next_record().unwrap() {
            assert!(record.number > last, "{}", path.display());
            last = record.number;
        }
    }
}

fn truth(table: &str) -> HashMap<u64, Frame> {
    let rows = table.lines().skip(1).map(|line| {
        let mut columns = line.split('\t').map(str::to_owned);
        let mut next = || columns.next().unwrap_or_default();
        let number = next().parse().unwrap();
        (number, (next(), next(), next()))
    });
    rows.collect()
}

fn frames(path: &Path) -> HashMap<u64, Frame> {
    let mut reader = capture::open(path).unwrap();
    let mut found = HashMap::new();
    while let Some(record) = reader.next_record().unwrap() {
        let time = printed(record.time);
        found.insert(record.number, (time, record.data.len().to_string(), record.original_len.to_string()));
    }
    found
}

/// As Wireshark prints a time: an odd fraction as a text, and no more than 30 characters of it.
fn printed(Timestamp { seconds, nanos }: Timestamp) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    match nanos.unsigned_abs() {
        nanos @ 0..1_000_000_000 => format!("{sign}{seconds}.{nanos:09}"),
        nanos => format!("{sign}{seconds}.({nanos} nanoseconds)").chars().take(30).collect(),
    }
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
