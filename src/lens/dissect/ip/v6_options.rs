//! Hop-by-hop and destination options of IPv6 (RFC 8200 §4.3, §4.6).

use super::option::{QuickStart, quick_start};
use super::v6::Header;
use crate::lens::dissect::expert::{Group, Severity, remark};
use crate::lens::dissect::names::protocol;
use crate::lens::dissect::text::{bits, hex};
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::{Dissected, View};
use crate::lens::wireshark::text::Spelled;

const QUICK_START: QuickStart = QuickStart {
    function: "ipv6.opt.qs_func",
    rate: "ipv6.opt.qs_rate",
    ttl: "ipv6.opt.qs_ttl",
    ttl_diff: "ipv6.opt.qs_ttl_diff",
    unused: "ipv6.opt.qs_unused",
    nonce: "ipv6.opt.qs_nonce",
    reserved: "ipv6.opt.qs_reserved",
};

/// The least length a jumbo payload option may give (RFC 2675 §3).
const LEAST_JUMBO: u32 = 65_536;

/// Draws the options header at the start of `view`; the length that a jumbo payload option gives, if there is one.
pub(super) fn dissect(node: &mut Node, view: View<'_>, hop_by_hop: bool, header: &Header) -> Dissected<Option<usize>> {
    let (next, units) = (view.u8(0)?, view.u8(1)?);
    let length = (usize::from(units) + 1) * 8;
    let (name, field, next_field, length_field, octets_field) = if hop_by_hop {
        let fields = ["ipv6.hopopts", "ipv6.hopopts.nxt", "ipv6.hopopts.len", "ipv6.hopopts.len_oct"];
        ("IPv6 Hop-by-Hop Option", fields[0], fields[1], fields[2], fields[3])
    } else {
        let fields = ["ipv6.dstopts", "ipv6.dstopts.nxt", "ipv6.dstopts.len", "ipv6.dstopts.len_oct"];
        ("Destination Options for IPv6", fields[0], fields[1], fields[2], fields[3])
    };
    let list = node.add(Node { field, ..Node::text(name) }.at(view.octets(0, length)));
    if hop_by_hop && !header.at_start(view) {
        let text = "IPv6 Hop-by-Hop extension header must appear immediately after IPv6 header";
        remark(list, "ipv6.hopopts.not_first", Severity::Error, Group::Protocol, text);
    }
    let label = format!("Next Header: {} ({next})", protocol(next));
    list.add(Node::new(next_field, view.octets(0, 1), next, label));
    list.add(Node::new(length_field, view.octets(1, 1), units, format!("Length: {units}")));
    let label = format!("Length: {length} bytes");
    list.add(Node::concluded(octets_field, length, label).at(view.octets(1, 1)));
    let mut at = 2;
    let mut jumbo = None;
    while at < length {
        let kind = view.u8(at)?;
        if kind == 0 {
            let item = list.add(Node { field: "ipv6.opt", ..Node::text("Pad1") }.at(view.octets(at, 1)));
            item.add(Node::new("ipv6.opt.type", view.octets(at, 1), kind, "Type: Pad1 (0x00)"));
            item.add(Node::new("ipv6.opt.pad1", view.octets(at, 1), (), "Pad1"));
            at += 1;
            continue;
        }
        let size = usize::from(view.u8(at + 1)?);
        let found = option(list, view, at, kind, size, header)?;
        jumbo = jumbo.or(found);
        at = at.saturating_add(2 + size);
    }
    Ok(jumbo)
}

fn option(
    list: &mut Node,
    view: View<'_>,
    at: usize,
    kind: u8,
    size: usize,
    header: &Header,
) -> Dissected<Option<usize>> {
    let name = option_name(kind);
    let title = name.map_or_else(|| format!("Unknown IPv6 Option ({kind})"), str::to_owned);
    let node = list.add(Node { field: "ipv6.opt", ..Node::text(title) }.at(view.octets(at, 2 + size)));
    let octets = view.octets(at, 1);
    let label = format!("Type: {} (0x{kind:02x})", name.unwrap_or("Unknown"));
    let item = node.add(Node::new("ipv6.opt.type", octets, kind, label));
    let drawn = |mask: u64, words: String| format!("{} = {words}", bits(kind.into(), mask, 8));
    let action = kind >> 6;
    let words = match action {
        0 => "Skip and continue",
        1 => "Discard",
        2 => "Discard and send ICMP Parameter Problem",
        _ => "Discard and send ICMP if not multicast",
    };
    let label = drawn(0xc0, format!("Action: {words} ({action})"));
    item.add(Node::new("ipv6.opt.type.action", octets, action, label));
    let change = kind & 0x20 != 0;
    let label = drawn(0x20, format!("May Change: {}", if change { "Yes" } else { "No" }));
    item.add(Node::new("ipv6.opt.type.change", octets, change, label));
    let rest = kind & 0x1f;
    item.add(Node::new("ipv6.opt.type.rest", octets, rest, drawn(0x1f, format!("Low-Order Bits: 0x{rest:02x}"))));
    let label = format!("Length: {size}");
    let length_item = node.add(Node::new("ipv6.opt.length", view.octets(at + 1, 1), size, label));
    let body = at + 2;
    if let Some((name, _)) = wanted_size(kind).filter(|&(_, wanted)| wanted != size) {
        let text = format!("{name} ({size} bytes)");
        remark(length_item, "ipv6.opt.invalid_len", Severity::Error, Group::Malformed, &text);
    }
    value(node, view, body, kind, size, header)
}

/// The length of the options that have a fixed one, and what is said of another.
const fn wanted_size(kind: u8) -> Option<(&'static str, usize)> {
    match kind {
        4 => Some(("Tunnel Encapsulation Limit: Invalid length", 1)),
        5 => Some(("Router alert: Invalid Length", 2)),
        0x26 => Some(("Quick-Start: Invalid Length", 6)),
        0xc2 => Some(("Jumbo Payload: Invalid length", 4)),
        0xc9 => Some(("Home Address: Invalid length", 16)),
        _ => None,
    }
}

fn value(
    node: &mut Node,
    view: View<'_>,
    at: usize,
    kind: u8,
    size: usize,
    header: &Header,
) -> Dissected<Option<usize>> {
    let octets = view.octets(at, size);
    match kind {
        1 => {
            let pad = view.bytes(at, size)?;
            let label = format!("PadN: {}", shown(pad, "<none>"));
            node.add(Node::new("ipv6.opt.padn", octets, pad, label));
        }
        4 => {
            let limit = view.u8(at)?;
            let label = format!("Tunnel Encapsulation Limit: {limit}");
            node.add(Node::new("ipv6.opt.tel", view.octets(at, 1), limit, label));
        }
        5 => {
            let alert = view.u16(at)?;
            let label = format!("Router Alert: {} ({alert})", router_alert(alert));
            node.add(Node::new("ipv6.opt.router_alert", view.octets(at, 2), alert, label));
        }
        0x26 => {
            let summary = quick_start(node, view, at, header.hop_limit, &QUICK_START)?;
            // The title leaves out the function.
            let (_, shown) = summary.split_once(')').unwrap_or(("", ""));
            node.extend_label(shown);
        }
        0xc2 => return jumbo(node, view, at, header),
        0xc9 => {
            let ip = view.ipv6(at)?;
            let label = format!("MIPv6 Home Address: {}", Spelled(ip));
            node.add(Node::new("ipv6.opt.mipv6.home_address", view.octets(at, 16), ip, label));
        }
        0x1e | 0x3e | 0x5e | 0x7e | 0x9e | 0xbe | 0xde | 0xfe => {
            let data = view.bytes(at, size)?;
            let label = format!("Experimental Option: {}", shown(data, "<MISSING>"));
            node.add(Node::new("ipv6.opt.experimental", octets, data, label));
        }
        _ => {
            let data = view.bytes(at, size)?;
            let label = format!("Unknown Option Payload: {}", shown(data, "<MISSING>"));
            let item = node.add(Node::new("ipv6.opt.unknown", octets, data, label));
            let text = "Unknown Data (not interpreted)";
            remark(item, "ipv6.opt.unknown_data.expert", Severity::Note, Group::Undecoded, text);
        }
    }
    let Some((_, wanted)) = wanted_size(kind).filter(|&(_, wanted)| wanted < size) else { return Ok(None) };
    let rest = view.bytes(at + wanted, size - wanted)?;
    let octets = view.octets(at + wanted, size - wanted);
    let item = node.add(Node::new("ipv6.opt_unknown_data", octets, rest, format!("Unknown Data: {}", hex(rest))));
    let text = "Unknown Data (not interpreted)";
    remark(item, "ipv6.opt.unknown_data.expert", Severity::Note, Group::Undecoded, text);
    Ok(None)
}

/// Octets in hex, or what stands for none.
fn shown(octets: &[u8], none: &str) -> String {
    if octets.is_empty() { none.to_owned() } else { hex(octets) }
}

fn jumbo(node: &mut Node, view: View<'_>, at: usize, header: &Header) -> Dissected<Option<usize>> {
    let length = view.u32(at)?;
    let octets = view.octets(at, 4);
    let item = node.add(Node::new("ipv6.opt.jumbo", octets, length, format!("Payload Length: {length}")));
    if header.sent_length != 0 {
        let text = "When IPv6 payload length does not equal 0 a Jumbo Payload option must not be present";
        remark(node, "ipv6.opt.jumbo.prohibited", Severity::Warning, Group::Protocol, text);
        return Ok(None);
    }
    if length < LEAST_JUMBO {
        let text = "Jumbo Payload option present and jumbo length < 65536";
        remark(item, "ipv6.opt.jumbo.truncated", Severity::Warning, Group::Protocol, text);
    }
    Ok(usize::try_from(length).ok())
}

const fn router_alert(value: u16) -> &'static str {
    match value {
        0 => "MLD",
        1 => "RSVP",
        2 => "Active Network",
        _ => "Unknown",
    }
}

const fn option_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        0x01 => "PadN",
        0x04 => "Tunnel Encapsulation Limit",
        0x05 => "Router Alert",
        0x07 => "CALIPSO",
        0x08 => "SMF_DPD",
        0x0f => "Performance and Diagnostic Metrics",
        0x13 => "Application-Aware IPv6 Networking (APN6)",
        0x1e => "Experimental (0x1E)",
        0x23 => "RPL Option",
        0x26 => "Quick-Start",
        0x30 => "Path MTU Option",
        0x31 => "IOAM Option",
        0x3e => "Experimental (0x3E)",
        0x41 => "Tunnel Payload Forwarding (TPF) Information",
        0x5e => "Experimental (0x5E)",
        0x63 => "RPL Option (deprecated)",
        0x6d => "MPL Option",
        0x7e => "Experimental (0x7E)",
        0x8a => "Endpoint Identification",
        0x8b => "ILNP Nonce",
        0x8c => "Line-Identification Option",
        0x9e => "Experimental (0x9E)",
        0xbe => "Experimental (0xBE)",
        0xc2 => "Jumbo Payload",
        0xc9 => "Home Address",
        0xde => "Experimental (0xDE)",
        0xee => "IP_DFF",
        0xfe => "Experimental (0xFE)",
        _ => return None,
    })
}
