//! Every capture of the corpus decoded, and its segments compared with what tshark printed for the same frames.

use crate::support::corpus;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use tcpflow_audit::capture;
use tcpflow_audit::wire::{Decoded, Decoder, IpLayer, Quote, RawOptions, Segment, Standing};

/// The fields compared, as tshark names them.
const FIELDS: [&str; 21] = [
    "frame.time_epoch",
    "ip.src",
    "ip.dst",
    "ipv6.src",
    "ipv6.dst",
    "tcp.srcport",
    "tcp.dstport",
    "tcp.flags",
    "tcp.seq_raw",
    "tcp.ack_raw",
    "tcp.len",
    "tcp.hdr_len",
    "tcp.window_size_value",
    "tcp.urgent_pointer",
    "tcp.checksum",
    "tcp.options",
    "tcp.option_kind",
    "tcp.options.mss_val",
    "tcp.options.wscale.shift",
    "tcp.options.timestamp.tsval",
    "tcp.options.timestamp.tsecr",
];

type Row = BTreeMap<&'static str, String>;
type Rows = BTreeMap<u64, Row>;

#[test]
fn agrees_with_tshark_on_every_segment_of_the_corpus() {
    let Some(corpus) = corpus() else { return };
    let mut tally = Tally::default();
    for capture in files(&corpus.join("captures")) {
        let Ok(name) = capture.strip_prefix(corpus.join("captures")) else { continue };
        let expected = corpus.join("wireshark/expected").join(format!("{}.tsv", name.display()));
        let want = std::fs::read(&expected).map(|text| expected_rows(&String::from_utf8_lossy(&text)));
        tally.compare(name, &want.unwrap_or_default(), &decoded_rows(&capture));
    }
    println!("{}{} of {} values agree", tally.differences, tally.good, tally.good + tally.bad);
    assert!(tally.good > 0, "the corpus holds nothing to compare");
    assert!(tally.bad * 1000 <= tally.good, "{} values differ", tally.bad);
}

#[derive(Default)]
struct Tally {
    good: usize,
    bad: usize,
    differences: String,
}

impl Tally {
    fn compare(&mut self, capture: &Path, want: &Rows, got: &Rows) {
        for frame in got.keys().filter(|frame| !want.contains_key(frame)) {
            self.differ(capture, *frame, "frame.number", "no TCP", "TCP");
        }
        for (frame, want) in want {
            let Some(got) = got.get(frame) else {
                self.differ(capture, *frame, "frame.number", "TCP", "no TCP");
                continue;
            };
            for field in FIELDS {
                match (want.get(field).map_or("", String::as_str), got.get(field).map_or("", String::as_str)) {
                    ("", "") => {}
                    (want, got) if want == got => self.good += 1,
                    (want, got) => self.differ(capture, *frame, field, want, got),
                }
            }
        }
    }

    fn differ(&mut self, capture: &Path, frame: u64, field: &str, want: &str, got: &str) {
        const SHOWN: usize = 200;
        self.bad += 1;
        if self.bad <= SHOWN {
            let _ = writeln!(self.differences, "{} frame {frame} {field}: tshark {want}, got {got}", capture.display());
        }
    }
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn expected_rows(text: &str) -> Rows {
    let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let head = lines.next().unwrap_or_default();
    let column = |name: &str| head.iter().position(|field| *field == name);
    let frame = column("frame.number").unwrap_or_default();
    lines
        .filter_map(|cells| {
            let number = cells.get(frame)?.parse().ok()?;
            let value =
                |field: &str| column(field).and_then(|at| cells.get(at)).copied().unwrap_or_default().to_owned();
            Some((number, FIELDS.into_iter().map(|field| (field, value(field))).collect()))
        })
        .collect()
}

fn decoded_rows(capture: &Path) -> Rows {
    let mut rows = Rows::new();
    let mut decoder = Decoder::default();
    let Ok(mut reader) = capture::open(capture) else { return rows };
    while let Ok(Some(record)) = reader.next_record() {
        let _ = decoder.decode(&record, &mut |decoded| {
            let row = rows.entry(decoded.segment.frame).or_default();
            for (field, value) in fields(decoded).into_iter().filter(|(_, value)| !value.is_empty()) {
                let cell = row.entry(field).or_default();
                if field == "frame.time_epoch" {
                    cell.clear();
                }
                if !cell.is_empty() {
                    cell.push(',');
                }
                cell.push_str(&value);
            }
        });
    }
    rows
}

/// One row as `tshark -T fields` prints it.
fn fields(decoded: &Decoded<'_>) -> Vec<(&'static str, String)> {
    let segment = &decoded.segment;
    let mut row = vec![("frame.time_epoch", format!("{}.{:09}", segment.time.seconds, segment.time.nanos))];
    for (field, v4, end) in [("ip.src", true, 0), ("ip.dst", true, 1), ("ipv6.src", false, 0), ("ipv6.dst", false, 1)] {
        let addresses = decoded.ip_layers.iter().map(|IpLayer { source, destination }| [source, destination][end]);
        let addresses: Vec<_> = addresses.filter(|ip| ip.is_ipv4() == v4).map(ToString::to_string).collect();
        row.push((field, addresses.join(",")));
    }
    row.extend(
        header_fields(segment).into_iter().filter(|(enough, ..)| *enough).map(|(_, field, value)| (field, value)),
    );
    let bogus = segment.data_offset < 5;
    if !bogus && decoded.header.len() > 20 {
        row.push(("tcp.options", decoded.header[20..].iter().map(|octet| format!("{octet:02x}")).collect()));
        row.extend(option_fields(decoded.header));
    }
    row
}

/// Fields of the fixed header, each with whether enough was captured for tshark to show it.
fn header_fields(segment: &Segment) -> Vec<(bool, &'static str, String)> {
    let captured = segment.captured;
    let bogus = segment.data_offset < 5;
    let quoted_v4 = matches!(segment.standing, Standing::Quoted(Quote::Icmp { v6: false, .. }));
    vec![
        (captured >= 4, "tcp.srcport", segment.source.port.to_string()),
        (captured >= 4, "tcp.dstport", segment.destination.port.to_string()),
        (captured >= 14 && !bogus, "tcp.flags", format!("0x{:04x}", segment.flags.0)),
        (captured >= 14 && !quoted_v4, "tcp.seq_raw", segment.seq.to_string()),
        (captured >= 14 && !bogus, "tcp.ack_raw", segment.ack.to_string()),
        (true, "tcp.len", segment.payload_len().map_or(String::new(), |octets| octets.to_string())),
        (captured >= 14, "tcp.hdr_len", segment.header_len().to_string()),
        (captured >= 16 && !bogus, "tcp.window_size_value", segment.window.0.to_string()),
        (captured >= 18 && !bogus, "tcp.checksum", format!("0x{:04x}", segment.checksum)),
        (captured >= 20 && !bogus, "tcp.urgent_pointer", segment.urgent_pointer.to_string()),
    ]
}

fn option_fields(header: &[u8]) -> Vec<(&'static str, String)> {
    let be = |octets: &[u8]| octets.iter().fold(0u64, |value, octet| value << 8 | u64::from(*octet)).to_string();
    let options: Vec<_> = RawOptions::of(header).map_while(Result::ok).collect();
    let values = |kind: u8, length: usize, from: usize, to: usize| {
        let options = options.iter().filter(|option| option.kind == kind && option.value.len() == length);
        options.map(|option| be(&option.value[from..to])).collect::<Vec<_>>().join(",")
    };
    vec![
        ("tcp.option_kind", options.iter().map(|option| option.kind.to_string()).collect::<Vec<_>>().join(",")),
        ("tcp.options.mss_val", values(2, 2, 0, 2)),
        ("tcp.options.wscale.shift", values(3, 1, 0, 1)),
        ("tcp.options.timestamp.tsval", values(8, 8, 0, 4)),
        ("tcp.options.timestamp.tsecr", values(8, 8, 4, 8)),
    ]
}
