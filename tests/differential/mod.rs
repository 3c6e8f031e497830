//! The lens against tshark 4.6 on exchanges that nobody recorded: both must print the same for every segment.
//!
//! `TCPFLOW_AUDIT_TSHARK='tshark -n -r' cargo test differential` compares about 20 000 segments;
//! `TCPFLOW_AUDIT_SEGMENTS` and `TCPFLOW_AUDIT_SEED` ask for more and for others. An exchange on which the two
//! disagree is made as short as it goes and left in `target/tmp`; once understood, it goes to
//! `testdata/captures/differential` with tshark's answer, and is compared ever after.

mod exchange;
mod options;
mod packet;
mod random;
pub(crate) mod tshark;

use crate::support::capture_file::{self, Frame};
use packet::{Ends, Packet};
use random::Random;
use std::fs;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use tcpflow_audit::report::fields::Field;
use tshark::Rows;

/// Exchanges in one capture.
const BATCH: usize = 100;
/// Segments of one exchange, beside opening and close.
const LENGTH: usize = 60;
/// 2023-11-14, in microseconds.
const EPOCH: u64 = 1_700_000_000_000_000;

#[test]
fn generated_exchanges_read_as_in_tshark() {
    let Some(command) = tshark::command() else { return };
    let wanted = number("TCPFLOW_AUDIT_SEGMENTS", 20_000);
    let mut seed = number("TCPFLOW_AUDIT_SEED", 1);
    let fields = tshark::compared();
    let mut segments = 0;
    let mut failures = Vec::new();
    while segments < wanted && failures.len() < 5 {
        let exchanges = batch(seed);
        let (frames, owners) = capture(&exchanges);
        segments += frames.len() as u64;
        let (theirs, ours) = both(&command, &frames, &fields, seed);
        let mut wrong = differences(&theirs, &ours);
        wrong.dedup_by_key(|number| owners[*number as usize - 1]);
        for number in wrong.into_iter().take(3) {
            let owner = owners[number as usize - 1];
            let shortest = shorten(&command, &exchanges[owner], &fields, seed);
            failures.push(explain(&command, &shortest, &fields, seed, owner));
        }
        seed += 1;
    }
    println!("{segments} segments compared, {} fields each", fields.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn kept_disagreements_read_as_in_tshark() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures/differential");
    let captures: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    for capture in captures.iter().filter(|path| path.extension().is_some_and(|ending| ending == "pcap")) {
        let truth = fs::read_to_string(capture.with_extension("tsv")).unwrap();
        let (names, rows) = truth.split_once('\n').unwrap();
        let fields: Vec<&Field> = tshark::compared();
        let kept: Vec<&str> = names.split('\t').collect();
        let fields: Vec<&Field> =
            kept.iter().map(|name| *fields.iter().find(|field| field.name == *name).unwrap()).collect();
        let ours = tshark::ours(&fs::read(capture).unwrap(), &fields);
        let printed: String = ours.values().map(|values| values.join("\t") + "\n").collect();
        assert_eq!(printed, rows, "{}", capture.display());
    }
}

type Exchange = (Ends, Vec<Packet>);

fn batch(seed: u64) -> Vec<Exchange> {
    let mut random = Random::new(seed);
    (0..BATCH).map(|number| (ends(&mut random, number as u16), exchange::generate(&mut random, LENGTH))).collect()
}

/// Two ends of which either may have the greater address; some are one host, a few one socket.
fn ends(random: &mut Random, number: u16) -> Ends {
    let (server, port) = (Ipv4Addr::new(10, 0, 0, 5), 20_000 + number);
    match random.weighted(&[44, 44, 10, 2]) {
        0 => Ends { ips: [Ipv4Addr::new(10, 0, 0, 1), server], ports: [port, 40_000] },
        1 => Ends { ips: [Ipv4Addr::new(10, 0, 0, 9), server], ports: [port, 40_000] },
        2 => Ends { ips: [server; 2], ports: [port, 40_000] },
        _ => Ends { ips: [server; 2], ports: [port; 2] },
    }
}

/// The frames of all exchanges, one after the other, and to which exchange each belongs.
fn capture(exchanges: &[Exchange]) -> (Vec<Frame>, Vec<usize>) {
    let mut frames = Vec::new();
    let mut owners = Vec::new();
    for (owner, (ends, packets)) in exchanges.iter().enumerate() {
        let start = EPOCH + 100_000_000 * owner as u64;
        frames.extend(packets.iter().map(|packet| packet.frame(ends, start)));
        owners.resize(frames.len(), owner);
    }
    (frames, owners)
}

fn both(command: &str, frames: &[Frame], fields: &[&Field], seed: u64) -> (Rows, Rows) {
    let octets = capture_file::pcap(frames);
    let path = scratch(&format!("batch-{seed}.pcap"));
    fs::write(&path, &octets).unwrap();
    let theirs = tshark::theirs(command, &path, fields);
    let _ = fs::remove_file(path);
    (theirs, tshark::ours(&octets, fields))
}

/// The frames on which the two disagree.
fn differences(theirs: &Rows, ours: &Rows) -> Vec<u64> {
    let mut wrong: Vec<u64> =
        theirs.iter().filter(|(number, row)| ours.get(number) != Some(row)).map(|(n, _)| *n).collect();
    wrong.extend(ours.keys().filter(|number| !theirs.contains_key(number)));
    wrong.sort_unstable();
    wrong
}

/// The exchange without the packets that the disagreement can do without.
fn shorten(command: &str, (ends, packets): &Exchange, fields: &[&Field], seed: u64) -> Exchange {
    let mut shortest = packets.clone();
    let mut part = shortest.len() / 2;
    while part > 0 {
        let mut start = 0;
        while start < shortest.len() {
            let mut fewer = shortest.clone();
            fewer.drain(start..(start + part).min(shortest.len()));
            let (frames, _) = capture(&[(*ends, fewer.clone())]);
            let (theirs, ours) = both(command, &frames, fields, seed);
            if differences(&theirs, &ours).is_empty() {
                start += part;
            } else {
                shortest = fewer;
            }
        }
        part /= 2;
    }
    (*ends, shortest)
}

/// Keeps the exchange, and says what the two print for its last wrong frame.
fn explain(command: &str, exchange: &Exchange, fields: &[&Field], seed: u64, owner: usize) -> String {
    let (frames, _) = capture(std::slice::from_ref(exchange));
    let kept = scratch(&format!("disagreement-{seed}-{owner}.pcap"));
    fs::write(&kept, capture_file::pcap(&frames)).unwrap();
    let (theirs, ours) = both(command, &frames, fields, seed);
    let mut text = format!("{}:", kept.display());
    for number in differences(&theirs, &ours) {
        let none = Vec::new();
        let (wanted, got) = (theirs.get(&number).unwrap_or(&none), ours.get(&number).unwrap_or(&none));
        for (place, field) in fields.iter().enumerate().filter(|(place, _)| wanted.get(*place) != got.get(*place)) {
            let (wanted, got) = (wanted.get(place), got.get(place));
            text += &format!("\n  frame {number} {}: {wanted:?}, not {got:?}", field.name);
        }
    }
    text
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(folder).unwrap();
    folder.join(name)
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}
