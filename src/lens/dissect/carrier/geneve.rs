//! Geneve (RFC 8926): frames or packets in UDP, with options.

use super::bit_line;
use crate::lens::dissect::frame::Frame;
use crate::lens::dissect::link;
use crate::lens::dissect::names::ethertype;
use crate::lens::dissect::text::{bits, hex};
use crate::lens::dissect::tree::{Node, push};
use crate::lens::dissect::view::{Dissected, View};

/// The UDP port.
pub(super) const PORT: u16 = 6081;

/// Octets of the fixed header.
const FIXED: usize = 8;

const FALSE_TRUE: [&str; 2] = ["False", "True"];

/// Dissects the header, its options, and what they carry.
pub(super) fn dissect(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "Geneve";
    let (first, flags) = (view.u8(0)?, view.u8(1)?);
    let length = usize::from(first & 0x3f) * 4;
    let network = view.u24(4)?;
    let title = format!("Generic Network Virtualization Encapsulation, VNI: 0x{network:06x}");
    let node = push(out, Node { field: "geneve", ..Node::text(title) }.at(view.octets(0, FIXED + length)));
    let version = first >> 6;
    node.add(Node::new("geneve.version", view.octets(0, 1), version, format!("Version: {version}")));
    node.add(Node::new("geneve.option_length", view.octets(0, 1), length, format!("Length: {length} bytes")));
    draw_flags(node, view, flags);
    let kind = view.u16(2)?;
    let label = format!("Protocol Type: {} (0x{kind:04x})", ethertype(kind).unwrap_or("Unknown"));
    node.add(Node::new("geneve.proto_type", view.octets(2, 2), kind, label));
    let label = format!("Virtual Network Identifier (VNI): 0x{network:06x} ({network})");
    node.add(Node::new("geneve.vni", view.octets(4, 3), network, label));
    let reserved = view.u8(7)?;
    if reserved != 0 {
        let label = format!("Reserved: {reserved}");
        node.add(Node::new("geneve.reserved", view.octets(7, 1), reserved, label));
    }
    if length > 0 {
        options(node, view.skip(FIXED).first(length), length)?;
    }
    link::by_ethertype(frame, kind, view.skip(FIXED + length), out);
    Ok(())
}

fn draw_flags(node: &mut Node, view: View<'_>, flags: u8) {
    let octets = view.octets(1, 1);
    let mut label = format!("Flags: 0x{flags:02x}");
    if flags & 0x80 != 0 {
        label.push_str(", OAM");
    }
    if flags & 0x40 != 0 {
        label.push_str(", Critical Options Present");
    }
    let item = node.add(Node::new("geneve.flags", octets, flags, label));
    let word = u64::from(flags);
    let name = "Operations, Administration and Management Frame";
    bit_line(item, ("geneve.flags.oam", octets), (word, 0x80, 8), name, FALSE_TRUE);
    bit_line(item, ("geneve.flags.critical", octets), (word, 0x40, 8), "Critical Options Present", FALSE_TRUE);
    bit_line(item, ("geneve.flags.reserved", octets), (word, 0x3f, 8), "Reserved", FALSE_TRUE);
}

fn options(node: &mut Node, area: View<'_>, length: usize) -> Dissected {
    let label = format!("Options: ({length} bytes)");
    let list = node.add(Node::new("geneve.options", area.octets(0, length), area.data(), label));
    let mut at = 0;
    while at < length {
        let (class, kind) = (area.u16(at)?, area.u8(at + 2)?);
        let size = 4 + usize::from(area.u8(at + 3)? & 0x1f) * 4;
        let class_name = match class {
            0..=0x00ff => "Standard",
            0xfff0..=0xffff => "Experimental",
            _ => "Unknown",
        };
        let critical = if kind & 0x80 != 0 { " (Critical)" } else { "" };
        let title = format!("Unknown, Class: {class_name} (0x{class:04x}) Type: 0x{kind:02x}{critical}");
        let item = list.add(Node { field: "geneve.option", ..Node::text(title) }.at(area.octets(at, size)));
        let label = format!("Class: {class_name} (0x{class:04x})");
        item.add(Node::new("geneve.option.class", area.octets(at, 2), class, label));
        let label = format!("Type: 0x{kind:02x}{critical}");
        item.add(Node::new("geneve.option.type", area.octets(at + 2, 1), kind, label));
        let octet = area.u8(at + 3)?;
        if octet & 0xe0 != 0 {
            let rest = octet >> 5;
            let label = format!("{} = Flags: 0x{rest:x}", bits(octet.into(), 0xe0, 8));
            item.add(Node::new("geneve.option.flags", area.octets(at + 3, 1), rest, label));
        }
        item.add(Node::new("geneve.option.length", area.octets(at + 3, 1), size, format!("Length: {size} bytes")));
        if size > 4 {
            let data = area.bytes(at + 4, size - 4)?;
            let label = format!("Unknown Option Data: {}", hex(data));
            item.add(Node::new("geneve.option.unknown.data", area.octets(at + 4, size - 4), data, label));
        }
        at += size;
    }
    Ok(())
}
