//! What each part of the path costs, by itself: `cargo bench --bench parts [-- PART]`.
//!
//! Everything is read from memory and written to memory; figures are for segments, steps or events, as each part counts.

#[path = "../support/every_format.rs"]
#[allow(dead_code)]
mod every_format;
mod shapes;

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use every_format::{JUDGING, Make};
use shapes::Shape;
use std::fs;
use std::io;
use std::path::Path;
use tcpflow_audit::audit::{self, Again, Event, Settings, Sink, Told};
use tcpflow_audit::capture::Reader;
use tcpflow_audit::flow::{Detail, Flow, Limits, Notes, Observer, Open, Orderly, Sides, Step, Table, Tracked};
use tcpflow_audit::lens::wireshark::Lens;
use tcpflow_audit::report::{Delimiter, PacketChoice, PacketFormat, Packets, Summary, named_fields};
use tcpflow_audit::rules::{Confidence, RULES, Ruleset};
use tcpflow_audit::wire::{Decoder, Endpoint, Packed, Segment};

fn main() {
    divan::main();
}

/// Enough for the connections of each shape to open, and for most of the short ones to close.
const SEGMENTS: u64 = 200_000;

const SHAPES: [&str; 4] = ["bulk", "web", "tiny", "synflood"];

fn capture(shape: &str) -> Vec<u8> {
    let shape = Shape::ALL.into_iter().find(|it| it.name == shape).expect("a shape");
    let mut octets = Vec::new();
    shape.write(SEGMENTS, &mut octets).expect("a capture in memory");
    octets
}

fn segments(capture: &[u8]) -> Vec<Segment> {
    let mut segments = Vec::new();
    each_segment(capture, false, |decoded| segments.push(decoded.segment));
    segments
}

fn each_segment(capture: &[u8], verify: bool, mut found: impl FnMut(&tcpflow_audit::wire::Decoded<'_>)) {
    let mut reader = Reader::new(capture, "bench").expect("a capture");
    let mut decoder = Decoder::new(verify);
    while let Some(record) = reader.next_record().expect("memory can be read") {
        let _ = decoder.decode(&record, &mut found);
    }
}

/// Octets to segments; whether checksums are computed is most of it where segments are long.
#[divan::bench(args = SHAPES, consts = [false, true], sample_count = 10)]
fn decode<const CHECKSUMS: bool>(bencher: Bencher<'_, '_>, shape: &str) {
    let capture = capture(shape);
    bencher.counter(ItemsCount::new(SEGMENTS)).bench_local(|| {
        each_segment(&capture, CHECKSUMS, |decoded| {
            black_box(decoded);
        });
    });
}

/// Segments to steps of their connections, all of which have to be found first.
#[divan::bench(args = SHAPES, sample_count = 10)]
fn table(bencher: Bencher<'_, '_>, shape: &str) {
    let segments = segments(&capture(shape)).iter().collect();
    bencher.counter(ItemsCount::new(SEGMENTS)).bench_local(|| {
        let mut table = Table::new(Limits::default());
        table.observe_all(&segments, &mut Nobody);
        table.finish(&mut Nobody);
    });
}

/// Who is told, and does not listen.
struct Nobody;

#[derive(Default)]
struct Nothing;

impl Notes for Nothing {
    fn is_empty(&self) -> bool {
        true
    }
}

impl Observer<Nothing> for Nobody {
    fn step(&mut self, step: &Step<'_>, _: u32, _: &mut Nothing) {
        black_box(step);
    }

    fn wants_steps(&self) -> bool {
        false
    }

    fn agreed(&mut self, ends: Sides<Endpoint>, _: i64) {
        black_box(ends);
    }

    fn orderly(&mut self, orderly: &Orderly<'_>) {
        black_box(orderly.answers);
    }

    fn ended(&mut self, flow: &Tracked<Nothing>) {
        black_box(flow);
    }

    fn asked(&mut self, syn: &Packed, _: Sides<Endpoint>) {
        black_box(syn);
    }

    fn still_open(&mut self, _: &Open) -> Detail {
        Detail::Nothing
    }

    fn unanswered(&mut self) -> Detail {
        Detail::Nothing
    }
}

/// One connection of a shape, from the first segment to the last.
fn connection(shape: &str) -> Vec<Segment> {
    let mut segments = segments(&capture(shape));
    let first = segments[0];
    segments.retain(|it| [it.source, it.destination].contains(&first.source));
    segments.truncate(10_000);
    segments
}

/// Segments of one connection to its steps: nothing has to be found.
#[divan::bench(args = ["bulk", "web", "tiny"])]
fn observe(bencher: Bencher<'_, '_>, shape: &str) {
    let (segments, limits) = (connection(shape), Limits::default());
    bencher.counter(ItemsCount::new(segments.len())).bench_local(|| {
        let mut flow = Flow::new(&segments[0]);
        for segment in &segments {
            black_box(flow.observe(segment, &limits).relation);
        }
    });
}

/// The same steps, each judged by every rule so often that little else counts.
#[divan::bench(args = ["bulk", "web", "tiny"])]
fn rules(bencher: Bencher<'_, '_>, shape: &str) {
    const OFTEN: usize = 100;
    let (segments, limits, rules) = (connection(shape), Limits::default(), Ruleset::new(RULES));
    bencher.counter(ItemsCount::new(segments.len() * OFTEN)).bench_local(|| {
        let mut flow = Flow::new(&segments[0]);
        for segment in &segments {
            let step = flow.observe(segment, &limits);
            for _ in 0..OFTEN {
                rules.judge(black_box(&step), &limits, &mut |finding| {
                    black_box(finding);
                });
            }
        }
    });
}

/// Segments to what Wireshark says of them.
#[divan::bench(args = SHAPES, sample_count = 10)]
fn lens(bencher: Bencher<'_, '_>, shape: &str) {
    let capture = capture(shape);
    bencher.counter(ItemsCount::new(SEGMENTS)).bench_local(|| {
        let mut lens = Lens::new();
        each_segment(&capture, false, |decoded| {
            black_box(lens.observe(decoded));
        });
    });
}

/// What an audit tells, kept.
struct Recorder(Vec<Told>);

impl Sink for Recorder {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        self.0.extend(Told::of(event));
        Ok(())
    }
}

/// Connections without a finding, and many findings: those of the test captures made by hand, again and again.
fn told(what: &str) -> Vec<Told> {
    let mut recorder = Recorder(Vec::new());
    let settings = Settings { min_confidence: Confidence::Possible, ..Settings::default() };
    let mut add = |octets: &[u8]| {
        let mut reader = Reader::new(octets, "bench").expect("a capture");
        audit::run(&mut reader, &settings, &mut recorder, &mut || true).expect("memory can be read");
    };
    if what == "connections" {
        add(&capture("tiny"));
    } else {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures/handmade");
        let files: Vec<_> = fs::read_dir(folder).expect("captures").flatten().map(|file| file.path()).collect();
        for file in files.iter().cycle().take(files.len() * 20) {
            add(&fs::read(file).expect("a capture"));
        }
    }
    recorder.0
}

/// Events to each format.
#[divan::bench(args = JUDGING.iter().map(|(name, _)| *name), consts = [0, 1], sample_count = 10)]
fn formats<const WHAT: usize>(bencher: Bencher<'_, '_>, format: &str) {
    let told = told(["connections", "findings"][WHAT]);
    let (_, make): &(_, Make) = JUDGING.iter().find(|(name, _)| *name == format).expect("a format");
    bencher.counter(ItemsCount::new(told.len())).bench_local(|| {
        let mut out = Vec::new();
        let (mut report, mut again) = (make(&mut out), Again::default());
        told.iter().for_each(|told| again.tell(told, report.as_mut()).expect("a report into memory"));
        report.finish(&Summary::default()).expect("a report into memory");
        drop(report);
        out.len()
    });
}

/// Segments to rows of twenty fields.
#[divan::bench(args = ["web", "bulk"], sample_count = 10)]
fn packets(bencher: Bencher<'_, '_>, shape: &str) {
    const FIELDS: [&str; 20] = [
        "frame.number",
        "frame.time_epoch",
        "frame.len",
        "tcp.stream",
        "ip.src",
        "ip.dst",
        "tcp.srcport",
        "tcp.dstport",
        "tcp.flags.str",
        "tcp.flags",
        "tcp.seq",
        "tcp.ack",
        "tcp.len",
        "tcp.window_size",
        "tcp.seq_raw",
        "tcp.ack_raw",
        "tcp.time_delta",
        "tcp.time_relative",
        "tcp.analysis.bytes_in_flight",
        "tcp.hdr_len",
    ];
    let capture = capture(shape);
    let fields = named_fields(FIELDS).expect("fields");
    let settings = Settings { follow: false, ..Settings::default() };
    bencher.counter(ItemsCount::new(SEGMENTS)).counter(BytesCount::new(capture.len())).bench_local(|| {
        let format = PacketFormat::Table(Delimiter::Tab, fields.clone());
        let mut packets = Packets::new(io::sink(), format, PacketChoice::default());
        let mut reader = Reader::new(&capture[..], "bench").expect("a capture");
        audit::run(&mut reader, &settings, &mut packets, &mut || true).expect("memory can be read");
    });
}
