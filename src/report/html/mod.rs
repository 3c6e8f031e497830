//! An audit as one page of HTML that needs nothing else: summary, findings, connections, their ladders and graphs.
//!
//! Of many connections the page shows those with findings, some of every kind; the rest is counted. So neither it nor the
//! memory that making it takes grows with the capture.

mod captures;
mod catalogue;
mod connection;
mod drawing;
mod graph;
mod numbers;
mod page;
mod shelf;

use super::{Report, Summary};
use crate::audit::{Event, FindingEvent, FlowEvent, SegmentEvent, Sink};
use crate::capture::FrameNumber;
use crate::error::Error;
use crate::rules::Finding;
use captures::Captures;
use catalogue::Catalogue;
use connection::{Kept, Row};
use drawing::{Drawing, Drawn};
use page::Page;
use shelf::{Ranking, Shelf};
use std::collections::HashMap;
use std::io::{self, Write};

/// Connections in the table.
const MOST_ROWS: usize = 2000;
/// Connections with a section of their own.
const MOST_SECTIONS: usize = 60;
/// Connections drawn while they are live, and such whose findings are kept until they end.
const MOST_LIVE: usize = 1 << 14;
/// Findings told of one connection.
const MOST_FINDINGS: usize = 20;

/// Writes a page when everything is known.
#[derive(Debug)]
pub struct Html<W> {
    out: W,
    captures: Captures,
    capture: usize,
    live: HashMap<FrameNumber, Live>,
    ranking: Ranking,
    rows: Shelf<Row>,
    kept: Shelf<Kept>,
    catalogue: Catalogue,
    flows: u64,
    clean: u64,
}

/// A connection that has not ended.
#[derive(Debug, Default)]
struct Live {
    drawing: Option<Drawing>,
    findings: Vec<Finding>,
}

impl<W: Write> Html<W> {
    /// Writes to `out`, which should be buffered.
    pub fn new(out: W) -> Self {
        Self {
            out,
            captures: Captures::default(),
            capture: 0,
            live: HashMap::new(),
            ranking: Ranking::default(),
            rows: Shelf::new(MOST_ROWS),
            kept: Shelf::new(MOST_SECTIONS),
            catalogue: Catalogue::default(),
            flows: 0,
            clean: 0,
        }
    }

    fn segment(&mut self, event: &SegmentEvent<'_>) {
        let Some(flow_id) = event.flow_id else { return };
        let together = self.live.len();
        if let Some(live) = self.live.get_mut(&flow_id) {
            // The finding on the first segment comes before the segment itself.
            if live.drawing.is_none() && event.decoded.segment.frame == flow_id {
                live.drawing = Some(Drawing::new(event));
            }
            live.drawing.iter_mut().for_each(|drawing| drawing.add(event, together));
        } else if together < MOST_LIVE && event.decoded.segment.frame == flow_id {
            let mut drawing = Drawing::new(event);
            drawing.add(event, together);
            self.live.insert(flow_id, Live { drawing: Some(drawing), findings: Vec::new() });
        }
    }

    fn finding(&mut self, event: &FindingEvent<'_>) {
        self.catalogue.add(event, self.capture);
        let Some(flow_id) = event.flow_id else { return };
        if self.live.len() < MOST_LIVE || self.live.contains_key(&flow_id) {
            let live = self.live.entry(flow_id).or_default();
            if live.findings.len() < MOST_FINDINGS {
                live.findings.push(event.finding.clone());
            }
        }
    }

    fn flow(&mut self, event: &FlowEvent) {
        self.captures.count(event);
        self.flows += 1;
        self.clean += u64::from(event.findings.is_empty());
        let live = self.live.remove(&event.summary.flow_id).unwrap_or_default();
        let rank = self.ranking.rank(&event.findings, event.worst);
        if self.rows.has_room(rank) {
            self.rows.put(rank, Row::new(self.capture, event));
        }
        if self.kept.has_room(rank) {
            let drawn = Drawn::new(live.drawing, &event.summary, &live.findings);
            self.kept.put(rank, Kept { capture: self.capture, event: event.clone(), findings: live.findings, drawn });
        }
    }
}

impl<W: Write> Sink for Html<W> {
    fn wants_segments(&self) -> bool {
        true
    }

    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Capture(head) => {
                self.capture = self.captures.begin(head);
                self.live.clear();
            }
            Event::Segment(segment) => self.segment(segment),
            Event::Finding(finding) => self.finding(finding),
            Event::Flow(flow) => self.flow(flow),
            Event::Expectation(expectation) => self.captures.expect(expectation),
            Event::Totals(totals) => self.captures.end(totals),
        }
        Ok(())
    }
}

impl<W: Write> Report for Html<W> {
    fn unreadable(&mut self, capture: &str, error: &Error) -> io::Result<()> {
        self.captures.unreadable(capture, error);
        Ok(())
    }

    fn finish(&mut self, summary: &Summary) -> io::Result<()> {
        let (rows, kept, chapters) = (self.rows.take(), self.kept.take(), self.catalogue.take());
        let page = Page::new(&self.captures, summary, rows, &kept, chapters, [self.flows, self.clean]);
        page.write(&mut self.out)?;
        self.out.flush()
    }
}
