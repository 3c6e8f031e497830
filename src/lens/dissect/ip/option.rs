//! Names that IPv4 and IPv6 options share: router alerts and Quick-Start (RFC 2113, RFC 2711, RFC 4782).

use crate::lens::dissect::text::bits;
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::{Dissected, View};

/// Field names of a Quick-Start option.
pub(super) struct QuickStart {
    pub function: &'static str,
    pub rate: &'static str,
    pub ttl: &'static str,
    pub ttl_diff: &'static str,
    pub unused: &'static str,
    pub nonce: &'static str,
    pub reserved: &'static str,
}

/// What an IPv4 router alert asks for.
pub(super) fn ipv4_router_alert(value: u16) -> String {
    match value {
        0 => "Router shall examine packet (0)".to_owned(),
        65535 => "Reserved (65535)".to_owned(),
        _ => format!("Reserved ({value})"),
    }
}

/// The rate of a Quick-Start request (RFC 4782 §3.1).
pub(in crate::lens::dissect) const fn rate_name(rate: u8) -> &'static str {
    const RATES: [&str; 16] = [
        "0 bit/s",
        "80 Kbit/s",
        "160 Kbit/s",
        "320 Kbit/s",
        "640 Kbit/s",
        "1.28 Mbit/s",
        "2.56 Mbit/s",
        "5.12 Mbit/s",
        "10.24 Mbit/s",
        "20.48 Mbit/s",
        "40.96 Mbit/s",
        "81.92 Mbit/s",
        "163.84 Mbit/s",
        "327.68 Mbit/s",
        "655.36 Mbit/s",
        "1.31072 Gbit/s",
    ];
    RATES[(rate & 15) as usize]
}

/// The body of a Quick-Start option, two octets behind `at`; adds to `node` and to its title.
pub(super) fn quick_start(
    node: &mut Node,
    view: View<'_>,
    at: usize,
    ttl: u8,
    names: &QuickStart,
) -> Dissected<String> {
    let command = view.u8(at)?;
    let (function, rate) = (command >> 4, command & 15);
    let words = match function {
        0 => "Rate request",
        8 => "Rate report",
        _ => "Unknown",
    };
    let octets = view.octets(at, 1);
    let label = format!("{} = Function: {words} ({function})", bits(command.into(), 0xf0, 8));
    node.add(Node::new(names.function, octets, function, label));
    if !matches!(function, 0 | 8) {
        return Ok(format!("{words} ({function}) ({function})"));
    }
    let label = format!("{} = Rate: {} ({rate})", bits(command.into(), 0x0f, 8), rate_name(rate));
    node.add(Node::new(names.rate, octets, rate, label));
    let mut title = String::new();
    match function {
        0 => {
            let sent = view.u8(at + 1)?;
            node.add(Node::new(names.ttl, view.octets(at + 1, 1), sent, format!("QS TTL: {sent}")));
            let diff = ttl.wrapping_sub(sent);
            node.add(Node::concluded(names.ttl_diff, diff, format!("TTL Diff: {diff}")));
            title = format!(", {}, QS TTL {sent}, QS TTL diff {diff}", rate_name(rate));
        }
        8 => {
            let unused = view.u8(at + 1)?;
            node.add(Node::new(names.unused, view.octets(at + 1, 1), unused, format!("Not Used: {unused}")));
            title = format!(", {}", rate_name(rate));
        }
        _ => {}
    }
    let word = u64::from(view.u32(at + 2)?);
    let octets = view.octets(at + 2, 4);
    let label = format!("{} = QS Nonce: 0x{:08x}", bits(word, 0xffff_fffc, 32), word >> 2);
    node.add(Node::new(names.nonce, octets, word >> 2, label));
    let label = format!("{} = Reserved: 0x{:x}", bits(word, 3, 32), word & 3);
    node.add(Node::new(names.reserved, octets, word & 3, label));
    Ok(format!("{words} ({function}){title}"))
}
