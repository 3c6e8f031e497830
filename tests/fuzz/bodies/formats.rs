//! A capture to every format.

use crate::support::every_format::{Told, every_report};
use serde_json::Value;
use tcpflow_audit::audit::Settings;
use tcpflow_audit::rules::Confidence;

/// An octet with the length of the capture's name, the name, the capture.
pub fn formats(octets: &[u8]) {
    let [len, rest @ ..] = octets else { return };
    let (name, capture) = rest.split_at(usize::from(len % 32).min(rest.len()));
    let settings = Settings { min_confidence: Confidence::Possible, ..Settings::default() };
    for told in every_report(capture, &String::from_utf8_lossy(name), &settings) {
        check(&told);
    }
}

/// What every reader of a format may rely on, whatever the capture holds and is called.
pub fn check(told: &Told) {
    let Told { format, text } = told;
    if told.is_json_lines() {
        text.lines().for_each(|line| drop(parsed(format, line)));
    } else if told.is_json() {
        parsed(format, text);
    }
    let obeyed = |letter: &char| letter.is_control() && !matches!(letter, '\n' | '\t');
    if *format != "text-coloured" {
        assert_eq!(text.chars().find(obeyed), None, "{format} holds a control character");
    }
    if *format == "github" {
        assert!(text.lines().all(|line| line.starts_with("::")), "{text}");
    }
    if format.ends_with("csv") || format.ends_with("tsv") {
        let formula = |cell: &str| cell.starts_with(['=', '@', '+']);
        let delimiter = if format.ends_with("csv") { ',' } else { '\t' };
        assert!(!text.lines().any(|line| line.split(delimiter).any(formula)), "{text}");
    }
}

fn parsed(format: &str, text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{format}: {error}"))
}
