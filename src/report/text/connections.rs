//! Connections as a table that fits the screen.

use super::finding::paint;
use super::look::{Look, Paint};
use crate::audit::FlowEvent;
use crate::flow::{EndSummary, HandshakeVerdict, Side, TeardownVerdict};
use crate::rules::{Severity, human_duration};
use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, Table, presets};

const HEADER: [&str; 8] = ["#", "client", "server", "handshake", "teardown", "client sent", "server sent", "findings"];

/// What is kept of a connection until its capture ends.
pub struct Row {
    stream: u32,
    client: String,
    server: String,
    handshake: (HandshakeVerdict, Option<i64>),
    teardown: (TeardownVerdict, Option<Side>),
    sent: [String; 2],
    codes: Vec<&'static str>,
    worst: Option<Severity>,
}

impl Row {
    /// What is kept of an event.
    pub fn new(event: &FlowEvent) -> Self {
        let flow = &event.summary;
        Self {
            stream: flow.stream,
            client: flow.ends.client.endpoint.to_string(),
            server: flow.ends.server.endpoint.to_string(),
            handshake: (flow.handshake.verdict, flow.handshake.duration()),
            teardown: (flow.teardown.verdict, flow.teardown.initiator),
            sent: [sent(&flow.ends.client), sent(&flow.ends.server)],
            codes: event.findings.clone(),
            worst: event.worst,
        }
    }

    fn cells(&self) -> [Cell; 8] {
        let [client_sent, server_sent] = &self.sent;
        [
            number(self.stream.to_string()),
            Cell::new(&self.client),
            Cell::new(&self.server),
            self.handshake_cell(),
            self.teardown_cell(),
            number(client_sent.clone()),
            number(server_sent.clone()),
            self.findings_cell(),
        ]
    }

    fn handshake_cell(&self) -> Cell {
        let (verdict, duration) = self.handshake;
        let text = duration.map_or_else(|| verdict.to_string(), |taken| format!("{verdict} {}", human_duration(taken)));
        use HandshakeVerdict::{Aborted, HalfOpen, Refused, Unanswered};
        match verdict {
            Refused | Unanswered | HalfOpen | Aborted => Cell::new(text).fg(Color::Yellow),
            _ => Cell::new(text),
        }
    }

    fn teardown_cell(&self) -> Cell {
        let (verdict, initiator) = self.teardown;
        Cell::new(initiator.map_or_else(|| verdict.to_string(), |side| format!("{verdict}, {side}")))
    }

    fn findings_cell(&self) -> Cell {
        let cell = Cell::new(counted(&self.codes));
        match self.worst.map(paint) {
            Some(Paint::Error) => cell.fg(Color::Red).add_attribute(Attribute::Bold),
            Some(Paint::Warning) => cell.fg(Color::Yellow),
            _ => cell,
        }
    }
}

/// The rows as a table, each line ended.
pub fn render(rows: &[Row], look: Look) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    match look.width {
        Some(width) => table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width),
        None => table.set_content_arrangement(ContentArrangement::Disabled),
    };
    if look.color {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table.set_header(HEADER.map(|name| Cell::new(name).add_attribute(Attribute::Bold)));
    table.add_rows(rows.iter().map(Row::cells));
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn number(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

fn sent(end: &EndSummary) -> String {
    format!("{} seg, {} B", end.segments, end.octets)
}

/// `TFA101 TFA310×3`.
fn counted(codes: &[&'static str]) -> String {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for code in codes {
        match counts.iter_mut().find(|(known, _)| known == code) {
            Some((_, count)) => *count += 1,
            None => counts.push((code, 1)),
        }
    }
    let word = |(code, count): &(&str, usize)| if *count > 1 { format!("{code}×{count}") } else { (*code).to_owned() };
    counts.iter().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_codes_are_counted() {
        assert_eq!(counted(&["TFA310", "TFA101", "TFA310"]), "TFA310×2 TFA101");
        assert_eq!(counted(&[]), "");
    }
}
