//! Ethernet II and IEEE 802.3 headers (IEEE 802.3 §3.1.1).

use super::trailer;
use crate::lens::dissect::expert::{Group, Severity, remark};
use crate::lens::dissect::frame::{Frame, report_stop};
use crate::lens::dissect::names::ethertype;
use crate::lens::dissect::text::{bits, mac};
use crate::lens::dissect::tree::{Node, Value, push};
use crate::lens::dissect::view::{Dissected, Stop, View};

/// Octets of the header.
const HEADER: usize = 14;

/// The least EtherType; smaller values are lengths.
const LEAST_ETHERTYPE: u16 = 1536;

/// Dissects an Ethernet frame and what it carries.
pub(in crate::lens::dissect) fn dissect(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "Ethernet";
    let destination = view.bytes(0, 6)?;
    let source = view.bytes(6, 6)?;
    let kind = view.u16(12)?;
    let (source_text, destination_text) = (mac(source), mac(destination));
    let by_length = kind <= 1500;
    let title = if by_length {
        "IEEE 802.3 Ethernet ".to_owned()
    } else {
        format!("Ethernet II, Src: {source_text}, Dst: {destination_text}")
    };
    let index = out.len();
    let node = push(out, Node { field: "eth", ..Node::text(title) }.at(view.octets(0, HEADER)));
    address(node, view, 0, "Destination", ["eth.dst", "eth.dst.lg", "eth.dst.ig"], destination, &destination_text);
    address(node, view, 6, "Source", ["eth.src", "eth.src.lg", "eth.src.ig"], source, &source_text);
    if source.first().is_some_and(|octet| octet & 1 == 1) {
        let text = "Source MAC must not be a group address: IEEE 802.3-2002, Section 3.2.3(b)";
        if let Some(source) = node.children.last_mut() {
            remark(source, "eth.src_not_group", Severity::Warning, Group::Protocol, text);
        }
    }
    let stream = match (source.try_into(), destination.try_into()) {
        (Ok(source), Ok(destination)) => frame.conversations.ethernet(source, destination),
        _ => 0,
    };
    let stream = Node::concluded("eth.stream", stream, format!("Stream index: {stream}"));
    if by_length {
        return by_802_3(frame, view, kind, index, stream, out);
    }
    let name = ethertype(kind).unwrap_or("Unknown");
    node.add(Node::new("eth.type", view.octets(12, 2), kind, format!("Type: {name} (0x{kind:04x})")));
    node.add(stream);
    if kind < LEAST_ETHERTYPE {
        return Ok(());
    }
    let payload = view.skip(HEADER);
    let taken = super::by_ethertype(frame, kind, payload, out);
    trailer::ethernet(frame, payload, taken, out.get_mut(index))
}

/// IEEE 802.3: the type field is the length of what follows; a logical link control header is not drawn.
fn by_802_3(
    frame: &mut Frame<'_>,
    view: View<'_>,
    length: u16,
    index: usize,
    stream: Node,
    out: &mut Vec<Node>,
) -> Dissected {
    let payload = view.skip(HEADER);
    let length_node = Node::new("eth.len", view.octets(12, 2), length, format!("Length: {length}"));
    let Some(node) = out.get_mut(index) else { return Ok(()) };
    let length_node = node.add(length_node);
    let taken = usize::from(length);
    if taken > payload.reported() {
        let text = "Length field value goes past the end of the payload";
        remark(length_node, "eth.len.past_end", Severity::Error, Group::Malformed, text);
    }
    let carried = super::llc::dissect(frame, payload.first(taken), out);
    // Where the capture cut the payload there is no trailer; any other end is reported and gone past.
    let trailed = match carried {
        Err(Stop::Limited) => carried,
        Err(stop) => {
            report_stop(out, stop, frame.protocol);
            trailer::ieee802_3(frame, payload, taken, out.get_mut(index))
        }
        Ok(()) => trailer::ieee802_3(frame, payload, taken, out.get_mut(index)),
    };
    if let Some(node) = out.get_mut(index) {
        node.add(stream);
    }
    trailed
}

fn address(
    node: &mut Node,
    view: View<'_>,
    at: usize,
    name: &str,
    [field, lg, ig]: [&'static str; 3],
    octets: &[u8],
    text: &str,
) {
    let item = node.add(Node::new(field, view.octets(at, 6), octets, format!("{name}: {text}")));
    let first = octets.first().copied().unwrap_or_default();
    let high = u64::from(first) << 16;
    let local = if first & 2 == 0 {
        "LG bit: Globally unique address (factory default)"
    } else {
        "LG bit: Locally administered address (this is NOT the factory default)"
    };
    let group = if first & 1 == 0 {
        "IG bit: Individual address (unicast)"
    } else {
        "IG bit: Group address (multicast/broadcast)"
    };
    let drawn = |mask, words: &str| format!("{} = {words}", bits(high, mask, 24));
    item.add(Node::new(lg, view.octets(at, 3), Value::Bool(first & 2 != 0), drawn(0x02_0000, local)));
    item.add(Node::new(ig, view.octets(at, 3), Value::Bool(first & 1 != 0), drawn(0x01_0000, group)));
}
