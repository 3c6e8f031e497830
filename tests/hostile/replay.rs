//! The fuzz targets' bodies on what they begin with and on everything they ever found.
//!
//! `WRITE_SEEDS=DIR cargo test replay` leaves the beginnings as `DIR/TARGET/NAME`, for the fuzzer.

use super::is_whole;
use crate::fuzz::{BODIES, Body};
use crate::support::pack::PACKERS;
use crate::support::trace::Trace;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tcpflow_audit::capture::Reader;
use tcpflow_audit::wire::Decoder;

/// Inputs by name.
type Inputs = BTreeMap<String, Vec<u8>>;

#[test]
fn seeds_are_survived() {
    for (target, body) in BODIES {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "{target} begins with something");
        if let Some(folder) = std::env::var_os("WRITE_SEEDS") {
            write(&PathBuf::from(folder).join(target), &seeds);
        }
        // Each costs up to a tenth of a second without optimisation.
        let step = if is_whole() { 1 } else { 1 + seeds.len() / 6 };
        replay(target, body, seeds.iter().step_by(step));
    }
}

#[test]
fn what_fuzzing_found_stays_fixed() {
    for (target, body) in BODIES {
        replay(target, body, files(&root().join("tests/fuzz/found").join(target)).iter());
    }
}

fn replay<'a>(target: &str, body: Body, inputs: impl Iterator<Item = (&'a String, &'a Vec<u8>)>) {
    for (name, octets) in inputs {
        println!("{target}: {name}");
        body(octets);
    }
}

/// What a target begins with; of these the fuzzer gets all.
fn seeds(target: &str) -> Inputs {
    let captures = captures();
    let map = |make: &dyn Fn(&[u8]) -> Vec<u8>| captures.iter().map(|(name, it)| (name.clone(), make(it))).collect();
    match target {
        "reader" | "merge" | "rewrite" => map(&<[u8]>::to_vec),
        "gzip" | "zstd" | "lz4" => packed(target, &captures),
        "wire" => captures.iter().filter_map(|(name, capture)| Some((name.clone(), frames(capture)?))).collect(),
        "options" => option_lists(&captures),
        "tracker" => (0..40u8).map(|seed| (format!("seed-{seed}"), noise(seed))).collect(),
        "formats" => map(&|capture| [b"\x06a.pcap", capture].concat()),
        "words" => BTreeMap::from([("all".to_owned(), WORDS.into())]),
        _ => Inputs::new(),
    }
}

const WORDS: &str = "TFA101 10.0.0.1 10.0.0.2:80 server 2\n10.0.0.0/8\n[2001:db8::1]:443\n:80\n1.5\n>= 1\nTFA2\nALL\n\
                     2026-11-22T09:55:00.5Z\n7\ntcp.seq,tcp.ack\nsyn-ack-wrong-ack\n";

/// Small captures: the handmade ones, and traces in both formats.
fn captures() -> Inputs {
    let mut captures = files(&root().join("testdata/captures/handmade"));
    captures.extend(files(&root().join("testdata/captures/differential")));
    captures.retain(|name, octets| name.contains(".pcap") && octets.len() < 2000);
    for (index, (name, text)) in files(&root().join("testdata/traces")).into_iter().enumerate() {
        let Ok(trace) = Trace::parse(&String::from_utf8_lossy(&text)) else { continue };
        if index % 4 == 0 && trace.lines.len() < 20 {
            captures.insert(format!("{name}.pcapng"), trace.pcapng());
        }
    }
    captures
}

/// The frames of a capture as the wire's body has them.
fn frames(capture: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader::new(capture, "seed").ok()?;
    let mut octets = Vec::new();
    while let Some(record) = reader.next_record().ok()? {
        if octets.is_empty() {
            octets.push(crate::fuzz::link_type_octet(record.link_type.0)?);
        }
        octets.push(u8::from(record.original_len as usize > record.data.len()));
        octets.extend((record.data.len() as u16).to_be_bytes());
        octets.extend(record.data);
    }
    Some(octets)
}

fn option_lists(captures: &Inputs) -> Inputs {
    let mut lists = Inputs::new();
    for capture in captures.values() {
        let Ok(mut reader) = Reader::new(&capture[..], "seed") else { continue };
        let mut decoder = Decoder::default();
        while let Ok(Some(record)) = reader.next_record() {
            // A frame without TCP has no options.
            let _ = decoder.decode(&record, &mut |decoded| {
                let list = decoded.header.get(20..).unwrap_or_default();
                let bits = decoded.header.get(13).copied().unwrap_or(2);
                lists.insert(
                    format!("{bits:02x}-{list:02x?}").replace([' ', ',', '[', ']'], ""),
                    [&[bits], list].concat(),
                );
            });
        }
    }
    lists
}

fn packed(target: &str, captures: &Inputs) -> Inputs {
    let Some((_, pack)) = PACKERS.iter().find(|(kind, _)| kind.to_string() == target) else { return Inputs::new() };
    captures.iter().map(|(name, capture)| (name.clone(), pack(capture))).collect()
}

/// Octets without meaning, the same for each number.
fn noise(seed: u8) -> Vec<u8> {
    let mut state = u64::from(seed) + 1;
    let octet = |_| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56) as u8
    };
    (0..600).map(octet).collect()
}

fn files(folder: &Path) -> Inputs {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let named = |entry: fs::DirEntry| Some((entry.file_name().into_string().ok()?, fs::read(entry.path()).ok()?));
    entries.filter_map(named).collect()
}

fn write(folder: &Path, inputs: &Inputs) {
    fs::create_dir_all(folder).unwrap();
    for (name, octets) in inputs {
        let short: String = name.chars().take(100).collect();
        fs::write(folder.join(short), octets).unwrap();
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
