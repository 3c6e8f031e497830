//! A connection as a ladder: its segments as rungs between two ends, every number named and checked.
//!
//! One model feeds all drawings: text, SVG, Mermaid and PlantUML.

mod draft;
mod line;
mod lines;
mod mermaid;
mod names;
mod numbers;
mod offender;
mod plantuml;
mod svg;
#[cfg(feature = "cli")]
mod text;

pub use draft::Draft;
pub use line::{Accusation, Fold, Line, Number, Rung};
pub use lines::Lines;
pub use mermaid::mermaid;
pub use names::bases;
#[cfg(feature = "cli")]
pub use names::{Bases, arrow, named};
pub use numbers::Check;
pub use offender::{Offender, offender};
pub use plantuml::plantuml;
pub use svg::{STYLE, Svg};
#[cfg(feature = "cli")]
pub use text::{fold_text, header, rung_text};

use crate::flow::{Side, State};
use crate::wire::Endpoint;
use std::fmt::{self, Write};

/// A connection to be drawn.
#[derive(Clone, Debug)]
pub struct Ladder {
    /// What stands above it.
    pub title: String,
    /// The end that asked.
    pub client: Endpoint,
    /// Its peer.
    pub server: Endpoint,
    /// Rungs and folded runs, in the order of the capture.
    pub lines: Vec<Line>,
}

impl Ladder {
    /// Nanoseconds from where it was captured to the client and back, and to the server and back: from the last SYN-ACK
    /// to its ACK, and from the last SYN before a SYN-ACK to that.
    fn trips(&self) -> Option<(i64, i64)> {
        let (mut syn, mut answered, mut to_server) = (None, None, None);
        for rung in self.lines.iter().filter_map(Line::rung) {
            match rung.side {
                Side::Client if rung.flags.is_syn() => syn = Some(rung.at),
                Side::Server if rung.flags.is_syn_ack() => {
                    to_server = Some(rung.at.saturating_sub(syn?));
                    answered = Some(rung.at);
                }
                // Data may have been waited for.
                Side::Client if answered.is_some() => {
                    return (rung.len == 0).then_some((rung.at.saturating_sub(answered?), to_server?));
                }
                _ => {}
            }
        }
        None
    }

    /// Puts a finding beside the segment of `frame`, unless it is there; whether there is such a segment.
    pub fn accuse(&mut self, frame: u64, accusation: Accusation) -> bool {
        let rungs = self.lines.iter_mut().filter_map(|line| match line {
            Line::Rung(rung) => Some(rung),
            Line::Fold(_) => None,
        });
        let Some(rung) = rungs.into_iter().find(|rung| rung.frame == frame) else { return false };
        rung.accuse(accusation);
        true
    }
}

/// A line more of a drawing in words; writing to a String cannot fail.
fn push(text: &mut String, line: fmt::Arguments<'_>) {
    let _ = writeln!(text, "{line}");
}

/// What the colour of a life line says: no connection, opening, open, closing, waiting until it may be forgotten.
const fn phase(state: Option<State>) -> &'static str {
    match state {
        None | Some(State::Closed | State::Listen) => "idle",
        Some(State::SynSent | State::SynReceived) => "opening",
        Some(State::Established) => "open",
        Some(State::TimeWait) => "waiting",
        Some(_) => "closing",
    }
}
