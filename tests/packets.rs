//! The `packets` view of a few captures in every format, against golden files.
//!
//! `BLESS=1 cargo test packets` rewrites the golden files.

use crate::support::golden::check;
use std::fs::File;
use std::path::Path;
use tcpflow_audit::audit::{self, Settings};
use tcpflow_audit::capture::Reader;
use tcpflow_audit::report::{
    Delimiter, Look, PacketChoice, PacketFormat, Packets, Report, Summary, named_fields, schema,
};

const DUPLICATES: &str = "070-dup-ack-run-then-fast-retransmission.pcap";
const QUOTED: &str = "171-icmp-error-quotes-whole-header.pcap";
const LIST: PacketFormat = PacketFormat::List(Look { color: false, links: false, ascii: false, width: None });
const NAMES: [&str; 7] =
    ["frame.number", "ip.src", "tcp.seq", "tcp.analysis.duplicate_ack", "tcp.analysis.ack_rtt", "tcp.port", "info"];

fn told(name: &str, format: PacketFormat, choice: PacketChoice) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/captures/handmade").join(name);
    let mut out = Vec::new();
    let mut packets = Packets::new(&mut out, format, choice);
    let mut reader = Reader::new(File::open(path).unwrap(), name).unwrap();
    audit::run(&mut reader, &Settings::default(), &mut packets, &mut || true).unwrap();
    packets.finish(&Summary::default()).unwrap();
    String::from_utf8(out).unwrap()
}

fn all(name: &str, format: PacketFormat) -> String {
    told(name, format, PacketChoice::default())
}

#[test]
fn the_list_is_wireshark_s_with_states_and_codes() {
    check("packets/duplicates.txt", &all(DUPLICATES, LIST));
    check("packets/quoted.txt", &all(QUOTED, LIST));
}

#[test]
fn the_list_can_do_with_ascii() {
    let look = Look { ascii: true, ..Look::default() };
    assert!(all(DUPLICATES, PacketFormat::List(look)).is_ascii());
}

#[test]
fn fields_as_tables() {
    let fields = || named_fields(NAMES).unwrap();
    check("packets/duplicates.tsv", &all(DUPLICATES, PacketFormat::Table(Delimiter::Tab, fields())));
    check("packets/duplicates.csv", &all(DUPLICATES, PacketFormat::Table(Delimiter::Comma, fields())));
}

#[test]
fn fields_as_json_obey_the_schema() {
    let validator = jsonschema::validator_for(&serde_json::from_str(schema()).unwrap()).unwrap();
    let fields = || named_fields(NAMES).unwrap();
    let lines = all(DUPLICATES, PacketFormat::JsonLines(fields()));
    check("packets/duplicates.jsonl", &lines);
    for line in lines.lines() {
        validator.validate(&serde_json::from_str(line).unwrap()).unwrap();
    }
    let document = serde_json::from_str(&all(DUPLICATES, PacketFormat::Json(fields()))).unwrap();
    validator.validate(&document).unwrap();
    assert_eq!(document["packets"].as_array().unwrap().len(), lines.lines().count());
}

#[test]
fn rows_can_be_chosen_without_changing_them() {
    let whole = all(DUPLICATES, LIST);
    let framed = told(DUPLICATES, LIST, PacketChoice { frames: Some(5..=7), ..PacketChoice::default() });
    assert_eq!(framed.lines().count(), 4);
    assert!(framed.lines().all(|line| whole.contains(line)));
    let flagged = told(DUPLICATES, LIST, PacketChoice { flagged: true, ..PacketChoice::default() });
    assert!(flagged.lines().skip(1).all(|line| line.contains("[TCP ") || line.contains("TFA")), "{flagged}");
    let mut choice = PacketChoice::default();
    choice.selection.add("stream", "1").unwrap();
    assert_eq!(told(DUPLICATES, LIST, choice).lines().count(), 1, "there is no stream 1");
}
