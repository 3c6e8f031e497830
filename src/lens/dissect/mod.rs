//! A [`Record`] to the [`Tree`] of its fields, as Wireshark's packet-details pane shows them from the link layer to the
//! TCP options, each with the octets it was read from.

mod carrier;
mod conversation;
mod expert;
mod fragments;
mod frame;
mod ip;
mod link;
mod multipath;
mod names;
mod tcp;
mod text;
mod tree;
mod view;

pub use tree::{Node, Octets, Tree, Value};

use super::wireshark::{Lens, Row};
use crate::capture::Record;
use crate::wire::Decoder;
use conversation::Conversations;
use fragments::Fragments;
use frame::Frame;
use view::View;

/// Whether Wireshark, looking for what follows the packet in a frame, finds that the capture cut it.
pub fn is_trailer_cut(record: &Record<'_>) -> bool {
    let tree = Dissector::new().dissect(record);
    tree.layers.last().is_some_and(|last| last.field == "_ws.short")
}

/// Dissects frames of one capture.
///
/// Stream numbers, relative numbers, the analysis and fragments depend on the frames before: feed every frame, those of
/// no interest to [`Dissector::observe`].
#[derive(Debug)]
pub struct Dissector {
    decoder: Decoder,
    lens: Lens,
    rows: Vec<Row>,
    conversations: Conversations,
    fragments: Fragments,
}

impl Default for Dissector {
    fn default() -> Self {
        Self {
            decoder: Decoder::new(false),
            lens: Lens::new(),
            rows: Vec::new(),
            conversations: Conversations::default(),
            fragments: Fragments::default(),
        }
    }
}

impl Dissector {
    /// A dissector that has seen nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes notice of a frame that is not to be shown.
    pub fn observe(&mut self, record: &Record<'_>) {
        self.run(record, false);
    }

    /// The tree of a frame.
    pub fn dissect(&mut self, record: &Record<'_>) -> Tree {
        self.run(record, true)
    }

    fn run(&mut self, record: &Record<'_>, whole: bool) -> Tree {
        self.rows.clear();
        // A frame without TCP has no rows, whatever the reason.
        let _ = self.decoder.decode(record, &mut |decoded| self.rows.push(self.lens.observe(decoded)));
        let mut frame =
            Frame::new(record.number, record.data, &mut self.conversations, &mut self.fragments, &self.rows);
        frame.whole = whole;
        frame.time = record.time;
        frame.fcs_len = record.fcs_len;
        let original_len = usize::try_from(record.original_len).unwrap_or(usize::MAX).max(record.data.len());
        frame.original_len = original_len;
        let view = View::new(record.data, 0, original_len);
        let mut layers = Vec::new();
        let outcome = link::dissect(&mut frame, record.link_type, view, &mut layers);
        frame.finish(layers, outcome.err())
    }
}
