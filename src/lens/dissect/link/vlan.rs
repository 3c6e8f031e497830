//! VLAN tags: IEEE 802.1Q (customer) and 802.1ad (provider).

use super::trailer;
use crate::lens::dissect::frame::Frame;
use crate::lens::dissect::names::ethertype;
use crate::lens::dissect::text::bits;
use crate::lens::dissect::tree::{Node, push};
use crate::lens::dissect::view::{Dissected, View};

/// An 802.1Q tag and what it carries.
pub(super) fn customer(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "VLAN";
    let (tci, tag) = read(frame, view)?;
    let title = format!("802.1Q Virtual LAN, PRI: {}, DEI: {}, ID: {}", tag.priority, u8::from(tag.dei), tag.id);
    let index = out.len();
    let node = push(out, Node { field: "vlan", ..Node::text(title) }.at(view.octets(0, 4)));
    let dei = if tag.dei { "Eligible" } else { "Ineligible" };
    let drawn = |mask, words: String| format!("{} = {words}", bits(u64::from(tci), mask, 16));
    let priority = format!("Priority: {} ({})", priority_name(tag.priority), tag.priority);
    node.add(Node::new("vlan.priority", view.octets(0, 2), tag.priority, drawn(0xe000, priority)));
    node.add(Node::new("vlan.dei", view.octets(0, 2), tag.dei, drawn(0x1000, format!("DEI: {dei}"))));
    node.add(Node::new("vlan.id", view.octets(0, 2), tag.id, drawn(0x0fff, format!("ID: {}", tag.id))));
    carry(frame, view, "vlan.etype", out, index)
}

/// An 802.1ad tag and what it carries.
pub(super) fn provider(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "IEEE 802.1ad";
    let (tci, tag) = read(frame, view)?;
    let index = out.len();
    let node = push(out, Node { field: "ieee8021ad", ..Node::text(format!("IEEE 802.1ad, ID: {}", tag.id)) });
    node.octets = Some(view.octets(0, 4));
    let drawn = |mask, words: String| format!("{} = {words}", bits(u64::from(tci), mask, 16));
    let priority = drawn(0xe000, format!("Priority: {}", tag.priority));
    node.add(Node::new("ieee8021ad.priority", view.octets(0, 2), tag.priority, priority));
    let dei = drawn(0x1000, format!("DEI: {}", u8::from(tag.dei)));
    node.add(Node::new("ieee8021ad.dei", view.octets(0, 2), u8::from(tag.dei), dei));
    node.add(Node::new("ieee8021ad.id", view.octets(0, 2), tag.id, drawn(0x0fff, format!("ID: {}", tag.id))));
    carry(frame, view, "ieee8021ad.etype", out, index)
}

struct Tag {
    priority: u8,
    dei: bool,
    id: u16,
}

fn read(frame: &mut Frame<'_>, view: View<'_>) -> Dissected<(u16, Tag)> {
    let tci = view.u16(0)?;
    let tag = Tag { priority: (tci >> 13) as u8, dei: tci & 0x1000 != 0, id: tci & 0x0fff };
    if tag.id != 0 {
        frame.vlan.get_or_insert(tag.id);
    }
    Ok((tci, tag))
}

fn carry(frame: &mut Frame<'_>, view: View<'_>, field: &'static str, out: &mut Vec<Node>, index: usize) -> Dissected {
    let kind = view.u16(2)?;
    let payload = view.skip(4);
    let Some(node) = out.get_mut(index) else { return Ok(()) };
    if kind <= 1500 {
        node.add(Node::new("vlan.len", view.octets(2, 2), kind, format!("Length: {kind}")));
        return super::llc::dissect(frame, payload.first(usize::from(kind)), out);
    }
    let name = ethertype(kind).unwrap_or("Unknown");
    node.add(Node::new(field, view.octets(2, 2), kind, format!("Type: {name} (0x{kind:04x})")));
    let taken = super::by_ethertype(frame, kind, payload, out);
    trailer::vlan(payload, taken, out.get_mut(index))
}

/// The names of IEEE 802.1Q-2005 Annex G for the eight priorities.
const fn priority_name(priority: u8) -> &'static str {
    match priority {
        0 => "Best Effort (default)",
        1 => "Background",
        2 => "Excellent Effort",
        3 => "Critical Applications",
        4 => "Video, < 100ms latency and jitter",
        5 => "Voice, < 10ms latency and jitter",
        6 => "Internetwork Control",
        _ => "Network Control",
    }
}
