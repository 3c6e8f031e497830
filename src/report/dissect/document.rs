//! A tree to a document of its own for JSON: names, values, meanings, places, octets.

use super::meaning;
use crate::lens::dissect::{Node, Tree, Value};
use serde::Serialize;

/// One frame.
#[derive(Clone, Debug, Serialize)]
pub struct FrameDocument<'t> {
    /// The frame's number.
    pub frame: u64,
    /// Its layers, outermost first.
    pub layers: Vec<FieldDocument<'t>>,
}

/// One field, layer or heading.
#[derive(Clone, Debug, Serialize)]
pub struct FieldDocument<'t> {
    /// Wireshark's name; null for a heading.
    pub name: Option<&'static str>,
    /// The line as Wireshark shows it, without brackets.
    pub label: &'t str,
    /// The value: number, boolean, text, octets in hex, seconds; null where there is none.
    pub value: serde_json::Value,
    /// What the field is for.
    pub meaning: Option<&'static str>,
    /// Whether it was concluded rather than read.
    pub generated: bool,
    /// Where it was read.
    pub octets: Option<OctetsDocument>,
    /// What it consists of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldDocument<'t>>,
}

/// A run of octets.
#[derive(Clone, Debug, Serialize)]
pub struct OctetsDocument {
    /// 0 for the frame, from 1 on for datagrams reassembled in it.
    pub source: usize,
    /// First octet, from 0.
    pub start: usize,
    /// How many.
    pub length: usize,
    /// In hex.
    pub hex: String,
}

/// The document of a tree.
pub fn document(tree: &Tree) -> FrameDocument<'_> {
    FrameDocument { frame: tree.frame, layers: tree.layers.iter().map(|layer| field(tree, layer)).collect() }
}

fn field<'t>(tree: &'t Tree, node: &'t Node) -> FieldDocument<'t> {
    let octets = node.octets.filter(|octets| octets.len > 0).map(|octets| OctetsDocument {
        source: octets.source,
        start: octets.start,
        length: octets.len,
        hex: plain_hex(tree.octets(node)),
    });
    FieldDocument {
        name: (!node.field.is_empty()).then_some(node.field),
        label: &node.label,
        value: value(&node.value),
        meaning: meaning(node.field),
        generated: node.generated,
        octets,
        fields: node.children.iter().map(|child| field(tree, child)).collect(),
    }
}

fn value(value: &Value) -> serde_json::Value {
    match value {
        Value::None => serde_json::Value::Null,
        Value::Bool(bit) => (*bit).into(),
        Value::Number(number) => (*number).into(),
        Value::Signed(number) => (*number).into(),
        Value::Nanoseconds(time) => (*time as f64 / 1e9).into(),
        Value::Ip(address) => address.to_string().into(),
        Value::Text(text) => text.as_str().into(),
        Value::Octets(octets) => plain_hex(octets).into(),
    }
}

fn plain_hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
