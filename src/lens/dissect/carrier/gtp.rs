//! GTP-U (3GPP TS 29.281): packets of mobile subscribers in UDP.

use super::bit_line;
use crate::lens::dissect::frame::Frame;
use crate::lens::dissect::ip;
use crate::lens::dissect::text::bits;
use crate::lens::dissect::tree::{Node, push};
use crate::lens::dissect::view::{Dissected, View};

/// The UDP port.
pub(super) const PORT: u16 = 2152;

/// The message that carries a packet.
const T_PDU: u8 = 255;

const NO_YES: [&str; 2] = ["No", "Yes"];

/// Dissects the header and the packet behind it.
pub(super) fn dissect(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "GTP";
    let flags = view.u8(0)?;
    if flags >> 5 != 1 {
        return Ok(());
    }
    let node = push(out, Node { field: "gtp", ..Node::text("GPRS Tunneling Protocol") }.at(view.octets(0, 8)));
    let octets = view.octets(0, 1);
    let item = node.add(Node::new("gtp.flags", octets, flags, format!("Flags: 0x{flags:02x}")));
    let word = u64::from(flags);
    let label = format!("{} = Version: GTP release 99 version (1)", bits(word, 0xe0, 8));
    item.add(Node::new("gtp.flags.version", octets, flags >> 5, label));
    bit_line(item, ("gtp.flags.payload", octets), (word, 0x10, 8), "Protocol type", ["GTP' (0)", "GTP (1)"]);
    bit_line(item, ("gtp.flags.reserved", octets), (word, 0x08, 8), "Reserved", ["0", "1"]);
    bit_line(item, ("gtp.flags.e", octets), (word, 0x04, 8), "Is Next Extension Header present?", NO_YES);
    bit_line(item, ("gtp.flags.s", octets), (word, 0x02, 8), "Is Sequence Number present?", NO_YES);
    bit_line(item, ("gtp.flags.pn", octets), (word, 0x01, 8), "Is N-PDU number present?", NO_YES);
    let message = view.u8(1)?;
    let name = if message == T_PDU { "T-PDU" } else { "Unknown" };
    let label = format!("Message Type: {name} (0x{message:02x})");
    node.add(Node::new("gtp.message", view.octets(1, 1), message, label));
    let length = view.u16(2)?;
    node.add(Node::new("gtp.length", view.octets(2, 2), length, format!("Length: {length}")));
    let tunnel = view.u32(4)?;
    let label = format!("TEID: 0x{tunnel:08x} ({tunnel})");
    node.add(Node::new("gtp.teid", view.octets(4, 4), tunnel, label));
    let mut at = 8;
    if flags & 7 != 0 {
        at = optional(node, view, flags)?;
    }
    node.octets = Some(view.octets(0, at));
    if message != T_PDU {
        return Ok(());
    }
    ip::by_version(frame, view.skip(at), out).outcome
}

/// The four octets of sequence number, N-PDU number and next extension, and the extensions; where the payload begins.
fn optional(node: &mut Node, view: View<'_>, flags: u8) -> Dissected<usize> {
    if flags & 2 != 0 {
        let number = view.u16(8)?;
        let label = format!("Sequence number: 0x{number:04x} ({number})");
        node.add(Node::new("gtp.seq_number", view.octets(8, 2), number, label));
    }
    if flags & 1 != 0 {
        let number = view.u8(10)?;
        let label = format!("N-PDU Number: 0x{number:02x} ({number})");
        node.add(Node::new("gtp.npdu_number", view.octets(10, 1), number, label));
    }
    let mut next = view.u8(11)?;
    let mut at = 12;
    while flags & 4 != 0 && next != 0 {
        let size = usize::from(view.u8(at)?) * 4;
        if size == 0 {
            break;
        }
        let label = format!("Extension header 0x{next:02x} ({size} bytes)");
        node.add(Node { field: "gtp.ext_hdr", ..Node::text(label) }.at(view.octets(at, size)));
        next = view.u8(at + size - 1)?;
        at += size;
    }
    Ok(at)
}
