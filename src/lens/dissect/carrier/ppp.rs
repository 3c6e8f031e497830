//! PPP (RFC 1661), PPP over Ethernet (RFC 2516) and Cisco's HDLC.

use super::mpls;
use crate::lens::dissect::expert::{Group, Severity, remark};
use crate::lens::dissect::frame::Frame;
use crate::lens::dissect::ip;
use crate::lens::dissect::link;
use crate::lens::dissect::names::ethertype;
use crate::lens::dissect::text::bits;
use crate::lens::dissect::tree::{Node, push};
use crate::lens::dissect::view::{Dissected, View};

/// A PPPoE session packet.
pub(in crate::lens::dissect) fn over_ethernet(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "PPPoES";
    let first = view.u8(0)?;
    let node = push(out, Node { field: "pppoes", ..Node::text("PPP-over-Ethernet Session") }.at(view.octets(0, 6)));
    for (field, name, mask, value) in
        [("pppoe.version", "Version", 0xf0, first >> 4), ("pppoe.type", "Type", 0x0f, first & 15)]
    {
        let label = format!("{} = {name}: {value}", bits(first.into(), mask, 8));
        node.add(Node::new(field, view.octets(0, 1), value, label));
    }
    let code = view.u8(1)?;
    let name = if code == 0 { "Session Data" } else { "Unknown" };
    node.add(Node::new("pppoe.code", view.octets(1, 1), code, format!("Code: {name} (0x{code:02x})")));
    let session = view.u16(2)?;
    node.add(Node::new("pppoe.session_id", view.octets(2, 2), session, format!("Session ID: 0x{session:04x}")));
    let length = view.u16(4)?;
    let there = view.reported().saturating_sub(6);
    let note = if usize::from(length) == there { String::new() } else { format!(" [incorrect, should be {there}]") };
    let label = format!("Payload Length: {length}{note}");
    let item = node.add(Node::new("pppoe.payload_length", view.octets(4, 2), length, label));
    if usize::from(length) != there {
        let text = format!("Possible bad payload length {length} != {there}");
        remark(item, "pppoe.payload_length.bad", Severity::Warning, Group::Malformed, &text);
    }
    plain(frame, view.skip(6).first(usize::from(length)), out)
}

/// A frame of PPP or of Cisco's HDLC, which the address tells apart.
pub(in crate::lens::dissect) fn framed(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    match view.u8(0) {
        Ok(0x0f | 0x8f) => cisco(frame, view, out),
        _ => plain(frame, view, out),
    }
}

/// A PPP packet, with or without address and control octets, its protocol in one octet or two.
pub(in crate::lens::dissect) fn plain(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "PPP";
    let first = view.u8(0)?;
    let node = push(out, Node { field: "ppp", ..Node::text("Point-to-Point Protocol") }.at(view.octets(0, 2)));
    let mut at = 0;
    if first == 0xff {
        let control = view.u8(1)?;
        node.add(Node::new("ppp.address", view.octets(0, 1), first, format!("Address: 0x{first:02x}")));
        node.add(Node::new("ppp.control", view.octets(1, 1), control, format!("Control: 0x{control:02x}")));
        at = 2;
    }
    let short = view.u8(at)?;
    let (protocol, size) = if short & 1 == 1 { (u16::from(short), 1) } else { (view.u16(at)?, 2) };
    let name = match protocol {
        0x0021 => "Internet Protocol version 4",
        0x0057 => "Internet Protocol version 6",
        0x0281 => "MPLS Unicast",
        0x8021 => "Internet Protocol Control Protocol",
        0x8057 => "IPv6 Control Protocol",
        0xc021 => "Link Control Protocol",
        _ => "Unknown",
    };
    let label = format!("Protocol: {name} (0x{protocol:04x})");
    node.add(Node::new("ppp.protocol", view.octets(at, size), protocol, label));
    at += size;
    node.octets = Some(view.octets(0, at));
    let payload = view.skip(at);
    match protocol {
        0x0021 => ip::v4(frame, payload, out).outcome,
        0x0057 => ip::v6(frame, payload, out).outcome,
        0x0281 => mpls::dissect(frame, payload, out).outcome,
        _ => Ok(()),
    }
}

/// Cisco's HDLC: address, control and an EtherType.
pub(in crate::lens::dissect) fn cisco(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "CHDLC";
    let address = view.u8(0)?;
    let node = push(out, Node { field: "chdlc", ..Node::text("Cisco HDLC") }.at(view.octets(0, 4)));
    let name = match address {
        0x0f => "Unicast",
        0x8f => "Multicast",
        _ => "Unknown",
    };
    let label = format!("Address: {name} (0x{address:02x})");
    node.add(Node::new("chdlc.address", view.octets(0, 1), address, label));
    let control = view.u8(1)?;
    node.add(Node::new("chdlc.control", view.octets(1, 1), control, format!("Control: 0x{control:02x}")));
    let kind = view.u16(2)?;
    let name = match kind {
        0x0800 => "IP",
        0x8847 => "MPLS unicast",
        _ => ethertype(kind).unwrap_or("Unknown"),
    };
    node.add(Node::new("chdlc.protocol", view.octets(2, 2), kind, format!("Protocol: {name} (0x{kind:04x})")));
    link::by_ethertype(frame, kind, view.skip(4), out);
    Ok(())
}
