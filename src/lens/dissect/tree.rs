//! The tree of fields of one frame, as Wireshark's packet-details pane shows it, with the octets each field came from.

use crate::capture::FrameNumber;
use std::net::IpAddr;

/// Every field of one frame, from the link layer to the TCP options.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// The frame's number.
    pub frame: FrameNumber,
    /// What [`Octets`] point into: first the captured frame, then each datagram reassembled from fragments.
    pub sources: Vec<Vec<u8>>,
    /// One node per layer, outermost first.
    pub layers: Vec<Node>,
}

impl Tree {
    /// The octets a field was read from; empty for a field that has none.
    pub fn octets(&self, node: &Node) -> &[u8] {
        let range = |o: Octets| self.sources.get(o.source)?.get(o.start..o.start.checked_add(o.len)?);
        node.octets.and_then(range).unwrap_or_default()
    }
}

/// A run of octets in one of a tree's sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Octets {
    /// Index into [`Tree::sources`]: 0 is the frame itself.
    pub source: usize,
    /// First octet, from 0.
    pub start: usize,
    /// Number of octets; 0 where a field stands for a place only.
    pub len: usize,
}

/// What a field holds.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// Nothing but its text.
    #[default]
    None,
    /// A bit.
    Bool(bool),
    /// A number.
    Number(u64),
    /// A number that may be negative.
    Signed(i64),
    /// A duration in nanoseconds.
    Nanoseconds(i64),
    /// A network-layer address.
    Ip(IpAddr),
    /// Words.
    Text(String),
    /// Octets without further meaning, link-layer addresses among them.
    Octets(Vec<u8>),
}

/// One field, layer or heading.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Node {
    /// The text of its line, without indentation and without the brackets of a generated item.
    pub label: String,
    /// Wireshark's name of the field; empty for a heading.
    pub field: &'static str,
    /// Its value.
    pub value: Value,
    /// Where it was read.
    pub octets: Option<Octets>,
    /// Whether it was concluded rather than read from the frame.
    pub generated: bool,
    /// What it consists of.
    pub children: Vec<Node>,
}

impl Node {
    /// A field read from the frame.
    pub fn new(field: &'static str, octets: Octets, value: impl Into<Value>, label: impl Into<String>) -> Self {
        Self { label: label.into(), field, value: value.into(), octets: Some(octets), ..Self::default() }
    }

    /// A heading or conclusion without a value.
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// A field that was concluded, not read.
    pub fn concluded(field: &'static str, value: impl Into<Value>, label: impl Into<String>) -> Self {
        Self { label: label.into(), field, value: value.into(), generated: true, ..Self::default() }
    }

    /// The same node, marked as concluded.
    pub fn generated(mut self) -> Self {
        self.generated = true;
        self
    }

    /// The same node, pointing at `octets`.
    pub fn at(mut self, octets: Octets) -> Self {
        self.octets = Some(octets);
        self
    }

    /// Appends a part and hands it out to be filled.
    pub fn add(&mut self, child: Self) -> &mut Self {
        push(&mut self.children, child)
    }

    /// Lengthens its label; one that grew too long is cut and marked, and one that is nearly full stays as it is.
    pub fn extend_label(&mut self, more: &str) {
        super::text::extend_label(&mut self.label, more);
    }
}

/// Appends a node and hands it out to be filled.
pub(super) fn push(nodes: &mut Vec<Node>, node: Node) -> &mut Node {
    let index = nodes.len();
    nodes.push(node);
    &mut nodes[index]
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Octets(value.to_vec())
    }
}

impl From<IpAddr> for Value {
    fn from(value: IpAddr) -> Self {
        Self::Ip(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Signed(value)
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::Number(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Self {
        Self::Number(value.into())
    }
}

impl From<u16> for Value {
    fn from(value: u16) -> Self {
        Self::Number(value.into())
    }
}

impl From<u8> for Value {
    fn from(value: u8) -> Self {
        Self::Number(value.into())
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::Number(value as u64)
    }
}

impl From<()> for Value {
    fn from((): ()) -> Self {
        Self::None
    }
}
