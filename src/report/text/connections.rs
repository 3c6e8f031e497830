//! Connections as a table that fits the screen.

use super::finding::paint;
use crate::audit::FlowEvent;
use crate::flow::{EndSummary, HandshakeVerdict, Side, TeardownVerdict};
use crate::report::{Look, Paint};
use crate::rules::{Severity, human_duration};
use comfy_table::{Attribute, Cell, CellAlignment, Color, ContentArrangement, LineStyle, Table, TableStyle};

/// One line a connection.
const WIDE: [&str; 8] = ["#", "client", "server", "handshake", "teardown", "client sent", "server sent", "findings"];
/// Two lines a connection: the client's above, the server's below.
const NARROW: [&str; 6] = ["#", "client\n→ server", "handshake", "teardown", "sent", "findings"];
const RULE: LineStyle = LineStyle::none().fill('─').junction('─');
const STYLE: TableStyle = TableStyle::new().top_border(RULE).header_separator(RULE).bottom_border(RULE);

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

    fn wide(&self) -> Vec<Cell> {
        let [client_sent, server_sent] = &self.sent;
        vec![
            number(self.stream.to_string()),
            Cell::new(&self.client),
            Cell::new(&self.server),
            self.handshake_cell(" "),
            self.teardown_cell(", "),
            number(client_sent.clone()),
            number(server_sent.clone()),
            self.findings_cell(" "),
        ]
    }

    fn narrow(&self) -> Vec<Cell> {
        vec![
            number(self.stream.to_string()),
            Cell::new(format!("{}\n→ {}", self.client, self.server)),
            self.handshake_cell("\n"),
            self.teardown_cell("\nby "),
            number(self.sent.join("\n")),
            self.findings_cell("\n"),
        ]
    }

    fn handshake_cell(&self, joint: &str) -> Cell {
        let (verdict, duration) = self.handshake;
        let taken = duration.map(|taken| format!("{joint}{}", human_duration(taken))).unwrap_or_default();
        let cell = Cell::new(format!("{verdict}{taken}"));
        use HandshakeVerdict::{Aborted, HalfOpen, Refused, Unanswered};
        match verdict {
            Refused | Unanswered | HalfOpen | Aborted => cell.fg(Color::Yellow),
            _ => cell,
        }
    }

    fn teardown_cell(&self, joint: &str) -> Cell {
        let (verdict, initiator) = self.teardown;
        let by = initiator.map(|side| format!("{joint}{side}")).unwrap_or_default();
        Cell::new(format!("{verdict}{by}"))
    }

    fn findings_cell(&self, joint: &str) -> Cell {
        let cell = Cell::new(counted(&self.codes).join(joint));
        match self.worst.map(paint) {
            Some(Paint::Error) => cell.fg(Color::Red).add_attribute(Attribute::Bold),
            Some(Paint::Warning) => cell.fg(Color::Yellow),
            _ => cell,
        }
    }
}

/// The rows as a table, each line ended; two lines a connection where one does not fit the screen.
pub fn render(rows: &[Row], look: Look) -> String {
    let table = match look.width {
        Some(width) if !fits(rows, width) => {
            let mut narrow = table(&NARROW, rows.iter().map(Row::narrow), look);
            narrow.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
            narrow
        }
        _ => table(&WIDE, rows.iter().map(Row::wide), look),
    };
    table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Measured without colours, which take no room on the screen.
fn fits(rows: &[Row], width: u16) -> bool {
    let wide = table(&WIDE, rows.iter().map(Row::wide), Look::default());
    wide.lines().all(|line| line.trim_end().chars().count() <= usize::from(width))
}

fn table(header: &[&str], rows: impl Iterator<Item = Vec<Cell>>, look: Look) -> Table {
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Disabled);
    if look.color {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    table.set_header(header.iter().map(|name| Cell::new(name).add_attribute(Attribute::Bold)));
    table.add_rows(rows);
    table
}

fn number(text: String) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

fn sent(end: &EndSummary) -> String {
    format!("{} seg, {} B", end.segments, end.octets)
}

/// `TFA101`, `TFA310×3`.
fn counted(codes: &[&'static str]) -> Vec<String> {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for code in codes {
        match counts.iter_mut().find(|(known, _)| known == code) {
            Some((_, count)) => *count += 1,
            None => counts.push((code, 1)),
        }
    }
    let word = |(code, count): &(&str, usize)| if *count > 1 { format!("{code}×{count}") } else { (*code).to_owned() };
    counts.iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_codes_are_counted() {
        assert_eq!(counted(&["TFA310", "TFA101", "TFA310"]), ["TFA310×2", "TFA101"]);
        assert!(counted(&[]).is_empty());
    }
}
