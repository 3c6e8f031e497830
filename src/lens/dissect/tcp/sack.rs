//! The SACK option (RFC 2018 §3) and the duplicate it may report (RFC 2883).

use super::Segment;
use super::options::{Opt, kind_and_length};
use crate::lens::dissect::expert::{Group, Severity, remark_line};
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::Dissected;

/// Draws a SACK option; edges are relative like the acknowledgement number.
pub(super) fn draw(list: &mut Node, segment: &Segment<'_>, option: &Opt<'_>) -> Dissected {
    let view = option.view;
    let octets = view.octets(0, view.reported());
    let node = list.add(Node { field: option.known.field, ..Node::text("TCP Option - SACK") }.at(octets));
    kind_and_length(node, option)?;
    let (base, suffix) = (base(segment), suffix(segment));
    let mut blocks: Vec<(u32, u32)> = Vec::new();
    let mut at = 2;
    let mut count = 0_usize;
    while at < view.reported() {
        let Some(left) = edge(node, segment, option, at, "left")? else { break };
        let Some(right) = edge(node, segment, option, at + 4, "right")? else { break };
        node.extend_label(&format!(" {left}-{right}"));
        blocks.push((left, right));
        count += 1;
        at += 8;
    }
    let label = format!("TCP SACK Count: {count}");
    node.add(Node::concluded("tcp.options.sack.count", count, label).at(octets));
    if !reports_duplicate(&blocks, segment) {
        return Ok(());
    }
    // The first block is read again, from the packet as a whole: a shorter option breaks off here.
    let left = view.u32(2)?.wrapping_sub(base);
    let label = format!("D-SACK Left Edge = {left}{suffix}");
    node.add(Node::concluded("tcp.options.sack.dsack_le", left, label).at(view.octets(2, 4)));
    let right = view.u32(6)?.wrapping_sub(base);
    let label = format!("D-SACK Right Edge = {right}{suffix}");
    node.add(Node::concluded("tcp.options.sack.dsack_re", right, label).at(view.octets(6, 4)));
    remark_line(node, "tcp.options.sack.dsack", Severity::Warning, Group::Sequence, "D-SACK Sequence");
    Ok(())
}

/// What edges are relative to.
fn base(segment: &Segment<'_>) -> u32 {
    segment.row.map_or(0, |row| row.numbers.sack_base.0)
}

const fn suffix(segment: &Segment<'_>) -> &'static str {
    if segment.row.is_some() { " (relative)" } else { "" }
}

/// One edge; nothing, and a remark, where the option has no room for it.
fn edge(node: &mut Node, segment: &Segment<'_>, option: &Opt<'_>, at: usize, side: &str) -> Dissected<Option<u32>> {
    let view = option.view;
    if at + 4 > view.reported() {
        let text = "suboption would go past end of option";
        remark_line(node, "tcp.suboption_malformed", Severity::Error, Group::Malformed, text);
        return Ok(None);
    }
    let value = view.u32(at)?.wrapping_sub(base(segment));
    let suffix = suffix(segment);
    let field = if side == "left" { "tcp.options.sack_le" } else { "tcp.options.sack_re" };
    node.add(Node::new(field, view.octets(at, 4), value, format!("{side} edge = {value}{suffix}")));
    Ok(Some(value))
}

/// Whether the first block lies below the acknowledgement number or inside the second (RFC 2883 §4).
fn reports_duplicate(blocks: &[(u32, u32)], segment: &Segment<'_>) -> bool {
    let raw = || segment.view.u32(8).unwrap_or_default();
    let ack = segment.row.map_or_else(raw, |row| row.numbers.ack);
    let not_after = |a: u32, b: u32| a.wrapping_sub(b) as i32 <= 0;
    let (_, right) = blocks.first().copied().unwrap_or_default();
    if not_after(right, ack) {
        return true;
    }
    let before = |a: u32, b: u32| (a.wrapping_sub(b) as i32) < 0;
    matches!(blocks, [_, (left_2, right_2), ..] if before(*left_2, right) && not_after(right, *right_2))
}
