//! A ladder to a Mermaid sequence diagram, as GitHub and GitLab draw it in Markdown.

use super::{Fold, Ladder, Line, Number, Rung, push};
use crate::flow::{Side, Sides, State};
use std::fmt::Write;

/// The diagram's source, without a fence.
pub fn mermaid(ladder: &Ladder) -> String {
    let mut text = format!("sequenceDiagram\n    title {}\n", escaped(&ladder.title));
    for (name, end, endpoint) in [("C", "client", ladder.client), ("S", "server", ladder.server)] {
        push(&mut text, format_args!("    participant {name} as {}", escaped(&format!("{end} {endpoint}"))));
    }
    let mut states = Sides::default();
    for line in &ladder.lines {
        match line {
            Line::Rung(rung) => rung_lines(&mut text, rung, &mut states),
            Line::Fold(fold) => fold_line(&mut text, fold),
        }
    }
    text
}

fn rung_lines(text: &mut String, rung: &Rung, states: &mut Sides<Option<State>>) {
    let marked = !rung.findings.is_empty();
    if marked {
        push(text, format_args!("    rect rgba(200, 32, 47, 0.15)"));
    }
    let arrow = match rung.side {
        Side::Client => "C->>S",
        Side::Server => "S->>C",
    };
    let ack = rung.ack.as_ref().map(|ack| format!("<br/>{}", number("ack", ack))).unwrap_or_default();
    let (label, seq) = (escaped(&rung.label()), number("seq", &rung.seq));
    push(text, format_args!("    {arrow}: {label}<br/>{seq}{ack}"));
    for finding in &rung.findings {
        let name = escaped(&format!("{} {} {}", finding.severity, finding.code, finding.name));
        push(text, format_args!("    Note over C,S: {name}"));
    }
    if marked {
        push(text, format_args!("    end"));
    }
    for (side, place) in [(Side::Client, "left of C"), (Side::Server, "right of S")] {
        let before = std::mem::replace(&mut states[side], rung.states[side]);
        if let Some(state) = rung.states[side].filter(|state| Some(*state) != before) {
            push(text, format_args!("    Note {place}: {state}"));
        }
    }
}

fn number(what: &str, number: &Number) -> String {
    let due = match number.due() {
        Some(due) => format!(" ✗ {due} was due"),
        None if number.is_wrong() => " ✗".to_owned(),
        None => String::new(),
    };
    escaped(&format!("{what} = {}{due}", number.equation()))
}

fn fold_line(text: &mut String, fold: &Fold) {
    let (client, server) = (fold.of(Side::Client), fold.of(Side::Server));
    push(text, format_args!("    Note over C,S: {client} ▶ ◀ {server}"));
}

/// Text that means nothing to Mermaid: all but letters, digits and harmless signs as entities of its own kind.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_alphanumeric() || " ,.:=+-_/[]()✗→".contains(letter) {
            safe.push(letter);
        } else {
            let _ = write!(safe, "#{};", u32::from(letter));
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_means_anything() {
        assert_eq!(escaped("a.pcap"), "a.pcap");
        assert_eq!(escaped("%%{init}%%;#<\n"), "#37;#37;#123;init#125;#37;#37;#59;#35;#60;#10;");
    }
}
