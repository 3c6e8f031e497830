//! Captures cut at any length and with any octet changed: the audit ends, and what came before the damage is told as ever.
//!
//! Samples of them; `HOSTILE=whole cargo test --release damage` takes every length and every octet of all test data, for
//! the formats of reports each [`APART`]th; `HOSTILE=whole:3/8` the third eighth of the captures.

use super::{captures, each_of, is_whole, samples};
use crate::cli::Bench;
use crate::fuzz::check;
use crate::hostile::faults::limited;
use crate::support::corpus;
use crate::support::every_format::every_format;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tcpflow_audit::audit::{self, Event, SegmentEvent, Settings, Sink};
use tcpflow_audit::capture::{FrameNumber, Reader};
use tcpflow_audit::flow::{FlowSummary, Side, State};
use tcpflow_audit::rules::{Confidence, Evidence};
use tcpflow_audit::wire::Segment;

/// How far apart damage is done of which every format has to tell. A prime number: frames are hit at every place.
const APART: usize = 7;

/// How many damaged captures a child is given at a time.
const AT_ONCE: usize = 300;

/// One thing that an audit said.
#[derive(Debug, PartialEq)]
enum Word {
    Segment(Box<Told>),
    Finding(Box<Evidence>),
    Flow(Box<FlowSummary>),
}

/// What is said of a segment: what it is, whose it is, and the states it leads to.
#[derive(Debug, PartialEq)]
struct Told {
    segment: Segment,
    stream: Option<u32>,
    flow_id: Option<FrameNumber>,
    side: Side,
    states: [Option<State>; 2],
}

/// All that an audit said.
#[derive(Debug, Default)]
struct Said(Vec<Word>);

impl Sink for Said {
    fn wants_segments(&self) -> bool {
        true
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Segment(event) => self.0.push(Word::Segment(Box::new(Told::of(event)))),
            Event::Finding(event) => self.0.push(Word::Finding(Box::new(event.finding.evidence.clone()))),
            Event::Flow(event) => self.0.push(Word::Flow(Box::new(event.summary.clone()))),
            Event::Totals(_) | Event::Capture(_) | Event::Expectation(_) => {}
        }
        Ok(())
    }
}

impl Told {
    fn of(event: &SegmentEvent<'_>) -> Self {
        let &SegmentEvent { stream, flow_id, side, client_state, server_state, .. } = event;
        Self { segment: event.decoded.segment, stream, flow_id, side, states: [client_state, server_state] }
    }
}

impl Word {
    /// Whether it is said of a segment among the first `frames` frames.
    fn is_of_first(&self, frames: FrameNumber) -> bool {
        matches!(self, Self::Segment(told) if told.segment.frame <= frames)
    }
}

/// Compares what an audit says of the first frames with what was said before. What is said between two segments belongs
/// to the frame of the second.
struct Compared<'a> {
    before: &'a [Word],
    frames: FrameNumber,
    same: bool,
    past: bool,
    over: bool,
}

impl Compared<'_> {
    fn hear(&mut self, is_it: impl FnOnce(&Word) -> bool) {
        match self.before.split_first().filter(|(word, _)| self.same && is_it(word)) {
            Some((_, rest)) => self.before = rest,
            None => self.same = false,
        }
    }

    /// Whether the audit said of the first frames what was said before, all of it, and came to its end.
    fn agrees(&self) -> bool {
        self.over && (self.past || self.is_through())
    }

    fn is_through(&self) -> bool {
        !self.before.iter().any(|word| word.is_of_first(self.frames))
    }
}

impl Sink for Compared<'_> {
    fn wants_segments(&self) -> bool {
        true
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Totals(_) => self.over = true,
            _ if self.past => {}
            Event::Segment(event) if event.record.number > self.frames => {
                self.past = self.is_through();
            }
            Event::Segment(event) => {
                self.hear(|word| matches!(word, Word::Segment(it) if **it == Told::of(event)));
            }
            Event::Finding(event) => {
                self.hear(|word| matches!(word, Word::Finding(it) if **it == event.finding.evidence))
            }
            Event::Flow(event) => self.hear(|word| matches!(word, Word::Flow(it) if **it == event.summary)),
            Event::Capture(_) | Event::Expectation(_) => {}
        }
        Ok(())
    }
}

/// What is said of a capture; `None` if it is none.
fn said<S: Sink>(octets: &[u8], mut sink: S) -> Option<S> {
    let settings = Settings { min_confidence: Confidence::Possible, ..Settings::default() };
    audit::run(&mut Reader::new(octets, "damaged").ok()?, &settings, &mut sink, &mut || true)
        .expect("memory to write to");
    Some(sink)
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

/// Positions in a file: about `count`, with those at its end; of the whole all of them.
fn positions(len: usize, count: usize) -> impl Iterator<Item = usize> {
    let step = if is_whole() { 1 } else { (len / count).max(1) };
    (0..len).filter(move |at| at % step == 0 || len - at < 4)
}

/// Whether an audit of a damaged capture says of its first frames what was said of the whole one; `None` if it is none.
fn agrees(damaged: &[u8], whole: &Said, frames: FrameNumber) -> Option<bool> {
    let compared = Compared { before: &whole.0, frames, same: true, past: false, over: false };
    said(damaged, compared).map(|compared| compared.agrees())
}

#[test]
fn a_cut_changes_nothing_of_what_came_before() {
    let done = each_of(samples(10), |name, capture| {
        let (whole, places) = (said(capture, Said::default()).expect("a capture"), places(capture));
        let cuts = positions(capture.len(), 20).filter_map(|at| {
            let agrees = agrees(&capture[..at], &whole, frames_before(&places, at))?;
            assert!(agrees, "{name} cut at {at}");
            Some(())
        });
        cuts.count()
    });
    println!("{done} cut captures");
}

/// The comparison itself sees what damage changes.
#[test]
fn what_damage_changes_is_seen() {
    for (name, capture) in samples(3) {
        let whole = said(&capture, Said::default()).expect("a capture");
        let places = places(&capture);
        let (first, last) = (places.first().expect("a frame").1 as usize, places.last().expect("a frame").0);
        assert_eq!(agrees(&capture, &whole, last), Some(true), "{name}");
        assert_eq!(agrees(&capture[..first], &whole, last), Some(false), "{name}");
    }
}

/// Every octet gets three wrong values.
#[test]
fn a_wrong_octet_changes_nothing_of_what_came_before() {
    let done = each_of(samples(10), |name, capture| {
        let (whole, places) = (said(capture, Said::default()).expect("a capture"), places(capture));
        let mut damaged = capture.to_vec();
        let mut done = 0;
        for at in positions(capture.len(), 20) {
            let right = capture[at];
            let values = [!right, right ^ 1, 0xff];
            for wrong in values {
                damaged[at] = wrong;
                if let Some(agrees) = agrees(&damaged, &whole, frames_before(&places, at)) {
                    assert!(agrees, "{name} with octet {at} {wrong}");
                    done += 1;
                }
            }
            damaged[at] = right;
        }
        done
    });
    println!("{done} captures with a wrong octet");
}

/// All reports together cost hundreds of times as much as the audit: of the whole each [`APART`]th place.
#[test]
fn every_format_survives_damage() {
    let settings = Settings { min_confidence: Confidence::Possible, ..Settings::default() };
    let done = each_of(samples(3), |name, capture| {
        let step = if is_whole() { APART } else { (capture.len() / 2).max(1) };
        let cuts = (0..capture.len()).step_by(step).map(|at| {
            let mut damaged = capture.to_vec();
            damaged[at] = !damaged[at];
            for octets in [&damaged[..], &capture[..at]] {
                every_format(octets, name, &settings).iter().for_each(check);
            }
        });
        2 * cuts.count()
    });
    println!("{done} damaged captures in every format");
}

/// The program gets along with damaged captures, many at once, in as little memory as with whole ones.
#[cfg(target_os = "linux")]
#[test]
fn damage_costs_no_memory() {
    let bench = Bench::new();
    let mut done = 0;
    let damaged = samples(12).into_iter().flat_map(|(_, capture)| {
        let places: Vec<usize> = positions(capture.len(), 4).collect();
        places.into_iter().flat_map(move |at| {
            let mut wrong = capture.clone();
            wrong[at] = !wrong[at];
            [wrong, capture[..at].to_vec()]
        })
    });
    let mut damaged = damaged.enumerate().peekable();
    while damaged.peek().is_some() {
        let names = damaged.by_ref().take(AT_ONCE).map(|(index, octets)| {
            let name = format!("{}.pcap", index % AT_ONCE);
            fs::write(bench.path(&name), octets).unwrap();
            done += 1;
            name
        });
        let words = format!("{} --format jsonl --jobs 1", names.collect::<Vec<_>>().join(" "));
        let output = limited(&bench, "ulimit -v 160000", &words).output().unwrap();
        assert!(output.status.code().is_some_and(|code| code <= 3), "{:?}", output.status);
        assert!(output.stdout.ends_with(b"}\n"));
    }
    println!("{done} damaged captures in little memory");
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
            said(&damaged, Said::default());
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
