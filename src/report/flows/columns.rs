//! The columns of a delimited connection table: a name and where its cell comes from.

use crate::audit::FlowEvent;
use crate::capture::Timestamp;
use crate::flow::{EndSummary, FlowSummary};
use crate::report::community_id;
use crate::wire::Endpoint;
use std::borrow::Cow;

/// What a row is made from.
pub struct Row<'a> {
    /// The capture's name.
    pub capture: &'a str,
    /// The connection.
    pub flow: &'a FlowEvent,
}

/// One cell.
pub enum Cell<'a> {
    /// Not known: left empty.
    Unknown,
    /// A count, a port, a frame.
    Number(u64),
    /// Nanoseconds, written as seconds.
    Seconds(i64),
    /// A moment.
    Time(Timestamp),
    /// Words.
    Text(Cow<'a, str>),
}

/// A column.
pub struct Column {
    /// Its name in the header row.
    pub name: &'static str,
    /// Its cell.
    pub cell: for<'a> fn(&Row<'a>) -> Cell<'a>,
}

/// Every column, in order; new ones are added at the end.
pub const COLUMNS: [Column; 28] = [
    column("capture", |row| Cell::Text(row.capture.into())),
    column("stream", |row| Cell::Number(flow(row).stream.into())),
    column("flow_id", |row| Cell::Number(flow(row).flow_id)),
    column("start", |row| Cell::Time(flow(row).start)),
    column("duration", |row| Cell::Seconds(flow(row).duration())),
    column("client_ip", |row| ip(&flow(row).ends.client)),
    column("client_port", |row| Cell::Number(flow(row).ends.client.endpoint.port.into())),
    column("server_ip", |row| ip(&flow(row).ends.server)),
    column("server_port", |row| Cell::Number(flow(row).ends.server.endpoint.port.into())),
    column("handshake", |row| word(flow(row).handshake.verdict.name())),
    column("handshake_duration", |row| seconds(flow(row).handshake.duration())),
    column("rtt_client", |row| seconds(flow(row).handshake.rtt_client())),
    column("rtt_server", |row| seconds(flow(row).handshake.rtt_server())),
    column("syn_retransmissions", |row| Cell::Number(flow(row).handshake.syn_retransmissions.into())),
    column("syn_ack_retransmissions", |row| Cell::Number(flow(row).handshake.syn_ack_retransmissions.into())),
    column("teardown", |row| word(flow(row).teardown.verdict.name())),
    column("teardown_initiator", |row| flow(row).teardown.initiator.map_or(Cell::Unknown, |side| word(side.name()))),
    column("teardown_duration", |row| seconds(flow(row).teardown.duration())),
    column("client_state", |row| last_state(&flow(row).ends.client)),
    column("server_state", |row| last_state(&flow(row).ends.server)),
    column("client_segments", |row| Cell::Number(flow(row).ends.client.segments)),
    column("client_octets", |row| Cell::Number(flow(row).ends.client.octets)),
    column("server_segments", |row| Cell::Number(flow(row).ends.server.segments)),
    column("server_octets", |row| Cell::Number(flow(row).ends.server.octets)),
    column("completeness", |row| Cell::Number(flow(row).completeness.into())),
    column("community_id", |row| Cell::Text(community_id(client(row), server(row)).into())),
    column("worst", |row| row.flow.worst.map_or(Cell::Unknown, |severity| word(severity.name()))),
    column("findings", |row| Cell::Text(row.flow.findings.join(" ").into())),
];

const fn column(name: &'static str, cell: for<'a> fn(&Row<'a>) -> Cell<'a>) -> Column {
    Column { name, cell }
}

fn flow<'a>(row: &Row<'a>) -> &'a FlowSummary {
    &row.flow.summary
}

fn client(row: &Row<'_>) -> Endpoint {
    flow(row).ends.client.endpoint
}

fn server(row: &Row<'_>) -> Endpoint {
    flow(row).ends.server.endpoint
}

fn word(word: &'static str) -> Cell<'static> {
    Cell::Text(word.into())
}

fn ip(end: &EndSummary) -> Cell<'_> {
    Cell::Text(end.endpoint.ip.to_string().into())
}

fn seconds(duration: Option<i64>) -> Cell<'static> {
    duration.map_or(Cell::Unknown, Cell::Seconds)
}

fn last_state(end: &EndSummary) -> Cell<'_> {
    end.states.last().map_or(Cell::Unknown, |entered| word(entered.state.name()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_plain() {
        let names: BTreeSet<_> = COLUMNS.iter().map(|column| column.name).collect();
        assert_eq!(names.len(), COLUMNS.len());
        assert!(names.iter().all(|name| name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_')));
    }
}
