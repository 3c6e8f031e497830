//! Rows as Wireshark's packet list shows them, with the states of both ends and the codes of findings behind.

use super::pending::Pending;
use crate::flow::State;
use crate::lens::wireshark::text::Spelled;
use crate::lens::wireshark::{Elapsed, info};
use crate::report::fields::View;
use crate::report::{Look, Paint};
use crate::rules::Severity;
use crate::wire::{Quote, Standing};
use std::fmt::{self, Write as _};
use std::io::{self, Write};

/// Writes the heads of the columns.
pub fn write_head(out: &mut impl Write, look: Look) -> io::Result<()> {
    let head =
        format!("{:>6} {:>11} {:>15}   {:<15} {:>6} {}\n", "No.", "Time", "Source", "Destination", "Length", "Info");
    look.write(out, &look.paint(Paint::Strong, &head))
}

/// Appends one row.
pub fn write_row(view: &View<'_>, look: Look, pending: &mut Pending) {
    let segment = &view.decoded.segment;
    let time = Seconds(Elapsed::between(view.capture_start, view.record.time));
    let source = Spelled(segment.source.ip).to_string();
    let destination = Spelled(segment.destination.ip).to_string();
    let arrow = if look.ascii { ">" } else { "→" };
    let mut head = String::new();
    // Writing to a String cannot fail.
    let _ = write!(
        head,
        "{:>6} {time:>11} {source:>15} {arrow} {destination:<15} {:>6} ",
        view.record.number, view.record.original_len
    );
    pending.octets().extend_from_slice(head.as_bytes());
    match segment.standing {
        Standing::Quoted(quote) => write_quoted(view, quote, pending.octets()),
        _ => pending.push_info(view),
    }
    write_states(view, look, pending.octets());
    write_findings(view, look, pending.octets());
    pending.octets().push(b'\n');
}

/// In Wireshark's list another protocol speaks for a quoted header; here it says so and then speaks for itself.
fn write_quoted(view: &View<'_>, quote: Quote, out: &mut Vec<u8>) {
    out.extend_from_slice(match quote {
        Quote::Icmp { v6: false, .. } => b"(quoted in ICMP) ",
        Quote::Icmp { v6: true, .. } => b"(quoted in ICMPv6) ".as_slice(),
        Quote::Other => b"(sampled) ",
    });
    info::write_quoted(view.decoded, view.row, out);
}

fn write_states(view: &View<'_>, look: Look, out: &mut Vec<u8>) {
    if view.client_state.is_none() && view.server_state.is_none() {
        return;
    }
    let name = |state: Option<State>| state.map_or_else(|| "?".to_owned(), |state| state.to_string());
    let states = format!("  {} / {}", name(view.client_state), name(view.server_state));
    out.extend_from_slice(look.paint(Paint::Frame, &states).as_bytes());
}

fn write_findings(view: &View<'_>, look: Look, out: &mut Vec<u8>) {
    for finding in view.findings {
        let paint = match finding.evidence.severity {
            Severity::Error => Paint::Error,
            Severity::Warning => Paint::Warning,
            Severity::Note => Paint::Note,
        };
        out.extend_from_slice(b"  ");
        out.extend_from_slice(look.paint(paint, finding.rule.code).as_bytes());
    }
}

/// Seconds with six digits.
struct Seconds(Elapsed);

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.nanoseconds().unsigned_abs() / 1000;
        let sign = if self.0.is_negative() { "-" } else { "" };
        f.pad(&format!("{sign}{}.{:06}", micros / 1_000_000, micros % 1_000_000))
    }
}
