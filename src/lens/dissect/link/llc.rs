//! Logical link control (IEEE 802.2) with SNAP, the way by which IP goes in frames that carry a length.

use crate::lens::dissect::frame::Frame;
use crate::lens::dissect::names::ethertype;
use crate::lens::dissect::text::{bits, mac};
use crate::lens::dissect::tree::{Node, push};
use crate::lens::dissect::view::{Dissected, View};

/// The service access points of SNAP and of IP.
const SNAP: u8 = 0xaa;
const IP: u8 = 0x06;

/// Unnumbered information, the only frame that carries packets.
const INFORMATION: u8 = 0x03;

/// Dissects a header with SNAP or IP behind it; others are left alone.
pub(super) fn dissect(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "LLC";
    let (destination, source, control) = (view.u8(0)?, view.u8(1)?, view.u8(2)?);
    let carries_ip = matches!(destination & 0xfe, SNAP | IP) && control == INFORMATION;
    if !carries_ip {
        return Ok(());
    }
    let snap = destination & 0xfe == SNAP;
    let size = if snap { 8 } else { 3 };
    let node = push(out, Node { field: "llc", ..Node::text("Logical-Link Control") }.at(view.octets(0, size)));
    let points = [
        ("llc.dsap", "DSAP", destination, "llc.dsap.sap", "llc.dsap.ig", "IG Bit", ["Individual", "Group"]),
        ("llc.ssap", "SSAP", source, "llc.ssap.sap", "llc.ssap.cr", "CR Bit", ["Command", "Response"]),
    ];
    for (at, (field, name, value, sap, low, low_name, words)) in points.into_iter().enumerate() {
        let octets = view.octets(at, 1);
        let point = point_name(value & 0xfe);
        let item = node.add(Node::new(field, octets, value, format!("{name}: {point} (0x{value:02x})")));
        let label = format!("{} = SAP: {point}", bits(value.into(), 0xfe, 8));
        item.add(Node::new(sap, octets, value >> 1, label));
        let bit = value & 1 == 1;
        let label = format!("{} = {low_name}: {}", bits(value.into(), 1, 8), if bit { words[1] } else { words[0] });
        item.add(Node::new(low, octets, bit, label));
    }
    let octets = view.octets(2, 1);
    let item = node.add(Node::new("llc.control", octets, control, "Control field: U, func=UI (0x03)"));
    let label = format!("{} = Command: Unnumbered Information (0x00)", bits(control.into(), 0xec, 8));
    item.add(Node::new("llc.control.u_modifier_cmd", octets, 0_u8, label));
    let label = format!("{} = Frame type: Unnumbered frame (0x3)", bits(control.into(), 3, 8));
    item.add(Node::new("llc.control.ftype", octets, 3_u8, label));
    if !snap {
        super::by_ethertype(frame, 0x0800, view.skip(size), out);
        return Ok(());
    }
    let organization = view.bytes(3, 3)?;
    let name = match organization {
        [0, 0, 0] => " (Officially Xerox, but 0:0:0:0:0:0 is more common)",
        _ => "",
    };
    let label = format!("Organization Code: {}{name}", mac(organization));
    node.add(Node::new("llc.oui", view.octets(3, 3), organization, label));
    let kind = view.u16(6)?;
    let label = format!("Type: {} (0x{kind:04x})", ethertype(kind).unwrap_or("Unknown"));
    node.add(Node::new("llc.type", view.octets(6, 2), kind, label));
    super::by_ethertype(frame, kind, view.skip(size), out);
    Ok(())
}

const fn point_name(point: u8) -> &'static str {
    match point {
        SNAP => "SNAP",
        IP => "TCP/IP",
        _ => "Unknown",
    }
}
