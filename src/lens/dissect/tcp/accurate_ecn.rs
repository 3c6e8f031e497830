//! The Accurate ECN option (RFC 9768 §3.2.3): counters of octets by their ECN marking, in two orders.

use super::options::{Opt, head, option_length_remark};
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::Dissected;

/// A counter's name in the title, its field, and its name.
type Counter = (&'static str, &'static str, &'static str);

const ECT_0: Counter = ("EE0B", "tcp.options.acc_ecn.ee0b", "Accurate ECN Echo ECT(0) Byte Counter");
const CE: Counter = ("ECEB", "tcp.options.acc_ecn.eceb", "Accurate ECN Echo CE Byte Counter");
const ECT_1: Counter = ("EE1B", "tcp.options.acc_ecn.ee1b", "Accurate ECN Echo ECT(1) Byte Counter");

/// Draws the option under its own kinds.
pub(super) fn draw(list: &mut Node, option: &Opt<'_>) -> Dissected {
    let order = u8::from(option.kind == 174);
    let (node, _) = head(list, option, "TCP Option - ".to_owned())?;
    let length = option.view.reported();
    let text = format!("option length should be 2, 5, 8, or 11 instead of {length}");
    if option_length_remark(node, matches!(length, 2 | 5 | 8 | 11), &text) {
        node.extend_label("Accurate ECN");
        return Ok(());
    }
    counters(node, option, 2, order)
}

/// The counters from octet `at` on; adds to the title.
pub(super) fn counters(node: &mut Node, option: &Opt<'_>, at: usize, order: u8) -> Dissected {
    let view = option.view;
    node.extend_label("Accurate ECN");
    let fields = if order == 0 { [ECT_0, CE, ECT_1] } else { [ECT_1, CE, ECT_0] };
    let room = view.reported().saturating_sub(at);
    for (index, (short, field, name)) in fields.into_iter().take(room / 3).enumerate() {
        let here = at + index * 3;
        let count = view.u24(here)?;
        let joint = if index == 0 { format!(" (Order {order}): ") } else { ", ".to_owned() };
        node.extend_label(&format!("{joint}{short} {count}"));
        node.add(Node::new(field, view.octets(here, 3), count, format!("{name}: {count}")));
    }
    Ok(())
}
