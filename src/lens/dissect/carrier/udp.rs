//! UDP headers (RFC 768), of interest for the tunnels behind well-known ports.

use super::{geneve, gtp, vxlan};
use crate::lens::dissect::frame::{Frame, Pair};
use crate::lens::dissect::text::{duration, plural};
use crate::lens::dissect::tree::{Node, Value, push};
use crate::lens::dissect::view::{Dissected, View};

/// Octets of the header.
const HEADER: usize = 8;

/// Dissects a UDP datagram, and the tunnel in it if one of its ports is a tunnel's.
pub(in crate::lens::dissect) fn dissect(
    frame: &mut Frame<'_>,
    view: View<'_>,
    pair: Pair,
    out: &mut Vec<Node>,
) -> Dissected {
    frame.protocol = "UDP";
    let (source, destination) = (view.u16(0)?, view.u16(2)?);
    let title = format!("User Datagram Protocol, Src Port: {source}, Dst Port: {destination}");
    let node = push(out, Node { field: "udp", ..Node::text(title) }.at(view.octets(0, HEADER)));
    node.add(Node::new("udp.srcport", view.octets(0, 2), source, format!("Source Port: {source}")));
    node.add(Node::new("udp.dstport", view.octets(2, 2), destination, format!("Destination Port: {destination}")));
    let length = view.u16(4)?;
    node.add(Node::new("udp.length", view.octets(4, 2), length, format!("Length: {length}")));
    checksum(node, view, pair)?;
    let told = frame.count_datagram(pair, source, destination);
    let here = view.octets(0, 0);
    node.add(Node::concluded("udp.stream", told.stream, format!("Stream index: {}", told.stream)).at(here));
    let label = format!("Stream Packet Number: {}", told.number);
    node.add(Node::concluded("udp.stream.pnum", told.number, label).at(here));
    let times = node.add(Node::text("Timestamps").generated().at(here));
    for (field, words, elapsed) in
        [("udp.time_relative", "first", told.since_first), ("udp.time_delta", "previous", told.since_previous)]
    {
        let label = format!("Time since {words} frame: {}", duration(elapsed));
        times.add(Node::concluded(field, Value::Nanoseconds(elapsed.nanoseconds()), label).at(here));
    }
    let payload = view.first(usize::from(length).max(HEADER)).skip(HEADER);
    if payload.reported() == 0 {
        return Ok(());
    }
    let octets = payload.reported();
    let label = format!("UDP payload ({octets} byte{})", plural(octets));
    node.add(Node::new("udp.payload", payload.rest_octets(0), payload.data(), label));
    // The lower port is asked first.
    for port in [source.min(destination), source.max(destination)] {
        match port {
            vxlan::PORT => return vxlan::dissect(frame, payload, out),
            geneve::PORT => return geneve::dissect(frame, payload, out),
            gtp::PORT => return gtp::dissect(frame, payload, out),
            _ => {}
        }
    }
    Ok(())
}

/// Not verified by default, but a sum over IPv6 must not be missing.
fn checksum(node: &mut Node, view: View<'_>, pair: Pair) -> Dissected {
    let sum = view.u16(6)?;
    let missing = sum == 0 && pair.source.is_ipv4();
    let (words, status, number) = match (sum, missing) {
        (_, true) => ("[zero-value ignored]", "Not present", 3_u8),
        (0, false) => ("[zero-value ignored]", "Not present", 3),
        _ => ("[unverified]", "Unverified", 2),
    };
    let label = format!("Checksum: 0x{sum:04x} {words}");
    let item = node.add(Node::new("udp.checksum", view.octets(6, 2), sum, label));
    let line = Node::concluded("udp.checksum.status", number, format!("Checksum Status: {status}"));
    if number == 3 {
        item.add(line.at(view.octets(6, 0)));
    } else {
        node.add(line.at(view.octets(6, 0)));
    }
    Ok(())
}
