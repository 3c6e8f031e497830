//! Captures made to exhaust memory, audited by the program with little of it: it says what it left out, and ends well.
//!
//! Scaled down; `HOSTILE=whole cargo test --release resources` takes ten million attempts and a million holes.

use super::faults::limited;
use super::is_whole;
use crate::cli::Bench;
use crate::support::octets::File;
use crate::support::pack;
use crate::support::packet::{Below, Checksum, Tcp, frame, tcp};
use std::fs;
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr};
use std::process::{Output, Stdio};

const MICRO: u32 = 0xa1b2_c3d4;
const ETHERNET: u32 = 1;
const MEBI: usize = 1 << 20;

/// What the program says of a capture that `write` writes, with so many MiB of address space.
fn audit(mebi: usize, words: &str, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Output {
    run(mebi, &format!("- --jobs 1 {words}"), write)
}

/// The same of any command that reads standard input.
fn run(mebi: usize, words: &str, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Output {
    let bench = Bench::new();
    let mut command = limited(&bench, &format!("ulimit -v {}", mebi * 1024), words);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = io::BufWriter::with_capacity(MEBI, child.stdin.take().unwrap());
    let reader = std::thread::spawn(move || child.wait_with_output().unwrap());
    // A program that has seen enough reads no further.
    let _ = write(&mut stdin).and_then(|()| stdin.flush());
    drop(stdin);
    reader.join().unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.status.code().is_some_and(|code| code <= 3), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The beginning of a pcapng file whose next block claims `len` octets.
fn claiming(kind: u32, len: u32) -> Vec<u8> {
    File::little().section(&[]).interface(1, 0, &[]).enhanced(0, 1, b"frame", &[]).u32(kind).u32(len).octets
}

/// Files that unpack to a block of zeros, in less memory than these take.
#[test]
fn decompression_bombs_are_passed_over() {
    const PART: usize = 4 * MEBI;
    let mebi = if is_whole() { 2048 } else { 64 };
    let block = 12 + mebi * MEBI as u32;
    let head = claiming(0x0bad, block);
    let tail = File::little().u32(block).enhanced(0, 2, b"frame", &[]).octets;
    let repeated = |pack: fn(&[u8]) -> Vec<u8>| {
        let [head, part, tail] = [&head[..], &[0; PART], &tail].map(pack);
        move |out: &mut dyn Write| {
            out.write_all(&head)?;
            (0..mebi as usize * MEBI / PART).try_for_each(|_| out.write_all(&part))?;
            out.write_all(&tail)
        }
    };
    for pack in [pack::gzip, pack::lz4] {
        assert!(text(&audit(80, "", repeated(pack))).contains("2 frames,"));
    }
    #[cfg(feature = "zstd")]
    {
        let [head, tail] = [&head, &tail].map(|part| pack::zstd(part));
        let told = text(&audit(80, "", |out| {
            out.write_all(&head)?;
            zstd_zeros(out, mebi as usize * MEBI)?;
            out.write_all(&tail)
        }));
        assert!(told.contains("2 frames,"), "{told}");
    }
}

/// A Zstandard frame of zeros, four octets for each 128 KiB of them (RFC 8878 §3.1.1.2: blocks of one repeated octet).
#[cfg(feature = "zstd")]
fn zstd_zeros(out: &mut dyn Write, len: usize) -> io::Result<()> {
    const BLOCK: usize = 128 * 1024;
    out.write_all(&[0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38])?;
    let blocks = len / BLOCK;
    for block in 1..=blocks {
        let header = (BLOCK << 3 | 1 << 1 | usize::from(block == blocks)) as u32;
        out.write_all(&header.to_le_bytes()[..3])?;
        out.write_all(&[0])?;
    }
    Ok(())
}

/// A window of terabytes is a claim, too.
#[cfg(feature = "zstd")]
#[test]
fn a_zstandard_window_is_not_believed() {
    let output = audit(128, "", |out| out.write_all(&[0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xff, 0, 0, 0]));
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn blocks_that_claim_four_gibibytes_are_not_believed() {
    for kind in [0x0a0d_0d0a, 1, 2, 3, 5, 6, 10, 0x0bad] {
        for len in [u32::MAX, u32::MAX - 3, 1 << 31] {
            let mut capture = claiming(kind, len);
            capture.extend([0x1a; 4000]);
            let told = text(&audit(96, "", |out| out.write_all(&capture)));
            assert!(told.contains("1 frame,") && told.contains("capture: at octet"), "{kind:#x}: {told}");
        }
    }
    let pcap = File::little().pcap(MICRO, u32::MAX, ETHERNET).pcap_record(1, 0, b"frame");
    let pcap = pcap.u32(1).u32(0).u32(u32::MAX).u32(u32::MAX).octets;
    assert!(text(&audit(96, "", |out| out.write_all(&pcap))).contains("4294967295 octets"));
}

#[test]
fn interfaces_without_number_are_not_kept() {
    let count: u32 = if is_whole() { 1_000_000 } else { 100_000 };
    let output = audit(128, "", |out| {
        out.write_all(&File::little().section(&[]).octets)?;
        let interface = File::little().interface(1, 0, &[]).octets;
        (0..count).try_for_each(|_| out.write_all(&interface))?;
        out.write_all(&File::little().enhanced(5, 1, b"frame", &[]).enhanced(count - 1, 1, b"frame", &[]).octets)
    });
    assert!(text(&output).contains("which its section does not declare"), "{output:?}");
}

#[test]
fn the_longest_lists_of_options_are_read() {
    let long = vec![b'x'; 65_535];
    let many: Vec<(u16, &[u8])> = vec![(0x7777, b""); 200_000];
    let capture = File::little().section(&[(2, &long), (3, &long)]).interface(1, 0, &[(2, &long)]);
    let capture = capture.interface(1, 0, &many).enhanced(0, 1, b"frame", &[(1, &long), (1, &long)]);
    let capture = capture.enhanced(1, 1, b"frame", &many).octets;
    let told = text(&audit(128, "", |out| out.write_all(&capture)));
    assert!(told.contains("2 frames,"), "{told}");
}

/// One flow that leaves a hole before each of its segments, through the whole sequence space.
#[test]
fn a_flow_of_nothing_but_holes_is_bounded() {
    let holes: u32 = if is_whole() { 1_000_000 } else { 10_000 };
    let step = u32::MAX / holes;
    let output = audit(96, "--format jsonl", |out| {
        out.write_all(&File::little().pcap(MICRO, 0, ETHERNET).octets)?;
        (0..holes).try_for_each(|number| {
            let seq = number.wrapping_mul(step);
            record(out, number / 1000, &segment([1, 2], 4000, seq, 0x10, (step / 2).min(1400) as usize))
        })
    });
    assert!(text(&output).contains(r#""type":"flow""#), "{output:?}");
}

/// Every attempt to connect comes from another port or address, and none is answered.
#[test]
fn half_open_connections_cost_little_each() {
    let (attempts, mebi): (u32, usize) = if is_whole() { (10_000_000, 2048) } else { (100_000, 128) };
    let output = audit(mebi, "--limit 1", frames(attempts, |number| from_anywhere(number, 0x02, 0)));
    let told = text(&output);
    assert!(told.contains(&format!("{attempts} connections")) && told.contains("TFA115"), "{told}");
}

/// Wireshark's words for more connections than may be kept: of the others their numbers stay.
#[test]
fn the_words_of_wireshark_are_bounded() {
    let (pairs, mebi): (u32, usize) = if is_whole() { (3_000_000, 1300) } else { (60_000, 64) };
    let (most, forgotten) =
        if is_whole() { (String::new(), pairs - (1 << 20)) } else { ("--max-flows 5000".to_owned(), pairs - 5000) };
    let words = format!("packets - --jobs 1 --format tsv --fields tcp.stream {most}");
    let output = run(mebi, &words, frames(pairs, |number| from_anywhere(number, 0x10, 10)));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains(&format!("{forgotten} connections made room for others")), "{said}");
    assert!(text(&output).ends_with(&format!("\n{}\n", pairs - 1)), "{said}");
}

/// The bound that a configuration sets holds for every command that follows connections.
#[test]
fn the_words_of_wireshark_are_bounded_by_a_configuration() {
    let bench = Bench::new();
    let mut capture = Vec::new();
    frames(50, |number| from_anywhere(number, 0x10, 10))(&mut capture).unwrap();
    fs::write(bench.path("many.pcap"), capture).unwrap();
    fs::write(bench.path("some.toml"), "[limits]\nmax-flows = 5\n").unwrap();
    for (words, forgotten) in [("--config some.toml", 45), ("--config some.toml --max-flows 20", 30)] {
        let output = bench.run(&format!("packets many.pcap --fields tcp.stream {words}"));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(&format!("{forgotten} connections made room for others")), "{words}: {said}");
    }
}

/// Attempts that each earn a finding, so that none of them can be kept in a few octets.
#[test]
fn half_open_connections_with_findings_are_bounded() {
    let (attempts, mebi, words): (u32, usize, &str) =
        if is_whole() { (3_000_000, 2600, "--limit 1") } else { (60_000, 96, "--limit 1 --max-flows 5000") };
    let damaged = |number| {
        let mut syn = from_anywhere(number, 0x02, 0);
        syn[CHECKSUM] ^= 1;
        syn
    };
    let output = audit(mebi, words, frames(attempts, damaged));
    let told = text(&output);
    // Where only those with more than a SYN are too many, room is made as the next segment comes.
    let kept = if is_whole() { (1 << 20) + 1 } else { 5000 };
    assert!(told.contains(&format!("given up to make room: {}", attempts - kept)), "{told}");
    assert!(told.contains(&format!("{attempts} connections")), "{told}");
}

/// One pair of endpoints, each of its segments in another VLAN.
#[test]
fn one_pair_in_many_vlans_is_bounded() {
    let vlans: u32 = if is_whole() { 4_000_000 } else { 40_000 };
    let tagged = |number: u32| {
        let mut tagged = segment([1, 2], 4000, number, 0x10, 10);
        let [outer, inner] = [(number / 4000 + 1) as u16, (number % 4000 + 1) as u16].map(u16::to_be_bytes);
        tagged.splice(12..12, [[0x81, 0], outer, [0x81, 0], inner].concat());
        tagged
    };
    let output = audit(80, "--limit 1", frames(vlans, tagged));
    let told = text(&output);
    assert!(told.contains(&format!("given up to make room: {}", vlans - 64)), "{told}");
}

/// Fragments whose other parts never come, and samples of the endpoints of a whole network, each with one attempt.
#[test]
fn what_is_waited_for_is_bounded() {
    let count: u32 = if is_whole() { 5_000_000 } else { 50_000 };
    let fragment = |number| {
        let mut fragment = from_anywhere(number, 0x02, 1000);
        // More fragments follow (RFC 791 section 3.1); the header's checksum is not looked at.
        fragment[FLAGS] |= 0x20;
        fragment
    };
    let output = audit(80, "--limit 1 --max-flows 1000", frames(count, fragment));
    assert!(text(&output).contains("fragments of"), "{output:?}");
}

/// Where a frame of [`segment`] has its IPv4 flags and its TCP checksum.
const FLAGS: usize = 14 + 6;
const CHECKSUM: usize = 14 + 20 + 16;

/// A capture of so many frames, fifty thousand in a second.
fn frames(count: u32, frame: impl Fn(u32) -> Vec<u8>) -> impl FnOnce(&mut dyn Write) -> io::Result<()> {
    move |out| {
        out.write_all(&File::little().pcap(MICRO, 0, ETHERNET).octets)?;
        (0..count).try_for_each(|number| record(out, number / 50_000, &frame(number)))
    }
}

/// A segment of a connection of its own, as far as 24 bits tell connections apart.
fn from_anywhere(number: u32, bits: u16, len: usize) -> Vec<u8> {
    let [_, a, b, c] = number.to_be_bytes();
    segment([a, b], u16::from(c) + 1, number, bits, len)
}

fn segment(host: [u8; 2], port: u16, seq: u32, bits: u16, len: usize) -> Vec<u8> {
    let (source, destination) =
        (IpAddr::V4(Ipv4Addr::new(10, 1, host[0], host[1])), IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)));
    let header = Tcp {
        ports: [port, 80],
        seq,
        ack: 0,
        bits,
        window: 0xffff,
        urgent: 0,
        offset: None,
        checksum: Checksum::Right,
        options: &[2, 4, 5, 0xb4],
        payload: &vec![0; len],
    };
    let below = Below { macs: [[2; 6], [4; 6]], vlan: None, source, destination, ttl: 64, ecn: 0, id: 1, length: None };
    frame(&below, 6, &tcp(source, destination, &header))
}

fn record(out: &mut dyn Write, seconds: u32, data: &[u8]) -> io::Result<()> {
    for word in [seconds, 0, data.len() as u32, data.len() as u32] {
        out.write_all(&word.to_le_bytes())?;
    }
    out.write_all(data)
}
