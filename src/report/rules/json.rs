//! Rules as one JSON document.

use crate::report::SCHEMA;
use crate::report::json::write;
use crate::rules::Rule;
use serde::Serialize;
use std::io::{self, Write};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    rules: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    code: &'a str,
    name: &'a str,
    severity: &'a str,
    reference: &'a str,
    summary: &'a str,
    explanation: &'a str,
    equation: Option<&'a str>,
    ladder: &'a [&'a str],
    look_alikes: &'a [&'a str],
    remedy: &'a str,
    needs: String,
    wireshark: Option<&'a str>,
    zeek: Option<&'a str>,
    suricata: Option<&'a str>,
}

/// Writes the document.
pub fn document(out: &mut impl Write, rules: &[&Rule]) -> io::Result<()> {
    write(&mut *out, &Document { schema: SCHEMA, rules: rules.iter().map(|rule| Entry::new(rule)).collect() })?;
    out.write_all(b"\n")
}

impl<'a> Entry<'a> {
    fn new(rule: &'a Rule) -> Self {
        Self {
            code: rule.code,
            name: rule.name,
            severity: rule.severity.name(),
            reference: rule.reference,
            summary: rule.summary,
            explanation: rule.explanation,
            equation: Some(rule.equation).filter(|equation| !equation.is_empty()),
            ladder: rule.ladder,
            look_alikes: rule.look_alikes,
            remedy: rule.remedy,
            needs: rule.needs.letters(),
            wireshark: rule.peers.wireshark,
            zeek: rule.peers.zeek,
            suricata: rule.peers.suricata,
        }
    }
}
