//! GRE (RFC 2784, RFC 2890): packets of any protocol in IP.

use super::{bit_line, mpls, ppp};
use crate::lens::dissect::frame::Frame;
use crate::lens::dissect::link;
use crate::lens::dissect::names::gre_protocol;
use crate::lens::dissect::text::bits;
use crate::lens::dissect::tree::{Node, push};
use crate::lens::dissect::view::{Dissected, View};

const NO_YES: [&str; 2] = ["No", "Yes"];

const CHECKSUM: u16 = 0x8000;
const ROUTING: u16 = 0x4000;
const KEY: u16 = 0x2000;
const SEQUENCE: u16 = 0x1000;

/// Dissects the header and what it carries.
pub(in crate::lens::dissect) fn dissect(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "GRE";
    let flags = view.u16(0)?;
    let kind = view.u16(2)?;
    let title = format!("Generic Routing Encapsulation ({})", gre_protocol(kind));
    let index = out.len();
    let node = push(out, Node { field: "gre", ..Node::text(title) }.at(view.octets(0, 4)));
    draw_flags(node, view, flags);
    let label = format!("Protocol Type: {} (0x{kind:04x})", gre_protocol(kind));
    node.add(Node::new("gre.proto", view.octets(2, 2), kind, label));
    let end = optional(node, view, flags)?;
    if let Some(node) = out.get_mut(index) {
        node.octets = Some(view.octets(0, end));
    }
    let payload = view.skip(end);
    match kind {
        0x6558 | 0x6400 => link::ethernet::dissect(frame, payload, out),
        0x880b => ppp::plain(frame, payload, out),
        0x8847 | 0x8848 => mpls::dissect(frame, payload, out).outcome,
        0x88be => erspan(frame, payload, flags & SEQUENCE != 0, out),
        _ => {
            link::by_ethertype(frame, kind, payload, out);
            Ok(())
        }
    }
}

fn draw_flags(node: &mut Node, view: View<'_>, flags: u16) {
    let octets = view.octets(0, 2);
    let item = node.add(Node::new("gre.flags_and_version", octets, flags, format!("Flags and Version: 0x{flags:04x}")));
    let word = u64::from(flags);
    bit_line(item, ("gre.flags.checksum", octets), (word, CHECKSUM.into(), 16), "Checksum Bit", NO_YES);
    bit_line(item, ("gre.flags.routing", octets), (word, ROUTING.into(), 16), "Routing Bit", NO_YES);
    bit_line(item, ("gre.flags.key", octets), (word, KEY.into(), 16), "Key Bit", NO_YES);
    bit_line(item, ("gre.flags.sequence_number", octets), (word, SEQUENCE.into(), 16), "Sequence Number Bit", NO_YES);
    bit_line(item, ("gre.flags.strict_source_route", octets), (word, 0x0800, 16), "Strict Source Route Bit", NO_YES);
    let recursion = flags >> 8 & 7;
    let label = format!("{} = Recursion control: {recursion}", bits(word, 0x0700, 16));
    item.add(Node::new("gre.flags.recursion_control", octets, recursion, label));
    let version = flags & 7;
    if version == 1 {
        bit_line(item, ("gre.flags.ack", octets), (word, 0x0080, 16), "Acknowledgment", NO_YES);
    }
    let mask = if version == 1 { 0x0078 } else { 0x00f8 };
    let rest = (flags & mask) >> 3;
    let label = format!("{} = Flags (Reserved): {rest}", bits(word, mask.into(), 16));
    item.add(Node::new("gre.flags.reserved", octets, rest, label));
    let name = match version {
        0 => "GRE",
        1 => "Enhanced GRE",
        _ => "Unknown",
    };
    let label = format!("{} = Version: {name} ({version})", bits(word, 7, 16));
    item.add(Node::new("gre.flags.version", octets, version, label));
}

/// Checksum, key and sequence number, where the flags announce them; where the payload begins.
fn optional(node: &mut Node, view: View<'_>, flags: u16) -> Dissected<usize> {
    let mut at = 4;
    if flags & (CHECKSUM | ROUTING) != 0 {
        let sum = view.u16(at)?;
        let label = format!("Checksum: 0x{sum:04x} [unverified]");
        node.add(Node::new("gre.checksum", view.octets(at, 2), sum, label));
        let offset = view.u16(at + 2)?;
        node.add(Node::new("gre.offset", view.octets(at + 2, 2), offset, format!("Offset: {offset}")));
        at += 4;
    }
    if flags & KEY != 0 {
        if flags & 7 == 1 {
            let (length, call) = (view.u16(at)?, view.u16(at + 2)?);
            node.add(Node::new(
                "gre.key.payload_length",
                view.octets(at, 2),
                length,
                format!("Payload Length: {length}"),
            ));
            node.add(Node::new("gre.key.call_id", view.octets(at + 2, 2), call, format!("Call ID: {call}")));
        } else {
            let key = view.u32(at)?;
            node.add(Node::new("gre.key", view.octets(at, 4), key, format!("Key: 0x{key:08x}")));
        }
        at += 4;
    }
    if flags & SEQUENCE != 0 {
        let number = view.u32(at)?;
        let label = format!("Sequence Number: {number}");
        node.add(Node::new("gre.sequence_number", view.octets(at, 4), number, label));
        at += 4;
    }
    if flags & 7 == 1 && flags & 0x0080 != 0 {
        let number = view.u32(at)?;
        let label = format!("Acknowledgment Number: {number}");
        node.add(Node::new("gre.ack_number", view.octets(at, 4), number, label));
        at += 4;
    }
    Ok(at)
}

/// ERSPAN: mirrored Ethernet frames; type II has a header of eight octets, type I none and no sequence number.
fn erspan(frame: &mut Frame<'_>, view: View<'_>, second: bool, out: &mut Vec<Node>) -> Dissected {
    if !second {
        return link::ethernet::dissect(frame, view, out);
    }
    let label = "Encapsulated Remote Switch Packet ANalysis Type II";
    push(out, Node { field: "erspan", ..Node::text(label) }.at(view.octets(0, 8)));
    link::ethernet::dissect(frame, view.skip(8), out)
}
