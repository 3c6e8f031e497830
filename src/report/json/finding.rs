//! A finding as JSON.

use super::SCHEMA;
use super::values::{End, Object, Quantified, Time};
use crate::audit::FindingEvent;
use crate::capture::FrameNumber;
use crate::report::json::values::Shown;
use serde::Serialize;

/// A rule was broken.
#[derive(Serialize)]
pub struct FindingLine<'a> {
    schema: &'static str,
    r#type: &'static str,
    capture: &'a str,
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    confidence: &'static str,
    message: &'a str,
    stream: Option<u32>,
    flow_id: Option<FrameNumber>,
    client: Option<End>,
    server: Option<End>,
    culprit: Option<&'static str>,
    frame: FrameNumber,
    time: Time,
    known_at: FrameNumber,
    related_frames: Vec<FrameNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<Origin<'a>>,
    evidence: Object<(&'static str, Quantified<'a>)>,
    reference: &'static str,
}

/// Where the culprit's frame is, where several captures are audited as one.
#[derive(Serialize)]
struct Origin<'a> {
    capture: &'a str,
    frame: FrameNumber,
}

impl<'a> FindingLine<'a> {
    /// The line for a finding in `capture`.
    pub fn new(capture: &'a str, event: &FindingEvent<'a>) -> Self {
        let (finding, evidence) = (event.finding, &event.finding.evidence);
        Self {
            schema: SCHEMA,
            r#type: "finding",
            capture,
            code: finding.rule.code,
            name: finding.rule.name,
            severity: evidence.severity.name(),
            confidence: evidence.confidence.name(),
            message: &evidence.message,
            stream: event.stream,
            flow_id: event.flow_id,
            client: event.ends.map(|ends| ends.client.into()),
            server: event.ends.map(|ends| ends.server.into()),
            culprit: evidence.culprit.map(|side| side.name()),
            frame: evidence.frame,
            time: Shown(event.time),
            known_at: finding.known_at,
            related_frames: finding.related_frames().collect(),
            origin: event.origin.map(|(capture, frame)| Origin { capture, frame }),
            evidence: Object(
                evidence.quantities.iter().map(|quantity| (quantity.name, Quantified(&quantity.value))).collect(),
            ),
            reference: finding.rule.reference,
        }
    }
}
