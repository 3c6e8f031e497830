//! What follows the payload of an Ethernet frame: padding to the least frame length, trailers, the frame check sequence.

use crate::lens::dissect::expert::{Group, Severity, remark};
use crate::lens::dissect::frame::Frame;
use crate::lens::dissect::text::octets_line;
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::{Dissected, View};

/// Payload octets of the shortest Ethernet frame.
const LEAST_PAYLOAD: usize = 46;

/// Octets of the shortest frame with its frame check sequence.
const LEAST_FRAME: usize = 64;

/// Octets of a frame check sequence.
const FCS: usize = 4;

/// Names of the fields of one layer's trailer.
struct Names {
    padding: &'static str,
    trailer: &'static str,
    note: &'static str,
}

/// Draws what follows the `taken` octets of an Ethernet payload under their layer.
pub(super) fn ethernet(frame: &mut Frame<'_>, payload: View<'_>, taken: usize, node: Option<&mut Node>) -> Dissected {
    let before = frame.protocol;
    frame.protocol = "Ethertype";
    if payload.captured() > taken {
        trail(payload, taken, has_fcs(frame), &ETHERNET, node)?;
    }
    frame.protocol = before;
    Ok(())
}

/// The same where a length of IEEE 802.3 says what was taken: even of a trailer cut off whole the check sequence is read.
pub(super) fn ieee802_3(frame: &mut Frame<'_>, payload: View<'_>, taken: usize, node: Option<&mut Node>) -> Dissected {
    frame.protocol = "Ethernet";
    if payload.captured() < taken || payload.reported() <= taken {
        return Ok(());
    }
    trail(payload, taken, has_fcs(frame), &ETHERNET, node)
}

const ETHERNET: Names = Names { padding: "eth.padding", trailer: "eth.trailer", note: "eth.padding_bad" };

fn has_fcs(frame: &Frame<'_>) -> bool {
    frame.fcs_len == 4 || frame.original_len >= LEAST_FRAME
}

/// The same under a VLAN tag, where a frame check sequence is never looked for.
pub(super) fn vlan(payload: View<'_>, taken: usize, node: Option<&mut Node>) -> Dissected {
    let names = Names { padding: "vlan.padding", trailer: "vlan.trailer", note: "eth.padding_bad" };
    if payload.captured() > taken { trail(payload, taken, false, &names, node) } else { Ok(()) }
}

/// The same under a cooked header.
pub(super) fn cooked(payload: View<'_>, taken: usize, node: Option<&mut Node>) -> Dissected {
    let names = Names { padding: "eth.padding", trailer: "sll.trailer", note: "eth.padding_bad" };
    if payload.captured() > taken { trail(payload, taken, false, &names, node) } else { Ok(()) }
}

fn trail(payload: View<'_>, taken: usize, fcs: bool, names: &Names, node: Option<&mut Node>) -> Dissected {
    let rest = payload.skip(taken);
    let Some(node) = node else { return Ok(()) };
    let room = LEAST_PAYLOAD.saturating_sub(taken);
    let filled = room > 0 && rest.reported() >= room;
    let padding = if filled { zeros(rest, room)? } else { 0 };
    if padding > 0 {
        let octets = rest.bytes(0, padding)?;
        node.add(Node::new(names.padding, rest.octets(0, padding), octets, octets_line("Padding", octets)));
    }
    let rest = rest.skip(padding);
    let fcs = fcs && rest.reported() >= FCS;
    let trailer = rest.first(rest.reported() - if fcs { FCS } else { 0 });
    if trailer.captured() > 0 {
        let line = octets_line("Trailer", trailer.data());
        let item = node.add(Node::new(names.trailer, trailer.rest_octets(0), trailer.data(), line));
        if filled && padding == 0 {
            let text = "Didn't find padding of zeros, and an undecoded trailer exists. \
                        There may be padding of non-zeros.";
            remark(item, names.note, Severity::Note, Group::Protocol, text);
        }
    }
    if fcs {
        let at = trailer.reported();
        let value = rest.u32(at)?;
        let label = format!("Frame check sequence: 0x{value:08x} [unverified]");
        node.add(Node::new("eth.fcs", rest.octets(at, FCS), value, label));
        let status = Node::concluded("eth.fcs.status", 2_u8, "FCS Status: Unverified");
        node.add(status.at(rest.octets(at, 0)));
    }
    Ok(())
}

/// How many of the first `room` octets are zero up to the first that is not.
fn zeros(rest: View<'_>, room: usize) -> Dissected<usize> {
    for at in 0..room {
        if rest.u8(at)? != 0 {
            return Ok(at);
        }
    }
    Ok(room)
}
