//! An expectation, met or not, as JSON.

use super::line::Head;
use super::values::End;
use crate::audit::ExpectationEvent;
use crate::capture::FrameNumber;
use serde::Serialize;

/// An expectation was held against a connection, or against a capture.
#[derive(Serialize)]
pub struct ExpectationLine<'a> {
    #[serde(flatten)]
    head: Head<'a>,
    name: &'a str,
    passed: bool,
    failure: Option<&'a str>,
    stream: Option<u32>,
    flow_id: Option<FrameNumber>,
    client: Option<End>,
    server: Option<End>,
}

impl<'a> ExpectationLine<'a> {
    /// The line for an expectation in `capture`.
    pub fn new(capture: &'a str, event: &ExpectationEvent<'a>) -> Self {
        Self {
            head: Head::new("expectation", capture),
            name: event.name,
            passed: event.failure.is_none(),
            failure: event.failure,
            stream: event.stream,
            flow_id: event.flow_id,
            client: event.ends.map(|ends| ends.client.into()),
            server: event.ends.map(|ends| ends.server.into()),
        }
    }
}
