//! ICMP and ICMPv6 errors, which quote the packet they are about (RFC 792, RFC 4443).

use crate::lens::dissect::expert::{Group, Severity, remark};
use crate::lens::dissect::frame::{Frame, Pair, Quoting};
use crate::lens::dissect::ip;
use crate::lens::dissect::text::hex;
use crate::lens::dissect::tree::{Node, push};
use crate::lens::dissect::view::{Dissected, View};
use std::net::IpAddr;

/// Octets before the quoted packet.
const HEADER: usize = 8;

/// Protocol number of ICMPv6, for the sum over its pseudo header.
const ICMPV6: u8 = 58;

/// An ICMP message; of those that are no errors only the type, code and checksum.
pub(in crate::lens::dissect) fn v4(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "ICMP";
    let (kind, code) = (view.u8(0)?, view.u8(1)?);
    let title = "Internet Control Message Protocol";
    let node = push(out, Node { field: "icmp", ..Node::text(title) }.at(view.octets(0, view.captured())));
    let name = v4_type(kind);
    let item = node.add(Node::new("icmp.type", view.octets(0, 1), kind, format!("Type: {name} ({kind})")));
    match kind {
        3 | 5 | 11 => remark(item, "icmp.resp_is_error", Severity::Note, Group::Response, "Type indicates an error"),
        4 => remark(item, "icmp.type_deprecated", Severity::Note, Group::Deprecated, "Type is deprecated"),
        _ => {}
    }
    let words = match v4_code(kind, code) {
        Some(name) => format!(" ({name})"),
        None if matches!(kind, 3 | 5 | 11 | 12) => format!(" (Unknown code: {code})"),
        None => String::new(),
    };
    node.add(Node::new("icmp.code", view.octets(1, 1), code, format!("Code: {code}{words}")));
    let sum = view.u16(2)?;
    checksum(node, view, sum, 0, ["icmp.checksum", "icmp.checksum.status"]);
    if !matches!(kind, 3 | 4 | 5 | 11 | 12) {
        return Ok(());
    }
    match (kind, code) {
        (3, 4) => {
            unused(node, view, 4, 2)?;
            let mtu = view.u16(6)?;
            node.add(Node::new("icmp.mtu", view.octets(6, 2), mtu, format!("MTU of next hop: {mtu}")));
        }
        (5, _) => {
            let gateway = view.ipv4(4)?;
            let label = format!("Gateway Address: {gateway}");
            node.add(Node::new("icmp.redir_gw", view.octets(4, 4), gateway, label));
        }
        (12, _) => {
            let pointer = view.u8(4)?;
            node.add(Node::new("icmp.pointer", view.octets(4, 1), pointer, format!("Pointer: {pointer}")));
            unused(node, view, 5, 3)?;
        }
        (4, _) => {}
        _ => unused(node, view, 4, 4)?,
    }
    let mut quoted = view.skip(HEADER);
    if kind == 5 {
        // Of what a redirect quotes, the header and eight octets are looked at.
        let header = usize::from(quoted.u8(0)? & 15) * 4;
        quoted = quoted.first(header + 8);
    }
    let before = std::mem::replace(&mut frame.quoting, Quoting::Icmp);
    let outcome = ip::by_version(frame, quoted, &mut node.children).outcome;
    frame.quoting = before;
    outcome
}

/// An ICMPv6 message, likewise.
pub(in crate::lens::dissect) fn v6(
    frame: &mut Frame<'_>,
    view: View<'_>,
    pair: Pair,
    out: &mut Vec<Node>,
) -> Dissected {
    frame.protocol = "ICMPv6";
    let (kind, code) = (view.u8(0)?, view.u8(1)?);
    let title = "Internet Control Message Protocol v6";
    let node = push(out, Node { field: "icmpv6", ..Node::text(title) }.at(view.octets(0, view.captured())));
    let label = format!("Type: {} ({kind})", v6_type(kind));
    let item = node.add(Node::new("icmpv6.type", view.octets(0, 1), kind, label));
    if kind < 128 {
        remark(item, "icmpv6.resp_is_error", Severity::Note, Group::Response, "Type indicates an error");
    }
    let words = match (kind, v6_code(kind, code)) {
        (1 | 3 | 4, Some(name)) => format!(" ({name})"),
        (1 | 3 | 4, None) => format!(" (Unknown ({code}))"),
        _ => String::new(),
    };
    node.add(Node::new("icmpv6.code", view.octets(1, 1), code, format!("Code: {code}{words}")));
    let sum = view.u16(2)?;
    let length = u32::try_from(view.reported()).unwrap_or(u32::MAX);
    let pseudo = address_sum(pair.source)
        .wrapping_add(address_sum(pair.destination))
        .wrapping_add((length >> 16) + (length & 0xffff))
        .wrapping_add(ICMPV6.into());
    checksum(node, view, sum, pseudo, ["icmpv6.checksum", "icmpv6.checksum.status"]);
    let value = match kind {
        1..=4 => view.u32(4)?,
        _ => return Ok(()),
    };
    let octets = view.octets(4, 4);
    match kind {
        2 => node.add(Node::new("icmpv6.mtu", octets, value, format!("MTU: {value}"))),
        4 => node.add(Node::new("icmpv6.pointer", octets, value, format!("Pointer: {value}"))),
        _ => node.add(Node::new("icmpv6.reserved", octets, value, format!("Reserved: {value:08x}"))),
    };
    let before = std::mem::replace(&mut frame.quoting, Quoting::Icmpv6);
    let outcome = ip::by_version(frame, view.skip(HEADER), &mut node.children).outcome;
    frame.quoting = before;
    outcome
}

fn unused(node: &mut Node, view: View<'_>, at: usize, len: usize) -> Dissected {
    let octets = view.bytes(at, len)?;
    node.add(Node::new("icmp.unused", view.octets(at, len), octets, format!("Unused: {}", hex(octets))));
    Ok(())
}

/// The checksum with what comes of verifying it; not verified where octets are missing.
fn checksum(node: &mut Node, view: View<'_>, sent: u16, pseudo: u32, [field, status]: [&'static str; 2]) {
    let octets = view.octets(2, 2);
    let (words, verdict, number) = if view.captured() < view.reported() {
        ("[unverified] [in ICMP error packet]".to_owned(), "Unverified", 2_u8)
    } else {
        match fold(sum_of(view.data()).wrapping_add(pseudo)) {
            0xffff => ("[correct]".to_owned(), "Good", 1),
            total => {
                let right = !fold(u32::from(total) + u32::from(!sent));
                (format!("incorrect, should be 0x{right:04x}"), "Bad", 0)
            }
        }
    };
    let item = node.add(Node::new(field, octets, sent, format!("Checksum: 0x{sent:04x} {words}")));
    if number == 0 {
        let right = words.rsplit(' ').next().unwrap_or_default();
        let text = format!("Bad checksum [should be {right}]");
        remark(item, "icmp.checksum_bad", Severity::Warning, Group::Checksum, &text);
    }
    let line = Node::concluded(status, number, format!("Checksum Status: {verdict}"));
    node.add(line.at(view.octets(2, 0)));
}

/// Ones' complement sum of 16-bit words, not folded.
fn sum_of(octets: &[u8]) -> u32 {
    octets.chunks(2).fold(0_u32, |sum, pair| {
        let word = match pair {
            [high, low] => u16::from_be_bytes([*high, *low]),
            [high] => u16::from_be_bytes([*high, 0]),
            _ => 0,
        };
        sum.wrapping_add(word.into())
    })
}

fn address_sum(address: IpAddr) -> u32 {
    match address {
        IpAddr::V4(address) => sum_of(&address.octets()),
        IpAddr::V6(address) => sum_of(&address.octets()),
    }
}

const fn fold(sum: u32) -> u16 {
    let once = (sum >> 16) + (sum & 0xffff);
    ((once >> 16) + (once & 0xffff)) as u16
}

const fn v4_type(kind: u8) -> &'static str {
    match kind {
        0 => "Echo (ping) reply",
        3 => "Destination unreachable",
        4 => "Source quench (flow control)",
        5 => "Redirect",
        8 => "Echo (ping) request",
        11 => "Time-to-live exceeded",
        12 => "Parameter problem",
        _ => "Unknown",
    }
}

const fn v4_code(kind: u8, code: u8) -> Option<&'static str> {
    Some(match (kind, code) {
        (3, 0) => "Network unreachable",
        (3, 1) => "Host unreachable",
        (3, 2) => "Protocol unreachable",
        (3, 3) => "Port unreachable",
        (3, 4) => "Fragmentation needed",
        (3, 5) => "Source route failed",
        (3, 6) => "Destination network unknown",
        (3, 7) => "Destination host unknown",
        (3, 8) => "Source host isolated",
        (3, 9) => "Network administratively prohibited",
        (3, 10) => "Host administratively prohibited",
        (3, 11) => "Network unreachable for TOS",
        (3, 12) => "Host unreachable for TOS",
        (3, 13) => "Communication administratively filtered",
        (3, 14) => "Host precedence violation",
        (3, 15) => "Precedence cutoff in effect",
        (5, 0) => "Redirect for network",
        (5, 1) => "Redirect for host",
        (5, 2) => "Redirect for TOS and network",
        (5, 3) => "Redirect for TOS and host",
        (11, 0) => "Time to live exceeded in transit",
        (11, 1) => "Fragment reassembly time exceeded",
        (12, 0) => "Pointer indicates the error",
        (12, 1) => "Required option missing",
        (12, 2) => "Bad length",
        _ => return None,
    })
}

const fn v6_type(kind: u8) -> &'static str {
    match kind {
        1 => "Destination Unreachable",
        2 => "Packet Too Big",
        3 => "Time Exceeded",
        4 => "Parameter Problem",
        128 => "Echo (ping) request",
        129 => "Echo (ping) reply",
        133 => "Router Solicitation",
        134 => "Router Advertisement",
        135 => "Neighbor Solicitation",
        136 => "Neighbor Advertisement",
        143 => "Multicast Listener Report Message v2",
        _ => "Unknown",
    }
}

const fn v6_code(kind: u8, code: u8) -> Option<&'static str> {
    Some(match (kind, code) {
        (1, 0) => "No route to destination",
        (1, 1) => "Administratively prohibited",
        (1, 2) => "Beyond scope of source address",
        (1, 3) => "Address unreachable",
        (1, 4) => "Port unreachable",
        (1, 5) => "Source address failed ingress/egress policy",
        (1, 6) => "Reject route to destination",
        (1, 7) => "Error in Source Routing Header",
        (1, 8) => "Headers too long",
        (3, 0) => "Hop limit exceeded in transit",
        (3, 1) => "Fragment reassembly time exceeded",
        (4, 0) => "Erroneous header field encountered",
        (4, 1) => "Unrecognized Next Header type encountered",
        (4, 2) => "Unrecognized IPv6 option encountered",
        (4, 3) => "IPv6 First Fragment has incomplete IPv6 Header Chain",
        (4, 4) => "SR Upper-layer Header Error",
        (4, 5) => "Unrecognized Next Header type encountered by intermediate node",
        (4, 6) => "Extension header too big",
        (4, 7) => "Extension header chain too long",
        (4, 8) => "Too many extension headers",
        (4, 9) => "Too many options in extension header",
        (4, 10) => "Option too big",
        _ => return None,
    })
}
