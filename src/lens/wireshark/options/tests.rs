//! The walk over option areas, whole, faulty and cut, and the text of each kind.

use super::*;
use crate::flow::{Side, testing};
use crate::lens::wireshark::info;
use crate::wire::{Segment, SeqNum};

fn hex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// What a header with these options, `captured` octets of them in the capture, gives to `read`.
fn with_area<T>(area: &str, captured: usize, read: impl FnOnce(&Decoded<'_>, &Row) -> T) -> T {
    let area = hex(area);
    let header = [vec![0; 20], area[..captured.min(area.len())].to_vec()].concat();
    let segment = Segment {
        data_offset: (5 + area.len() / 4) as u8,
        captured: header.len() as u32,
        reported: 20 + area.len() as u32,
        ..testing::ack(Side::Client, 0, 0, 0, 0)
    };
    let row = Row { reached: Reached::Options, numbers: Numbers { ack: 1, sack_base: SeqNum(0) }, ..Row::default() };
    read(&Decoded { segment, header: &header, payload: &[], ip_layers: &[] }, &row)
}

fn kinds(area: &str, captured: usize) -> (Vec<u8>, Option<Exception>) {
    with_area(area, captured, |decoded, row| {
        let mut walk = Walk::shown(decoded, row);
        let kinds = walk.by_ref().map(|item| if let Item::Option(option) = item { option.kind } else { 255 }).collect();
        (kinds, walk.exception())
    })
}

fn text(area: &str) -> String {
    with_area(area, usize::MAX, |decoded, row| {
        let mut out = Vec::new();
        write_texts(decoded, row, &mut out);
        String::from_utf8(out).unwrap()
    })
}

#[test]
fn faults_of_form_end_the_walk() {
    assert_eq!(kinds("0204058b01010402", 99), (vec![2, 1, 1, 4], None));
    assert_eq!(kinds("0500020405b40101", 99), (vec![255], None), "length 0");
    assert_eq!(kinds("01010102", 99), (vec![1, 1, 1, 255], None), "no length");
    assert_eq!(kinds("080a0000", 99), (vec![255], None), "runs past the area");
    assert_eq!(kinds("00000100", 99), (vec![0, 0, 255], None), "after the end");
    assert_eq!(kinds("02030101", 99), (vec![2, 1], None), "a wrong length is stepped over");
}

#[test]
fn a_cut_area_ends_where_the_next_octet_would_be_read() {
    let limited = Some(Exception::Limited);
    assert_eq!(kinds("0204058b03030701", 0), (vec![], limited));
    assert_eq!(kinds("0204058b03030701", 3), (vec![2], limited));
    assert_eq!(kinds("0204058b03030701", 7), (vec![2, 3], limited));
    assert_eq!(kinds("0206058b00000101", 6), (vec![2], limited), "nothing is read of a wrong length");
    assert_eq!(kinds("03040701", 2), (vec![3], None));
    assert_eq!(kinds("0814000000000000", 5), (vec![255], limited), "runs past the area");
    assert_eq!(kinds("0814000000000000", 6), (vec![255], None));
    assert_eq!(kinds("0800000000000000", 2), (vec![255], None), "length 0");
    assert_eq!(kinds("0030000000000000", 7), (vec![0, 255], limited), "after the end");
}

#[test]
fn reading_beyond_an_option_is_malformed() {
    let malformed = Some(Exception::Malformed);
    assert_eq!(kinds("05020101", 99), (vec![5], malformed), "an empty SACK looks like a D-SACK");
    assert_eq!(kinds("050a000000640000006e0101", 99), (vec![5, 1, 1], None));
    assert_eq!(kinds("1e042001", 99), (vec![30], malformed), "a DSS without its acknowledgement");
    assert_eq!(kinds("15060001000f0101", 99), (vec![21], malformed));
}

#[test]
fn texts_of_the_usual_options() {
    assert_eq!(text("020405b40402080a000000010000000201030307"), " MSS=1460 SACK_PERM TSval=1 TSecr=2 WS=128");
    assert_eq!(text("0101050a000000640000006e"), " SLE=100 SRE=110");
    assert_eq!(text("020605b400000304ffff0403ff0101010101"), " SACK_PERM", "wrong lengths say nothing else");
}

#[test]
fn texts_of_the_rare_options() {
    assert_eq!(text("22020101"), " TFO=R");
    assert_eq!(text("2204aabbfd06f98901020101"), " TFO=C TFO=C");
    assert_eq!(text("ac0b00000100000200000301"), " EE0B=1 ECEB=2 EE1B=3");
    assert_eq!(text("ae05000001010101ac020101"), " EE1B=1 AccECN");
    assert_eq!(text("fe0500ac10010101fe04e2d4fe0400ac"), " TARR=8 ExID=E2D4 TARR");
    assert_eq!(text("1b080f0300000000"), " QSresp=1.31072 Gbit/s");
    assert_eq!(
        text("1404f807140400001404000914048000"),
        " SCPS[BETS, SNACK1, SNACK2, COMP, NLTS] Connection ID=7 \
        Connection ID=9 SCPS[BETS]"
    );
    assert_eq!(text("060600000007070600000008010b060000000901"), " ECHO=7 ECHO=8 CC=9");
    assert_eq!(text("1d041122"), "TCP AO");
    assert_eq!(text("1c0480051312000102030405060708090a0b0c0d0e0f0101"), " USER_TO=5 MD5");
}

#[test]
fn riverbed_stands_before_the_ports() {
    let info = with_area("4c0a01010a00000100004e02", usize::MAX, |decoded, row| {
        let mut out = Vec::new();
        info::write(decoded, row, &mut out);
        String::from_utf8(out).unwrap()
    });
    assert!(info.starts_with("S+, TRPY, 40000 → 80 ["), "{info}");
}
