//! The IPv4 header (RFC 791 §3.1).

use super::{Services, by_protocol, reassembly, services, services_summary, v4_options, v6};
use crate::lens::dissect::expert::{Group, Severity, remark};
use crate::lens::dissect::frame::{Carried, Frame, Pair, Quoting};
use crate::lens::dissect::names::{protocol, set};
use crate::lens::dissect::text::bits;
use crate::lens::dissect::tree::{Node, push};
use crate::lens::dissect::view::{Dissected, View};
use std::net::IpAddr;

/// Octets of the fixed header.
const FIXED: usize = 20;

/// A TTL below this is remarked on.
const LOW_TTL: u8 = 5;

/// Dissects an IPv4 packet and what it carries.
pub(in crate::lens::dissect) fn dissect(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Carried {
    let mut taken = view.reported();
    let outcome = header(frame, view, &mut taken, out).and_then(|header| match header {
        Some(header) => payload(frame, view, &header, out),
        None => Ok(()),
    });
    // What turns out to be of another version is shown as such, below the header that does not fit.
    if view.u8(0).is_ok_and(|first| first >> 4 == 6) {
        return v6(frame, view, out);
    }
    Carried { taken, outcome }
}

/// What the payload needs of the header.
struct Header {
    length: usize,
    total: usize,
    fragment: Fragment,
    protocol: u8,
    source: IpAddr,
    destination: IpAddr,
}

struct Fragment {
    id: u16,
    offset: usize,
    more: bool,
}

fn header(frame: &mut Frame<'_>, view: View<'_>, taken: &mut usize, out: &mut Vec<Node>) -> Dissected<Option<Header>> {
    frame.protocol = "IPv4";
    let first = view.u8(0)?;
    let node = push(out, Node { field: "ip", ..Node::text("Internet Protocol Version 4") }.at(view.octets(0, FIXED)));
    let (version, length) = (first >> 4, usize::from(first & 0x0f) * 4);
    let label = format!("{} = Version: {version}", bits(first.into(), 0xf0, 8));
    let item = node.add(Node::new("ip.version", view.octets(0, 1), version, label));
    if version != 4 {
        remark(item, "ip.bogus_ip_version", Severity::Error, Group::Protocol, "Bogus IPv4 version");
        return Ok(None);
    }
    let label = format!("{} = Header Length: {length} bytes ({})", bits(first.into(), 0x0f, 8), first & 0x0f);
    let item = node.add(Node::new("ip.hdr_len", view.octets(0, 1), length, label));
    if length < FIXED {
        let text = format!("Bogus IP header length ({length}, must be at least {FIXED})");
        remark(item, "ip.bogus_header_length", Severity::Error, Group::Protocol, &text);
        return Ok(None);
    }
    node.octets = Some(view.octets(0, length));
    type_of_service(node, view)?;
    let Some(total) = total_length(node, view, length, frame.quoting)? else { return Ok(None) };
    *taken = total;
    let fragment = identification(node, view)?;
    let ttl = view.u8(8)?;
    let ttl_index = node.children.len();
    node.add(Node::new("ip.ttl", view.octets(8, 1), ttl, format!("Time to Live: {ttl}")));
    let number = view.u8(9)?;
    let label = format!("Protocol: {} ({number})", protocol(number));
    node.add(Node::new("ip.proto", view.octets(9, 1), number, label));
    let sum = view.u16(10)?;
    let label = format!("Header Checksum: 0x{sum:04x} [validation disabled]");
    node.add(Node::new("ip.checksum", view.octets(10, 2), sum, label));
    let status = Node::concluded("ip.checksum.status", 2_u8, "Header checksum status: Unverified");
    node.add(status.at(view.octets(10, 0)));
    let source = view.ipv4(12)?;
    node.extend_label(&format!(", Src: {source}"));
    node.add(Node::new("ip.src", view.octets(12, 4), source, format!("Source Address: {source}")));
    let destination = addressee(node, view, length)?;
    if let Some(item) = node.children.get_mut(ttl_index) {
        judge_ttl(item, ttl, destination);
    }
    if length > FIXED {
        v4_options::dissect(node, view.first(length).skip(FIXED), ttl)?;
        view.bytes(0, length)?;
    }
    Ok(Some(Header { length, total, fragment, protocol: number, source, destination }))
}

fn type_of_service(node: &mut Node, view: View<'_>) -> Dissected {
    let octet = view.u8(1)?;
    let label = format!("Differentiated Services Field: {}", services_summary(octet));
    let item = node.add(Node::new("ip.dsfield", view.octets(1, 1), octet, label));
    let names = Services { dscp: "ip.dsfield.dscp", ecn: "ip.dsfield.ecn", width: 8, shift: 0 };
    services(item, octet, octet.into(), &names);
    Ok(())
}

/// The total length as sent, and what is taken for it: the frame's own length where it is 0 or too large.
fn total_length(node: &mut Node, view: View<'_>, header: usize, quoting: Quoting) -> Dissected<Option<usize>> {
    let sent = usize::from(view.u16(2)?);
    let (there, octets) = (view.reported(), view.octets(2, 2));
    if sent == 0 {
        let label = format!(
            "Total Length: {there} bytes (reported as 0, presumed to be because of \"TCP segmentation offload\" (TSO))"
        );
        node.add(Node::new("ip.len", octets, there, label).generated());
        return Ok(Some(there));
    }
    if sent < header {
        let label = format!("Total Length: {sent} bytes (bogus, less than header length {header})");
        let item = node.add(Node::new("ip.len", octets, sent, label));
        remark(item, "ip.bogus_ip_length", Severity::Error, Group::Protocol, "Bogus IP length");
        return Ok(None);
    }
    let item = node.add(Node::new("ip.len", octets, sent, format!("Total Length: {sent}")));
    if sent > there && quoting == Quoting::No {
        let text = format!("IPv4 total length exceeds packet length ({there} bytes)");
        remark(item, "ip.bogus_ip_length", Severity::Error, Group::Protocol, &text);
    }
    Ok(Some(sent.min(there)))
}

fn identification(node: &mut Node, view: View<'_>) -> Dissected<Fragment> {
    let id = view.u16(4)?;
    node.add(Node::new("ip.id", view.octets(4, 2), id, format!("Identification: 0x{id:04x} ({id})")));
    let first = view.u8(6)?;
    let word = view.u16(6)?;
    const FLAGS: [(&str, &str, &str, u8); 3] = [
        ("ip.flags.rb", "Reserved bit", "Reserved bit", 0x80),
        ("ip.flags.df", "Don't fragment", "Don't fragment", 0x40),
        ("ip.flags.mf", "More fragments", "More fragments", 0x20),
    ];
    let mut label = format!("{} = Flags: 0x{:x}", bits(first.into(), 0xe0, 8), first >> 5);
    for (_, name, _, mask) in FLAGS {
        if first & mask != 0 {
            label.push_str(&format!(", {name}"));
        }
    }
    let item = node.add(Node::new("ip.flags", view.octets(6, 1), first >> 5, label));
    for (field, _, name, mask) in FLAGS {
        let bit = first & mask != 0;
        let label = format!("{} = {name}: {}", bits(first.into(), mask.into(), 8), set(bit));
        item.add(Node::new(field, view.octets(6, 1), bit, label));
    }
    let offset = usize::from(word & 0x1fff) * 8;
    let label = format!("{} = Fragment Offset: {offset}", bits(word.into(), 0x1fff, 16));
    node.add(Node::new("ip.frag_offset", view.octets(6, 2), offset, label));
    Ok(Fragment { id, offset, more: first & 0x20 != 0 })
}

/// The destination: the final one of a source route, with the header's own as the hop on the way.
fn addressee(node: &mut Node, view: View<'_>, length: usize) -> Dissected<IpAddr> {
    let next = view.ipv4(16)?;
    let octets = view.octets(16, 4);
    let routed = v4_options::source_route(view.first(length).skip(FIXED))?;
    match routed {
        Some(destination) => {
            node.extend_label(&format!(", Dst: {destination}, Via: {next}"));
            node.add(Node::new("ip.cur_rt", octets, next, format!("Current Route: {next}")));
            Ok(destination)
        }
        None => {
            node.extend_label(&format!(", Dst: {next}"));
            node.add(Node::new("ip.dst", octets, next, format!("Destination Address: {next}")));
            Ok(next)
        }
    }
}

/// Remarks on a TTL that is nearly used up, or that a link-local multicast group forbids.
fn judge_ttl(item: &mut Node, ttl: u8, destination: IpAddr) {
    let IpAddr::V4(destination) = destination else { return };
    let octets = destination.octets();
    if let [224, 0, 0, group] = octets {
        let wanted = match group {
            18 | 102 | 251 => 255,
            252 => return,
            _ => 1,
        };
        if ttl != wanted {
            let text = format!(
                "\"Time To Live\" != {wanted} for a packet sent to the Local Network Control Block (see RFC 3171)"
            );
            remark(item, "ip.ttl.lncb", Severity::Note, Group::Sequence, &text);
        }
    } else if ttl < LOW_TTL && !destination.is_multicast() {
        let text = format!("\"Time To Live\" only {ttl}");
        remark(item, "ip.ttl.too_small", Severity::Note, Group::Sequence, &text);
    }
}

fn payload(frame: &mut Frame<'_>, view: View<'_>, header: &Header, out: &mut Vec<Node>) -> Dissected {
    let body = view.first(header.total).skip(header.length);
    let stream = frame.conversations.ip(header.source, header.destination);
    let stream = Node::concluded("ip.stream", stream, format!("Stream index: {stream}")).at(body.octets(0, 0));
    let pair = Pair { source: header.source, destination: header.destination };
    let fragment = &header.fragment;
    if fragment.offset == 0 && !fragment.more {
        add_to_last(out, stream);
        return if body.reported() == 0 { Ok(()) } else { by_protocol(frame, header.protocol, body, pair, out) };
    }
    let part = reassembly::Part {
        source: header.source,
        destination: header.destination,
        id: u32::from(fragment.id),
        protocol: header.protocol,
        offset: fragment.offset,
        more: fragment.more,
    };
    // The list of fragments comes before the stream's number.
    let gathered = reassembly::gather(frame, &part, body, out.last_mut(), &reassembly::IPV4);
    add_to_last(out, stream);
    reassembly::carry(frame, header.protocol, &gathered, pair, out)
}

fn add_to_last(out: &mut [Node], child: Node) {
    if let Some(node) = out.last_mut() {
        node.add(child);
    }
}
