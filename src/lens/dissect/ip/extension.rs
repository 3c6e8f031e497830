//! IPv6 extension headers (RFC 8200 §4): options, routing, fragment, authentication.

use super::v6::{FIXED, Header};
use super::{by_protocol, reassembly, v6_options, v6_routing};
use crate::lens::dissect::frame::Frame;
use crate::lens::dissect::names::protocol;
use crate::lens::dissect::text::{bits, hex};
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::{Dissected, View};

/// Walks the extension headers behind an IPv6 header and dissects what follows them.
///
/// `taken` is the packet as its own length trims it; a jumbogram's length is only known on the way.
pub(super) fn dissect(
    frame: &mut Frame<'_>,
    whole: View<'_>,
    taken: View<'_>,
    header: &Header,
    out: &mut Vec<Node>,
) -> Dissected {
    let mut view = taken.skip(FIXED);
    let mut next = header.next;
    let index = out.len().saturating_sub(1);
    for _ in 0..MOST {
        let Some(node) = out.get_mut(index) else { return Ok(()) };
        match next {
            0 | 60 => {
                frame.protocol = if next == 0 { "IPv6 Hop-by-Hop" } else { "IPv6 Destination" };
                let jumbo = v6_options::dissect(node, view, next == 0, header)?;
                if let Some(length) = jumbo.filter(|_| header.sent_length == 0) {
                    name_jumbogram(node);
                    view = whole.skip(FIXED).first(length);
                }
            }
            43 => v6_routing::dissect(frame, node, view, header)?,
            51 => authentication(frame, node, view)?,
            44 => return fragment(frame, view, header, out),
            _ => break,
        }
        let length = usize::from(view.u8(1)?);
        let octets = if next == 51 { (length + 2) * 4 } else { (length + 1) * 8 };
        next = view.u8(0)?;
        view = view.skip(octets);
    }
    frame.protocol = "IPv6";
    by_protocol(frame, next, view, header.pair(), out)
}

/// More extension headers than this are not followed.
const MOST: usize = 16;

/// Notes on the payload length, which is 0, that a hop-by-hop option says how long the packet is.
fn name_jumbogram(node: &mut Node) {
    if let Some(length) = node.children.iter_mut().find(|child| child.field == "ipv6.plen") {
        length.extend_label(" (Jumbogram)");
    }
}

fn fragment(frame: &mut Frame<'_>, view: View<'_>, header: &Header, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "IPv6 Fragment";
    let next = view.u8(0)?;
    let Some(node) = out.last_mut() else { return Ok(()) };
    let octets = view.octets(0, 8);
    let item = node.add(Node { field: "ipv6.fraghdr", ..Node::text("Fragment Header for IPv6") }.at(octets));
    let label = format!("Next header: {} ({next})", protocol(next));
    item.add(Node::new("ipv6.fraghdr.nxt", view.octets(0, 1), next, label));
    let reserved = view.u8(1)?;
    let label = format!("Reserved octet: 0x{reserved:02x}");
    item.add(Node::new("ipv6.fraghdr.reserved_octet", view.octets(1, 1), reserved, label));
    let word = view.u16(2)?;
    let drawn = |mask: u64, words: String| format!("{} = {words}", bits(word.into(), mask, 16));
    let (units, more) = (word >> 3, word & 1 != 0);
    let offset = usize::from(units) * 8;
    let at = view.octets(2, 2);
    let label = drawn(0xfff8, format!("Offset: {units} ({offset} bytes)"));
    item.add(Node::new("ipv6.fraghdr.offset", at, offset, label));
    let rest = word >> 1 & 3;
    item.add(Node::new("ipv6.fraghdr.reserved_bits", at, rest, drawn(0x0006, format!("Reserved bits: {rest}"))));
    let label = drawn(0x0001, format!("More Fragments: {}", if more { "Yes" } else { "No" }));
    item.add(Node::new("ipv6.fraghdr.more", at, more, label));
    let id = view.u32(4)?;
    item.add(Node::new("ipv6.fraghdr.ident", view.octets(4, 4), id, format!("Identification: 0x{id:08x}")));
    let body = view.skip(8);
    frame.protocol = "IPv6";
    if offset == 0 && !more {
        return by_protocol(frame, next, body, header.pair(), out);
    }
    let part =
        reassembly::Part { source: header.source, destination: header.destination, id, protocol: next, offset, more };
    let gathered = reassembly::gather(frame, &part, body, out.last_mut(), &reassembly::IPV6);
    reassembly::carry(frame, next, &gathered, header.pair(), out)
}

/// An authentication header (RFC 4302 §2).
fn authentication(frame: &mut Frame<'_>, node: &mut Node, view: View<'_>) -> Dissected {
    frame.protocol = "AH";
    let (next, words) = (view.u8(0)?, view.u8(1)?);
    let length = (usize::from(words) + 2) * 4;
    let item = node.add(Node { field: "ah", ..Node::text("Authentication Header") }.at(view.octets(0, length)));
    let label = format!("Next header: {} ({next})", protocol(next));
    item.add(Node::new("ah.next_header", view.octets(0, 1), next, label));
    item.add(Node::new("ah.length", view.octets(1, 1), words, format!("Length: {words} ({length} bytes)")));
    let reserved = view.bytes(2, 2)?;
    item.add(Node::new("ah.reserved", view.octets(2, 2), reserved, format!("Reserved: {}", hex(reserved))));
    let index = view.u32(4)?;
    item.add(Node::new("ah.spi", view.octets(4, 4), index, format!("AH SPI: 0x{index:08x}")));
    let sequence = view.u32(8)?;
    item.add(Node::new("ah.sequence", view.octets(8, 4), sequence, format!("AH Sequence: {sequence}")));
    if length > 12 {
        let check = view.bytes(12, length - 12)?;
        item.add(Node::new("ah.icv", view.octets(12, length - 12), check, format!("AH ICV: {}", hex(check))));
    }
    Ok(())
}
