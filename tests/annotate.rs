//! Captures written again with comments: what has none stays octet for octet, what has some reads back the same.

use crate::cli::Bench;
use crate::support::octets::File;
use crate::support::read::{Owned, read_all};
use std::fs;
use std::path::{Path, PathBuf};
use tcpflow_audit::audit::{Event, FindingEvent, Sink};
use tcpflow_audit::capture::{ByteOrder, Options, Reader};
use tcpflow_audit::rewrite::{Comments, annotate};
use tcpflow_audit::rules::{Evidence, Finding, RULES};

const MICRO: u32 = 0xa1b2_c3d4;
const NANO: u32 = 0xa1b2_3c4d;

/// Comments on these frames, one for each time a frame is named.
fn comments(frames: &[u64]) -> Comments {
    let mut comments = Comments::default();
    for (index, frame) in frames.iter().enumerate() {
        let evidence = Evidence { frame: *frame, ..Evidence::of_capture(format!("remark {index}")) };
        let finding = Finding { rule: RULES[0], evidence, known_at: *frame };
        let time = finding.evidence.time;
        let event = FindingEvent {
            finding: &finding,
            time,
            stream: Some(7),
            flow_id: None,
            ends: None,
            origin: None,
            whereabouts: None,
        };
        comments.event(&Event::Finding(&event)).unwrap();
    }
    comments
}

pub(crate) fn annotated(octets: &[u8], frames: &[u64]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut reader = Reader::new(octets, "test").unwrap();
    let written = annotate(&mut reader, &comments(frames), &mut out).unwrap();
    assert_eq!(written.comments, frames.len() as u64);
    out
}

/// The blocks of a pcapng file in one byte order.
pub(crate) fn blocks(octets: &[u8], big: bool) -> Vec<&[u8]> {
    let word = |at: usize| -> [u8; 4] { octets[at..at + 4].try_into().unwrap() };
    let mut at = 0;
    let mut blocks = Vec::new();
    while at < octets.len() {
        let len = if big { u32::from_be_bytes(word(at + 4)) } else { u32::from_le_bytes(word(at + 4)) } as usize;
        assert_eq!(word(at + 4), word(at + len - 4), "both lengths");
        blocks.push(&octets[at..at + len]);
        at += len;
    }
    blocks
}

/// The options of an enhanced packet block.
fn options(block: &[u8], big: bool) -> Vec<(u16, Vec<u8>)> {
    let order = if big { ByteOrder::Big } else { ByteOrder::Little };
    let len: [u8; 4] = block[20..24].try_into().unwrap();
    let len = if big { u32::from_be_bytes(len) } else { u32::from_le_bytes(len) } as usize;
    let at = 28 + len.next_multiple_of(4);
    Options::new(order, &block[at..block.len() - 4]).map(|(code, value)| (code, value.to_vec())).collect()
}

/// What must be the same of a frame before and after.
fn kept(record: Owned) -> Owned {
    Owned { offset: 0, ..record }
}

fn same_frames(before: &[u8], after: &[u8]) {
    let records = |octets| read_all(octets).0.into_iter().map(kept).collect::<Vec<_>>();
    assert_eq!(records(before), records(after));
}

/// A file with every kind of block, in one byte order.
pub(crate) fn every_block(file: File) -> File {
    let flags = file.part(|value| value.u32(1));
    let file = file.section(&[(4, b"us")]).interface(1, 0, &[(2, b"eth0"), (9, &[9])]).block(4, &[0; 8]);
    let file = file.enhanced(0, 1, b"abc", &[(1, b"first"), (2, &flags), (2988, b"\0\0\0\0custom")]);
    let file =
        file.simple(4, b"abcd").obsolete(0, 3, 0x1_0000_0002, b"de", &[(2, &flags)]).obsolete(0, 0xffff, 3, b"f", &[]);
    let file = file.block(10, b"secrets").block(0x0bad, b"custom").block(0x99, b"what").enhanced(0, 4, b"", &[]);
    file.statistics(0, &[(5, &[0; 8])]).section(&[]).interface(101, 0, &[]).enhanced(0, 5, b"gh", &[])
}

#[test]
fn without_comments_nothing_changes() {
    for file in File::both() {
        let octets = every_block(file).octets;
        assert_eq!(annotated(&octets, &[]), octets);
    }
}

#[test]
fn only_the_frames_with_comments_change() {
    for (big, file) in [false, true].into_iter().zip(File::both()) {
        let octets = every_block(file).octets;
        let (before, frames) = (blocks(&octets, big), [1, 2, 2, 3, 4]);
        let out = annotated(&octets, &frames);
        let after = blocks(&out, big);
        assert_eq!(before.len(), after.len());
        let changed: Vec<usize> = (0..before.len()).filter(|at| before[*at] != after[*at]).collect();
        assert_eq!(changed, [3, 4, 5, 6], "the four frames");
        let codes = |at: usize| options(after[at], big).into_iter().map(|(code, _)| code).collect::<Vec<_>>();
        assert_eq!([codes(3), codes(4), codes(5), codes(6)], [vec![1, 2, 2988, 1], vec![1, 1], vec![2, 4, 1], vec![1]]);
        let texts: Vec<String> =
            options(after[4], big).into_iter().map(|(_, text)| String::from_utf8(text).unwrap()).collect();
        assert!(texts[0].starts_with(RULES[0].code) && texts[0].ends_with("remark 1 (stream 7)"), "{texts:?}");
        assert_eq!(options(after[5], big)[1].1.iter().map(|octet| u32::from(*octet)).sum::<u32>(), 3, "drop count");
        same_frames(&octets, &out);
    }
}

#[test]
fn a_section_loses_the_length_that_comments_make_wrong() {
    for (big, file) in [false, true].into_iter().zip(File::both()) {
        let body = file.part(|body| body.u32(0x1a2b_3c4d).u16(1).u16(0).u64(56));
        let file = file.block(0x0a0d_0d0a, &body).interface(1, 0, &[]).enhanced(0, 1, b"abc", &[]);
        let out = annotated(&file.octets, &[1]);
        assert_eq!(blocks(&out, big)[0][16..24], [0xff; 8]);
        assert_eq!(annotated(&file.octets, &[]), file.octets);
    }
}

#[test]
fn a_pcap_becomes_pcapng_with_the_same_frames() {
    for file in File::both() {
        for (magic, link) in [(MICRO, 1), (NANO, 1), (0x1c00_01ac, 101), (MICRO, 0x2400_0001), (0xa1b2_cd34, 113)] {
            let extra = [0; 8];
            let file = file.clone().pcap(magic, 96, link);
            let file = if magic == 0x1c00_01ac { file.raw(&extra[..4]) } else { file };
            let record = |file: File, data: &[u8]| {
                let file = file.u32(1_763_806_500).u32(999_999).u32(data.len() as u32).u32(data.len() as u32 + 9);
                if magic == 0xa1b2_cd34 { file.raw(&extra).raw(data) } else { file.raw(data) }
            };
            let octets = record(record(file, b"abcdef"), b"").octets;
            let out = annotated(&octets, &[2]);
            same_frames(&octets, &out);
            let (before, after) = (read_all(&octets[..]).1, read_all(&out[..]).1);
            let about = |info: &tcpflow_audit::capture::CaptureInfo| {
                let it = &info.interfaces[0];
                (it.link_type, it.snaplen, it.resolution, it.fcs_len)
            };
            assert_eq!((about(&before), after.notes.iter().count()), (about(&after), 0));
        }
    }
}

#[test]
fn damage_is_told_and_costs_what_it_hit() {
    for file in File::both() {
        let octets = every_block(file).octets;
        for cut in 40..octets.len() {
            let mut reader = Reader::new(&octets[..cut], "test").unwrap();
            let mut out = Vec::new();
            let written = annotate(&mut reader, &comments(&[1, 2]), &mut out).unwrap();
            let (records, info) = read_all(&out[..]);
            assert_eq!(
                (written.frames, info.notes.iter().filter(|it| it.kind.is_damage()).count()),
                (records.len() as u64, 0)
            );
        }
        for at in 0..octets.len() {
            let mut octets = octets.clone();
            octets[at] ^= 0xff;
            let Ok(mut reader) = Reader::new(&octets[..], "test") else { continue };
            let mut out = Vec::new();
            annotate(&mut reader, &comments(&[1, 2, 3, 4]), &mut out).unwrap();
            if Reader::new(&out[..], "test").is_ok() {
                let frames = |octets| read_all(octets).0.len();
                assert_eq!(frames(&octets[..]), frames(&out[..]), "octet {at}");
            }
        }
    }
}

#[test]
fn blocks_too_long_to_be_kept_are_copied_all_the_same() {
    let long = vec![0x5a; 5 << 20];
    let file = File::little().section(&[]).interface(1, 0, &[]).block(0x0bad, &long).block(10, &long);
    let octets = file.enhanced(0, 1, b"abc", &[]).octets;
    assert_eq!(annotated(&octets, &[]), octets);
    assert_eq!(
        annotated(&octets, &[1]).len(),
        octets.len() + 4 + 4 + "TFA101 syn-ack-wrong-ack, note: remark 0 (stream 7)".len().next_multiple_of(4)
    );
}

#[test]
fn the_command_writes_what_wireshark_filters() {
    let bench = Bench::new();
    assert_eq!(bench.status("annotate bad.pcap -o out.pcapng"), 0);
    assert_eq!(bench.run("annotate bad.pcap -o -").stdout, fs::read(bench.path("out.pcapng")).unwrap());
    assert_eq!(bench.status("annotate out.pcapng -o out.pcapng --ignore ALL"), 0, "onto itself");
    assert_eq!(bench.status("annotate - -o out.pcapng"), 2);
    assert_eq!(bench.status("annotate missing.pcap -o other.pcapng"), 2);
    assert!(!bench.path("other.pcapng").exists());
    assert_eq!(bench.status("annotate empty.pcap -o empty.pcapng"), 3);
    let said = bench.run("annotate bad.pcap -o out.pcapng").stderr;
    assert_eq!(String::from_utf8(said).unwrap(), "tcpflow-audit: 11 frames written, 1 comment\n");
}

#[test]
fn every_capture_of_the_project_reads_back_the_same() {
    for (_, octets) in captures() {
        let frames = read_all(&octets[..]).0.len() as u64;
        same_frames(&octets, &annotated(&octets, &[1, frames]));
    }
}

/// Every capture of the project.
pub(crate) fn captures() -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures");
    let folders = ["handmade", "lab", "differential"].map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let paths = folders.into_iter().flatten().map(|entry| entry.unwrap().path());
    let captures = paths.filter(|path| path.extension().is_some_and(|it| it == "pcap" || it == "pcapng"));
    let mut captures: Vec<_> = captures.map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    captures.sort();
    assert!(captures.len() > 50, "the captures were found");
    captures
}
