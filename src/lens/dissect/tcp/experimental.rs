//! Experimental options with an experiment identifier (RFC 6994).

use super::options::{Opt, head, too_short};
use super::{Segment, accurate_ecn, fast_open};
use crate::lens::dissect::text::hex;
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::Dissected;

/// Draws an experimental option by its identifier.
pub(super) fn draw(list: &mut Node, segment: &Segment<'_>, option: &Opt<'_>) -> Dissected {
    let view = option.view;
    let (node, _) = head(list, option, "TCP Option - Experimental".to_owned())?;
    if too_short(node, option, 4) {
        return Ok(());
    }
    let id = view.u16(2)?;
    let name = match id {
        0xf989 => "Fast Open",
        0xacc0 => "Accurate ECN - Order 0",
        0xacc1 => "Accurate ECN - Order 1",
        0x00ac => "TCP ACK Rate Request",
        _ => "Unknown",
    };
    node.extend_label(&format!(": {name}"));
    let label = format!("Experiment Identifier: {name} (0x{id:04x})");
    node.add(Node::new("tcp.options.experimental.exid", view.octets(2, 2), id, label));
    match id {
        0xf989 => return fast_open::cookie(node, segment, option, 4),
        0xacc0 | 0xacc1 => {
            node.extend_label(": ");
            return accurate_ecn::counters(node, option, 4, (id & 1) as u8);
        }
        _ => {}
    }
    let size = view.reported() - 4;
    if size > 0 {
        let data = view.bytes(4, size)?;
        let octets = view.octets(4, size);
        node.add(Node::new("tcp.options.experimental.data", octets, data, format!("Data: {}", hex(data))));
    }
    Ok(())
}
