//! A capture to what tshark 4.6 and the lens print for it, field by field.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use tcpflow_audit::capture::Reader;
use tcpflow_audit::lens::wireshark::Lens;
use tcpflow_audit::report::fields::{self, Field, View};
use tcpflow_audit::wire::{Decoded, Decoder};

/// The values of each frame with TCP in it.
pub type Rows = BTreeMap<u64, Vec<String>>;

/// The fields compared: all that are Wireshark's, but for the key of the rows.
pub fn compared() -> Vec<&'static Field> {
    let ours = |name: &str| name.starts_with("audit.") || name == "info";
    fields::all().filter(|field| !ours(field.name) && field.name != "frame.number").collect()
}

/// The command named by `TCPFLOW_AUDIT_TSHARK`, to which the capture and options are added: `tshark -n -r`.
pub fn command() -> Option<String> {
    let command = std::env::var("TCPFLOW_AUDIT_TSHARK").ok();
    if command.is_none() {
        println!("skipped: TCPFLOW_AUDIT_TSHARK names no tshark 4.6");
    }
    command
}

/// What tshark prints.
pub fn theirs(command: &str, capture: &Path, fields: &[&Field]) -> Rows {
    let mut words = command.split_whitespace();
    let mut tshark = Command::new(words.next().expect("a command"));
    tshark.args(words).arg(capture);
    tshark.args(["-Y", "tcp", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,", "-e", "frame.number"]);
    for field in fields {
        tshark.args(["-e", field.name]);
    }
    let output = tshark.output().expect("tshark runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let rows = text.lines().map(|line| {
        let mut values = line.split('\t').map(str::to_owned);
        let number =
            values.next().and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("no frame number: {line}"));
        (number, values.map(unless_of_icmp).collect())
    });
    rows.collect()
}

/// The Info column of a frame that quotes a header is ICMP's.
fn unless_of_icmp(value: String) -> String {
    if value.starts_with("Destination unreachable") { String::new() } else { value }
}

/// What the lens prints.
pub fn ours(capture: &[u8], fields: &[&Field]) -> Rows {
    let mut reader = Reader::new(capture, "generated").unwrap();
    let mut decoder = Decoder::new(false);
    let mut lens = Lens::new();
    let mut rows = Rows::new();
    let mut start = None;
    while let Some(record) = reader.next_record().unwrap() {
        let capture_start = *start.get_or_insert(record.time);
        let mut take = |decoded: &Decoded<'_>| {
            let row = lens.observe(decoded);
            let (client_state, server_state, findings) = (None, None, &[][..]);
            let record = &record;
            let view = View { record, capture_start, decoded, row: &row, client_state, server_state, findings };
            rows.insert(record.number, fields.iter().map(|field| text(field, &view)).collect());
        };
        let _ = decoder.decode(&record, &mut take);
    }
    rows
}

fn text(field: &Field, view: &View<'_>) -> String {
    let mut out = Vec::new();
    field.write(view, &mut out);
    String::from_utf8(out).unwrap()
}
