//! A [`Record`] to the [`Tree`] of its fields, as Wireshark's packet-details pane shows them from the link layer to the
//! TCP options, each with the octets it was read from.

mod context;
mod conversation;
mod expert;
mod fragments;
mod frame;
mod ip;
mod link;
mod names;
mod tcp;
mod text;
mod tree;
mod view;

pub use context::{Analysis, Closing, Completeness, FastOpen, Mark, Scale, TcpContext};
pub use tree::{Node, Octets, Tree, Value};

use crate::capture::Record;
use conversation::Conversations;
use fragments::Fragments;
use frame::Frame;
use view::View;

/// Dissects frames of one capture.
///
/// Stream numbers of addresses and fragments of datagrams depend on the frames before: feed every frame, those of no
/// interest to [`Dissector::observe`].
#[derive(Clone, Debug, Default)]
pub struct Dissector {
    conversations: Conversations,
    fragments: Fragments,
}

impl Dissector {
    /// Takes notice of a frame that is not to be shown.
    pub fn observe(&mut self, record: &Record<'_>) {
        self.run(record, &[], false);
    }

    /// The tree of a frame; `contexts` say what is known of its TCP headers, in their order.
    pub fn dissect(&mut self, record: &Record<'_>, contexts: &[TcpContext]) -> Tree {
        self.run(record, contexts, true)
    }

    fn run(&mut self, record: &Record<'_>, contexts: &[TcpContext], whole: bool) -> Tree {
        let mut frame = Frame::new(record.number, record.data, &mut self.conversations, &mut self.fragments, contexts);
        frame.whole = whole;
        frame.fcs_len = record.fcs_len;
        let original_len = usize::try_from(record.original_len).unwrap_or(usize::MAX).max(record.data.len());
        frame.original_len = original_len;
        let view = View::new(record.data, 0, original_len);
        let mut layers = Vec::new();
        let outcome = link::dissect(&mut frame, record.link_type, view, &mut layers);
        frame.finish(layers, outcome.err())
    }
}
