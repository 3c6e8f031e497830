//! The dissection of one frame under way: the tree so far and what the layers share.

use super::conversation::{Conversations, Datagram};
use super::expert::{Group, Severity, remark};
use super::fragments::Fragments;
use super::tree::{Node, Tree, push};
use super::view::{Dissected, Stop, View};
use crate::capture::{FrameNumber, Timestamp};
use crate::lens::wireshark::Row;
use std::net::IpAddr;

/// Layers nested deeper than this are left alone.
const DEEPEST: u8 = 32;

/// Whether an ICMP error quotes the packet at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    No,
    Icmp,
    Icmpv6,
}

/// Source and destination of the IP header at hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub source: IpAddr,
    pub destination: IpAddr,
}

/// What a network layer comes to.
pub(super) struct Carried {
    /// Octets it takes for its own, header and payload; what follows is padding.
    pub taken: usize,
    /// Whether its dissection broke off.
    pub outcome: Dissected,
}

impl Carried {
    /// A layer that takes all there is.
    pub const fn all(view: View<'_>, outcome: Dissected) -> Self {
        Self { taken: view.reported(), outcome }
    }
}

/// State of the dissection of one frame.
pub(super) struct Frame<'s> {
    /// Its number.
    pub number: FrameNumber,
    /// Octets the frame had on the wire.
    pub original_len: usize,
    /// Octets of frame check sequence, where the capture says so.
    pub fcs_len: u8,
    /// The outermost VLAN identifier, which Wireshark's reassembly of private addresses looks at.
    pub vlan: Option<u16>,
    /// The protocol at work, which a broken packet is reported under.
    pub protocol: &'static str,
    /// Whether an error quotes what is being dissected.
    pub quoting: Quoting,
    /// When it was captured.
    pub time: Timestamp,
    /// Whether TCP headers are drawn, or only passed over.
    pub whole: bool,
    /// Numbers of address pairs.
    pub conversations: &'s mut Conversations,
    /// Fragments waiting for their datagrams.
    pub fragments: &'s mut Fragments,
    sources: Vec<Vec<u8>>,
    rows: std::slice::Iter<'s, Row>,
    depth: u8,
}

impl<'s> Frame<'s> {
    /// A frame about to be dissected; `rows` are taken in the order of its TCP headers.
    pub fn new(
        number: FrameNumber,
        data: &[u8],
        conversations: &'s mut Conversations,
        fragments: &'s mut Fragments,
        rows: &'s [Row],
    ) -> Self {
        Self {
            number,
            original_len: data.len(),
            fcs_len: 0,
            vlan: None,
            protocol: "Frame",
            quoting: Quoting::No,
            time: Timestamp::default(),
            whole: true,
            conversations,
            fragments,
            sources: vec![data.to_vec()],
            rows: rows.iter(),
            depth: 0,
        }
    }

    /// What the lens says of the next TCP header.
    pub fn next_row(&mut self) -> Option<&'s Row> {
        self.rows.next()
    }

    /// Counts a datagram to its UDP conversation.
    pub fn count_datagram(&mut self, pair: Pair, source: u16, destination: u16) -> Datagram {
        let (from, to) = ((pair.source, source), (pair.destination, destination));
        self.conversations.udp(from, to, self.time)
    }

    /// Keeps a reassembled datagram and says which source it is.
    pub fn add_source(&mut self, data: &[u8]) -> usize {
        self.sources.push(data.to_vec());
        self.sources.len() - 1
    }

    /// Enters one more layer; `false` where there are too many.
    pub const fn enter(&mut self) -> bool {
        self.depth = self.depth.saturating_add(1);
        self.depth <= DEEPEST
    }

    /// The finished tree; a dissection that stopped early says why in its last lines.
    pub fn finish(self, mut layers: Vec<Node>, stop: Option<Stop>) -> Tree {
        if let Some(stop) = stop {
            report_stop(&mut layers, stop, self.protocol);
        }
        Tree { frame: self.number, sources: self.sources, layers }
    }
}

/// What is said of an item that claims more octets than what holds it has.
const CONTAINED: &str = ": length of contained item exceeds length of containing item";

/// The lines with which Wireshark ends a layer that broke off.
pub(super) fn report_stop(layers: &mut Vec<Node>, stop: Stop, protocol: &str) {
    match stop {
        Stop::Limited => {
            let label = format!("[Packet size limited during capture: {protocol} truncated]");
            push(layers, Node { field: "_ws.short", ..Node::text(label) });
        }
        Stop::Unreassembled => {
            let label = format!("[Unreassembled Packet: {protocol}]");
            push(layers, Node { field: "_ws.unreassembled", ..Node::text(label) });
        }
        Stop::Malformed | Stop::Contained => {
            let fault = if stop == Stop::Contained { CONTAINED } else { "" };
            let label = format!("[Malformed Packet: {protocol}{fault}]");
            let node = push(layers, Node { field: "_ws.malformed", ..Node::text(label) });
            let text = "Malformed Packet (Exception occurred)";
            remark(node, "_ws.malformed.expert", Severity::Error, Group::Malformed, text);
        }
    }
}
