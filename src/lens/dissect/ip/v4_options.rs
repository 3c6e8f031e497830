//! IPv4 options (RFC 791 §3.1 and the registry of IP option numbers).

use super::option::{QuickStart, ipv4_router_alert, quick_start};
use super::route;
use crate::lens::dissect::expert::{Group, Severity, remark, remark_line};
use crate::lens::dissect::text::{bits, hex, plural};
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::{Dissected, View};
use std::net::IpAddr;

/// Loose and strict source route.
const SOURCE_ROUTES: [u8; 2] = [131, 137];

/// Quick-Start, whose command is read before anything is drawn.
const QUICK_START_KIND: u8 = 25;

const QUICK_START: QuickStart = QuickStart {
    function: "ip.opt.qs_func",
    rate: "ip.opt.qs_rate",
    ttl: "ip.opt.qs_ttl",
    ttl_diff: "ip.opt.qs_ttl_diff",
    unused: "ip.opt.qs_unused",
    nonce: "ip.opt.qs_nonce",
    reserved: "ip.opt.qs_reserved",
};

/// What an option list needs to know of one kind.
struct Kind {
    name: &'static str,
    field: &'static str,
    /// Octets it must have, or at least have.
    length: Option<usize>,
    deprecated: bool,
}

const fn kind(number: u8) -> Option<Kind> {
    const fn of(name: &'static str, field: &'static str, length: Option<usize>) -> Option<Kind> {
        Some(Kind { name, field, length, deprecated: false })
    }
    match number {
        7 => of("Record Route", "ip.options.record_route", None),
        11 => of("MTU Probe", "ip.options.mtu_probe", Some(4)),
        12 => of("MTU Reply", "ip.options.mtu_reply", Some(4)),
        25 => of("Quick-Start", "ip.options.qs", Some(8)),
        68 => of("Time Stamp", "ip.options.timestamp", None),
        82 => Some(Kind { name: "Traceroute", field: "ip.options.traceroute", length: Some(12), deprecated: true }),
        130 => of("Security", "ip.options.security", None),
        131 => of("Loose Source Route", "ip.options.route", None),
        133 => of("Extended Security", "ip.options.ext_security", None),
        136 => Some(Kind { name: "Stream ID", field: "ip.options.sid", length: Some(4), deprecated: true }),
        137 => of("Strict Source Route", "ip.options.source_route", None),
        148 => of("Router Alert", "ip.options.routeralert", Some(4)),
        149 => {
            Some(Kind { name: "Selective Directed Broadcast", field: "ip.options.sdb", length: None, deprecated: true })
        }
        _ => None,
    }
}

/// The last address of the first source route whose pointer still points into it (RFC 791 §3.1).
///
/// # Errors
///
/// Where the options were cut before that can be told.
pub(super) fn source_route(area: View<'_>) -> Dissected<Option<IpAddr>> {
    let mut at = 0;
    while at < area.reported() {
        let number = area.u8(at)?;
        if number == 1 {
            at += 1;
            continue;
        }
        if number == 0 || at + 1 == area.reported() {
            break;
        }
        let length = usize::from(area.u8(at + 1)?);
        if length < 2 || at + length > area.reported() {
            break;
        }
        if SOURCE_ROUTES.contains(&number) {
            let pointer = usize::from(area.u8(at + 2)?);
            let inside = pointer >= 4 && pointer % 4 == 0 && pointer <= length;
            return if inside { area.ipv4(at + length - 4).map(Some) } else { Ok(None) };
        }
        at += length;
    }
    Ok(None)
}

/// Draws the option area under the IPv4 header; `ttl` is the header's.
pub(super) fn dissect(node: &mut Node, area: View<'_>, ttl: u8) -> Dissected {
    let all = area.reported();
    let label = format!("Options: ({all} byte{})", plural(all));
    let list = node.add(Node::new("ip.options", area.octets(0, all), area.data(), label));
    let mut at = 0;
    while at < all {
        let number = area.u8(at)?;
        if number <= 1 {
            let (name, field) = match number {
                0 => ("End of Options List (EOL)", "ip.options.eol"),
                _ => ("No-Operation (NOP)", "ip.options.nop"),
            };
            let label = format!("IP Option - {name}");
            let item = list.add(Node { field, ..Node::text(label) }.at(area.octets(at, 1)));
            draw_type(item, area, at, number);
            at += 1;
            if number == 0 {
                return Ok(());
            }
            continue;
        }
        let Some(length) = length(list, area, at, number)? else { return Ok(()) };
        let option = area.skip(at).first(length);
        option.bytes(0, length)?;
        match kind(number) {
            Some(kind) => {
                known(list, option, number, &kind, ttl)?;
                list.extend_label(&format!(", {}", kind.name));
            }
            None => unknown(list, option, number)?,
        }
        at += length;
    }
    Ok(())
}

/// The length of the option at `at`, or nothing and a remark where the list ends in nonsense.
fn length(list: &mut Node, area: View<'_>, at: usize, number: u8) -> Dissected<Option<usize>> {
    let name = kind(number).map_or_else(|| format!("Unknown (0x{number:02x})"), |kind| kind.name.to_owned());
    let left = area.reported() - at;
    let text = if left < 2 {
        format!("{name} (length byte past end of options)")
    } else {
        let length = usize::from(area.u8(at + 1)?);
        if length >= 2 && length <= left {
            return Ok(Some(length));
        }
        let unit = plural(length);
        if length < 2 {
            format!("{name} (with too-short option length = {length} byte{unit})")
        } else {
            format!("{name} (option length = {length} byte{unit} says option goes past end of options)")
        }
    };
    let item = remark_line(list, "ip.opt.len.invalid", Severity::Warning, Group::Protocol, &text);
    item.octets = Some(area.octets(at, left));
    Ok(None)
}

fn draw_type(node: &mut Node, area: View<'_>, at: usize, number: u8) {
    let octets = area.octets(at, 1);
    let item = node.add(Node::new("ip.opt.type", octets, number, format!("Type: {number}")));
    let drawn = |mask: u64, words: String| format!("{} = {words}", bits(number.into(), mask, 8));
    let copy = number & 0x80 != 0;
    let label = drawn(0x80, format!("Copy on fragmentation: {}", if copy { "Yes" } else { "No" }));
    item.add(Node::new("ip.opt.type.copy", octets, copy, label));
    let class = number >> 5 & 3;
    let name = match class {
        0 => "Control",
        2 => "Debugging and measurement",
        _ => "Reserved for future use",
    };
    let label = drawn(0x60, format!("Class: {name} ({class})"));
    item.add(Node::new("ip.opt.type.class", octets, class, label));
    let low = number & 0x1f;
    let label = drawn(0x1f, format!("Number: {} ({low})", number_name(low)));
    item.add(Node::new("ip.opt.type.number", octets, low, label));
}

fn known(list: &mut Node, option: View<'_>, number: u8, kind: &Kind, ttl: u8) -> Dissected {
    let length = option.reported();
    if number == QUICK_START_KIND {
        option.u8(2)?;
    }
    let title = format!("IP Option - {} ({} bytes)", kind.name, kind.length.unwrap_or(length));
    let node = list.add(Node { field: kind.field, ..Node::text(title) }.at(option.octets(0, length)));
    draw_type(node, option, 0, number);
    let item = node.add(Node::new("ip.opt.len", option.octets(1, 1), length, format!("Length: {length}")));
    if let Some(wanted) = kind.length.filter(|&wanted| wanted != length) {
        let unit = plural(length);
        let text = format!("{} (with option length = {length} byte{unit}; should be {wanted})", kind.name);
        remark(item, "ip.opt.len.invalid", Severity::Warning, Group::Protocol, &text);
    }
    if kind.deprecated {
        remark(node, "ip.opt.deprecated", Severity::Note, Group::Deprecated, "Option type is deprecated");
    }
    match number {
        7 | 131 | 137 => route::recorded(node, option, number == 7),
        11 | 12 => short(node, option, 2, "ip.opt.mtu", "MTU"),
        25 => {
            let summary = quick_start(node, option, 2, ttl, &QUICK_START)?;
            node.extend_label(&format!(": {summary}"));
            Ok(())
        }
        68 => route::time_stamps(node, option),
        82 => traceroute(node, option),
        130 => security(node, option),
        133 => extended_security(node, option),
        136 => short(node, option, 2, "ip.opt.sid", "Stream Identifier"),
        148 => {
            let words = ipv4_router_alert(option.u16(2)?);
            node.extend_label(&format!(": {words}"));
            let label = format!("Router Alert: {words}");
            node.add(Node::new("ip.opt.ra", option.octets(2, 2), option.u16(2)?, label));
            Ok(())
        }
        _ => {
            for at in (2..length.saturating_sub(3)).step_by(4) {
                let ip = option.ipv4(at)?;
                node.add(Node::new("ip.opt.addr", option.octets(at, 4), ip, format!("IP Address: {ip}")));
            }
            let left = (length - 2) % 4;
            if left > 0 {
                let rest = option.bytes(length - left, left)?;
                let octets = option.octets(length - left, left);
                node.add(Node::new("ip.opt.padding", octets, rest, format!("Padding: {}", hex(rest))));
            }
            Ok(())
        }
    }
}

fn unknown(list: &mut Node, option: View<'_>, number: u8) -> Dissected {
    let length = option.reported();
    let title = format!("Unknown (0x{number:02x}) ({length} byte{})", plural(length));
    let node = list.add(Node { field: "ip.options.unknown", ..Node::text(title) }.at(option.octets(0, length)));
    draw_type(node, option, 0, number);
    node.add(Node::new("ip.opt.len", option.octets(1, 1), length, format!("Length: {length}")));
    let data = option.bytes(2, length - 2)?;
    let shown = if data.is_empty() { "<MISSING>".to_owned() } else { hex(data) };
    node.add(Node::new("ip.opt.data", option.octets(2, length - 2), data, format!("Data: {shown}")));
    Ok(())
}

fn short(node: &mut Node, option: View<'_>, at: usize, field: &'static str, name: &str) -> Dissected {
    let value = option.u16(at)?;
    node.add(Node::new(field, option.octets(at, 2), value, format!("{name}: {value}")));
    Ok(())
}

fn traceroute(node: &mut Node, option: View<'_>) -> Dissected {
    short(node, option, 2, "ip.opt.id_number", "ID Number")?;
    short(node, option, 4, "ip.opt.ohc", "Outbound Hop Count")?;
    short(node, option, 6, "ip.opt.rhc", "Return Hop Count")?;
    let ip = option.ipv4(8)?;
    node.add(Node::new("ip.opt.originator", option.octets(8, 4), ip, format!("Originator IP Address: {ip}")));
    Ok(())
}

/// Bits of the protection authority flags (RFC 1108 §2.4).
const AUTHORITIES: [(&str, &str, u8); 5] = [
    ("ip.opt.sec_prot_auth_genser", "GENSER", 0x80),
    ("ip.opt.sec_prot_auth_siop_esi", "SIOP-ESI", 0x40),
    ("ip.opt.sec_prot_auth_sci", "SCI", 0x20),
    ("ip.opt.sec_prot_auth_nsa", "NSA", 0x10),
    ("ip.opt.sec_prot_auth_doe", "DOE", 0x08),
];

fn security(node: &mut Node, option: View<'_>) -> Dissected {
    let level = option.u8(2)?;
    let name = match level {
        0x3d => "Top secret",
        0x5a => "Secret",
        0x96 => "Confidential",
        0xab => "Unclassified",
        0xf1 => "Reserved 1",
        0xcc => "Reserved 2",
        0x66 => "Reserved 3",
        0x01 => "Reserved 4",
        _ => "Unknown",
    };
    let label = format!("Classification Level: {name} (0x{level:02x})");
    node.add(Node::new("ip.opt.sec_cl", option.octets(2, 1), level, label));
    let mut at = 3;
    let mut more = true;
    while more && at < option.reported() {
        let flags = option.u8(at)?;
        more = flags & 1 != 0;
        draw_authorities(node, option, at, flags);
        at += 1;
    }
    if more && at > 3 {
        let text = "Field Termination Indicator set to 1 for last byte of option";
        remark(node, "ip.opt.fti_1_last_byte", Severity::Warning, Group::Protocol, text);
    }
    if at < option.reported() {
        remark(node, "ip.opt.len.extra_found", Severity::Warning, Group::Protocol, "Extraneous data in option");
    }
    Ok(())
}

fn draw_authorities(node: &mut Node, option: View<'_>, at: usize, flags: u8) {
    let octets = option.octets(at, 1);
    let first = at == 3;
    let mut label = format!("Protection Authority Flags: 0x{flags:02x}");
    let named = if first { AUTHORITIES.as_slice() } else { &[] };
    for (_, name, mask) in named {
        if flags & mask != 0 {
            label.push_str(&format!(", {name}"));
        }
    }
    if flags & 1 != 0 {
        label.push_str(", Field Termination Indicator");
    }
    let item = node.add(Node::new("ip.opt.sec_prot_auth_flags", octets, flags, label));
    let drawn = |mask: u8, words: String| format!("{} = {words}", bits(flags.into(), mask.into(), 8));
    for &(field, name, mask) in named {
        let bit = flags & mask != 0;
        let not = if bit { "" } else { "not " };
        let label = drawn(mask, format!("{name}: Datagram {not}protected in accordance with its rules"));
        item.add(Node::new(field, octets, bit, label));
    }
    let (mask, width) = if first { (0x06, 1) } else { (0xfe, 2) };
    let rest = (flags & mask) >> 1;
    let label = drawn(mask, format!("Unassigned: 0x{rest:0width$x}"));
    item.add(Node::new("ip.opt.sec_prot_auth_unassigned", octets, rest, label));
    let more = flags & 1 != 0;
    let words = if more { "Additional octet present" } else { "Final octet" };
    let label = drawn(1, format!("Field Termination Indicator: {words}"));
    item.add(Node::new("ip.opt.sec_prot_auth_fti", octets, more, label));
}

fn extended_security(node: &mut Node, option: View<'_>) -> Dissected {
    let code = option.u8(2)?;
    let label = format!("Additional Security Info Format Code: 0x{code:02x}");
    node.add(Node::new("ip.opt.ext_sec_add_sec_info_format_code", option.octets(2, 1), code, label));
    let left = option.reported().saturating_sub(3);
    if left > 0 {
        let info = option.bytes(3, left)?;
        let label = format!("Additional Security Info: {}", hex(info));
        node.add(Node::new("ip.opt.ext_sec_add_sec_info", option.octets(3, left), info, label));
    }
    Ok(())
}

const fn number_name(number: u8) -> &'static str {
    const NAMES: [&str; 27] = [
        "End of Option List (EOL)",
        "No-Operation (NOP)",
        "Security",
        "Loose source route",
        "Time stamp",
        "Extended security",
        "Commercial IP security option",
        "Record route",
        "Stream identifier",
        "Strict source route",
        "Experimental Measurement",
        "MTU probe",
        "MTU Reply",
        "Experimental Flow Control",
        "Experimental Access Control",
        "Ask Estrin",
        "IMI Traffic Descriptor",
        "Extended Internet Protocol",
        "Traceroute",
        "Address Extension",
        "Router Alert",
        "Selective Directed Broadcast",
        "Unassigned",
        "Dynamic Packet State",
        "Upstream Multicast Packet",
        "Quick-Start",
        "Cilium DSR",
    ];
    match number {
        0..=26 => NAMES[number as usize],
        30 => "RFC 3692-style experiment",
        _ => "Unknown",
    }
}
