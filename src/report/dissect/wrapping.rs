//! A tree to the list of its layers: how the segment is wrapped, from the outside in.

use super::range;
use crate::lens::dissect::{Node, Tree};
use std::fmt::Write;

/// One line per layer with its octets in the frame: `    14-33  Internet Protocol Version 4   20 octets`.
pub fn wrapping(tree: &Tree) -> String {
    let mut text = String::new();
    for (depth, node) in tree.layers.iter().filter(|layer| !layer.generated && !layer.field.is_empty()).enumerate() {
        let Some(octets) = node.octets else { continue };
        let whose = if octets.source == 0 { "" } else { " of the reassembled datagram" };
        let place = range(octets);
        let size = match octets.len {
            0 => String::new(),
            len => format!("   {len} octets{whose}"),
        };
        let _ = writeln!(text, "{place:>9}  {:indent$}{}{size}", "", name(node), indent = depth * 2);
    }
    if let Some(payload) = super::tcp_header(tree).and_then(payload) {
        let _ = writeln!(text, "{:>9}  {:indent$}{}", payload.1, "", payload.0, indent = tree.layers.len() * 2);
    }
    text
}

/// The layer's name without the values in its title.
fn name(node: &Node) -> &str {
    node.label.split([',', ':']).next().unwrap_or(&node.label).trim_end()
}

fn payload(tcp: &Node) -> Option<(&str, String)> {
    let node = tcp.children.iter().find(|child| child.field == "tcp.payload")?;
    Some((node.label.as_str(), range(node.octets?)))
}
