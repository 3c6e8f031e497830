//! Events that outlive what they are told from, to be told again: on another thread, or when it is their turn.

use super::{CaptureHead, Ends, Event, FindingEvent, FlowEvent, Sink, Totals, Whereabouts};
use crate::capture::{FrameNumber, Timestamp};
use crate::rules::Finding;
use std::io;

/// An event as the audit of one capture tells it to a sink that wants no segments.
#[derive(Clone, Debug)]
pub enum Told {
    /// A capture begins.
    Capture(CaptureHead),
    /// Where the frames of all findings from here on are found.
    Whereabouts(Whereabouts),
    /// A rule was broken.
    Finding(Box<ToldFinding>),
    /// A flow ended.
    Flow(Box<FlowEvent>),
    /// Flows that ended and were not summed up, because the sink passes them over.
    PassedOver(u64),
    /// A capture ended.
    Totals(Box<Totals>),
}

/// A [`FindingEvent`] that borrows nothing.
#[derive(Clone, Debug)]
pub struct ToldFinding {
    finding: Finding,
    time: Timestamp,
    stream: Option<u32>,
    flow_id: Option<FrameNumber>,
    ends: Option<Ends>,
}

impl Told {
    /// What is told by `event`; `None` where it is nothing that the audit of one capture tells to such a sink.
    pub fn of(event: &Event<'_>) -> Option<Self> {
        Some(match event {
            Event::Capture(head) => Self::Capture((*head).clone()),
            Event::Finding(event) => {
                let FindingEvent { finding, time, stream, flow_id, ends, .. } = **event;
                Self::Finding(Box::new(ToldFinding { finding: finding.clone(), time, stream, flow_id, ends }))
            }
            Event::Flow(flow) => Self::Flow(Box::new((*flow).clone())),
            Event::Totals(totals) => Self::Totals(Box::new((*totals).clone())),
            Event::Segment(_) | Event::Expectation(_) => return None,
        })
    }
}

/// Tells what was told again.
#[derive(Debug, Default)]
pub struct Again {
    whereabouts: Option<Whereabouts>,
}

impl Again {
    /// Tells `sink` the next event of a capture.
    ///
    /// # Errors
    /// If the sink refuses.
    pub fn tell(&mut self, told: &Told, sink: &mut dyn Sink) -> io::Result<()> {
        match told {
            Told::Capture(head) => sink.event(&Event::Capture(head)),
            Told::Whereabouts(whereabouts) => {
                self.whereabouts = Some(whereabouts.clone());
                Ok(())
            }
            Told::Finding(told) => {
                let ToldFinding { finding, time, stream, flow_id, ends } = &**told;
                sink.event(&Event::Finding(&FindingEvent {
                    finding,
                    time: *time,
                    stream: *stream,
                    flow_id: *flow_id,
                    ends: *ends,
                    origin: None,
                    whereabouts: self.whereabouts.as_ref(),
                }))
            }
            Told::Flow(flow) => sink.event(&Event::Flow(flow)),
            Told::PassedOver(flows) => {
                (0..*flows).for_each(|_| {
                    sink.passes_over();
                });
                Ok(())
            }
            Told::Totals(totals) => sink.event(&Event::Totals(totals)),
        }
    }
}
