//! IPv4 and IPv6 with their options and extension headers, and what they carry.

mod address;
mod extension;
mod option;
mod reassembly;
mod route;
mod v4;
mod v4_options;
mod v6;
mod v6_options;
mod v6_routing;

pub(super) use option::rate_name;
pub(super) use v4::dissect as v4;
pub(super) use v6::dissect as v6;

use super::carrier;
use super::frame::{Carried, Frame, Pair};
use super::link;
use super::names::{dscp, ecn};
use super::tcp;
use super::text::bits;
use super::tree::Node;
use super::view::{Dissected, View};

/// Protocol number of TCP.
const TCP: u8 = 6;

/// An IP packet whose version nobody announced.
pub(super) fn by_version(frame: &mut Frame<'_>, view: View<'_>, out: &mut Vec<Node>) -> Carried {
    match view.u8(0) {
        Ok(first) if first >> 4 == 6 => v6(frame, view, out),
        Ok(_) => v4(frame, view, out),
        Err(stop) => Carried::all(view, Err(stop)),
    }
}

/// Hands a payload to the protocol its header names.
fn by_protocol(frame: &mut Frame<'_>, protocol: u8, view: View<'_>, pair: Pair, out: &mut Vec<Node>) -> Dissected {
    if !frame.enter() {
        return Ok(());
    }
    match protocol {
        1 => carrier::icmpv4(frame, view, out),
        17 => carrier::udp(frame, view, pair, out),
        47 => carrier::gre(frame, view, out),
        58 => carrier::icmpv6(frame, view, pair, out),
        137 => carrier::mpls(frame, view, out).outcome,
        4 => v4(frame, view, out).outcome,
        41 => v6(frame, view, out).outcome,
        143 => link::ethernet::dissect(frame, view, out),
        TCP => tcp::dissect(frame, view, pair, out),
        _ => Ok(()),
    }
}

/// Names of the fields of a differentiated services octet.
struct Services {
    dscp: &'static str,
    ecn: &'static str,
    /// Width of the field the bits are drawn in, and how far the octet is shifted in it.
    width: u32,
    shift: u32,
}

/// The two parts of a differentiated services octet (RFC 2474, RFC 3168); the summary for its title.
fn services(node: &mut Node, octet: u8, word: u64, names: &Services) {
    let Some(octets) = node.octets else { return };
    let (codepoint, congestion) = (octet >> 2, octet & 3);
    let drawn = |mask: u64, words: String| format!("{} = {words}", bits(word, mask << names.shift, names.width));
    let label = format!("Differentiated Services Codepoint: {} ({codepoint})", dscp(codepoint).0);
    node.add(Node::new(names.dscp, octets, codepoint, drawn(0xfc, label)));
    let label = format!("Explicit Congestion Notification: {} ({congestion})", ecn(congestion).0);
    node.add(Node::new(names.ecn, octets, congestion, drawn(0x03, label)));
}

/// `0x00 (DSCP: CS0, ECN: Not-ECT)`.
fn services_summary(octet: u8) -> String {
    format!("0x{octet:02x} (DSCP: {}, ECN: {})", dscp(octet >> 2).1, ecn(octet).1)
}
