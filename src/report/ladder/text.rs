//! Lines of a ladder to text: a segment with its arrow and the states it left, and below it the equations it was checked
//! by; a folded run as one line.

use super::line::clock;
use super::names::arrow;
use super::{Check, Fold, Number, Rung};
use crate::flow::{Side, State};
use crate::report::{Look, Paint};
use std::fmt::Write;

/// Columns of an arrow.
const ARROW: usize = 36;
/// Columns before an arrow: frame, time, state of the client.
const MARGIN: usize = 31;

/// The header of the ladder.
pub fn header(look: Look) -> String {
    let line = format!("{:>5}  {:>9}  {:<12} {:<ARROW$} {}", "frame", "time", "client", "", "server");
    format!("{}\n", look.paint(Paint::Strong, &line))
}

/// A segment as lines of text.
pub fn rung_text(rung: &Rung, look: Look) -> String {
    let mut text = arrow_line(rung, look);
    let ack = rung.ack.map(|ack| format!("   {}", equation("ack", &ack, look))).unwrap_or_default();
    below(&mut text, &format!("{}{ack}", equation("seq", &rung.seq, look)));
    below(&mut text, &rung.offer);
    for finding in &rung.findings {
        let of = if finding.frame == rung.frame { String::new() } else { format!(" of frame {}", finding.frame) };
        let name = format!("{}[{}]: {}{of}", finding.severity, finding.code, finding.name);
        below(&mut text, &look.paint(Paint::Error, &name));
    }
    text
}

/// A folded run as one line of text.
pub fn fold_text(fold: &Fold, look: Look) -> String {
    let [client, server] = Side::BOTH.map(|side| fold.of(side));
    let time = format!("{}–{}", clock(fold.from), clock(fold.to));
    let line = format!("{:>5}  {time}  {client} ▶   ◀ {server}", "⋮");
    format!("{}\n", look.paint(Paint::Note, &line))
}

fn arrow_line(rung: &Rung, look: Look) -> String {
    let line = format!(
        "{:>5}  {:>9}  {:<12} {} {}",
        rung.frame,
        clock(rung.at),
        rung.states.client.map_or("", State::name),
        look.paint(Paint::Frame, &arrow(rung.side, &rung.label(), ARROW)),
        rung.states.server.map_or("", State::name),
    );
    format!("{}\n", line.trim_end())
}

/// `seq = x+1 = 1001 ✓`.
fn equation(what: &str, number: &Number, look: Look) -> String {
    let equation = format!("{what} = {}", number.equation());
    match (number.check, number.due()) {
        (_, Some(due)) => format!("{equation} {}", look.paint(Paint::Error, &format!("✗ {due} was due"))),
        (Check::Accused, None) => format!("{equation} {}", look.paint(Paint::Error, "✗")),
        (Check::Right, None) => format!("{equation} {}", look.paint(Paint::Good, "✓")),
        (_, None) => equation,
    }
}

fn below(text: &mut String, line: &str) {
    if !line.is_empty() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:MARGIN$}{line}", "");
    }
}
