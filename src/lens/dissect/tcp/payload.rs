//! What follows a TCP header, and the cause that a reset may carry.

use super::Segment;
use crate::lens::dissect::expert::{Group, Severity, remark};
use crate::lens::dissect::text::{escape, plural, text_line};
use crate::lens::dissect::tree::{Node, Octets};
use crate::lens::dissect::view::Dissected;
use crate::lens::wireshark::Marks;
use crate::wire::Flags;

/// Draws the payload's line; what is in it belongs to other protocols.
pub(super) fn draw(node: &mut Node, segment: &Segment<'_>, length: usize) -> Dissected {
    let rest = segment.view.skip(length);
    let data = rest.data();
    if data.is_empty() {
        return Ok(());
    }
    let octets = rest.rest_octets(0);
    let sent = rest.reported();
    let unit = plural(sent);
    if segment.flags.has(Flags::RST) {
        reset_cause(node, data, octets);
        return Ok(());
    }
    let label = format!("TCP payload ({sent} byte{unit})");
    node.add(Node::new("tcp.payload", octets, data, label));
    let resent = segment.row.and_then(|row| row.record).is_some_and(|record| record.marks.any(Marks::RESENT));
    if resent && segment.repeats {
        let label = format!("Retransmitted TCP segment data ({sent} byte{unit})");
        node.add(Node::new("tcp.segment_data", octets, data, label));
    }
    Ok(())
}

/// The words that a reset carries, up to the first NUL; what follows that is remarked on.
fn reset_cause(node: &mut Node, data: &[u8], octets: Octets) {
    let mut parts = data.splitn(2, |&octet| octet == 0);
    let words = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let stray = parts.next().is_some_and(|rest| !rest.is_empty());
    let line = text_line("Reset cause", &escape(&words));
    let item = node.add(Node::new("tcp.reset_cause", octets, words, line));
    if stray {
        let text = "Trailing stray characters";
        remark(item, "_ws.string.trailing_stray_characters", Severity::Warning, Group::Undecoded, text);
    }
}
