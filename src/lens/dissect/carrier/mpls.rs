//! MPLS label stacks (RFC 3032).

use crate::lens::dissect::frame::{Carried, Frame};
use crate::lens::dissect::ip;
use crate::lens::dissect::text::bits;
use crate::lens::dissect::tree::{Node, push};
use crate::lens::dissect::view::{Dissected, View};

/// More labels than this are not followed.
const MOST: usize = 32;

/// Dissects the labels, and the packet behind the last one by its version.
pub(in crate::lens::dissect) fn dissect(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Carried {
    frame.protocol = "MPLS";
    match labels(view, out) {
        Ok(size) => {
            let payload = view.skip(size);
            match payload.u8(0) {
                Ok(first) if matches!(first >> 4, 4 | 6) => {
                    let carried = ip::by_version(frame, payload, out);
                    Carried { taken: carried.taken.saturating_add(size), ..carried }
                }
                first => Carried::all(view, first.map(drop)),
            }
        }
        Err(stop) => Carried::all(view, Err(stop)),
    }
}

/// Draws the labels; how many octets they take.
fn labels(view: View<'_>, out: &mut Vec<Node>) -> Dissected<usize> {
    for depth in 0..MOST {
        let at = depth * 4;
        let word = view.u32(at)?;
        let (label, class, bottom, ttl) = (word >> 12, word >> 9 & 7, word >> 8 & 1, word & 0xff);
        let octets = view.octets(at, 4);
        let title = format!(
            "MultiProtocol Label Switching Header, Label: {label}{}, Exp: {class}, S: {bottom}, TTL: {ttl}",
            reserved_name(label).map(|name| format!(" ({name})")).unwrap_or_default()
        );
        let node = push(out, Node { field: "mpls", ..Node::text(title) }.at(octets));
        let drawn = |mask: u64, words: String| format!("{} = {words}", bits(word.into(), mask, 32));
        let words = match reserved_name(label) {
            Some(name) => format!("MPLS Label: {name} ({label})"),
            None => format!("MPLS Label: {label} (0x{label:05x})"),
        };
        node.add(Node::new("mpls.label", octets, label, drawn(0xffff_f000, words)));
        node.add(Node::new("mpls.exp", octets, class, drawn(0x0e00, format!("MPLS Experimental Bits: {class}"))));
        let words = format!("MPLS Bottom Of Label Stack: {bottom}");
        node.add(Node::new("mpls.bottom", octets, bottom, drawn(0x0100, words)));
        node.add(Node::new("mpls.ttl", octets, ttl, drawn(0xff, format!("MPLS TTL: {ttl}"))));
        if bottom == 1 {
            return Ok(at + 4);
        }
    }
    Ok(view.reported())
}

const fn reserved_name(label: u32) -> Option<&'static str> {
    match label {
        0 => Some("IPv4 Explicit-Null"),
        1 => Some("Router Alert"),
        2 => Some("IPv6 Explicit-Null"),
        3 => Some("Implicit-Null"),
        _ => None,
    }
}
