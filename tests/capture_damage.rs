//! Captures that are cut, lie or are none: what was readable is delivered, the rest is told.

use std::io::Read;

use tcpflow_audit::Error;
use tcpflow_audit::capture::{NoteKind, Reader};

use crate::support::octets::File;
use crate::support::read::{Trickle, notes, read_all};

const MICRO: u32 = 0xa1b2_c3d4;

/// Files of both formats and orders, with more kinds of block than most.
fn samples() -> Vec<Vec<u8>> {
    let mut samples = Vec::new();
    for file in File::both() {
        samples.push(file.clone().pcap(MICRO, 0, 1).pcap_record(1, 2, b"abcdef").pcap_record(3, 4, b"ghi").octets);
        let flags = file.part(|value| value.u32(1));
        let file =
            file.section(&[(2, b"machine")]).interface(1, 0, &[(9, &[9])]).enhanced(0, 1, b"abc", &[(2, &flags)]);
        let file = file.simple(4, b"abcd").obsolete(0, 1, 2, b"de", &[]).statistics(0, &[]).block(0x99, b"what");
        samples.push(file.section(&[]).interface(101, 0, &[]).enhanced(0, 1, b"fgh", &[]).octets);
    }
    samples
}

fn error(octets: &[u8]) -> String {
    match Reader::new(octets, "test") {
        Err(Error::Format { message, .. }) => message,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("accepted"),
    }
}

#[test]
fn a_cut_costs_the_last_record_only() {
    for sample in samples() {
        let (whole, _) = read_all(&sample[..]);
        for cut in 0..sample.len() {
            let Ok(mut reader) = Reader::new(&sample[..cut], "test") else { continue };
            let mut count = 0;
            while let Some(record) = reader.next_record().unwrap() {
                assert_eq!(record.data, whole[count].data);
                count += 1;
            }
            let ends = |index: usize| whole.get(index).is_none_or(|record| record.offset as usize >= cut);
            assert!(ends(count + 1), "cut at {cut}: {count} records");
            let cut_inside = reader.info().notes.iter().find(|note| matches!(note.kind, NoteKind::Truncated { .. }));
            if let Some(note) = cut_inside {
                assert!(note.offset < cut as u64 && reader.info().notes.any_damage());
                assert!(note.offset >= count.checked_sub(1).map_or(0, |last| whole[last].offset), "cut at {cut}");
            }
        }
    }
}

#[test]
fn a_cut_is_told_with_its_place() {
    let file = File::little().pcap(MICRO, 0, 1).pcap_record(1, 2, b"abcdef").pcap_record(3, 4, b"ghi");
    let cut = |len: usize| notes(&read_all(&file.octets[..len]).1);
    assert_eq!(cut(46), [""; 0], "between two records nothing is missing");
    assert_eq!(cut(50), ["at octet 46: the capture ends inside a record: 4 of its 16 octets are there"]);
    assert_eq!(cut(64), ["at octet 46: the capture ends inside a record: 18 of its 19 octets are there"]);
    let file = File::big().section(&[]).interface(1, 0, &[]).enhanced(0, 1, b"abcd", &[]);
    let cut = |len: usize| notes(&read_all(&file.octets[..len]).1);
    assert_eq!(cut(52), ["at octet 48: the capture ends inside a record: 4 of its 12 octets are there"]);
    assert_eq!(cut(82), ["at octet 48: the capture ends inside a record: 34 of its 36 octets are there"]);
}

#[test]
fn any_octet_may_be_wrong() {
    for sample in samples() {
        for at in 0..sample.len() {
            for wrong in [0, 1, 0x7f, 0x80, 0xff, !sample[at]] {
                let mut octets = sample.clone();
                octets[at] = wrong;
                if Reader::new(&octets[..], "test").is_ok() {
                    let (records, info) = read_all(Trickle::new(&octets, 7));
                    assert!(records.len() as u64 <= info.frames);
                    assert!(records.iter().all(|record| record.data.len() <= octets.len()));
                }
            }
        }
    }
}

#[test]
fn an_absurd_length_ends_a_pcap() {
    let file = File::little().pcap(MICRO, 65_535, 1).pcap_record(1, 2, b"abc");
    for claimed in [262_145, u32::MAX] {
        let file = file.clone().u32(1).u32(2).u32(claimed).u32(60).raw(&[0; 100]);
        let (records, info) = read_all(&file.octets[..]);
        assert_eq!(records.len(), 1);
        let told = format!("at octet 43: a record claims {claimed} octets, more than the 262144 believed");
        assert!(notes(&info)[0].starts_with(&told), "{:?}", notes(&info));
        assert!(info.notes.any_damage());
    }
}

#[test]
fn an_absurd_length_is_found_absurd_when_its_octets_are_all_there() {
    let file = File::little().pcap(MICRO, 65_535, 1).pcap_record(1, 2, &[0; 262_145]).pcap_record(1, 2, b"abc");
    let (records, info) = read_all(&file.octets[..]);
    assert_eq!((records.len(), info.notes.iter().count()), (0, 1));
}

#[test]
fn a_header_may_announce_longer_records() {
    let file = File::little().pcap(MICRO, 1 << 20, 1).pcap_record(1, 2, &[5; 1 << 20]).pcap_record(3, 4, b"abc");
    let (records, info) = read_all(Trickle::new(&file.octets, 100_003));
    assert_eq!((records[0].data.len(), &records[1].data[..]), (1 << 20, &b"abc"[..]));
    assert_eq!(notes(&info), [""; 0]);
}

#[test]
fn a_packet_of_an_undeclared_interface_is_skipped_and_numbered() {
    for file in File::both() {
        let file = file.section(&[]).interface(1, 0, &[]).enhanced(0, 1, b"a", &[]).enhanced(3, 2, b"b", &[]);
        let (records, info) = read_all(&file.enhanced(0, 3, b"c", &[]).octets[..]);
        assert_eq!(records.iter().map(|record| record.number).collect::<Vec<_>>(), [1, 3]);
        let told = "at octet 84: a packet of interface 3, which its section does not declare, was skipped";
        assert_eq!(notes(&info), [told]);
    }
}

#[test]
fn a_packet_longer_than_its_block_is_skipped() {
    for file in File::both() {
        let lie = file.part(|body| body.u32(0).u64(0).u32(5).u32(5).raw(b"abcd"));
        let file = file.section(&[]).interface(1, 0, &[]).block(6, &lie).block(6, b"short").block(2, b"").block(3, b"");
        let (records, info) = read_all(&file.enhanced(0, 1, b"abc", &[]).octets[..]);
        assert_eq!((records.len(), records[0].number), (1, 5));
        let told = "at octet 48: a block of type 0x00000006 whose contents contradict its length was skipped (and 3 more of this kind)";
        assert_eq!(notes(&info), [told]);
    }
}

#[test]
fn an_interface_without_contents_is_one_all_the_same() {
    let file = File::little().section(&[]).block(1, b"").interface(101, 0, &[]);
    let (records, info) = read_all(&file.enhanced(1, 1, b"abc", &[]).enhanced(0, 1, b"abc", &[]).octets[..]);
    assert_eq!((records.len(), records[0].link_type.0), (1, 101));
    assert!(notes(&info)[0].starts_with("at octet 28: a block of type 0x00000001 whose contents"));
    assert!(notes(&info)[1].starts_with("at octet 96: a packet of interface 0, which its section does not declare"));
    assert_eq!((info.interfaces.len(), info.interfaces[0].frames), (1, 1));
}

#[test]
fn the_first_of_two_lengths_is_believed() {
    for file in File::both() {
        let file = file.section(&[]).u32(1).u32(20).u16(101).u16(0).u32(0).u32(99).enhanced(0, 1, b"abc", &[]);
        let (records, info) = read_all(&file.octets[..]);
        assert_eq!(records[0].link_type.0, 101);
        assert_eq!(notes(&info), ["at octet 28: a block of 20 octets says 99 at its end"]);
        let mut octets = file.octets;
        octets.truncate(octets.len() - 1);
        octets.push(0x55);
        let (records, info) = read_all(&octets[..]);
        assert_eq!((&records[0].data[..], notes(&info).len()), (&b"abc"[..], 1));
    }
}

#[test]
fn a_block_shorter_than_a_block_ends_a_pcapng() {
    for file in File::both() {
        let file = file.section(&[]).interface(1, 0, &[]).enhanced(0, 1, b"abc", &[]).u32(6).u32(11).raw(&[0; 50]);
        let (records, info) = read_all(&file.octets[..]);
        assert_eq!(records.len(), 1);
        assert!(notes(&info)[0].starts_with("at octet 84: a block of type 0x00000006 with an impossible length"));
    }
}

#[test]
fn a_section_without_byte_order_ends_a_pcapng() {
    let file = File::little().section(&[]).interface(1, 0, &[]).enhanced(0, 1, b"abc", &[]);
    let (records, info) = read_all(&file.block(0x0a0d_0d0a, b"what is this").octets[..]);
    assert_eq!(records.len(), 1);
    assert!(notes(&info)[0].starts_with("at octet 84: a section header with the byte-order magic"));
}

#[test]
fn a_block_too_long_to_keep_is_passed_over() {
    const LEN: u32 = 100 << 20;
    let head = File::little().section(&[]).interface(1, 0, &[]).u32(6).u32(LEN).octets;
    let tail = File::little().u32(LEN).enhanced(0, 1, b"abc", &[]).octets;
    let source = |filling: u64| head.chain(std::io::repeat(0).take(filling)).chain(&tail[..]);
    let (records, info) = read_all(source(u64::from(LEN) - 12));
    assert_eq!(records[0].data, b"abc");
    assert_eq!(notes(&info), [format!("at octet 48: a block of type 0x00000006 with {LEN} octets was skipped")]);
    let (records, info) = read_all(source(1000));
    assert_eq!(records.len(), 0);
    let told = format!("at octet 48: the capture ends inside a record: 1048 of its {LEN} octets are there");
    assert_eq!(notes(&info), [told]);
}

#[test]
fn no_capture_at_all() {
    assert_eq!(error(b""), "the input is empty, not a capture");
    assert!(error(b"{\"a\": 1}").contains("text; a capture is written by `tcpdump -w FILE`"));
    assert!(error(b"BZh91AY&SY").contains("a bzip2 file; unpack it first"));
    assert!(error(b"snoop\0\0\0\0\0\0\x02").contains("a snoop capture"));
    assert!(error(&[0x7f, b'E', b'L', b'F', 2, 1, 1, 0]).contains("it begins with [7f, 45, 4c, 46, 02, 01, 01, 00]"));
    assert!(error(&[0xd4, 0xc3, 0xb2, 0xa1, 2]).contains("a pcap file of 5 octets, cut inside its header"));
    assert!(error(b"\x0a\x0d\x0d\x0a\x1c").contains("the beginning of a pcapng file"));
    assert!(error(b"\x0a\x0d\x0d\x0a\x1c\0\0\0what").contains("without a readable section"));
    let cut = File::little().section(&[]).octets;
    assert!(error(&cut[..20]).contains("without a readable section: the capture ends inside a record"));
}

#[test]
fn long_blocks_without_interest_are_no_damage() {
    let file = File::little().section(&[]).interface(1, 0, &[]).block(10, &[b'k'; 3 << 20]).enhanced(0, 1, b"abc", &[]);
    let (records, info) = read_all(&file.octets[..]);
    assert_eq!((records.len(), notes(&info)), (1, vec![]));
    let file = File::little().section(&[]).interface(1, 0, &[]).block(5, &[0; 3 << 20]).enhanced(0, 1, b"abc", &[]);
    let (records, info) = read_all(&file.octets[..]);
    assert_eq!((records.len(), info.notes.any_damage()), (1, true));
}
