//! A tree to the text that `tshark -V` prints for it, less the block about the frame itself.

use crate::lens::dissect::{Node, Tree};

/// Blanks by which a part stands in from the whole.
const INDENT: usize = 4;

/// Every line of the tree, each ended by a line feed; what was concluded stands in brackets.
pub fn details(tree: &Tree) -> String {
    let mut text = String::new();
    for layer in &tree.layers {
        print(&mut text, layer, 0);
    }
    text
}

fn print(text: &mut String, node: &Node, depth: usize) {
    text.extend(std::iter::repeat_n(' ', depth * INDENT));
    if node.generated {
        text.push('[');
        text.push_str(&node.label);
        text.push(']');
    } else {
        text.push_str(&node.label);
    }
    text.push('\n');
    for child in &node.children {
        print(text, child, depth + 1);
    }
}
