//! Redaction where things come in parts: a TCP header that IP fragments cut, samples of frames in one datagram.

use crate::redaction::segments;
use crate::support::octets::File;
use crate::support::packet::{Below, Checksum, Tcp, frame, small_fragments, tcp};
use proptest::prelude::*;
use std::io::Read;
use std::net::IpAddr;
use tcpflow_audit::capture::Reader;
use tcpflow_audit::redact::Redaction;
use tcpflow_audit::rewrite::{LeftOut, Redacted};
use tcpflow_audit::wire::{ChecksumStatus, Segment};

const SECRETS: [&[u8]; 4] = [b"password", b"digest!!", &[198, 51, 100, 77], &[203, 0, 113, 99]];

fn below(source: &str, destination: &str) -> Below {
    let (source, destination) = (source.parse().unwrap(), destination.parse().unwrap());
    let macs = [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]];
    Below { macs, vlan: None, source, destination, ttl: 64, ecn: 0, id: 9, length: None }
}

fn segment(source: IpAddr, destination: IpAddr, options: &[u8], payload: &[u8], checksum: Checksum) -> Vec<u8> {
    let (ports, bits) = ([40_000, 80], 0x18);
    let header = Tcp { ports, seq: 7, ack: 8, bits, window: 900, urgent: 0, offset: None, checksum, options, payload };
    tcp(source, destination, &header)
}

/// What is left of frames, and their segments before and after.
fn redacted(frames: &[Vec<u8>]) -> (Vec<u8>, [Vec<Segment>; 2]) {
    let mut file = File::little().pcap(0xa1b2_c3d4, 0, 1);
    for frame in frames {
        file = file.pcap_record(1, 2, frame);
    }
    let mut stream =
        Redacted::new(Reader::new(&file.octets[..], "test").unwrap(), Redaction::new(b"a secret of some length", true));
    let mut out = Vec::new();
    stream.read_to_end(&mut out).unwrap();
    assert_eq!(stream.tally().left_out(), LeftOut::default());
    let segments = [segments(&file.octets), segments(&out)];
    (out, segments)
}

fn tells_no_secret(octets: &[u8]) {
    for secret in SECRETS {
        let told = octets.windows(secret.len()).any(|window| window == secret);
        assert!(!told, "{}", String::from_utf8_lossy(secret));
    }
}

/// Timestamps, a cookie and MSS.
fn options() -> Vec<u8> {
    [&[8, 10, 0, 0, 0, 5, 0, 0, 0, 6, 34, 10][..], b"digest!!", &[2, 4, 5, 180]].concat()
}

proptest! {
    #[test]
    fn a_header_in_small_fragments_says_the_same_and_its_checksum_is_as_right(
        size in (1usize..=8).prop_map(|words| words * 8),
        v6: bool,
        right: bool,
        payload in prop::sample::select(vec![&b""[..], b"password", b"the password is password and nothing else"]),
    ) {
        let below = if v6 { below("2001:db8::1", "2001:db8::2") } else { below("198.51.100.77", "203.0.113.99") };
        let checksum = if right { Checksum::Right } else { Checksum::Bad };
        let segment = segment(below.source, below.destination, &options(), payload, checksum);
        let frames = small_fragments(&below, 6, &segment, size);
        let (out, [before, after]) = redacted(&frames);
        tells_no_secret(&out);
        let wanted = if right { ChecksumStatus::Good } else { ChecksumStatus::Bad };
        for segments in [&before, &after] {
            prop_assert_eq!(segments.iter().map(|it| it.checksum_status).collect::<Vec<_>>(), [wanted]);
        }
        let facts = |it: &Segment| (it.seq, it.ack, it.flags, it.window, it.data_offset, it.options, it.payload_len());
        prop_assert_eq!(after.iter().map(facts).collect::<Vec<_>>(), before.iter().map(facts).collect::<Vec<_>>());
        prop_assert!(after[0].source.ip != before[0].source.ip && after[0].source.port != before[0].source.port);
    }
}

#[test]
fn a_header_whose_beginning_was_not_captured_is_not_told() {
    let below = below("198.51.100.77", "203.0.113.99");
    let segment = segment(below.source, below.destination, &options(), b"password", Checksum::Right);
    let frames = small_fragments(&below, 6, &segment, 16);
    let (out, _) = redacted(&frames[1..]);
    tells_no_secret(&out);
    // Twice, in the wrong order, and another datagram's.
    let (out, _) = redacted(&[&frames[2..], &frames[..2], &frames[2..], &frames[1..]].concat());
    tells_no_secret(&out);
}

#[test]
fn samples_of_frames_are_redacted_one_by_one() {
    let words = |words: &[u32]| -> Vec<u8> { words.iter().flat_map(|word| word.to_be_bytes()).collect() };
    let between = below("198.51.100.77", "203.0.113.99");
    let one =
        frame(&between, 6, &segment(between.source, between.destination, &options(), b"password", Checksum::Right));
    let other = frame(&between, 17, &[&[0, 53, 0, 53, 0, 16, 0, 0][..], b"password"].concat());
    let sampled = |frame: &[u8]| {
        let padded = [frame, &vec![b'p'; frame.len().wrapping_neg() % 4]].concat();
        let fields = words(&[1, 16 + padded.len() as u32, 1, frame.len() as u32, 4, frame.len() as u32]);
        [fields, padded].concat()
    };
    let user = [&words(&[1004, 8])[..], b"password"].concat();
    let sample = |records: &[Vec<u8>]| {
        let body = [words(&[0, 0, 0, 0, 0, 0, 0, records.len() as u32]), records.concat()].concat();
        [words(&[1, body.len() as u32]), body].concat()
    };
    let counters = [&words(&[2, 8])[..], b"password"].concat();
    let samples = [sample(&[user, sampled(&one), sampled(&other)]), counters, sample(&[sampled(&one)])];
    let head = [words(&[5, 1]), vec![198, 51, 100, 77], words(&[0, 0, 0, samples.len() as u32])].concat();
    let body = [head, samples.concat(), b"password".to_vec()].concat();
    let length = (8 + body.len()) as u16;
    let udp = [&6343u16.to_be_bytes()[..], &6343u16.to_be_bytes(), &length.to_be_bytes(), &[0, 0], &body].concat();
    let (out, [before, after]) = redacted(&[frame(&between, 17, &udp)]);
    tells_no_secret(&out);
    let facts = |it: &Segment| (it.seq, it.flags, it.window, it.options, it.payload_len());
    assert_eq!(before.iter().map(facts).collect::<Vec<_>>(), after.iter().map(facts).collect::<Vec<_>>());
    assert_eq!(after.len(), 2);
    assert_eq!(after[0].source, after[1].source, "the same in, the same out");
}
