//! Captures cut at any length and with any octet changed: the audit ends, and what came before the damage is told as ever.
//!
//! Samples of them; `HOSTILE=whole cargo test --release damage` takes every length and every octet of all test data.

use super::{captures, is_whole, samples};
use crate::cli::Bench;
use crate::fuzz::check;
use crate::hostile::faults::limited;
use crate::support::corpus;
use crate::support::every_format::every_format;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tcpflow_audit::audit::{self, Event, Settings, Sink};
use tcpflow_audit::capture::{FrameNumber, Reader};
use tcpflow_audit::rules::Confidence;

/// What an audit said, each with the frame at which it did.
#[derive(Debug, Default)]
struct Said {
    told: Vec<(FrameNumber, String)>,
    /// What was said since the last segment: it belongs to the frame of the next one.
    waiting: Vec<String>,
    over: bool,
}

impl Sink for Said {
    fn wants_segments(&self) -> bool {
        true
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Segment(event) => {
                let frame = event.record.number;
                let states = (event.stream, event.flow_id, event.side, event.client_state, event.server_state);
                self.told.extend(self.waiting.drain(..).map(|text| (frame, text)));
                self.told.push((frame, format!("{:?} {states:?}", event.decoded.segment)));
            }
            Event::Finding(event) => self.waiting.push(format!("{:?}", event.finding.evidence)),
            Event::Flow(event) => self.waiting.push(format!("{:?}", event.summary)),
            Event::Totals(_) => self.over = true,
            Event::Capture(_) | Event::Expectation(_) => {}
        }
        Ok(())
    }
}

impl Said {
    /// What was said of the first `frames` frames.
    fn of_first(&self, frames: FrameNumber) -> impl Iterator<Item = &(FrameNumber, String)> {
        self.told.iter().take_while(move |(frame, _)| *frame <= frames)
    }
}

/// What is said of a capture; `None` if it is none.
fn said(octets: &[u8]) -> Option<Said> {
    let settings = Settings { min_confidence: Confidence::Possible, ..Settings::default() };
    let mut said = Said::default();
    audit::run(&mut Reader::new(octets, "damaged").ok()?, &settings, &mut said, &mut || true)
        .expect("memory to write to");
    assert!(said.over, "an audit has an end");
    Some(said)
}

/// Where each frame's record begins.
fn places(octets: &[u8]) -> Vec<(FrameNumber, u64)> {
    let Ok(mut reader) = Reader::new(octets, "whole") else { return Vec::new() };
    let mut places = Vec::new();
    while let Ok(Some(record)) = reader.next_record() {
        places.push((record.number, record.offset));
    }
    places
}

/// Frames that lie before octet `at` with all of their record.
fn frames_before(places: &[(FrameNumber, u64)], at: usize) -> FrameNumber {
    let begun = places.iter().filter(|(_, offset)| *offset <= at as u64).count();
    begun.checked_sub(2).and_then(|last| places.get(last)).map_or(0, |(number, _)| *number)
}

/// Positions in a file: all of them, or about `count`, with those at its head and its end.
fn positions(len: usize, count: usize) -> impl Iterator<Item = usize> {
    let step = if is_whole() { 1 } else { (len / count).max(1) };
    (0..len).filter(move |at| at % step == 0 || len - at < 4)
}

#[test]
fn a_cut_changes_nothing_of_what_came_before() {
    for (name, capture) in samples(10) {
        let (whole, places) = (said(&capture).expect("a capture"), places(&capture));
        for at in positions(capture.len(), 20) {
            let Some(cut) = said(&capture[..at]) else { continue };
            let frames = frames_before(&places, at);
            assert!(cut.of_first(frames).eq(whole.of_first(frames)), "{name} cut at {at}");
        }
    }
}

#[test]
fn a_wrong_octet_changes_nothing_of_what_came_before() {
    for (name, capture) in samples(10) {
        let (whole, places) = (said(&capture).expect("a capture"), places(&capture));
        for at in positions(capture.len(), 20) {
            for wrong in [!capture[at], capture[at] ^ 1, 0xff] {
                let mut damaged = capture.clone();
                damaged[at] = wrong;
                let Some(damaged) = said(&damaged) else { continue };
                let frames = frames_before(&places, at);
                assert!(damaged.of_first(frames).eq(whole.of_first(frames)), "{name} with octet {at} {wrong}");
            }
        }
    }
}

#[test]
fn every_format_survives_damage() {
    let settings = Settings { min_confidence: Confidence::Possible, ..Settings::default() };
    for (name, capture) in samples(3) {
        for at in positions(capture.len(), 2) {
            let mut damaged = capture.clone();
            damaged[at] = !damaged[at];
            for octets in [&damaged[..], &capture[..at]] {
                every_format(octets, &name, &settings).iter().for_each(check);
            }
        }
    }
}

/// Damaged captures, many at once, in as little memory as the whole ones.
#[cfg(target_os = "linux")]
#[test]
fn damage_costs_no_memory() {
    let bench = Bench::new();
    let mut names = Vec::new();
    for (index, (_, capture)) in samples(12).into_iter().enumerate() {
        for (number, at) in positions(capture.len(), 6).enumerate().take(12) {
            let mut damaged = capture.clone();
            damaged[at] = !damaged[at];
            let name = format!("{index}-{number}.pcap");
            fs::write(bench.path(&name), damaged).unwrap();
            names.push(name);
        }
    }
    let output =
        limited(&bench, "ulimit -v 160000", &format!("{} --format jsonl --jobs 1", names.join(" "))).output().unwrap();
    assert!(output.status.code().is_some_and(|code| code <= 3), "{output:?}");
    assert!(output.stdout.ends_with(b"}\n"));
}

/// The captures of a corpus, if there is one, each damaged in places that depend on its name.
#[test]
fn a_corpus_with_random_damage_is_survived() {
    let Some(corpus) = corpus() else { return };
    let (most, times) = if is_whole() { (1 << 20, 20) } else { (16 << 10, 1) };
    for path in below(&corpus.join("captures")) {
        let Ok(mut octets) = fs::read(&path) else { continue };
        octets.truncate(most);
        let mut state = path.to_string_lossy().bytes().fold(7_u64, |sum, octet| next(sum ^ u64::from(octet)));
        for _ in 0..times {
            let mut damaged = octets.clone();
            for _ in 0..5 {
                state = next(state);
                let at = (state >> 16) as usize % damaged.len().max(1);
                if let Some(octet) = damaged.get_mut(at) {
                    *octet = state as u8;
                }
            }
            said(&damaged);
        }
    }
}

/// The next number of a simple generator.
fn next(state: u64) -> u64 {
    state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407).rotate_left(17)
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(below(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// The samples are no less than they say they are.
#[test]
fn all_kinds_of_test_data_are_damaged() {
    let names: Vec<String> = captures().into_iter().map(|(name, _)| name).collect();
    for kind in [".client.pcap", ".trace.pcap", ".trace.pcapng", "syn-ack-wrong-ack.pcapng"] {
        assert!(names.iter().any(|name| name.ends_with(kind)), "{kind}");
    }
}
