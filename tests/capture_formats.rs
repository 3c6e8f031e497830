//! What the formats can say, each feature alone, in both byte orders.

use tcpflow_audit::capture::{ByteOrder, Direction, Format, LinkType, Resolution, Timestamp};

use crate::support::octets::File;
use crate::support::read::{notes, read_all};

const MICRO: u32 = 0xa1b2_c3d4;
const NANO: u32 = 0xa1b2_3c4d;
const MODIFIED: u32 = 0xa1b2_cd34;
const IXIA_NANO: u32 = 0x1c00_01ac;

#[test]
fn pcap_with_microseconds() {
    for file in File::both() {
        let file = file.pcap(MICRO, 96, 1).pcap_record(5, 6, b"abc").u32(7).u32(8).u32(2).u32(1500).raw(b"de");
        let (records, info) = read_all(&file.octets[..]);
        assert_eq!((info.format, info.sections, info.frames), (Format::Pcap, 1, 2));
        assert_eq!(info.link_types(), [LinkType(1)]);
        assert_eq!((info.interfaces[0].snaplen, info.interfaces[0].frames), (96, 2));
        assert_eq!(notes(&info), [""; 0]);
        assert_eq!(
            (records[0].number, records[0].time, &records[0].data[..]),
            (1, Timestamp::new(5, 6_000), &b"abc"[..])
        );
        assert_eq!((records[0].original_len, records[0].offset, records[0].link_type), (3, 24, LinkType(1)));
        assert_eq!(
            (records[1].number, records[1].time, &records[1].data[..]),
            (2, Timestamp::new(7, 8_000), &b"de"[..])
        );
        assert_eq!((records[1].original_len, records[1].offset), (1500, 43));
    }
}

#[test]
fn pcap_tells_its_byte_order() {
    let order = |file: File| read_all(&file.pcap(MICRO, 0, 1).octets[..]).1.byte_order;
    assert_eq!(order(File::little()), ByteOrder::Little);
    assert_eq!(order(File::big()), ByteOrder::Big);
}

#[test]
fn pcap_with_nanoseconds() {
    for file in File::both() {
        let (records, info) = read_all(&file.pcap(NANO, 0, 101).pcap_record(5, 999_999_999, b"x").octets[..]);
        assert_eq!(records[0].time, Timestamp::new(5, 999_999_999));
        assert_eq!((info.format, info.interfaces[0].resolution), (Format::PcapNanoseconds, Resolution::NANOSECONDS));
    }
}

#[test]
fn pcap_keeps_an_odd_fraction_and_multiplies_in_32_bits() {
    let time = |magic, fraction| {
        read_all(&File::little().pcap(magic, 0, 1).pcap_record(5, fraction, b"x").octets[..]).0[0].time
    };
    assert_eq!(time(MICRO, 1_000_000), Timestamp::new(5, 1_000_000_000));
    assert_eq!(time(MICRO, u32::MAX), Timestamp::new(5, -1000));
    assert_eq!(time(NANO, 1 << 31), Timestamp::new(5, i32::MIN));
}

#[test]
fn pcap_with_longer_record_headers() {
    for file in File::both() {
        let header = |file: File| file.u32(5).u32(6).u32(3).u32(3).raw(b"ifindex!");
        let file = header(header(file.pcap(MODIFIED, 0, 1)).raw(b"abc")).raw(b"def");
        let (records, info) = read_all(&file.octets[..]);
        assert_eq!(info.format, Format::PcapModified);
        assert_eq!((&records[0].data[..], &records[1].data[..]), (&b"abc"[..], &b"def"[..]));
        assert_eq!(records[1].offset, 24 + 24 + 3);
    }
}

#[test]
fn pcap_of_ixia_has_four_more_octets_in_front() {
    for file in File::both() {
        let (records, _) = read_all(&file.pcap(IXIA_NANO, 0, 1).u32(17).pcap_record(5, 6, b"x").octets[..]);
        assert_eq!((records[0].time, records[0].offset), (Timestamp::new(5, 6), 28));
    }
}

#[test]
fn pcap_of_version_2_2_swaps_the_lengths() {
    for file in File::both() {
        let header = |file: File| file.u32(MICRO).u16(2).u16(2).u64(0).u32(100).u32(1);
        let file = header(file).u32(5).u32(6).u32(1500).u32(3).raw(b"abc").u32(5).u32(6).u32(60).u32(2).raw(b"de");
        let (records, info) = read_all(&file.octets[..]);
        assert_eq!((records[0].original_len, &records[0].data[..]), (1500, &b"abc"[..]));
        assert_eq!((records[1].original_len, &records[1].data[..]), (60, &b"de"[..]));
        assert_eq!(notes(&info), [""; 0]);
    }
}

#[test]
fn pcap_records_longer_than_the_snapshot_length_are_delivered() {
    let (records, _) = read_all(&File::little().pcap(MICRO, 10, 1).pcap_record(1, 2, &[7; 9000]).octets[..]);
    assert_eq!(records[0].data.len(), 9000);
}

#[test]
fn pcap_tells_the_check_sequence() {
    let (records, info) = read_all(&File::big().pcap(MICRO, 0, 0x2400_0001).pcap_record(1, 2, b"x").octets[..]);
    assert_eq!((records[0].link_type, records[0].fcs_len, info.interfaces[0].fcs_len), (LinkType(1), 4, 4));
}

#[test]
fn pcapng_enhanced_packets() {
    for file in File::both() {
        let file = file.section(&[]).interface(1, 0, &[]).interface(101, 0, &[]);
        let outbound = file.part(|value| value.u32(2 | 4 << 5));
        let inbound = file.part(|value| value.u32(1));
        let drops = file.part(|value| value.u64(11));
        let file = file
            .enhanced(1, 1_000_001, b"abcde", &[])
            .enhanced(0, u64::from(u32::MAX) + 1, b"abcdefgh", &[(1, b"a comment"), (2, &outbound), (4, &drops)])
            .enhanced(0, 0, b"", &[(2, &inbound), (4, &drops)]);
        let (records, info) = read_all(&file.octets[..]);
        assert_eq!((info.format, info.sections), (Format::Pcapng, 1));
        assert_eq!(info.link_types(), [LinkType(1), LinkType(101)]);
        assert_eq!((records[0].interface, records[0].link_type), (1, LinkType(101)));
        assert_eq!((records[0].time, &records[0].data[..]), (Timestamp::new(1, 1_000), &b"abcde"[..]));
        assert_eq!((records[0].direction, records[0].fcs_len), (Direction::Unknown, 0));
        assert_eq!((records[1].time, &records[1].data[..]), (Timestamp::new(4294, 967_296_000), &b"abcdefgh"[..]));
        assert_eq!((records[1].direction, records[1].fcs_len), (Direction::Outbound, 4));
        assert_eq!((records[2].direction, records[2].number), (Direction::Inbound, 3));
        assert_eq!((info.interfaces[0].dropped_between, info.interfaces[1].dropped_between), (22, 0));
        assert_eq!((info.interfaces[0].frames, info.interfaces[1].frames), (2, 1));
    }
}

#[test]
fn pcapng_options_after_the_end_of_options_do_not_count() {
    let file = File::little().section(&[]).interface(1, 0, &[]);
    let (records, _) = read_all(&file.enhanced(0, 0, b"x", &[(0, b""), (2, &[1, 0, 0, 0])]).octets[..]);
    assert_eq!(records[0].direction, Direction::Unknown);
}

#[test]
fn pcapng_simple_packets_are_cut_by_the_snapshot_length() {
    for file in File::both() {
        let file = file.section(&[]).interface(1, 6, &[]).simple(1500, b"abcdefgh").simple(3, b"abcd");
        let (records, _) = read_all(&file.octets[..]);
        assert_eq!((records[0].original_len, &records[0].data[..]), (1500, &b"abcdef"[..]));
        assert_eq!((records[1].original_len, &records[1].data[..]), (3, &b"abc"[..]));
        assert_eq!(records[0].time, Timestamp::default());
    }
    let (records, _) = read_all(&File::little().section(&[]).interface(1, 0, &[]).simple(1500, b"abcdefgh").octets[..]);
    assert_eq!(records[0].data, b"abcdefgh", "0 is no limit");
}

#[test]
fn pcapng_obsolete_packets() {
    for file in File::both() {
        let file = file.section(&[]).interface(1, 0, &[]).interface(113, 0, &[]);
        let flags = file.part(|value| value.u32(1));
        let file = file.obsolete(1, 5, 2_000_000, b"abc", &[(2, &flags)]).obsolete(1, 0xffff, 2_000_001, b"de", &[]);
        let (records, info) = read_all(&file.octets[..]);
        assert_eq!((records[0].interface, records[0].link_type), (1, LinkType(113)));
        assert_eq!((records[0].time, records[0].direction), (Timestamp::new(2, 0), Direction::Inbound));
        assert_eq!(&records[1].data[..], b"de");
        assert_eq!(info.interfaces[1].dropped_between, 5, "0xffff is unknown, not a count");
    }
}

#[test]
fn pcapng_interfaces_describe_themselves() {
    for file in File::both() {
        let offset = file.part(|value| value.u64(-3600_i64 as u64));
        let options: &[(u16, &[u8])] =
            &[(2, b"eth0"), (3, b"the first"), (9, &[9]), (11, b"\0tcp port 80"), (13, &[32]), (14, &offset)];
        let counters =
            [file.part(|value| value.u64(7)), file.part(|value| value.u64(8)), file.part(|value| value.u64(9))];
        let file = file
            .section(&[(2, b"a machine"), (3, b"a system"), (4, b"a program")])
            .interface(1, 96, options)
            .enhanced(0, 1_000_000_000_000, b"x", &[])
            .statistics(0, &[(5, &counters[0]), (7, &counters[1])])
            .statistics(0, &[(5, &counters[2])]);
        let (records, info) = read_all(&file.octets[..]);
        let interface = &info.interfaces[0];
        assert_eq!((interface.name.as_deref(), interface.description.as_deref()), (Some("eth0"), Some("the first")));
        assert_eq!((interface.filter.as_deref(), interface.snaplen), (Some("tcp port 80"), 96));
        assert_eq!((interface.resolution, interface.time_offset), (Resolution(9), -3600));
        assert_eq!(
            (interface.dropped_by_interface, interface.dropped_by_system),
            (Some(9), Some(8)),
            "the latest count"
        );
        assert_eq!(info.hardware.as_deref(), Some("a machine"));
        assert_eq!(info.system.as_deref(), Some("a system"));
        assert_eq!(info.application.as_deref(), Some("a program"));
        assert_eq!((records[0].time, records[0].fcs_len), (Timestamp::new(1000 - 3600, 0), 4));
    }
}

#[test]
fn pcapng_clocks_of_base_two() {
    for file in File::both() {
        let file = file.section(&[]).interface(1, 0, &[(9, &[0x80 | 10])]).interface(1, 0, &[(9, &[0x80 | 63])]);
        let (records, _) =
            read_all(&file.enhanced(0, 5 * 1024 + 256, b"", &[]).enhanced(1, 3 << 62, b"", &[]).octets[..]);
        assert_eq!(records[0].time, Timestamp::new(5, 250_000_000));
        assert_eq!(records[1].time, Timestamp::new(1, 500_000_000));
    }
}

#[test]
fn pcapng_sections_have_byte_orders_and_interfaces_of_their_own() {
    let [little, big] = File::both();
    let first = little.section(&[]).interface(1, 0, &[(2, b"a")]).interface(101, 0, &[]).enhanced(1, 1, b"abc", &[]);
    let second =
        big.section(&[]).interface(113, 0, &[(2, b"b")]).enhanced(0, 2, b"def", &[]).enhanced(1, 3, b"ghi", &[]);
    let (records, info) = read_all(&[first.octets, second.octets].concat()[..]);
    assert_eq!((info.sections, info.frames, info.byte_order), (2, 3, ByteOrder::Big));
    assert_eq!(records.iter().map(|record| record.link_type.0).collect::<Vec<_>>(), [101, 113]);
    let named: Vec<_> = info.interfaces.iter().map(|i| (i.section, i.id, i.name.as_deref(), i.frames)).collect();
    assert_eq!(named, [(0, 0, Some("a"), 0), (0, 1, None, 1), (1, 0, Some("b"), 1)]);
    assert_eq!(info.notes.iter().count(), 1, "the second section has no interface 1");
}

#[test]
fn pcapng_blocks_without_packets_are_skipped() {
    for file in File::both() {
        let file = file.section(&[]).interface(1, 0, &[]);
        let file =
            file.block(4, b"names").block(10, b"secrets.").block(0xbad, b"cust").block(0x77, b"?").block(0x78, b"");
        let (records, info) = read_all(&file.enhanced(0, 1, b"abc", &[]).octets[..]);
        assert_eq!(records[0].number, 1);
        assert_eq!(
            notes(&info),
            ["at octet 104: a block of the unknown type 0x00000077 was skipped (and 1 more of this kind)"]
        );
        assert!(!info.notes.any_damage());
    }
}

#[test]
fn captures_without_frames() {
    for file in File::both() {
        assert_eq!(read_all(&file.clone().pcap(MICRO, 0, 1).octets[..]).0, []);
        assert_eq!(read_all(&file.clone().section(&[]).octets[..]).0, []);
        assert_eq!(read_all(&file.section(&[]).interface(1, 0, &[]).octets[..]).0, []);
    }
}
