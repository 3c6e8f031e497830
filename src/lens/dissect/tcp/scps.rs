//! Capabilities of the Space Communications Protocol Specification (CCSDS 714.0-B-2 §3.2.3).

use super::options::{Opt, head, kind_and_length};
use crate::lens::dissect::names::set;
use crate::lens::dissect::text::bits;
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::Dissected;

/// The octets of the plain form.
const PLAIN: usize = 4;

const CAPABILITIES: [(&str, &str, &str, u8); 5] = [
    ("tcp.options.scpsflags.bets", "Partial Reliability Capable", "BETS", 0x80),
    ("tcp.options.scpsflags.snack1", "Short Form SNACK Capable", "SNACK1", 0x40),
    ("tcp.options.scpsflags.snack2", "Long Form SNACK Capable", "SNACK2", 0x20),
    ("tcp.options.scpsflags.compress", "Lossless Header Compression", "COMP", 0x10),
    ("tcp.options.scpsflags.nlts", "Network Layer Timestamp", "NLTS", 0x08),
];

/// Bits without a meaning.
const RESERVED: u8 = 0x07;

/// Draws the option; only the form of four octets says what it means.
pub(super) fn draw(list: &mut Node, option: &Opt<'_>) -> Dissected {
    let view = option.view;
    let length = view.reported();
    if length != PLAIN {
        let title = format!("Illegal SCPS Extended Capabilities ({length} bytes)");
        let node = list.add(Node { field: option.known.field, ..Node::text(title) }.at(view.octets(0, length)));
        kind_and_length(node, option)?;
        return Ok(());
    }
    let (node, _) = head(list, option, "TCP Option - SCPS capabilities".to_owned())?;
    let vector = view.u8(2)?;
    let octets = view.octets(2, 1);
    let mut names: Vec<&str> =
        CAPABILITIES.iter().filter(|(.., mask)| vector & mask != 0).map(|(_, _, short, _)| *short).collect();
    if vector & RESERVED != 0 {
        names.push("RESERVED");
    }
    let names = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let label = format!("TCP SCPS Capabilities Vector: 0x{vector:02x}{names}");
    let item = node.add(Node::new("tcp.options.scps.vector", octets, vector, label));
    for (field, name, short, mask) in CAPABILITIES {
        let bit = vector & mask != 0;
        let label = format!("{} = {name} ({short}): {}", bits(vector.into(), mask.into(), 8), set(bit));
        item.add(Node::new(field, octets, bit, label));
    }
    let rest = vector & RESERVED;
    let label = format!("{} = Reserved: {rest}", bits(vector.into(), RESERVED.into(), 8));
    item.add(Node::new("tcp.options.scpsflags.reserved", octets, rest, label));
    let id = view.u8(3)?;
    node.add(Node::new("tcp.options.scps.binding", view.octets(3, 1), id, format!("Connection ID: {id}")));
    Ok(())
}
