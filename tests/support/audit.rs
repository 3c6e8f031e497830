//! The library's public API as tests use it: octets in, everything that was said out.

use std::io;
use tcpflow_audit::audit::{Event, FindingEvent, FlowEvent, Settings, Sink, Totals, run};
use tcpflow_audit::capture::{FrameNumber, Reader};
use tcpflow_audit::rules::{Confidence, Finding};

/// Everything an audit said.
#[derive(Debug, Default, PartialEq)]
pub struct Said {
    pub findings: Vec<SaidFinding>,
    pub flows: Vec<FlowEvent>,
    pub totals: Totals,
}

/// A finding and the flow it was told with.
#[derive(Debug, PartialEq)]
pub struct SaidFinding {
    pub finding: Finding,
    pub flow_id: Option<FrameNumber>,
}

/// Audits a capture, reporting findings of every confidence.
pub fn audit(octets: &[u8]) -> Said {
    audit_with(octets, &Settings { min_confidence: Confidence::Possible, ..Settings::default() })
}

/// Audits a capture, and makes sure that segments which take a short way make no difference.
pub fn audit_with(octets: &[u8], settings: &Settings) -> Said {
    let mut long = settings.clone();
    long.limits.short_ways = !settings.limits.short_ways;
    let (said, otherwise) = (audit_once(octets, settings), audit_once(octets, &long));
    assert_eq!(said, otherwise, "what is told depends on the way that segments take");
    said
}

fn audit_once(octets: &[u8], settings: &Settings) -> Said {
    let mut said = Said::default();
    let mut reader = Reader::new(octets, "test").expect("a capture");
    run(&mut reader, settings, &mut said, &mut || true).expect("an audit");
    said
}

impl Sink for Said {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::Finding(FindingEvent { finding, flow_id, .. }) => {
                self.findings.push(SaidFinding { finding: (*finding).clone(), flow_id: *flow_id });
            }
            Event::Flow(flow) => self.flows.push((*flow).clone()),
            Event::Totals(totals) => self.totals = (*totals).clone(),
            Event::Capture(_) | Event::Segment(_) | Event::Expectation(_) => {}
        }
        Ok(())
    }
}
