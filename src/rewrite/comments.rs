//! Findings to the comments of the frames they are about.

use crate::audit::{Event, FindingEvent, Sink};
use crate::capture::FrameNumber;
use crate::rules::Confidence;
use std::collections::HashMap;
use std::fmt::Write;
use std::io;

/// Comments kept at most, so that no capture fills the memory with them.
const MOST: u64 = 1_000_000;

/// The comments of a capture, by frame.
#[derive(Debug, Default)]
pub struct Comments {
    by_frame: HashMap<FrameNumber, Vec<String>>,
    kept: u64,
    /// Findings that concern the capture and no frame of it.
    pub about_capture: u64,
    /// Findings that were too many to be kept.
    pub beyond: u64,
}

impl Comments {
    /// The comments of a frame, in the order in which its findings became known.
    pub fn of(&self, frame: FrameNumber) -> &[String] {
        self.by_frame.get(&frame).map_or(&[], Vec::as_slice)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_frame.is_empty()
    }

    fn add(&mut self, event: &FindingEvent<'_>) {
        match event.finding.evidence.frame {
            0 => self.about_capture += 1,
            _ if self.kept >= MOST => self.beyond += 1,
            frame => {
                self.kept += 1;
                self.by_frame.entry(frame).or_default().push(text(event));
            }
        }
    }
}

impl Sink for Comments {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        if let Event::Finding(finding) = event {
            self.add(finding);
        }
        Ok(())
    }
}

/// `TFA101 syn-ack-wrong-ack, error: the SYN-ACK acknowledges … [SEG.ACK = 1002] (stream 0, see frame 1)`.
fn text(event: &FindingEvent<'_>) -> String {
    let finding = event.finding;
    let evidence = &finding.evidence;
    let mut text = format!("{} {}, {}", finding.rule.code, finding.rule.name, evidence.severity);
    // Writing to a string cannot fail.
    if evidence.confidence != Confidence::Certain {
        let _ = write!(text, ", {}", evidence.confidence);
    }
    let _ = write!(text, ": {}", evidence.message);
    let quantities: Vec<String> = evidence.quantities.iter().map(|it| format!("{} = {}", it.name, it.value)).collect();
    if !quantities.is_empty() {
        let _ = write!(text, " [{}]", quantities.join(", "));
    }
    let stream = event.stream.map(|stream| format!("stream {stream}"));
    let related: Vec<String> = finding.related_frames().map(|frame| frame.to_string()).collect();
    let related = (!related.is_empty()).then(|| {
        let noun = if related.len() == 1 { "frame" } else { "frames" };
        format!("see {noun} {}", related.join(", "))
    });
    let context: Vec<String> = stream.into_iter().chain(related).collect();
    if !context.is_empty() {
        let _ = write!(text, " ({})", context.join(", "));
    }
    text
}
