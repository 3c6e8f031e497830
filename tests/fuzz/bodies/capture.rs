//! Capture files, plain and packed.

use crate::support::read::{Owned, Trickle};
use std::io::Read;
use tcpflow_audit::capture::{CaptureInfo, Reader, Timeline};

/// A capture file read at once and in small portions says the same.
pub fn reader(octets: &[u8]) {
    let whole = read(octets);
    let portions = read(Trickle::new(octets, 1 + octets.len() % 7));
    assert_eq!(whole, portions, "portions matter");
    let Some((records, info)) = whole else { return };
    let data: usize = records.iter().map(|record| record.data.len()).sum();
    assert!(data <= octets.len() || info.format.to_string() == "pcapng" || is_packed(octets));
    assert!(records.windows(2).all(|pair| pair[0].number < pair[1].number && pair[0].offset < pair[1].offset));
    assert!(records.last().is_none_or(|last| last.number <= info.frames));
    assert!(info.notes.iter().all(|note| !note.to_string().is_empty()));
}

/// A gzip stream (RFC 1952).
pub fn gzip(octets: &[u8]) {
    packed(&[0x1f, 0x8b, 8], octets);
}

/// Zstandard frames (RFC 8878).
pub fn zstd(octets: &[u8]) {
    packed(&[0x28, 0xb5, 0x2f, 0xfd], octets);
}

/// LZ4 frames.
pub fn lz4(octets: &[u8]) {
    packed(&[0x04, 0x22, 0x4d, 0x18], octets);
}

/// Two captures as one timeline: no frame is lost, and each is found in its file again.
pub fn merge(octets: &[u8]) {
    let (Ok(one), Ok(two)) = (Reader::new(octets, "one"), Reader::new(octets, "two")) else { return };
    let single = read(octets).map_or(0, |(records, _)| records.len());
    let timeline = Timeline::new(vec![one, two]);
    let origins = timeline.origins();
    let mut merged = Reader::new(timeline, "both").expect("a timeline is a capture");
    let mut frames = 0;
    while let Some(record) = merged.next_record().expect("a timeline can be read") {
        frames += 1;
        assert!(origins.of(record.number).is_some_and(|(file, _)| file < 2));
    }
    assert_eq!(frames, single * 2);
}

/// Reads `octets` as a stream that begins with `magic`, whatever they begin with.
fn packed(magic: &[u8], octets: &[u8]) {
    if octets.starts_with(magic) { reader(octets) } else { reader(&[magic, octets].concat()) }
}

fn is_packed(octets: &[u8]) -> bool {
    matches!(octets, [0x1f, 0x8b, ..] | [0x28, 0xb5, ..] | [0x04, 0x22, ..] | [0x50..=0x5f, 0x2a, ..])
}

/// What a reader makes of a source; at most so much that no fuzzer waits for it.
fn read(source: impl Read) -> Option<(Vec<Owned>, CaptureInfo)> {
    const MOST: u64 = 1 << 16;
    let mut reader = Reader::new(source, "fuzz").ok()?;
    let mut records = Vec::new();
    while let Some(record) = reader.next_record().ok()? {
        records.push(Owned::from(record));
        if record.number >= MOST || record.offset > 1 << 24 {
            break;
        }
    }
    Some((records, reader.info().clone()))
}
