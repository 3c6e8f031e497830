//! The fuzz targets' bodies on what they begin with, on what fuzzing came to, and on everything it ever found.
//!
//! `WRITE_SEEDS=DIR cargo test replay` leaves all of it as `DIR/TARGET/NAME`, for the fuzzer; `KEEP_CORPUS=DIR cargo test
//! replay` keeps what the fuzzer made of it there, in `tests/fuzz/corpus`.

use super::is_whole;
use crate::cli::Bench;
use crate::fuzz::{BODIES, Body};
use crate::support::pack::{self, PACKERS};
use crate::support::trace::Trace;
use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
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

/// What fuzzing came to, the smallest inputs that reach everything it reached; all made from seeds.
#[test]
fn corpora_are_survived() {
    for (target, body) in BODIES {
        let corpus = corpus(target);
        if let Some(folder) = std::env::var_os("WRITE_SEEDS") {
            write(&PathBuf::from(folder).join(target), &corpus);
        }
        let step = if is_whole() || !cfg!(debug_assertions) { 1 } else { 1 + corpus.len() / 10 };
        replay(target, body, corpus.iter().step_by(step));
    }
}

/// Configurations belong to the program: it has to refuse them or to show them.
#[test]
fn configurations_are_survived() {
    let bench = Bench::new();
    let found = files(&root().join("tests/fuzz/found/configuration"));
    let mut inputs = corpus("configuration");
    inputs.extend(found);
    inputs.extend(seeds("configuration"));
    if let Some(folder) = std::env::var_os("WRITE_SEEDS") {
        write(&PathBuf::from(folder).join("configuration"), &inputs);
    }
    // Each is a run of the program.
    let step = if is_whole() { 1 } else { 1 + inputs.len() / 200 };
    for (name, octets) in inputs.into_iter().step_by(step) {
        fs::write(bench.path("some.toml"), octets).unwrap();
        let output = bench.run("config show a.pcap --config some.toml");
        assert!(matches!(output.status.code(), Some(0 | 2)), "{name}: {output:?}");
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
        "wire" => {
            let mut seeds: Inputs =
                captures.iter().filter_map(|(name, it)| Some((name.clone(), frames(it, 1, &[])?))).collect();
            for (link_type, head) in HEADS {
                let frames = captures.values().find_map(|it| frames(it, *link_type, head)).expect("frames");
                seeds.insert(format!("link-type-{link_type}"), frames);
            }
            seeds
        }
        "options" => option_lists(&captures),
        "tracker" => (0..40u8).map(|seed| (format!("seed-{seed}"), noise(seed))).collect(),
        "formats" => map(&|capture| [b"\x06a.pcap", capture].concat()),
        "words" => BTreeMap::from([("all".to_owned(), WORDS.into())]),
        "configuration" => BTreeMap::from([("all".to_owned(), configuration())]),
        _ => Inputs::new(),
    }
}

/// The configuration that the README shows.
fn configuration() -> Vec<u8> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, begun) = readme.split_once("```toml\n").expect("a configuration");
    begun.split("```").next().unwrap_or_default().into()
}

/// What was kept of a target's corpus: inputs one after the other, each behind its length, packed.
fn corpus(target: &str) -> Inputs {
    let path = root().join("tests/fuzz/corpus").join(target).with_extension("gz");
    if let Some(folder) = std::env::var_os("KEEP_CORPUS") {
        let inputs = files(&PathBuf::from(folder).join(target));
        let framed = inputs.values().flat_map(|input| [&(input.len() as u32).to_le_bytes(), &input[..]].concat());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, pack::gzip(&framed.collect::<Vec<u8>>())).unwrap();
    }
    let Ok(packed) = fs::read(path) else { return Inputs::new() };
    let mut octets = Vec::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut octets).unwrap();
    let (mut rest, mut inputs) = (&octets[..], Inputs::new());
    while let Some((len, more)) = rest.split_first_chunk() {
        let (input, more) = more.split_at(u32::from_le_bytes(*len) as usize);
        inputs.insert(format!("corpus-{:04}", inputs.len()), input.to_vec());
        rest = more;
    }
    inputs
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

/// What stands before an IPv4 packet on links of some types, or before an Ethernet frame.
const HEADS: &[(u16, &[u8])] = &[
    (0, &[2, 0, 0, 0]),
    (9, &[0xff, 3, 0, 0x21]),
    (101, &[]),
    (104, &[0x0f, 0, 8, 0]),
    (105, &[8, 1, 0, 0, 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 3, 0, 0, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0]),
    (108, &[0, 0, 0, 2]),
    (113, &[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0]),
    (239, &[2, 0, 0, 0, 8, 0, 1, 0, 8, 0, 0, 0]),
    (276, &[8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0]),
];

/// The frames of an Ethernet capture as the wire's body has them, under `head` on links of another type.
fn frames(capture: &[u8], link_type: u16, head: &[u8]) -> Option<Vec<u8>> {
    let mut reader = Reader::new(capture, "seed").ok()?;
    let mut octets = vec![crate::fuzz::link_type_octet(link_type)?];
    while let Some(record) = reader.next_record().ok()? {
        if record.link_type.0 != 1 {
            return None;
        }
        let data = if link_type == 1 { record.data.to_vec() } else { [head, record.data.get(14..)?].concat() };
        octets.push(u8::from(record.original_len as usize > record.data.len()));
        octets.extend((data.len() as u16).to_be_bytes());
        octets.extend(data);
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
