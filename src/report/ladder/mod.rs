//! A connection as a ladder: its segments as rungs between two ends, every number named and checked.
//!
//! One model feeds all drawings: text, SVG, Mermaid and PlantUML.

mod draft;
mod line;
mod lines;
mod mermaid;
mod names;
mod numbers;
mod plantuml;
mod svg;
#[cfg(feature = "cli")]
mod text;

pub use draft::Draft;
pub use line::{Accusation, Fold, Line, Number, Rung};
pub use lines::Lines;
pub use mermaid::mermaid;
#[cfg(feature = "cli")]
pub use names::arrow;
pub use names::{Bases, bases, named};
pub use numbers::Check;
pub use plantuml::plantuml;
pub use svg::{STYLE, Svg};
#[cfg(feature = "cli")]
pub use text::{fold_text, header, rung_text};

use crate::wire::Endpoint;

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
    /// Nanoseconds from SYN-ACK to ACK: from where it was captured to the client and back.
    pub to_client: Option<i64>,
    /// Nanoseconds from SYN to SYN-ACK: to the server and back.
    pub to_server: Option<i64>,
}

impl Ladder {
    /// Puts a finding beside the segment of `frame`, unless it is there; whether there is such a segment.
    pub fn accuse(&mut self, frame: u64, accusation: Accusation) -> bool {
        let rung = self.lines.iter_mut().find_map(|line| match line {
            Line::Rung(rung) if rung.frame == frame => Some(rung),
            _ => None,
        });
        let Some(rung) = rung else { return false };
        if !rung.findings.contains(&accusation) {
            rung.findings.push(accusation);
        }
        true
    }
}
