//! The TCP header (RFC 9293 §3.1) with its options, and what the lens concluded about it.

mod accurate_ecn;
mod analysis;
mod experimental;
mod fast_open;
mod flags;
mod header;
mod kind;
mod mptcp;
mod options;
mod payload;
mod riverbed;
mod sack;
mod scps;
mod simple;

use super::frame::{Frame, Pair, Quoting};
use super::multipath::Share;
use super::tree::{Node, push};
use super::view::{Dissected, View};
use crate::lens::wireshark::{Reached, Row};
use crate::wire::{Flags, SeqNum};
use std::cell::Cell;

/// Octets of the fixed header.
const FIXED: usize = 20;

/// Octets an error must quote for more than ports and sequence number to be looked at.
const QUOTED_HEADER: usize = 14;

/// One TCP header at work: its octets, its control bits, and what the lens says of it.
struct Segment<'v> {
    view: View<'v>,
    flags: Flags,
    /// What the lens says of it; without it the raw numbers are shown.
    row: Option<&'v Row>,
    /// Whether it is quoted by an ICMP error.
    quoted: bool,
    /// Whether its data had been handed on before.
    repeats: bool,
    /// What its MPTCP options belong to, if it has any.
    share: Share,
    /// The protocol at work, which a segment that breaks off is reported under.
    protocol: Cell<&'static str>,
}

/// Dissects a TCP segment.
pub(super) fn dissect(frame: &mut Frame<'_>, view: View<'_>, pair: Pair, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "TCP";
    let row = frame.next_row();
    let repeats = hand_on(frame, view, pair, row);
    let share = note_multipath(frame, view, pair, row).unwrap_or_default();
    if !frame.whole {
        return Ok(());
    }
    let (source, destination) = (view.u16(0)?, view.u16(2)?);
    let title = format!("Transmission Control Protocol, Src Port: {source}, Dst Port: {destination}");
    let node = push(out, Node { field: "tcp", ..Node::text(title) }.at(view.octets(0, FIXED)));
    node.add(Node::new("tcp.srcport", view.octets(0, 2), source, format!("Source Port: {source}")));
    node.add(Node::new("tcp.dstport", view.octets(2, 2), destination, format!("Destination Port: {destination}")));
    let quoted = frame.quoting == Quoting::Icmp;
    if quoted {
        let seq = view.u32(4)?;
        node.add(Node::new("tcp.seq", view.octets(4, 4), seq, format!("Sequence Number: {seq}")));
    }
    if frame.quoting != Quoting::No && view.captured() < QUOTED_HEADER {
        return Ok(());
    }
    let octet = view.u8(12)?;
    let flags = Flags(view.u16(12)? & 0x0fff);
    let segment = Segment { view, flags, row, quoted, repeats, share, protocol: Cell::new(frame.protocol) };
    let drawn = header::draw(node, &segment, usize::from(octet >> 4) * 4);
    frame.protocol = segment.protocol.get();
    drawn
}

/// Tells the MPTCP connections of the segment's options, as far as they can be read.
fn note_multipath(frame: &mut Frame<'_>, view: View<'_>, pair: Pair, row: Option<&Row>) -> Option<Share> {
    let stream = row.filter(|row| row.reached >= Reached::Options)?.stream?;
    let (source, destination) = (view.u16(0).ok()?, view.u16(2).ok()?);
    let length = usize::from(view.u8(12).ok()? >> 4) * 4;
    let options = view.first(length).skip(FIXED).data();
    let (from, to) = ((pair.source, source), (pair.destination, destination));
    frame.conversations.multipath.note(stream, from, to, options)
}

/// Hands the segment's data on, unless it is a reset's; whether that had been done before.
fn hand_on(frame: &mut Frame<'_>, view: View<'_>, pair: Pair, row: Option<&Row>) -> bool {
    let Some((row, stream, len)) = row.and_then(|row| Some((row, row.stream?, row.len?))) else { return false };
    let reached = row.reached == Reached::Analysis && len > 0;
    let (Ok(port), Ok(seq), Ok(bits)) = (view.u16(0), view.u32(4), view.u16(12)) else { return false };
    if !reached || Flags(bits).has(Flags::RST) {
        return false;
    }
    let start = SeqNum(seq);
    frame.conversations.hand_on(stream, (pair.source, port), start, start + len)
}
