//! Link layers, by the capture's link type and by EtherType.

mod cooked;
pub(super) mod ethernet;
mod llc;
mod loopback;
mod trailer;
mod vlan;

use super::carrier;
use super::frame::{Carried, Frame, report_stop};
use super::ip;
use super::tree::{Node, push};
use super::view::{Dissected, View};
use crate::capture::LinkType;

/// Dissects a frame from its first octet.
pub(super) fn dissect(frame: &mut Frame<'_>, link: LinkType, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    match link.0 {
        0 => loopback::null(frame, view, out),
        108 => loopback::openbsd(frame, view, out),
        1 => ethernet::dissect(frame, view, out),
        12 | 14 | 101 => raw(frame, view, out),
        228 | 229 => raw(frame, view, out),
        9 | 50 => carrier::framed(frame, view, out),
        104 => carrier::cisco(frame, view, out),
        113 => cooked::v1(frame, view, out),
        276 => cooked::v2(frame, view, out),
        _ => Ok(()),
    }
}

/// Bare IP packets; the version is in their first octet.
fn raw(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Dissected {
    frame.protocol = "Raw";
    push(out, Node { field: "raw", ..Node::text("Raw packet data") }.at(view.octets(0, view.captured())));
    ip::by_version(frame, view, out).outcome
}

/// Hands a payload to the layer its EtherType names; says how many octets that layer took for its own.
///
/// A layer that broke off is reported here, so that what follows it in the frame can still be shown.
pub(super) fn by_ethertype(frame: &mut Frame<'_>, kind: u16, view: View<'_>, out: &mut Vec<Node>) -> usize {
    if !frame.enter() {
        return view.reported();
    }
    let carried = match kind {
        0x0800 => ip::v4(frame, view, out),
        0x86dd => ip::v6(frame, view, out),
        0x8100 | 0x9100 => Carried::all(view, vlan::customer(frame, view, out)),
        0x88a8 => Carried::all(view, vlan::provider(frame, view, out)),
        0x8847 | 0x8848 => carrier::mpls(frame, view, out),
        0x8864 => Carried::all(view, carrier::over_ethernet(frame, view, out)),
        0x6558 => Carried::all(view, ethernet::dissect(frame, view, out)),
        _ => Carried::all(view, Ok(())),
    };
    if let Err(stop) = carried.outcome {
        report_stop(out, stop, frame.protocol);
    }
    carried.taken
}
