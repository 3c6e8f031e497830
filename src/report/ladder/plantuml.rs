//! A ladder to a PlantUML sequence diagram.

use super::{Fold, Ladder, Line, Number, Rung, phase, push};
use crate::flow::{Side, Sides, State};
use std::fmt::Write;

/// Like the other pictures: plain, and the states in colours of their own.
const STYLE: &str = "\
hide footbox
skinparam shadowing false
skinparam sequenceMessageAlign center
skinparam sequenceParticipantBackgroundColor #F5F6F8
skinparam sequenceParticipantBorderColor #C3CAD4
skinparam sequenceLifeLineBorderColor #A3ACB9
skinparam sequenceArrowColor #1B2430
skinparam noteBorderColor #C3CAD4
";

/// The diagram's source, from `@startuml` to `@enduml`.
pub fn plantuml(ladder: &Ladder) -> String {
    let mut text = format!("@startuml\n{STYLE}");
    push(&mut text, format_args!("title {}", escaped(&ladder.title)));
    for (name, end, endpoint) in [("C", "client", ladder.client), ("S", "server", ladder.server)] {
        push(&mut text, format_args!("participant \"{end}\\n{}\" as {name}", escaped(&endpoint.to_string())));
    }
    let mut states = Sides::default();
    for line in &ladder.lines {
        match line {
            Line::Rung(rung) => rung_lines(&mut text, rung, &mut states),
            Line::Fold(fold) => fold_line(&mut text, fold),
        }
    }
    text.push_str("@enduml\n");
    text
}

fn rung_lines(text: &mut String, rung: &Rung, states: &mut Sides<Option<State>>) {
    let wrong = rung.seq.is_wrong() || rung.ack.is_some_and(|ack| ack.is_wrong());
    let color = if wrong || !rung.findings.is_empty() { "[#C8202F]" } else { "" };
    let arrow = match rung.side {
        Side::Client => format!("C -{color}> S"),
        Side::Server => format!("S -{color}> C"),
    };
    let ack = rung.ack.as_ref().map(|ack| format!("\\n{}", number("ack", ack))).unwrap_or_default();
    push(text, format_args!("{arrow} : {}\\n{}{ack}", escaped(&rung.label()), number("seq", &rung.seq)));
    for finding in &rung.findings {
        let name = escaped(&format!("{} {} {}", finding.severity, finding.code, finding.name));
        push(text, format_args!("note over C, S #FDECEC : {name}"));
    }
    // The second of two stands beside the first.
    let mut beside = "";
    for (side, name) in [(Side::Client, "C"), (Side::Server, "S")] {
        let before = std::mem::replace(&mut states[side], rung.states[side]);
        if let Some(state) = rung.states[side].filter(|state| Some(*state) != before) {
            push(text, format_args!("{beside}hnote over {name} {} : {state}", tint(phase(Some(state)))));
            beside = "/ ";
        }
    }
}

/// The colour of a phase of a connection.
fn tint(phase: &str) -> &'static str {
    match phase {
        "idle" => "#E9ECF0",
        "opening" => "#F6E3C2",
        "open" => "#D5ECDF",
        "waiting" => "#E3DAF1",
        _ => "#D6E4F5",
    }
}

fn number(what: &str, number: &Number) -> String {
    match number.due() {
        Some(due) => format!("<color:#C8202F>{what} = {} ✗ {due} was due</color>", number.equation()),
        None if number.is_wrong() => format!("<color:#C8202F>{what} = {} ✗</color>", number.equation()),
        None => format!("{what} = {}", number.equation()),
    }
}

fn fold_line(text: &mut String, fold: &Fold) {
    let (client, server) = (fold.of(Side::Client), fold.of(Side::Server));
    push(text, format_args!("... {client} ▶ ◀ {server} ..."));
}

/// Text that means nothing to PlantUML: all but letters, digits and harmless signs as code points.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut before = '-';
    for letter in text.chars() {
        // Two of a kind make text bold, struck or underlined.
        let single = "-_/".contains(letter) && letter != before;
        before = letter;
        if single || letter.is_alphanumeric() || " ,.:=+→".contains(letter) {
            safe.push(letter);
        } else {
            let _ = write!(safe, "<U+{:04X}>", u32::from(letter));
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_means_anything() {
        assert_eq!(escaped("a-b/c.pcap"), "a-b/c.pcap");
        assert_eq!(escaped("-a//b"), "<U+002D>a/<U+002F>b");
        assert_eq!(escaped("!include\n\"<b>"), "<U+0021>include<U+000A><U+0022><U+003C>b<U+003E>");
    }
}
