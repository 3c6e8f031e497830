//! One connection as the page tells of it: a row of the table, and a section with pictures.

use super::captures::{Captures, moment};
use super::drawing::Drawn;
use super::graph::Plot;
use super::numbers::count;
use crate::audit::FlowEvent;
use crate::capture::FrameNumber;
use crate::flow::FlowSummary;
use crate::report::community_id;
use crate::report::escape::printable;
use crate::report::ladder::Svg;
use crate::rules::{Confidence, Finding, Severity, human_duration};

/// A connection in the table.
#[derive(Debug)]
pub struct Row {
    /// Number of its capture.
    pub capture: usize,
    /// Its first frame.
    pub flow_id: FrameNumber,
    /// Wireshark's number of it.
    pub stream: u32,
    /// The end that asked.
    pub client: String,
    /// Its peer.
    pub server: String,
    /// How it opened.
    pub opened: &'static str,
    /// How it closed.
    pub closed: &'static str,
    /// Nanoseconds from the first to the last segment.
    pub lasted: i64,
    /// Segments of both ends.
    pub segments: u64,
    /// Payload octets of both ends.
    pub octets: u64,
    /// Codes of its findings.
    pub codes: Vec<&'static str>,
    /// The worst of them.
    pub worst: Option<Severity>,
}

impl Row {
    /// The row of a connection that ended.
    pub fn new(capture: usize, event: &FlowEvent) -> Self {
        let (flow, [client, server]) = (&event.summary, [&event.summary.ends.client, &event.summary.ends.server]);
        Self {
            capture,
            flow_id: flow.flow_id,
            stream: flow.stream,
            client: client.endpoint.to_string(),
            server: server.endpoint.to_string(),
            opened: flow.handshake.verdict.name(),
            closed: flow.teardown.verdict.name(),
            lasted: flow.duration(),
            segments: client.segments.saturating_add(server.segments),
            octets: client.octets.saturating_add(server.octets),
            codes: event.findings.clone(),
            worst: event.worst,
        }
    }

    /// The name of its section, if it has one.
    pub fn id(&self) -> String {
        id(self.capture, self.flow_id)
    }

    /// How long it lasted, for people.
    pub fn lasted_text(&self) -> String {
        human_duration(self.lasted)
    }

    /// The class that colours it.
    pub fn class(&self) -> &'static str {
        self.worst.map_or("clean", Severity::name)
    }

    /// What the table is sorted by at first: the worse, the higher.
    pub fn weight(&self) -> u8 {
        self.worst.map_or(0, |worst| worst as u8 + 1)
    }
}

/// The name of a connection's section.
pub fn id(capture: usize, flow_id: FrameNumber) -> String {
    format!("c{capture}-{flow_id}")
}

/// A connection kept for a section of its own.
#[derive(Debug)]
pub struct Kept {
    /// Number of its capture.
    pub capture: usize,
    /// What came of it.
    pub event: FlowEvent,
    /// Its findings.
    pub findings: Vec<Finding>,
    /// Its pictures.
    pub drawn: Drawn,
}

/// A section of the page.
#[derive(Debug)]
pub struct Section {
    /// Its name.
    pub id: String,
    /// `stream 7`, with the capture where there are several.
    pub title: String,
    /// The end that asked.
    pub client: String,
    /// Its peer.
    pub server: String,
    /// The class that colours it.
    pub class: &'static str,
    /// Name and value of what is known of it.
    pub facts: Vec<(&'static str, String)>,
    /// What is wrong with it.
    pub findings: Vec<Charge>,
    /// Handshake and teardown.
    pub ladder: Option<Svg>,
    /// Time–sequence graphs.
    pub plots: Vec<Plot>,
}

/// A finding in a section.
#[derive(Debug)]
pub struct Charge {
    /// How bad it is.
    pub severity: &'static str,
    /// The rule's code.
    pub code: &'static str,
    /// The rule's name.
    pub name: &'static str,
    /// The clause it rests on.
    pub reference: &'static str,
    /// The culprit's frame.
    pub frame: FrameNumber,
    /// What is wrong, with the numbers.
    pub message: String,
    /// The numbers by name.
    pub quantities: String,
    /// How sure it is, and since when it is known, where that is worth a word.
    pub remarks: Vec<String>,
    /// The segments that prove it, where they are not in the ladder.
    pub ladder: Option<Svg>,
}

impl Section {
    /// The section of a connection.
    pub fn new(kept: &Kept, captures: &Captures) -> Self {
        let (flow, id) = (&kept.event.summary, id(kept.capture, kept.event.summary.flow_id));
        let of = if captures.are_many() { format!(" of {}", captures.name(kept.capture)) } else { String::new() };
        Self {
            title: format!("Stream {}{of}", flow.stream),
            client: flow.ends.client.endpoint.to_string(),
            server: flow.ends.server.endpoint.to_string(),
            class: kept.event.worst.map_or("clean", Severity::name),
            facts: facts(flow),
            findings: kept.findings.iter().enumerate().map(|(index, it)| charge(it, index, kept, &id)).collect(),
            ladder: kept.drawn.ladder.as_ref().map(|ladder| Svg::inline(ladder, &format!("{id}-ladder"))),
            plots: kept.drawn.plots(&id),
            id,
        }
    }
}

fn charge(finding: &Finding, index: usize, kept: &Kept, id: &str) -> Charge {
    let evidence = &finding.evidence;
    let quantities: Vec<String> = evidence.quantities.iter().map(|it| format!("{} = {}", it.name, it.value)).collect();
    let mut remarks = Vec::new();
    if evidence.confidence != Confidence::Certain {
        remarks.push(format!("{}, not certain, from what the capture shows", evidence.confidence));
    }
    if finding.known_at > evidence.frame {
        remarks.push(format!("known at frame {}", finding.known_at));
    }
    let aside = kept.drawn.aside.iter().find(|(of, _)| *of == index);
    Charge {
        severity: evidence.severity.name(),
        code: finding.rule.code,
        name: finding.rule.name,
        reference: finding.rule.reference,
        frame: evidence.frame,
        message: printable(&evidence.message).into_owned(),
        quantities: printable(&quantities.join(", ")).into_owned(),
        remarks,
        ladder: aside.map(|(_, ladder)| Svg::inline(ladder, &format!("{id}-finding-{index}"))),
    }
}

fn facts(flow: &FlowSummary) -> Vec<(&'static str, String)> {
    let (handshake, teardown) = (&flow.handshake, &flow.teardown);
    let taken = |duration: Option<i64>| {
        duration.filter(|taken| *taken > 0).map(|taken| format!(" in {}", human_duration(taken))).unwrap_or_default()
    };
    let begun = teardown.initiator.map(|side| format!(", begun by the {side}")).unwrap_or_default();
    let answer = |rtt: Option<i64>| rtt.map(human_duration);
    let mut facts = vec![
        ("opened", format!("{}{}", handshake.verdict, taken(handshake.duration()))),
        ("closed", format!("{}{begun}{}", teardown.verdict, taken(teardown.duration()))),
    ];
    facts.extend(answer(handshake.rtt_server()).map(|rtt| ("server answered in", rtt)));
    facts.extend(answer(handshake.rtt_client()).map(|rtt| ("client answered in", rtt)));
    for (name, end) in [("client sent", &flow.ends.client), ("server sent", &flow.ends.server)] {
        facts.push((name, format!("{}, {}", count(end.segments, "segment"), count(end.octets, "octet"))));
    }
    facts.push(("began", moment(flow.start)));
    facts.push(("lasted", human_duration(flow.duration())));
    facts.push(("first frame", flow.flow_id.to_string()));
    facts.push(("Community ID", community_id(flow.ends.client.endpoint, flow.ends.server.endpoint)));
    facts
}
