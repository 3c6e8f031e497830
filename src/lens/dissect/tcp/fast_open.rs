//! The Fast Open option (RFC 7413 §4.1), under its own kind or as an experiment.

use super::Segment;
use super::options::{Opt, head};
use crate::lens::dissect::expert::{Group, Severity, remark};
use crate::lens::dissect::text::hex;
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::Dissected;

/// Draws the option under its own kind.
pub(super) fn draw(list: &mut Node, segment: &Segment<'_>, option: &Opt<'_>) -> Dissected {
    let (node, _) = head(list, option, "TCP Option - TCP Fast Open".to_owned())?;
    cookie(node, segment, option, 2)
}

/// A cookie from octet `at` on, or the request for one.
pub(super) fn cookie(node: &mut Node, segment: &Segment<'_>, option: &Opt<'_>, at: usize) -> Dissected {
    let view = option.view;
    let size = view.reported().saturating_sub(at);
    if size == 0 {
        let octets = view.octets(at - 2, 2);
        node.add(Node::new("tcp.options.tfo.request", octets, (), "Fast Open Cookie Request"));
        return Ok(());
    }
    let cookie = view.bytes(at, size)?;
    let label = format!("Fast Open Cookie: {}", hex(cookie));
    let item = node.add(Node::new("tcp.options.tfo.cookie", view.octets(at, size), cookie, label));
    if segment.flags.is_syn() {
        remark(item, "tcp.analysis.tfo_syn", Severity::Note, Group::Sequence, "TCP SYN with TFO Cookie");
    }
    Ok(())
}
