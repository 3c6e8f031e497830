//! Codes that a NetScaler puts into the window of a reset: their words come with the context.

use super::Segment;
use crate::lens::dissect::text::text_line;
use crate::lens::dissect::tree::Node;

/// Draws the words of the code, where the lens knows them.
pub(super) fn draw(node: &mut Node, segment: &Segment<'_>) {
    if let Some(words) = segment.context.reset_code {
        let line = text_line("NetScaler TCP Reset Window Error Code", words);
        node.add(Node::concluded("tcp.nstrace.rst.window_error_code", words, line).at(segment.view.octets(14, 2)));
    }
}
