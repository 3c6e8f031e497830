//! Linux cooked capture, versions 1 and 2: what a capture on the `any` interface has instead of a link layer.

use super::trailer;
use crate::lens::dissect::frame::Frame;
use crate::lens::dissect::names::{ethertype, gre_protocol, hardware};
use crate::lens::dissect::text::{hex, mac};
use crate::lens::dissect::tree::{Node, push};
use crate::lens::dissect::view::{Dissected, View};

/// Hardware type of a GRE tunnel device, whose protocol field is GRE's.
const GRE: u16 = 778;

/// Version 1 (link type 113).
pub(super) fn v1(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "SLL";
    let node = push(out, Node { field: "sll", ..Node::text("Linux cooked capture v1") }.at(view.octets(0, 16)));
    packet_type(node, view, 0, 2)?;
    let kind = hardware_type(node, view, 2)?;
    let length = usize::from(view.u16(4)?);
    node.add(Node::new("sll.halen", view.octets(4, 2), length, format!("Link-layer address length: {length}")));
    address(node, view, 6, length)?;
    protocol(frame, view, 14, kind, view.skip(16), out)
}

/// Version 2 (link type 276).
pub(super) fn v2(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "SLL";
    let node = push(out, Node { field: "sll", ..Node::text("Linux cooked capture v2") }.at(view.octets(0, 20)));
    let kind = view.u16(8)?;
    protocol_line(node, view, 0, kind)?;
    let reserved = view.bytes(2, 2)?;
    node.add(Node::new("sll.unused", view.octets(2, 2), reserved, format!("Reserved: {}", hex(reserved))));
    let interface = view.u32(4)?;
    node.add(Node::new("sll.ifindex", view.octets(4, 4), interface, format!("Interface index: {interface}")));
    hardware_type(node, view, 8)?;
    packet_type(node, view, 10, 1)?;
    let length = usize::from(view.u8(11)?);
    node.add(Node::new("sll.halen", view.octets(11, 1), length, format!("Link-layer address length: {length}")));
    address(node, view, 12, length)?;
    carry(frame, view.u16(0)?, kind, view.skip(20), out)
}

fn packet_type(node: &mut Node, view: View<'_>, at: usize, len: usize) -> Dissected {
    let value = if len == 1 { u16::from(view.u8(at)?) } else { view.u16(at)? };
    let name = match value {
        0 => "Unicast to us",
        1 => "Broadcast",
        2 => "Multicast",
        3 => "Unicast to another host",
        4 => "Sent by us",
        _ => "Unknown",
    };
    node.add(Node::new("sll.pkttype", view.octets(at, len), value, format!("Packet type: {name} ({value})")));
    Ok(())
}

fn hardware_type(node: &mut Node, view: View<'_>, at: usize) -> Dissected<u16> {
    let kind = view.u16(at)?;
    let label = format!("Link-layer address type: {} ({kind})", hardware(kind));
    node.add(Node::new("sll.hatype", view.octets(at, 2), kind, label));
    Ok(kind)
}

/// The eight octets that hold the sender's address: four and six octets are drawn as addresses.
fn address(node: &mut Node, view: View<'_>, at: usize, length: usize) -> Dissected {
    match length {
        4 => {
            let ip = view.ipv4(at)?;
            node.add(Node::new("sll.src.ipv4", view.octets(at, 4), ip, format!("Source: {ip}")));
        }
        6 => {
            let octets = view.bytes(at, 6)?;
            node.add(Node::new("sll.src.eth", view.octets(at, 6), octets, format!("Source: {}", mac(octets))));
        }
        0 => {}
        _ => {
            let length = length.min(8);
            let octets = view.bytes(at, length)?;
            node.add(Node::new("sll.src.other", view.octets(at, length), octets, format!("Source: {}", hex(octets))));
        }
    }
    let used = length.min(8);
    if used < 8 {
        let octets = view.bytes(at + used, 8 - used)?;
        node.add(Node::new("sll.unused", view.octets(at + used, 8 - used), octets, format!("Unused: {}", hex(octets))));
    }
    Ok(())
}

fn protocol(
    frame: &mut Frame<'_>,
    view: View<'_>,
    at: usize,
    hardware: u16,
    payload: View<'_>,
    out: &mut Vec<Node>,
) -> Dissected {
    if let Some(node) = out.last_mut() {
        protocol_line(node, view, at, hardware)?;
    }
    carry(frame, view.u16(at)?, hardware, payload, out)
}

fn protocol_line(node: &mut Node, view: View<'_>, at: usize, hardware: u16) -> Dissected {
    let value = view.u16(at)?;
    let (field, name) = match value {
        _ if hardware == GRE => ("sll.gretype", gre_protocol(value)),
        0..=1536 => ("sll.ltype", internal_protocol(value)),
        _ => ("sll.etype", ethertype(value).unwrap_or("Unknown")),
    };
    node.add(Node::new(field, view.octets(at, 2), value, format!("Protocol: {name} (0x{value:04x})")));
    Ok(())
}

fn carry(frame: &mut Frame<'_>, kind: u16, hardware: u16, payload: View<'_>, out: &mut Vec<Node>) -> Dissected {
    match kind {
        3 if hardware != GRE => super::ethernet::dissect(frame, payload, out),
        4 if hardware != GRE => super::llc::dissect(frame, payload, out),
        _ => {
            let index = out.len().saturating_sub(1);
            let taken = super::by_ethertype(frame, kind, payload, out);
            trailer::cooked(payload, taken, out.get_mut(index))
        }
    }
}

const fn internal_protocol(value: u16) -> &'static str {
    match value {
        0x01 => "Raw 802.3",
        0x03 => "Ethernet",
        0x04 => "802.2 LLC",
        0x07 => "PPP (HDLC)",
        0x0c => "CAN",
        0x0d => "CAN FD",
        0x17 => "IrDA LAP",
        0xf5 => "ISI",
        0xf6 => "IEEE 802.15.4",
        0xfa => "MCTP",
        _ => "Unknown",
    }
}
