//! A tree to a lesson: each field with its octets, its value and a line that says what it is for.

use super::{hex, meaning, range, tcp_header};
use crate::lens::dissect::{Node, Tree};
use std::fmt::Write;

/// Columns of the octet range and of the hex octets.
const RANGE: usize = 9;
const HEX: usize = 25;

/// Octets shown in hex before a mark stands for the rest.
const MOST: usize = 8;

/// Blanks by which a part stands in from the whole.
const INDENT: usize = 2;

/// Every field in the order of its octets: range, octets in hex, text, Wireshark's name, and the meaning beneath.
pub fn explained(tree: &Tree) -> String {
    let mut text = format!("{:RANGE$} {:HEX$} {}\n", "octets", "hex", "field, value and meaning");
    for layer in &tree.layers {
        explain(&mut text, tree, layer, 0);
    }
    text
}

fn explain(text: &mut String, tree: &Tree, node: &Node, depth: usize) {
    if is_remark_detail(node) {
        return;
    }
    let place = node.octets.filter(|_| !node.generated).map(range).unwrap_or_default();
    let octets = if place.is_empty() || !node.children.is_empty() && depth == 0 {
        String::new()
    } else {
        hex(tree.octets(node), MOST)
    };
    let indent = depth * INDENT;
    let name = if node.field.is_empty() { String::new() } else { format!("   [{}]", node.field) };
    let _ = writeln!(text, "{place:RANGE$} {octets:HEX$} {:indent$}{}{name}", "", node.label);
    if let Some(words) = meaning(node.field) {
        let _ = writeln!(text, "{:RANGE$} {:HEX$} {:indent$}    {words}", "", "", "");
    }
    for child in &node.children {
        explain(text, tree, child, depth + 1);
    }
}

/// The fields of the TCP header alone, one line each: text and meaning. Kind and length of options are left out.
pub fn header_meanings(tree: &Tree) -> String {
    let mut text = String::new();
    if let Some(tcp) = tcp_header(tree) {
        for child in &tcp.children {
            one_line(&mut text, child, 0);
        }
    }
    text
}

fn one_line(text: &mut String, node: &Node, depth: usize) {
    let read = !node.generated && node.octets.is_some();
    let trivial = matches!(node.field, "tcp.option_kind" | "tcp.option_len" | "tcp.payload");
    if let Some(words) = meaning(node.field).filter(|_| read && !trivial) {
        let _ = writeln!(text, "{:indent$}{} — {words}", "", node.label, indent = depth * INDENT);
    }
    for child in node.children.iter().filter(|_| read) {
        one_line(text, child, depth + 1);
    }
}

/// What an expert item repeats beneath itself.
fn is_remark_detail(node: &Node) -> bool {
    node.field.starts_with("_ws.expert.")
}
