//! Where captures come from: compressed, trickling, live, several at once.

use std::io::{self, Cursor, Read, Write};

use lz4_flex::frame::{BlockSize, FrameEncoder, FrameInfo};
use tcpflow_audit::capture::{Merge, NoteKind, Reader};

use crate::support::octets::File;
use crate::support::pack::{self, PACKERS};
use crate::support::read::{Live, Owned, Trickle, notes, read_all};

const MICRO: u32 = 0xa1b2_c3d4;

/// A pcap and a pcapng file with `count` frames, one each second.
fn samples(count: u32) -> [Vec<u8>; 2] {
    let data = |i: u32| vec![i as u8; (i % 97) as usize];
    let pcap = (0..count).fold(File::big().pcap(MICRO, 0, 1), |file, i| file.pcap_record(i, 0, &data(i)));
    let pcapng = File::little().section(&[]).interface(1, 0, &[]);
    let pcapng = (0..count).fold(pcapng, |file, i| file.enhanced(0, u64::from(i) * 1_000_000, &data(i), &[]));
    [pcap.octets, pcapng.octets]
}

#[test]
fn three_octets_at_a_time() {
    for sample in samples(500) {
        let whole = read_all(&sample[..]);
        for step in 1..=3 {
            assert_eq!(read_all(Trickle::new(&sample, step)), whole);
        }
        for (_, pack) in PACKERS {
            assert_eq!(read_all(Trickle::new(&pack(&sample), 3)).0, whole.0);
        }
    }
}

#[test]
fn records_lie_anywhere_in_the_window() {
    for sample in samples(20_000) {
        let whole = read_all(&sample[..]);
        assert_eq!(whole.0.len(), 20_000);
        assert_eq!(read_all(Trickle::new(&sample, 65_521)), whole);
    }
}

#[test]
fn compressed_captures_in_one_piece_and_in_several() {
    for sample in samples(3000) {
        let (whole, _) = read_all(&sample[..]);
        for (compression, pack) in PACKERS {
            let (records, info) = read_all(&pack(&sample)[..]);
            assert_eq!((&records, info.compression), (&whole, *compression));
            let (first, second) = sample.split_at(sample.len() / 3);
            let (records, info) = read_all(&[pack(first), pack(second)].concat()[..]);
            assert_eq!((&records, notes(&info)), (&whole, vec![]), "{compression}");
        }
    }
}

#[test]
fn a_cut_compressed_capture_is_read_as_far_as_it_goes() {
    for sample in samples(3000) {
        let (whole, _) = read_all(&sample[..]);
        for (compression, pack) in PACKERS {
            let packed = pack(&sample);
            // LZ4's decoder does not miss the end mark of four octets, if that alone is cut off.
            for cut in [packed.len() / 2, packed.len() - 5] {
                // LZ4 and Zstandard give nothing of a block that is not all there.
                let Ok(reader) = Reader::new(&packed[..cut], "test") else { continue };
                drop(reader);
                let (records, info) = read_all(&packed[..cut]);
                assert_eq!(records[..], whole[..records.len()]);
                let told = info.notes.iter().any(|note| matches!(note.kind, NoteKind::BadCompression { .. }));
                assert!(told && info.notes.any_damage(), "{compression} cut at {cut}: {:?}", notes(&info));
            }
        }
    }
}

#[test]
fn what_follows_a_gzip_member_is_told() {
    let [sample, _] = samples(5);
    let (records, info) = read_all(&[pack::gzip(&sample), b"garbage".to_vec()].concat()[..]);
    assert_eq!(records.len(), 5);
    assert!(notes(&info)[0].contains("the compressed stream is damaged or cut"), "{:?}", notes(&info));
}

#[test]
fn compressed_rubbish_is_no_capture() {
    for (_, pack) in PACKERS {
        let error = Reader::new(&pack(b"hello, world")[..], "test").map(drop).unwrap_err();
        assert!(error.to_string().contains("text"), "{error}");
    }
    let error = Reader::new(&b"\x1f\x8bhello, world"[..], "test").map(drop).unwrap_err();
    assert!(error.to_string().contains("the compressed stream is damaged or cut"), "{error}");
}

#[cfg(feature = "zstd")]
#[test]
fn skippable_frames_are_skipped() {
    let [sample, _] = samples(5);
    let skippable = b"\x5a\x2a\x4d\x18\x03\0\0\0abc";
    let (records, _) = read_all(&[&skippable[..], &pack::zstd(&sample), &skippable[..]].concat()[..]);
    assert_eq!(records.len(), 5);
}

#[test]
fn a_live_capture_is_delivered_record_by_record() {
    for sample in samples(10) {
        let (whole, _) = read_all(&sample[..]);
        for (index, record) in whole.iter().enumerate().skip(1) {
            // The source has all of the records before this one and no octet more.
            let mut reader = Reader::new(Live(&sample[..record.offset as usize]), "live").unwrap();
            for earlier in &whole[..index] {
                assert_eq!(&Owned::from(reader.next_record().unwrap().unwrap()), earlier);
            }
        }
    }
}

#[test]
fn a_failing_source_is_an_error_after_what_it_gave() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::from_raw_os_error(5))
        }
    }
    let [sample, _] = samples(3);
    let mut reader = Reader::new(sample.chain(Failing), "a disk").unwrap();
    for _ in 0..3 {
        assert!(reader.next_record().unwrap().is_some());
    }
    assert!(reader.next_record().unwrap_err().to_string().starts_with("a disk: "));
    assert!(reader.next_record().unwrap().is_none());
}

#[test]
fn several_captures_make_one_timeline() {
    let capture = |times: &[u32]| {
        let file = File::little().pcap(MICRO, 0, 1);
        times.iter().fold(file, |file, time| file.pcap_record(*time, 0, &time.to_le_bytes())).octets
    };
    let captures = [capture(&[1, 5, 9]), capture(&[]), capture(&[2, 5, 4, 20]), capture(&[3])];
    let mut merge = Merge::new(captures.iter().map(|octets| Reader::new(&octets[..], "part").unwrap()).collect());
    let mut seen = Vec::new();
    while let Some((file, record)) = merge.next_record().unwrap() {
        seen.push((file, record.number, record.time.seconds, record.data[0]));
    }
    let expected = [
        (0, 1, 1, 1),
        (2, 1, 2, 2),
        (3, 1, 3, 3),
        (0, 2, 5, 5),
        (2, 2, 5, 5),
        (2, 3, 4, 4),
        (0, 3, 9, 9),
        (2, 4, 20, 20),
    ];
    assert_eq!(seen, expected);
    assert_eq!(merge.readers().iter().map(|reader| reader.info().frames).collect::<Vec<_>>(), [3, 0, 4, 1]);
    assert!(merge.next_record().unwrap().is_none());
}

/// Frames of one stream may have blocks of different sizes.
#[test]
fn lz4_frames_need_not_be_alike() {
    let [_, sample] = samples(3000);
    let (head, tail) = sample.split_at(100_000);
    let packed = |octets: &[u8], size| {
        let info = FrameInfo::new().block_size(size);
        let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
        encoder.write_all(octets).unwrap();
        encoder.finish().unwrap()
    };
    let frames = [packed(head, BlockSize::Max64KB), packed(tail, BlockSize::Max4MB)].concat();
    assert_eq!(read_all(&frames[..]).0, read_all(&sample[..]).0);
}

/// Nothing unpacked before a damage is lost, however much is read at once.
#[test]
fn a_damaged_gzip_stream_is_read_to_the_damage() {
    let [_, sample] = samples(500);
    let (whole, _) = read_all(&sample[..]);
    let packed = pack::gzip(&sample);
    for at in [packed.len() / 2, packed.len() - 9, packed.len() - 1] {
        let mut damaged = packed.clone();
        damaged[at] = !damaged[at];
        for octets in [&damaged[..], &packed[..at]] {
            let (records, info) = read_all(octets);
            assert_eq!(records, read_all(Trickle::new(octets, 1)).0, "octet {at}");
            assert!(info.notes.any_damage() && records.len() * 3 > whole.len(), "octet {at}: {}", records.len());
        }
    }
}

/// A decoder that holds back what may still be referred to gives it when nothing more can come.
#[cfg(feature = "zstd")]
#[test]
fn a_cut_zstandard_frame_is_read_to_the_cut() {
    let [_, sample] = samples(8000);
    let (whole, _) = read_all(&sample[..]);
    let packed = pack::zstd(&sample);
    let (records, info) = read_all(&packed[..packed.len() - 9]);
    assert!(info.notes.any_damage() && records.len() * 3 > whole.len(), "{} of {}", records.len(), whole.len());
    assert_eq!(records[..], whole[..records.len()]);
}

/// Another thread unpacks: the same frames, the same notes, wherever the stream is damaged.
#[test]
fn unpacking_beside_changes_nothing() {
    fn read(reader: tcpflow_audit::Result<Reader<Cursor<Vec<u8>>>>) -> Result<(Vec<Owned>, Vec<String>), String> {
        let mut reader = reader.map_err(|error| error.to_string())?;
        let mut records = Vec::new();
        while let Some(record) = reader.next_record().map_err(|error| error.to_string())? {
            records.push(Owned::from(record));
        }
        Ok((records, notes(reader.info())))
    }
    for sample in samples(3000) {
        let packed = PACKERS.iter().map(|(_, pack)| pack(&sample));
        for octets in packed.chain([sample.clone()]) {
            let damaged = |at: usize| [&octets[..at], &[!octets[at]], &octets[at + 1..]].concat();
            for octets in [octets.clone(), octets[..octets.len() / 2].to_vec(), damaged(octets.len() / 2), damaged(10)]
            {
                let source = || Cursor::new(octets.clone());
                assert!(read(Reader::new(source(), "x")) == read(Reader::unpacking_beside(source(), "x")));
            }
        }
    }
}
