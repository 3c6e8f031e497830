//! NULL and LOOP link types: a protocol family in four octets before the packet.

use crate::lens::dissect::frame::Frame;
use crate::lens::dissect::ip;
use crate::lens::dissect::names::ethertype;
use crate::lens::dissect::tree::{Node, push};
use crate::lens::dissect::view::{Dissected, View};

/// BSD loopback: the family in the byte order of the capturing host.
pub(super) fn null(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "Null/Loopback";
    let word = view.u32(0)?;
    let little = word.swap_bytes();
    family(frame, view, if little & 0xffff_0000 == 0 { little } else { word }, out)
}

/// OpenBSD loopback: the family in network byte order.
pub(super) fn openbsd(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "Null/Loopback";
    let word = view.u32(0)?;
    family(frame, view, word, out)
}

fn family(frame: &mut Frame<'_>, view: View<'_>, family: u32, out: &mut Vec<Node>) -> Dissected {
    let node = push(out, Node { field: "null", ..Node::text("Null/Loopback") }.at(view.octets(0, 4)));
    let payload = view.skip(4);
    if family > 1500 {
        let kind = family as u16;
        let name = ethertype(kind).unwrap_or("Unknown");
        node.add(Node::new("null.type", view.octets(0, 4), kind, format!("Type: {name} (0x{kind:04x})")));
        super::by_ethertype(frame, kind, payload, out);
        return Ok(());
    }
    let name = match family {
        2 => "IP",
        7 => "OSI",
        16 => "Appletalk",
        23 => "Netware IPX/SPX",
        24 | 28 | 30 => "IPv6",
        _ => "Unknown",
    };
    node.add(Node::new("null.family", view.octets(0, 4), family, format!("Family: {name} ({family})")));
    match family {
        2 => ip::v4(frame, payload, out).outcome,
        24 | 28 | 30 => ip::v6(frame, payload, out).outcome,
        _ => Ok(()),
    }
}
