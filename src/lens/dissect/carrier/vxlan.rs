//! VXLAN (RFC 7348): Ethernet frames in UDP.

use super::bit_line;
use crate::lens::dissect::frame::Frame;
use crate::lens::dissect::link::ethernet;
use crate::lens::dissect::text::bits;
use crate::lens::dissect::tree::{Node, push};
use crate::lens::dissect::view::{Dissected, View};

/// The UDP port.
pub(super) const PORT: u16 = 4789;

const FALSE_TRUE: [&str; 2] = ["False", "True"];

/// Dissects the header and the frame behind it.
pub(super) fn dissect(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "VXLAN";
    let flags = view.u16(0)?;
    let title = "Virtual eXtensible Local Area Network";
    let node = push(out, Node { field: "vxlan", ..Node::text(title) }.at(view.octets(0, 8)));
    let octets = view.octets(0, 2);
    let mut label = format!("Flags: 0x{flags:04x}");
    for (name, mask) in
        [("GBP Extension", 0x8000), ("VXLAN Network ID (VNI)", 0x0800), ("Don't Learn", 0x0040), ("Policy Applied", 8)]
    {
        if flags & mask != 0 {
            label.push_str(&format!(", {name}"));
        }
    }
    let item = node.add(Node::new("vxlan.flags", octets, flags, label));
    let word = u64::from(flags);
    bit_line(item, ("vxlan.flag_g", octets), (word, 0x8000, 16), "GBP Extension", ["Not defined", "Defined"]);
    bit_line(item, ("vxlan.flag_i", octets), (word, 0x0800, 16), "VXLAN Network ID (VNI)", FALSE_TRUE);
    bit_line(item, ("vxlan.flag_d", octets), (word, 0x0040, 16), "Don't Learn", FALSE_TRUE);
    bit_line(item, ("vxlan.flag_a", octets), (word, 0x0008, 16), "Policy Applied", FALSE_TRUE);
    let rest = flags & 0x77b7;
    let label = format!("{} = Reserved(R): 0x{rest:04x}", bits(word, 0x77b7, 16));
    item.add(Node::new("vxlan.flags_reserved", octets, rest, label));
    let policy = view.u16(2)?;
    node.add(Node::new("vxlan.gbp", view.octets(2, 2), policy, format!("Group Policy ID: {policy}")));
    let network = view.u24(4)?;
    let label = format!("VXLAN Network Identifier (VNI): {network}");
    node.add(Node::new("vxlan.vni", view.octets(4, 3), network, label));
    let reserved = view.u8(7)?;
    node.add(Node::new("vxlan.reserved8", view.octets(7, 1), reserved, format!("Reserved: {reserved}")));
    ethernet::dissect(frame, view.skip(8), out)
}
