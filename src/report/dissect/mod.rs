//! A dissected frame as text: the way Wireshark prints it, explained field by field, drawn, or as a document.

mod details;
mod document;
mod drawing;
mod explained;
mod meaning;
mod wrapping;
mod writer;

pub use details::details;
pub use document::{FieldDocument, FrameDocument, OctetsDocument, document};
pub use drawing::{Lines, header_drawing};
pub use explained::{explained, header_meanings};
pub use meaning::meaning;
pub use wrapping::wrapping;
pub use writer::{Dissection, Dissections};

use crate::lens::dissect::{Node, Octets, Tree};

/// The TCP header of a frame, the innermost if there are several.
fn tcp_header(tree: &Tree) -> Option<&Node> {
    fn last<'t>(nodes: &'t [Node], found: &mut Option<&'t Node>) {
        for node in nodes {
            if node.field == "tcp" {
                *found = Some(node);
            }
            last(&node.children, found);
        }
    }
    let mut found = None;
    last(&tree.layers, &mut found);
    found
}

/// `34-35`, `34`, or nothing where a field has no octets.
fn range(octets: Octets) -> String {
    match octets.len {
        0 => String::new(),
        1 => octets.start.to_string(),
        len => format!("{}-{}", octets.start, octets.start.saturating_add(len).saturating_sub(1)),
    }
}

/// Octets in hex with blanks between, cut with a mark after `most`.
fn hex(octets: &[u8], most: usize) -> String {
    let shown: Vec<String> = octets.iter().take(most).map(|octet| format!("{octet:02x}")).collect();
    let more = if octets.len() > most { " …" } else { "" };
    format!("{}{more}", shown.join(" "))
}
