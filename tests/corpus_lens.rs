//! The Wireshark lens against what tshark printed for a corpus of captures: every value of every field.
//!
//! `TCPFLOW_AUDIT_ONLY` limits it to the captures whose path contains its value.

use crate::support::corpus;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use tcpflow_audit::capture;
use tcpflow_audit::lens::wireshark::Lens;
use tcpflow_audit::report::fields::{self, Field, View};
use tcpflow_audit::wire::{Decoded, Decoder};

/// The values of one frame, in the order of the fields; several headers in a frame are joined with commas.
type Values = Vec<String>;

#[derive(Default)]
struct Tally {
    agree: usize,
    differ: usize,
    examples: Vec<String>,
}

#[test]
fn every_value_is_wireshark_s() {
    let Some(corpus) = corpus() else { return };
    let only = std::env::var("TCPFLOW_AUDIT_ONLY").unwrap_or_default();
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    for expected in files(&corpus.join("wireshark/expected")) {
        let name = expected.strip_prefix(corpus.join("wireshark/expected")).unwrap().with_extension("");
        if name.to_string_lossy().contains(&only) {
            let truth = String::from_utf8_lossy(&fs::read(&expected).unwrap()).into_owned();
            compare(&corpus.join("captures").join(&name), &name, &truth, &mut tallies);
        }
    }
    let mut agree = 0;
    let mut differ = 0;
    for (field, tally) in &tallies {
        agree += tally.agree;
        differ += tally.differ;
        if tally.differ > 0 {
            println!("{:>8} of {:<8} {field}", tally.agree, tally.agree + tally.differ);
            tally.examples.iter().for_each(|example| println!("    {example}"));
        }
    }
    println!("{agree} of {} values agree", agree + differ);
    assert!(agree > 0, "no expectations in {}", corpus.display());
    assert_eq!(differ, 0);
}

fn compare(path: &Path, name: &Path, truth: &str, tallies: &mut BTreeMap<&'static str, Tally>) {
    let mut lines = truth.lines();
    let Some(head) = lines.next() else { return };
    let columns: Vec<Option<&'static Field>> = head.split('\t').map(|column| fields::find(column).ok()).collect();
    let known: Vec<&Field> = columns.iter().flatten().copied().collect();
    let mut found = rows(path, &known);
    for line in lines {
        let values = line.split('\t').chain(std::iter::repeat(""));
        let wanted: Vec<&str> =
            columns.iter().zip(values).filter_map(|(column, value)| column.and(Some(value))).collect();
        let number = wanted[0].parse::<u64>().unwrap();
        let got = found.remove(&number);
        for (position, field) in known.iter().enumerate() {
            let got = got.as_ref().map_or("", |values| values[position].as_str());
            let wanted = wanted[position];
            let unowned = field.name == "info" && wanted.is_empty();
            if unowned || (got.is_empty() && wanted.is_empty()) {
                continue;
            }
            judge(tallies.entry(field.name).or_default(), name, number, wanted, got);
        }
    }
    let mut surplus: Vec<u64> = found.into_keys().collect();
    surplus.sort_unstable();
    for number in surplus {
        judge(tallies.entry("frame.number").or_default(), name, number, "", "a row");
    }
}

fn judge(tally: &mut Tally, name: &Path, number: u64, wanted: &str, got: &str) {
    if wanted == got {
        tally.agree += 1;
        return;
    }
    tally.differ += 1;
    if tally.examples.len() < 6 {
        tally.examples.push(format!("{} frame {number}: {wanted:?}, not {got:?}", name.display()));
    }
}

/// What the lens has for each frame of a capture.
fn rows(path: &Path, known: &[&Field]) -> HashMap<u64, Values> {
    let mut reader = capture::open(path).unwrap();
    let mut decoder = Decoder::new(false);
    let mut lens = Lens::new();
    let mut start = None;
    let mut found: HashMap<u64, Values> = HashMap::new();
    while let Ok(Some(record)) = reader.next_record() {
        let capture_start = *start.get_or_insert(record.time);
        let mut take = |decoded: &Decoded<'_>| {
            let row = lens.observe(decoded);
            let view = View {
                record: &record,
                capture_start,
                decoded,
                row: &row,
                client_state: None,
                server_state: None,
                findings: &[],
            };
            let values = known.iter().map(|field| text(field, &view));
            match found.get_mut(&record.number) {
                None => drop(found.insert(record.number, values.collect())),
                Some(before) => before.iter_mut().zip(values).zip(known).for_each(|((a, b), field)| join(a, &b, field)),
            }
        };
        let _ = decoder.decode(&record, &mut take);
    }
    found
}

fn text(field: &Field, view: &View<'_>) -> String {
    let mut out = Vec::new();
    field.write(view, &mut out);
    String::from_utf8(out).unwrap()
}

fn join(before: &mut String, value: &str, field: &Field) {
    if field.name.starts_with("frame.") || field.name == "info" || value.is_empty() {
        return;
    }
    if !before.is_empty() {
        before.push(',');
    }
    before.push_str(value);
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        match entry.path() {
            path if path.is_dir() => files.append(&mut self::files(&path)),
            path => files.push(path),
        }
    }
    files.sort();
    files
}
