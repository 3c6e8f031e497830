//! The segments of a live connection to what can be drawn of it when it has ended, in bounded memory.

use super::graph::{Graph, Plot};
use crate::audit::SegmentEvent;
use crate::flow::{FlowSummary, Mark, Side, Sides};
use crate::report::escape::printable;
use crate::report::ladder::{Accusation, Check, Draft, Ladder, Line, Lines, Number, Rung, bases};
use crate::rules::{Evidence, Finding};
use crate::wire::Flags;

/// Lines of a ladder at its beginning and at its end.
const MOST_LINES: [usize; 2] = [24, 12];
/// Points of one line of a graph, and of all graphs that grow at the same time.
const MOST_POINTS: [usize; 3] = [24, 480, 1 << 20];
/// Ladders of findings whose segments are not in the ladder of the connection.
const MOST_ASIDE: usize = 3;

/// A connection being drawn.
#[derive(Debug)]
pub struct Drawing {
    draft: Draft,
    lines: Lines,
    graph: Graph,
}

/// A connection drawn.
#[derive(Debug)]
pub struct Drawn {
    /// Handshake, teardown, and what is wrong between.
    pub ladder: Option<Ladder>,
    /// The segments of findings that found no place there, with the finding's number.
    pub aside: Vec<(usize, Ladder)>,
    graph: Option<Graph>,
}

impl Drawing {
    /// Begins with the first segment of a connection.
    pub fn new(event: &SegmentEvent<'_>) -> Self {
        let start = event.decoded.segment.time;
        let lines = Lines::new(MOST_LINES[0], MOST_LINES[1]);
        Self { draft: Draft::new(start, false), lines, graph: Graph::new(start) }
    }

    /// Adds a segment, while `live` connections are drawn at the same time.
    pub fn add(&mut self, event: &SegmentEvent<'_>, live: usize) {
        let [least, most, together] = MOST_POINTS;
        self.graph.add(event, (together / live.max(1)).clamp(least, most));
        if let Some((folded, mut rung)) = self.draft.add(event) {
            folded.into_iter().for_each(|fold| self.lines.push(Line::Fold(fold)));
            rung.forget_others();
            self.lines.push(Line::Rung(rung));
        }
    }
}

impl Drawn {
    /// What was drawn of a connection that ended; where its segments were not kept, those of its findings.
    pub fn new(drawing: Option<Drawing>, flow: &FlowSummary, findings: &[Finding]) -> Self {
        let (mut ladder, mut graph) = (None, None);
        if let Some(mut drawing) = drawing {
            drawing.draft.finish().into_iter().for_each(|fold| drawing.lines.push(Line::Fold(fold)));
            ladder = Some(frame(flow, drawing.lines.finish()));
            graph = Some(drawing.graph);
        }
        let mut aside = Vec::new();
        for (index, finding) in findings.iter().enumerate() {
            let accusation = Accusation::from(finding);
            let placed = ladder.as_mut().is_some_and(|it| it.accuse(finding.evidence.frame, accusation));
            if !placed && finding.evidence.ladder.len() > 1 && aside.len() < MOST_ASIDE {
                let mut ladder = frame(flow, evidence(&finding.evidence));
                ladder.accuse(finding.evidence.frame, accusation);
                aside.push((index, ladder));
            }
        }
        Self { ladder, aside, graph }
    }

    /// The graphs of both directions, as far as data was sent.
    pub fn plots(&self, id: &str) -> Vec<Plot> {
        let graph = self.graph.as_ref();
        let plot = |side: Side| graph?.plot(side, &format!("{id}-{side}"));
        Side::BOTH.into_iter().filter_map(plot).collect()
    }
}

fn frame(flow: &FlowSummary, lines: Vec<Line>) -> Ladder {
    Ladder {
        title: format!(
            "Ladder of stream {}: {} and {}",
            flow.stream, flow.ends.client.endpoint, flow.ends.server.endpoint
        ),
        client: flow.ends.client.endpoint,
        server: flow.ends.server.endpoint,
        lines,
    }
}

/// The segments that prove a finding, as lines; what was due is said beside the culprit.
fn evidence(evidence: &Evidence) -> Vec<Line> {
    let marks = &evidence.ladder;
    let bases = bases(marks);
    let start = marks.first().map(|mark| mark.time).unwrap_or_default();
    let number = |value, owner: Side| Number { value, owner, base: bases[owner], check: Check::Silent };
    let rung = |mark: &Mark| Rung {
        frame: mark.frame,
        at: mark.time.since(start),
        side: mark.side,
        flags: mark.flags,
        len: mark.len,
        seq: number(mark.seq, mark.side),
        ack: mark.flags.has(Flags::ACK).then(|| number(mark.ack, mark.side.peer())),
        states: Sides::default(),
        offer: if mark.frame == evidence.frame { printable(&evidence.pointer).into_owned() } else { String::new() },
        findings: Vec::new(),
    };
    marks.iter().map(|mark| Line::Rung(rung(mark))).collect()
}
