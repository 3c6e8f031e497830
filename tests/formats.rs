//! Every format, told one handmade audit, says what its golden file says; JSON obeys its schema.
//!
//! `BLESS=1 cargo test formats` rewrites the golden files.

use crate::support::golden::check;
use crate::support::sample;
use serde_json::Value;
use tcpflow_audit::report::{
    Delimiter, FlowTable, JsonDocument, JsonLines, Lines, Look, Report, Text, TextOptions, schema,
};

const WIDE: Look = Look { color: false, links: false, ascii: false, width: Some(100) };

/// What a report makes of the sample.
fn told(make: impl FnOnce(&mut Vec<u8>) -> Box<dyn Report + '_>) -> String {
    let mut out = Vec::new();
    sample::tell(make(&mut out).as_mut()).unwrap();
    String::from_utf8(out).unwrap()
}

fn text(look: Look, limit: Option<usize>, findings: bool) -> String {
    told(|out| Box::new(Text::new(out, TextOptions { look, limit, findings, ..TextOptions::default() })))
}

#[test]
fn text_on_a_screen() {
    check("formats/text.txt", &text(WIDE, Some(20), true));
}

#[test]
fn text_in_plain_ascii() {
    let plain = text(Look { ascii: true, ..Look::default() }, None, true);
    assert!(plain.is_ascii());
    check("formats/text-ascii.txt", &plain);
}

#[test]
fn text_fits_eighty_columns() {
    let narrow = text(Look { width: Some(80), ..WIDE }, None, false);
    let widest = narrow.lines().filter(|line| !line.starts_with("  ")).map(|line| line.chars().count()).max();
    assert!(widest <= Some(100), "{widest:?}");
    check("formats/text-80.txt", &narrow);
}

#[test]
fn text_says_what_it_leaves_out() {
    let short = text(WIDE, Some(1), true);
    assert!(short.contains("… and 1 connection more; --limit N or --all shows them"), "{short}");
    assert!(short.contains("10.0.0.1:40000") && short.contains("half-open"), "the flow with the finding stays");
}

#[test]
fn text_with_colours_is_the_same_text() {
    let coloured = text(Look { color: true, ..WIDE }, Some(20), true);
    assert!(coloured.contains("\u{1b}[1;31m"));
    let mut plain = String::new();
    let mut inside = false;
    for letter in coloured.chars() {
        match letter {
            '\u{1b}' => inside = true,
            'm' if inside => inside = false,
            _ if !inside => plain.push(letter),
            _ => {}
        }
    }
    let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(squeeze(&plain), squeeze(&text(WIDE, Some(20), true)));
}

#[test]
fn text_obeys_no_capture() {
    assert!(!text(WIDE, None, true).contains('\u{1b}'));
}

#[test]
fn json_lines() {
    let lines = told(|out| Box::new(JsonLines::new(out, Lines::All)));
    let validator = validator();
    for line in lines.lines() {
        let value: Value = serde_json::from_str(line).unwrap();
        assert!(validator.is_valid(&value), "{line}");
        assert!(value["type"] == "summary" || value["capture"].is_string(), "{line} names its capture");
    }
    check("formats/audit.jsonl", &lines);
}

#[test]
fn json_lines_of_connections_alone() {
    let lines = told(|out| Box::new(JsonLines::new(out, Lines::Flows)));
    assert_eq!(lines.lines().count(), 3);
    assert!(lines.lines().all(|line| line.contains(r#""type":"flow""#)));
}

#[test]
fn json_document() {
    let validator = validator();
    for lines in [Lines::All, Lines::Flows] {
        let document = told(|out| Box::new(JsonDocument::new(out, lines)));
        let value: Value = serde_json::from_str(&document).unwrap();
        let errors: Vec<String> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(value["captures"].as_array().unwrap().len(), 2);
    }
    check("formats/audit.json", &told(|out| Box::new(JsonDocument::new(out, Lines::All))));
}

#[test]
fn the_schema_refuses_what_is_not_promised() {
    let validator = validator();
    for wrong in [r#"{"schema":"tcpflow-audit/1","type":"capture"}"#, r#"{"type":"capture"}"#, "[]", "{}"] {
        assert!(!validator.is_valid(&serde_json::from_str(wrong).unwrap()), "{wrong}");
    }
}

#[test]
fn delimited_connections() {
    let csv = told(|out| Box::new(FlowTable::new(out, Delimiter::Comma)));
    let tsv = told(|out| Box::new(FlowTable::new(out, Delimiter::Tab)));
    let columns = tsv.lines().next().unwrap().split('\t').count();
    assert!(tsv.lines().all(|line| line.split('\t').count() == columns));
    check("formats/flows.csv", &csv);
    check("formats/flows.tsv", &tsv);
}

#[test]
fn a_run_without_captures_is_still_well_formed() {
    let mut out = Vec::new();
    JsonDocument::new(&mut out, Lines::All).finish(&Default::default()).unwrap();
    assert!(validator().is_valid(&serde_json::from_slice(&out).unwrap()));
}

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_str(schema()).unwrap()).unwrap()
}
