//! Routing headers of IPv6: source route, mobility, RPL, segment routing (RFC 8200 §4.4, RFC 6275, RFC 6554, RFC 8754).

use super::v6::Header;
use crate::lens::dissect::expert::{Group, Severity, remark};
use crate::lens::dissect::frame::Frame;
use crate::lens::dissect::names::protocol;
use crate::lens::dissect::text::{bits, hex};
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::{Dissected, View};
use crate::lens::wireshark::text::Spelled;
use std::net::{IpAddr, Ipv6Addr};

/// Draws the routing header at the start of `view`.
pub(super) fn dissect(frame: &mut Frame<'_>, node: &mut Node, view: View<'_>, header: &Header) -> Dissected {
    frame.protocol = "IPv6 Routing";
    let (next, units) = (view.u8(0)?, view.u8(1)?);
    let length = (usize::from(units) + 1) * 8;
    let kind = view.u8(2)?;
    let name = kind_name(kind);
    let title = match name {
        Some(name) => format!("Routing Header for IPv6 ({name})"),
        None => format!("Routing Header for IPv6 (Unknown type {kind})"),
    };
    let item = node.add(Node { field: "ipv6.routing", ..Node::text(title) }.at(view.octets(0, length)));
    let label = format!("Next Header: {} ({next})", protocol(next));
    item.add(Node::new("ipv6.routing.nxt", view.octets(0, 1), next, label));
    item.add(Node::new("ipv6.routing.len", view.octets(1, 1), units, format!("Length: {units}")));
    let label = format!("Length: {length} bytes");
    item.add(Node::concluded("ipv6.routing.len_oct", length, label).at(view.octets(1, 1)));
    let label = format!("Type: {} ({kind})", name.unwrap_or("Unknown"));
    let line = item.add(Node::new("ipv6.routing.type", view.octets(2, 1), kind, label));
    if kind == 0 {
        let text = "Routing header type is deprecated";
        remark(line, "ipv6.routing.deprecated", Severity::Note, Group::Deprecated, text);
    }
    let left = view.u8(3)?;
    let line = item.add(Node::new("ipv6.routing.segleft", view.octets(3, 1), left, format!("Segments Left: {left}")));
    if kind == 2 && left != 1 {
        let text = "IPv6 Type 2 Routing Header segments left field must equal 1";
        remark(line, "ipv6.routing.invalid_segleft", Severity::Warning, Group::Protocol, text);
    } else if kind == 0 && usize::from(left) > (length - 8) / 16 {
        let text = "IPv6 Type 0 Routing Header segments left field must not exceed address count";
        remark(line, "ipv6.routing.invalid_segleft", Severity::Warning, Group::Protocol, text);
    }
    let body = view.first(length);
    match kind {
        0 => plain(item, body, "ipv6.routing.src.reserved", "ipv6.routing.src.addr"),
        2 => plain(item, body, "ipv6.routing.mipv6.reserved", "ipv6.routing.mipv6.home_address"),
        3 => rpl(item, body, header),
        4 => segments(item, body),
        _ => {
            let data = body.bytes(4, length - 4)?;
            let label = format!("Type-Specific Data: {}", hex(data));
            let line = item.add(Node::new("ipv6.routing.unknown_data", body.octets(4, length - 4), data, label));
            let text = "Undecoded IPv6 routing header field";
            remark(line, "ipv6.routing.undecoded", Severity::Note, Group::Undecoded, text);
            Ok(())
        }
    }
}

fn plain(node: &mut Node, body: View<'_>, reserved: &'static str, address: &'static str) -> Dissected {
    let octets = body.bytes(4, 4)?;
    node.add(Node::new(reserved, body.octets(4, 4), octets, format!("Reserved: {}", hex(octets))));
    addresses(node, body, address, 1)
}

fn addresses(node: &mut Node, body: View<'_>, field: &'static str, first: usize) -> Dissected {
    for (index, at) in (8..body.reported().saturating_sub(15)).step_by(16).enumerate() {
        let ip = body.ipv6(at)?;
        node.add(Node::new(field, body.octets(at, 16), ip, format!("Address[{}]: {}", index + first, Spelled(ip))));
    }
    Ok(())
}

fn segments(node: &mut Node, body: View<'_>) -> Dissected {
    let last = body.u8(4)?;
    node.add(Node::new("ipv6.routing.srh.last_entry", body.octets(4, 1), last, format!("Last Entry: {last}")));
    let flags = body.u8(5)?;
    node.add(Node::new("ipv6.routing.srh.flags", body.octets(5, 1), flags, format!("Flags: 0x{flags:02x}")));
    let tag = body.bytes(6, 2)?;
    node.add(Node::new("ipv6.routing.srh.tag", body.octets(6, 2), tag, format!("Tag: {}", hex(tag))));
    let listed = body.first(8 + (usize::from(last) + 1) * 16);
    addresses(node, listed, "ipv6.routing.srh.addr", 0)
}

/// An RPL source route, whose addresses leave out the octets they share with the destination (RFC 6554 §3).
fn rpl(node: &mut Node, body: View<'_>, header: &Header) -> Dissected {
    let word = body.u32(4)?;
    let octets = body.octets(4, 4);
    let fields = [
        ("ipv6.routing.rpl.cmprI", "Compressed Internal Octets (CmprI)", 0xf000_0000_u32),
        ("ipv6.routing.rpl.cmprE", "Compressed Final Octets (CmprE)", 0x0f00_0000),
        ("ipv6.routing.rpl.pad", "Padding Bytes", 0x00f0_0000),
        ("ipv6.routing.rpl.reserved", "Reserved", 0x000f_ffff),
    ];
    for (field, name, mask) in fields {
        let value = (word & mask) >> mask.trailing_zeros();
        let label = format!("{} = {name}: {value}", bits(word.into(), mask.into(), 32));
        node.add(Node::new(field, octets, value, label));
    }
    let inner = 16 - (word >> 28) as usize;
    let final_one = 16 - (word >> 24 & 15) as usize;
    let pad = (word >> 20 & 15) as usize;
    let room = body.reported().saturating_sub(8 + pad);
    let count = room.saturating_sub(final_one) / inner + 1;
    let label = format!("Total Address Count: {count}");
    node.add(Node::concluded("ipv6.routing.rpl.addr_count", count, label));
    let IpAddr::V6(destination) = header.destination else { return Ok(()) };
    let mut at = 8;
    for index in 1..=count {
        let size = if index == count { final_one } else { inner };
        let shown = body.bytes(at, size)?;
        let address =
            Node::new("ipv6.routing.rpl.address", body.octets(at, size), shown, format!("Address: {}", hex(shown)));
        node.add(address);
        let mut full = destination.octets();
        if let Some(tail) = full.get_mut(16 - size..) {
            tail.copy_from_slice(shown);
        }
        let full = IpAddr::from(Ipv6Addr::from(full));
        let label = format!("Address[{index}]: {full}");
        let line = node.add(Node::concluded("ipv6.routing.rpl.full_address", full, label).at(body.octets(at, size)));
        if full == header.destination {
            let text = "Destination address must not appear in the source route list";
            remark(line, "ipv6.src_route_list.dst_addr", Severity::Warning, Group::Protocol, text);
        }
        at += size;
    }
    Ok(())
}

const fn kind_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        0 => "Source Route",
        1 => "Nimrod",
        2 => "Type 2 Routing",
        3 => "RPL Source Route",
        4 => "Segment Routing",
        5 => "Compact Routing Header 16",
        6 => "Compact Routing Header 32",
        253 => "Experiment 1",
        254 => "Experiment 2",
        _ => return None,
    })
}
