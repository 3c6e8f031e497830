//! The IPv6 header (RFC 8200 §3).

use super::{Services, address, extension, services, services_summary};
use crate::lens::dissect::expert::{Group, Severity, remark};
use crate::lens::dissect::frame::{Carried, Frame, Pair, Quoting};
use crate::lens::dissect::names::protocol;
use crate::lens::dissect::text::bits;
use crate::lens::dissect::tree::{Node, Octets, push};
use crate::lens::dissect::view::{Dissected, View};
use crate::lens::wireshark::text::Spelled;
use std::net::IpAddr;

/// Octets of the fixed header.
pub(super) const FIXED: usize = 40;

/// Next header number of hop-by-hop options, which a jumbogram must have.
const HOP_BY_HOP: u8 = 0;

/// What the payload needs of the header.
pub(super) struct Header {
    pub source: IpAddr,
    pub destination: IpAddr,
    pub next: u8,
    pub hop_limit: u8,
    /// The payload length as sent.
    pub sent_length: usize,
    /// Where the payload begins.
    payload: Octets,
}

impl Header {
    /// Source and destination.
    pub const fn pair(&self) -> Pair {
        Pair { source: self.source, destination: self.destination }
    }

    /// Whether `view` begins where the payload does.
    pub fn at_start(&self, view: View<'_>) -> bool {
        view.octets(0, 0) == self.payload
    }
}

/// Dissects an IPv6 packet and what it carries.
pub(in crate::lens::dissect) fn dissect(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Carried {
    let mut taken = view.reported();
    let outcome = header(frame, view, &mut taken, out).and_then(|header| match header {
        Some(header) => extension::dissect(frame, view, view.first(taken), &header, out),
        None => Ok(()),
    });
    Carried { taken, outcome }
}

fn header(frame: &mut Frame<'_>, view: View<'_>, taken: &mut usize, out: &mut Vec<Node>) -> Dissected<Option<Header>> {
    frame.protocol = "IPv6";
    let first = view.u8(0)?;
    let title = "Internet Protocol Version 6";
    let node = push(out, Node { field: "ipv6", ..Node::text(title) }.at(view.octets(0, FIXED)));
    let version = first >> 4;
    let label = format!("{} = Version: {version}", bits(first.into(), 0xf0, 8));
    let item = node.add(Node::new("ipv6.version", view.octets(0, 1), version, label));
    if version != 6 {
        remark(item, "ipv6.bogus_ipv6_version", Severity::Error, Group::Malformed, "Bogus IPv6 version");
        return Ok(None);
    }
    traffic_class(node, view)?;
    let sent_length = usize::from(view.u16(4)?);
    let there = view.reported().saturating_sub(FIXED);
    let label = format!("Payload Length: {sent_length}");
    let length_index = node.children.len();
    let item = node.add(Node::new("ipv6.plen", view.octets(4, 2), sent_length, label));
    if sent_length > there && frame.quoting == Quoting::No {
        let text = format!("IPv6 payload length exceeds framing length ({there} bytes)");
        remark(item, "ipv6.plen_exceeds_framing", Severity::Warning, Group::Protocol, &text);
    }
    let next = view.u8(6)?;
    let label = format!("Next Header: {} ({next})", protocol(next));
    node.add(Node::new("ipv6.nxt", view.octets(6, 1), next, label));
    *taken = match (sent_length, next) {
        (0, HOP_BY_HOP) => view.reported(),
        _ => FIXED + sent_length.min(there),
    };
    if sent_length == 0 && next != HOP_BY_HOP {
        let text = "IPv6 payload length equals 0 (maybe because of \"TCP segmentation offload\" (TSO))";
        if let Some(item) = node.children.get_mut(length_index) {
            remark(item, "ipv6.plen_zero", Severity::Chat, Group::Protocol, text);
        }
    }
    let hop_limit = view.u8(7)?;
    node.add(Node::new("ipv6.hlim", view.octets(7, 1), hop_limit, format!("Hop Limit: {hop_limit}")));
    let source = one_address(node, view, 8, "ipv6.src", "Src", &address::SOURCE)?;
    let destination = one_address(node, view, 24, "ipv6.dst", "Dst", &address::DESTINATION)?;
    if let (IpAddr::V6(from), IpAddr::V6(to)) = (source, destination) {
        address::embedded(node, from, view.octets(8, 16), &address::SOURCE);
        address::embedded(node, to, view.octets(24, 16), &address::DESTINATION);
    }
    let stream = frame.conversations.ip(source, destination);
    node.add(Node::concluded("ipv6.stream", stream, format!("Stream index: {stream}")).at(view.octets(0, 0)));
    Ok(Some(Header { source, destination, next, hop_limit, sent_length, payload: view.octets(FIXED, 0) }))
}

fn traffic_class(node: &mut Node, view: View<'_>) -> Dissected {
    let word = view.u32(0)?;
    let class = (word >> 20) as u8;
    let drawn = |mask: u64, words: String| format!("{} = {words}", bits(word.into(), mask, 32));
    let label = drawn(0x0ff0_0000, format!("Traffic Class: {}", services_summary(class)));
    let item = node.add(Node::new("ipv6.tclass", view.octets(0, 4), class, label));
    let names = Services { dscp: "ipv6.tclass.dscp", ecn: "ipv6.tclass.ecn", width: 32, shift: 20 };
    services(item, class, word.into(), &names);
    // The flow label is drawn in the three octets it lies in.
    let flow = word & 0x000f_ffff;
    let label = format!("{} = Flow Label: 0x{flow:05x}", bits(word.into(), 0x0f_ffff, 24));
    node.add(Node::new("ipv6.flow", view.octets(1, 3), flow, label));
    Ok(())
}

fn one_address(
    node: &mut Node,
    view: View<'_>,
    at: usize,
    field: &'static str,
    title: &str,
    names: &address::Names,
) -> Dissected<IpAddr> {
    let ip = view.ipv6(at)?;
    let spelled = Spelled(ip);
    node.extend_label(&format!(", {title}: {spelled}"));
    let octets = view.octets(at, 16);
    let item = node.add(Node::new(field, octets, ip, format!("{} Address: {spelled}", names.word)));
    if let IpAddr::V6(ip) = ip {
        address::classify(item, ip, octets, names);
    }
    Ok(ip)
}
