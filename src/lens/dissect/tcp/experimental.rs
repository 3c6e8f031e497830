//! Experimental options with an experiment identifier (RFC 6994).

use super::options::{Opt, head, option_length_remark};
use super::{Segment, accurate_ecn, fast_open};
use crate::lens::dissect::text::{bits, hex};
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::Dissected;

/// Draws an experimental option by its identifier.
pub(super) fn draw(list: &mut Node, segment: &Segment<'_>, option: &Opt<'_>) -> Dissected {
    let view = option.view;
    let (node, _) = head(list, option, "TCP Option - Experimental".to_owned())?;
    let length = view.reported();
    if option_length_remark(node, length >= 4, &format!("option length {length} smaller than 4")) {
        return Ok(());
    }
    let id = view.u16(2)?;
    let name = name(id);
    node.extend_label(&format!(": {name}"));
    let label = format!("Experiment Identifier: {name} (0x{id:04x})");
    node.add(Node::new("tcp.options.experimental.exid", view.octets(2, 2), id, label));
    match id {
        0xf989 => return fast_open::cookie(node, segment, option, 4),
        0xacc0 | 0xacc1 => {
            let text = format!("option length should be 4, 7, 10, or 13 instead of {length}");
            if option_length_remark(node, matches!(length, 4 | 7 | 10 | 13), &text) {
                return Ok(());
            }
            node.extend_label(": ");
            return accurate_ecn::counters(node, option, 4, (id & 1) as u8);
        }
        0x00ac => return ack_rate_request(node, option),
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

/// The TARR option of an expired draft (draft-gomez-tcpm-ack-rate-request).
fn ack_rate_request(node: &mut Node, option: &Opt<'_>) -> Dissected {
    let view = option.view;
    let length = view.reported();
    let text = format!("option length should be 4 or 5 instead of {length}");
    if option_length_remark(node, matches!(length, 4 | 5), &text) || length == 4 {
        return Ok(());
    }
    let octet = view.u8(4)?;
    let octets = view.octets(4, 1);
    let rate = octet >> 1;
    let label = format!("{} = TARR Rate: {rate}", bits(octet.into(), 0xfe, 8));
    node.add(Node::new("tcp.options.tarr.rate", octets, rate, label));
    let label = format!("{} = TARR Reserved: {}", bits(octet.into(), 0x01, 8), octet & 1);
    node.add(Node::new("tcp.options.tar.reserved", octets, octet & 1, label));
    Ok(())
}

/// The registry of experiment identifiers.
const fn name(id: u16) -> &'static str {
    match id {
        0x00ac => "TCP ACK Rate Request",
        0x0348 => "Host ID",
        0x0a0d => "Autonomous System Compensation",
        0x0ca0 => "Capability Option",
        0x0ed0 => "Extended Data Offset",
        0x454e => "Encryption Negotiation",
        0x5323 => "Service Number",
        0x75ec => "Timestamp Interval",
        0xacc0 => "Accurate ECN - Order 0",
        0xacc1 => "Accurate ECN - Order 1",
        0xacce => "Accurate ECN",
        0xe2d4 => "Shared Memory communications over RMDA protocol",
        0xf989 => "Fast Open",
        0xf990 => "Low Latency",
        _ => "Unknown",
    }
}
