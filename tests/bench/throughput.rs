//! Packets per second and peak memory of the whole audit, beside a pass that only reads with pcap-parser and slices
//! with etherparse: `cargo bench --bench throughput [-- SHAPE [SEGMENTS]]`.
//!
//! Each measurement is a process of its own, so that its peak memory is its own; the best of three counts.

mod shapes;

use pcap_parser::traits::PcapReaderIterator;
use pcap_parser::{LegacyPcapReader, PcapBlockOwned, PcapError};
use shapes::Shape;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use tcpflow_audit::audit::{self, Settings};
use tcpflow_audit::capture;
use tcpflow_audit::report::{Text, TextOptions};

const SEGMENTS: u64 = 1_000_000;
const RUNS: usize = 3;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["measure", pass, file] => measure(pass, Path::new(file)),
        ["write", shape, segments, file] => write(named(shape), count(segments), Path::new(file)),
        [] => compare(Shape::WEB, SEGMENTS),
        ["all"] => Shape::ALL.into_iter().try_for_each(|shape| compare(shape, SEGMENTS)),
        [shape] => compare(named(shape), SEGMENTS),
        [shape, segments] => compare(named(shape), count(segments)),
        _ => panic!("usage: throughput [SHAPE|all [SEGMENTS]] | write SHAPE SEGMENTS FILE"),
    }
}

fn named(name: &str) -> Shape {
    let shape = Shape::ALL.into_iter().find(|shape| shape.name == name);
    shape.unwrap_or_else(|| panic!("shapes are {}", Shape::ALL.map(|shape| shape.name).join(", ")))
}

fn count(word: &str) -> u64 {
    word.parse().expect("a number of segments")
}

/// Writes a capture; `-` is standard output.
fn write(shape: Shape, segments: u64, file: &Path) -> io::Result<()> {
    let out: Box<dyn Write> = match file.to_str() {
        Some("-") => Box::new(io::stdout()),
        _ => Box::new(File::create(file)?),
    };
    let mut out = BufWriter::with_capacity(1 << 20, out);
    shape.write(segments, &mut out)?;
    out.flush()
}

/// Writes a capture, measures both passes over it and prints them with their ratio.
fn compare(shape: Shape, segments: u64) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("bench.pcap");
    write(shape, segments, &file)?;
    let octets = file.metadata()?.len();
    println!("{}: {segments} segments, {:.1} MB, best of {RUNS}", shape.name, octets as f64 / 1e6);
    let [slice, audit, beside] = ["slice", "audit", "beside"].map(|pass| best(pass, &file));
    for (pass, (seconds, kib)) in [("read and slice", slice), ("audit", audit), ("two threads", beside)] {
        let rate = segments as f64 / seconds / 1e6;
        println!("{pass:>16}  {seconds:8.3} s  {rate:7.2} M segments/s  {:8.1} MiB peak", kib as f64 / 1024.0);
    }
    println!("{:>16}  {:8.2}", "ratio", audit.0 / slice.0);
    println!("{:>16}  {:8.2}", "two threads", audit.0 / beside.0);
    Ok(())
}

/// The least time in seconds and the peak memory in KiB of that run.
fn best(pass: &str, file: &Path) -> (f64, u64) {
    let run = || {
        let this = std::env::current_exe().expect("this program");
        let output = Command::new(this).args(["measure", pass]).arg(file).output().expect("a child");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("two numbers");
        let (seconds, kib) = text.trim().split_once(' ').expect("two numbers");
        (seconds.parse().expect("seconds"), kib.parse().expect("KiB"))
    };
    let runs: Vec<(f64, u64)> = (0..RUNS).map(|_| run()).collect();
    runs.into_iter().min_by(|one, other| one.0.total_cmp(&other.0)).expect("a run")
}

fn measure(pass: &str, file: &Path) -> io::Result<()> {
    let start = Instant::now();
    let seen = match pass {
        "slice" => slice(file)?,
        "beside" => full_audit(file, 2)?,
        _ => full_audit(file, 1)?,
    };
    assert!(seen > 0, "the capture was read");
    println!("{} {}", start.elapsed().as_secs_f64(), peak_memory()?);
    Ok(())
}

/// Reads and slices and does nothing else.
fn slice(file: &Path) -> io::Result<u64> {
    let mut reader = LegacyPcapReader::new(1 << 20, File::open(file)?).expect("a pcap file");
    let mut seen = 0;
    loop {
        match reader.next() {
            Ok((octets, block)) => {
                if let PcapBlockOwned::Legacy(packet) = block {
                    let sliced = etherparse::SlicedPacket::from_ethernet(packet.data).expect("a TCP frame");
                    seen += u64::from(std::hint::black_box(sliced).transport.is_some());
                }
                reader.consume(octets);
            }
            Err(PcapError::Eof) => return Ok(seen),
            Err(PcapError::Incomplete(_)) => reader.refill().expect("more octets"),
            Err(error) => panic!("{error:?}"),
        }
    }
}

/// The whole way, with every rule, to the text for people, in a file.
fn full_audit(file: &Path, jobs: usize) -> io::Result<u64> {
    let mut reader = capture::open(file).map_err(io::Error::other)?;
    let out = BufWriter::new(File::create(file.with_extension("txt"))?);
    let options = TextOptions { limit: Some(20), findings: true, ..TextOptions::default() };
    let mut report = Text::new(out, options);
    let totals = audit::run(&mut reader, &Settings { jobs, ..Settings::default() }, &mut report, &mut || true);
    Ok(totals.map_err(io::Error::other)?.segments)
}

/// The most memory this process has had, in KiB; 0 where the system does not tell.
fn peak_memory() -> io::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0))
}
