//! Connections taken out of captures: all their frames, nothing of others, everything that is no frame.

use crate::annotate::{blocks, captures, every_block};
use crate::cli::{Bench, pcap};
use crate::support::audit::audit_with;
use crate::support::octets::File;
use crate::support::read::{Owned, read_all};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::process::Stdio;
use tcpflow_audit::audit::Settings;
use tcpflow_audit::capture::Reader;
use tcpflow_audit::lens::wireshark::Lens;
use tcpflow_audit::rewrite::extract;
use tcpflow_audit::wire::{Decoder, Skip, Standing};

fn extracted(octets: &[u8], streams: &[u32]) -> Vec<u8> {
    let mut out = Vec::new();
    let wanted: HashSet<u32> = streams.iter().copied().collect();
    extract(&mut Reader::new(octets, "test").unwrap(), &wanted, &mut out).unwrap();
    out
}

/// Which frames have segments of which stream, by the lens, and which may belong to any: fragments, quotes, headers
/// of which little more than the ports is there.
fn frames_by_stream(octets: &[u8]) -> (BTreeMap<u32, BTreeSet<u64>>, BTreeSet<u64>) {
    let (mut lens, mut decoder) = (Lens::new(), Decoder::new(false));
    let (mut streams, mut hangers_on) = (BTreeMap::<u32, BTreeSet<u64>>::new(), BTreeSet::new());
    let mut reader = Reader::new(octets, "test").unwrap();
    while let Some(record) = reader.next_record().unwrap() {
        let number = record.number;
        let outcome = decoder.decode(&record, &mut |decoded| {
            let stream = lens.observe(decoded).stream;
            if let Some(stream) = stream {
                streams.entry(stream).or_default().insert(number);
            }
            if stream.is_none() || decoded.segment.standing != Standing::Whole {
                hangers_on.insert(number);
            }
        });
        if outcome == Err(Skip::Fragment) || decoder.completed().len() > 1 {
            hangers_on.insert(number);
        }
    }
    (streams, hangers_on)
}

/// What must be the same of a frame in both files.
fn kept(record: &Owned) -> Owned {
    Owned { offset: 0, number: 0, ..record.clone() }
}

#[test]
fn each_stream_of_each_capture_comes_out_whole_and_alone() {
    for (path, octets) in captures() {
        let (streams, hangers_on) = frames_by_stream(&octets);
        let records = read_all(&octets[..]).0;
        for (stream, frames) in &streams {
            let taken = read_all(&extracted(&octets, &[*stream])[..]).0;
            let mut left = taken.iter().map(kept).peekable();
            for record in &records {
                let is_next = left.peek() == Some(&kept(record));
                if frames.contains(&record.number) {
                    assert!(is_next, "{}: frame {} of stream {stream}", path.display(), record.number);
                }
                if is_next && (frames.contains(&record.number) || hangers_on.contains(&record.number)) {
                    left.next();
                }
            }
            assert_eq!(left.next(), None, "{}: stream {stream}", path.display());
        }
        let all: Vec<u32> = streams.keys().copied().collect();
        let again = frames_by_stream(&extracted(&octets, &all)).0;
        assert_eq!(again.len(), streams.len(), "{}", path.display());
    }
}

#[test]
fn fragments_and_errors_are_taken_along() {
    for (name, frames) in [
        ("162-ip-fragments-overlapping-and-duplicated", 8),
        ("163-ipv6-fragments-and-extension-headers", 8),
        ("170-icmp-error-quotes-8-bytes", 5),
        ("173-icmpv6-error-quotes-tcp", 5),
        ("181-tunnel-inner-and-outer-same-4-tuple-share-stream", 5),
    ] {
        let (_, octets) = captures().into_iter().find(|(path, _)| path.to_string_lossy().contains(name)).unwrap();
        assert_eq!(read_all(&extracted(&octets, &[0])[..]).0.len(), frames, "{name}");
    }
}

#[test]
fn an_extracted_connection_went_unanswered_as_long_as_before() {
    let (_, octets) = captures().into_iter().find(|(path, _)| path.ends_with("syn_blackhole.client.pcap")).unwrap();
    let told = |octets: &[u8]| {
        let said = audit_with(octets, &Settings::default());
        said.findings.iter().map(|it| it.finding.evidence.message.clone()).collect::<Vec<_>>()
    };
    let out = extracted(&octets, &[0]);
    assert!(read_all(&out[..]).0.len() < read_all(&octets[..]).0.len(), "the capture ends in another frame");
    assert_eq!(told(&out), told(&octets));
    assert_eq!(extracted(&out, &[0]), out, "what is extracted again stays as it is");
}

#[test]
fn what_is_no_frame_is_kept() {
    for (big, file) in [false, true].into_iter().zip(File::both()) {
        let octets = every_block(file).octets;
        let out = extracted(&octets, &[]);
        let is_packet = |block: &&&[u8]| [2, 3, 6].contains(&(block[0].max(block[3])));
        let others: Vec<&[u8]> = blocks(&octets, big).iter().filter(|block| !is_packet(block)).copied().collect();
        assert_eq!(blocks(&out, big), others);
    }
}

#[test]
fn damage_is_survived() {
    let (_, octets) = captures().into_iter().find(|(path, _)| path.ends_with("syn-ack-wrong-ack.pcapng")).unwrap();
    for at in 0..octets.len() {
        let mut octets = octets.clone();
        octets[at] ^= 0xff;
        for octets in [&octets[..], &octets[..at]] {
            if let Ok(mut reader) = Reader::new(octets, "test") {
                let mut out = Vec::new();
                extract(&mut reader, &HashSet::from([0]), &mut out).unwrap();
                if Reader::new(&out[..], "test").is_ok() {
                    assert!(read_all(&out[..]).0.len() <= read_all(octets).0.len());
                }
            }
        }
    }
}

#[test]
fn the_command_chooses_by_number_finding_code_and_endpoint() {
    let bench = Bench::new();
    let frames = |words: &str| {
        let _ = fs::remove_file(bench.path("out.pcapng"));
        let status = bench.status(&format!("extract {words} -o out.pcapng"));
        let written = fs::read(bench.path("out.pcapng")).ok().map(|octets| read_all(&octets[..]).0.len());
        (status, written)
    };
    assert_eq!(frames("bad.pcap --stream 0"), (0, Some(11)));
    assert_eq!(frames("bad.pcap --stream 1"), (3, Some(0)));
    assert_eq!(frames("bad.pcap --stream 1 --stream 0"), (0, Some(11)));
    assert_eq!(frames("bad.pcap --findings"), (0, Some(11)));
    assert_eq!(frames("clean.pcap --findings"), (3, Some(0)));
    assert_eq!(frames("bad.pcap --code TFA1"), (0, Some(11)));
    assert_eq!(frames("bad.pcap --code TFA2,syn-ack-wrong-ack"), (0, Some(11)));
    assert_eq!(frames("bad.pcap --code TFA2"), (3, Some(0)));
    assert_eq!(frames("bad.pcap --code TFA1 --stream 1"), (3, Some(0)));
    assert_eq!(frames("bad.pcap --findings --ignore ALL"), (3, Some(0)));
    assert_eq!(frames("bad.pcap --server :80"), (0, Some(11)));
    assert_eq!(frames("bad.pcap --server :81"), (3, Some(0)));
    for refused in
        ["bad.pcap", "bad.pcap --code TFA99", "- --findings", "- --code TFA1", "- --server :80", "none --stream 0"]
    {
        assert_eq!(frames(refused), (2, None), "{refused}");
    }
}

/// Wireshark takes a SYN or SYN-ACK with another number for a new connection; ours goes on, and is taken whole.
#[test]
fn a_connection_of_several_streams_is_taken_whole() {
    let bench = Bench::new();
    for (trace, code) in [("TFA105-syn-ack-changed-iss", "TFA105"), ("TFA104-syn-isn-changed", "TFA104")] {
        let octets = pcap(trace);
        fs::write(bench.path("again.pcap"), &octets).unwrap();
        assert!(frames_by_stream(&octets).0.len() > 1, "{trace}");
        for words in ["--host 10.0.0.1", "--server :80", &format!("--code {code}"), "--findings"] {
            assert_eq!(bench.status(&format!("extract again.pcap {words} -o out.pcapng")), 0);
            let taken = read_all(&fs::read(bench.path("out.pcapng")).unwrap()[..]).0;
            assert_eq!(taken.len(), read_all(&octets[..]).0.len(), "{trace} by {words}");
        }
    }
}

#[test]
fn a_stream_can_be_taken_from_standard_input() {
    let bench = Bench::new();
    let mut command = bench.command("extract - --stream 0 -o -");
    let input = fs::File::open(bench.path("bad.pcap")).unwrap();
    let output = command.stdin(Stdio::from(input)).output().unwrap();
    assert_eq!((output.status.code(), read_all(&output.stdout[..]).0.len()), (Some(0), 11));
}
