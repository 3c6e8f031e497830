//! Segments that can break no rule are counted a short way: whole captures must come out the same without it.
//!
//! [`audit`](crate::support::audit) holds every trace and every mutation against the long way, too; here are real captures.

// The bench is another program, so that what it shares with these tests is there twice.
#[path = "bench/shapes.rs"]
#[allow(dead_code, clippy::duplicate_mod)]
mod shapes;

use crate::support::audit::{audit, audit_with};
use crate::support::corpus;
use shapes::Shape;
use std::path::{Path, PathBuf};
use tcpflow_audit::audit::lint::{Lint, Policy};
use tcpflow_audit::audit::{self, Settings};
use tcpflow_audit::capture::Reader;
use tcpflow_audit::flow::{Limits, SECOND};
use tcpflow_audit::report::{Report, Summary, Text, TextOptions};
use tcpflow_audit::rules::Severity;

/// Larger captures are left to people with time.
const MOST: u64 = 4 << 20;

#[test]
fn captures_come_out_the_same() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures");
    let mut folders = vec![own];
    match corpus() {
        Some(corpus) => folders.push(corpus.join("captures")),
        None => println!("the corpus was skipped: TCPFLOW_AUDIT_CORPUS does not name it"),
    }
    let (mut captures, mut flows) = (0, 0);
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            match path.is_dir() {
                true => folders.push(path),
                false if is_capture(&path) => {
                    flows += audit(&std::fs::read(&path).expect("a file")).flows.len();
                    captures += 1;
                }
                false => {}
            }
        }
    }
    println!("{captures} captures with {flows} connections");
    assert!(flows > 50, "{captures} captures hold {flows} connections");
}

/// The shapes that speed is measured on, fewer connections at a time so that many of them end.
#[test]
fn the_shapes_of_the_bench_come_out_the_same() {
    for shape in Shape::ALL {
        let interleaved = shape.interleaved.min(50);
        let said = audit_with(&written(Shape { interleaved, ..shape }, 10_000), &Settings::default());
        let serious = said.findings.iter().filter(|said| said.finding.evidence.severity > Severity::Note);
        let codes: Vec<_> = serious.map(|said| said.finding.rule.code).collect();
        assert!(codes.is_empty() && said.totals.segments == 10_000, "{}: {codes:?}", shape.name);
    }
}

/// What a text leaves out is not even put in words: it has to be counted as it would be. A capture may end anywhere.
#[test]
fn a_text_that_leaves_most_out_says_the_same() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures/lab");
    let files = std::fs::read_dir(own).expect("a folder").map(|entry| entry.expect("an entry").path());
    let captures = files.filter(is_capture).map(|path| std::fs::read(path).expect("a file"));
    let shapes = Shape::ALL.into_iter().map(|shape| written(Shape { interleaved: 40, ..shape }, 1_000));
    let mut open = 0;
    for octets in captures.chain(shapes) {
        for part in 1..=8 {
            for limit in [0, 3] {
                let [short, long] =
                    [true, false].map(|short_ways| text(&octets[..octets.len() * part / 8], limit, short_ways));
                assert_eq!(short, long);
                open += usize::from(short.contains("TFA210") || short.contains("open-at-end"));
            }
        }
    }
    assert!(open > 20, "{open} texts tell of open connections");
}

fn text(octets: &[u8], limit: usize, short_ways: bool) -> String {
    let settings = Settings { limits: Limits { short_ways, ..Limits::default() }, ..Settings::default() };
    let options = TextOptions { limit: Some(limit), findings: true, statistics: true, ..TextOptions::default() };
    let (mut out, policy) = (Vec::new(), Policy::default());
    let mut report = Text::new(&mut out, options);
    let mut lint = Lint::new(&policy, None, &mut report);
    if let Ok(mut reader) = Reader::new(octets, "capture") {
        audit::run(&mut reader, &settings, &mut lint, &mut || true).expect("an audit");
    }
    drop(lint);
    report.finish(&Summary::default()).expect("a report");
    drop(report);
    String::from_utf8(out).expect("text")
}

#[test]
fn what_is_followed_is_bounded_and_the_report_says_so() {
    let flood = written(Shape::SYN_FLOOD, 5_000);
    let notes = |limits: Limits| {
        let said = audit_with(&flood, &Settings { limits, ..Settings::default() });
        assert_eq!(said.flows.len(), 5_000);
        said.totals.notes.join(" ")
    };
    assert_eq!(notes(Limits::default()), "");
    let few = notes(Limits { max_flows: 100, ..Limits::default() });
    assert!(few.contains("make room: 4900;"), "{few}");
    let brief = notes(Limits { idle_timeout: SECOND / 100, ..Limits::default() });
    assert!(brief.contains("10 ms of silence: 3999"), "{brief}");
}

fn written(shape: Shape, segments: u64) -> Vec<u8> {
    let mut octets = Vec::new();
    shape.write(segments, &mut octets).expect("octets are written to memory");
    octets
}

fn is_capture(path: &PathBuf) -> bool {
    let small = path.metadata().is_ok_and(|about| about.len() <= MOST);
    small && tcpflow_audit::capture::open(path).is_ok()
}
