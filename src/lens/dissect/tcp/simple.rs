//! Options that are a number or two behind kind and length.

use super::Segment;
use super::options::{Opt, head, option_length_remark};
use crate::lens::dissect::expert::{Group, Severity, remark};
use crate::lens::dissect::ip::rate_name;
use crate::lens::dissect::text::{bits, hex};
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::Dissected;
use crate::wire::Flags;

/// The largest shift of a window (RFC 7323 §2.3).
const LARGEST_SHIFT: u8 = 14;

/// Draws one of these options.
pub(super) fn draw(list: &mut Node, segment: &Segment<'_>, option: &Opt<'_>) -> Dissected {
    let title = match option.kind {
        // The two kinds of echo, and the three of connection counts, share their titles.
        6 | 7 => "TCP Option - Echo".to_owned(),
        11..=13 => "TCP Option - CC".to_owned(),
        _ => format!("TCP Option - {}", option.known.list_name),
    };
    let syn = segment.flags.has(Flags::SYN);
    let (node, right) = head(list, option, title)?;
    if !syn {
        misplaced(node, option.kind);
    }
    if right {
        value(node, option)?;
    }
    Ok(())
}

/// Options that belong on SYN segments only; the remark stands before kind and length.
fn misplaced(node: &mut Node, kind: u8) {
    let (field, text) = match kind {
        2 => ("tcp.options.mss.present", "The non-SYN packet does contain a MSS option"),
        4 => ("tcp.options.sack_perm.present", "The non-SYN packet does contain a SACK PERM option"),
        _ => return,
    };
    remark(node, field, Severity::Warning, Group::Protocol, text);
    node.children.rotate_right(1);
}

fn value(node: &mut Node, option: &Opt<'_>) -> Dissected {
    let view = option.view;
    match option.kind {
        2 => {
            let mss = view.u16(2)?;
            node.extend_label(&format!(": {mss} bytes"));
            node.add(Node::new("tcp.options.mss_val", view.octets(2, 2), mss, format!("MSS Value: {mss}")));
        }
        3 => window_scale(node, option)?,
        6 | 7 => {
            let echo = view.u32(2)?;
            node.extend_label(&format!(": {echo}"));
            let label = format!("TCP Echo Option: {echo}");
            node.add(Node::new("tcp.options.echo_value", view.octets(2, 4), echo, label));
        }
        8 => timestamps(node, option)?,
        11..=13 => {
            let count = view.u32(2)?;
            let label = format!("TCP CC Option: {count}");
            node.add(Node::new("tcp.options.cc_value", view.octets(2, 4), count, label));
        }
        19 => {
            let digest = view.bytes(2, 16)?;
            let label = format!("MD5 digest: {}", hex(digest));
            node.add(Node::new("tcp.options.md5.digest", view.octets(2, 16), digest, label));
        }
        21 => negative_acknowledgement(node, option)?,
        27 => quick_start(node, option)?,
        28 => user_timeout(node, option)?,
        29 => authentication(node, option)?,
        _ => {}
    }
    Ok(())
}

fn window_scale(node: &mut Node, option: &Opt<'_>) -> Dissected {
    let view = option.view;
    let shift = view.u8(2)?;
    let octets = view.octets(2, 1);
    let multiplier = 1_u32 << shift.min(LARGEST_SHIFT);
    node.extend_label(&format!(": {shift} (multiply by {multiplier})"));
    let item = node.add(Node::new("tcp.options.wscale.shift", octets, shift, format!("Shift count: {shift}")));
    if shift > LARGEST_SHIFT {
        let text = format!("Window scale shift exceeds {LARGEST_SHIFT}");
        remark(item, "tcp.options.wscale.shift.invalid", Severity::Warning, Group::Protocol, &text);
    }
    let label = format!("Multiplier: {multiplier}");
    node.add(Node::concluded("tcp.options.wscale.multiplier", multiplier, label).at(octets));
    Ok(())
}

fn timestamps(node: &mut Node, option: &Opt<'_>) -> Dissected {
    let view = option.view;
    let value = view.u32(2)?;
    let label = format!("Timestamp value: {value}");
    node.add(Node::new("tcp.options.timestamp.tsval", view.octets(2, 4), value, label));
    let echo = view.u32(6)?;
    let label = format!("Timestamp echo reply: {echo}");
    node.add(Node::new("tcp.options.timestamp.tsecr", view.octets(6, 4), echo, label));
    node.extend_label(&format!(": TSval {value}, TSecr {echo}"));
    Ok(())
}

/// SNACK (CCSDS 714.0-B-2 §3.2.4): offset and size of a hole.
fn negative_acknowledgement(node: &mut Node, option: &Opt<'_>) -> Dissected {
    let view = option.view;
    let offset = view.u16(2)?;
    let label = format!("TCP SNACK Offset: {offset}");
    node.add(Node::new("tcp.options.snack.offset", view.octets(2, 2), offset, label));
    let size = view.u16(4)?;
    node.add(Node::new("tcp.options.snack.size", view.octets(4, 2), size, format!("TCP SNACK Size: {size}")));
    Ok(())
}

fn quick_start(node: &mut Node, option: &Opt<'_>) -> Dissected {
    let view = option.view;
    let octet = view.u8(2)?;
    let rate = octet & 15;
    let label = format!("{} = QS Rate: {} ({rate})", bits(octet.into(), 0x0f, 8), rate_name(rate));
    node.add(Node::new("tcp.options.qs.rate", view.octets(2, 1), rate, label));
    let ttl = view.u8(3)?;
    // Wireshark names the difference of the TTLs like the rate.
    node.add(Node::new("tcp.options.qs.ttl_diff", view.octets(3, 1), ttl, format!("QS Rate: {ttl}")));
    Ok(())
}

fn user_timeout(node: &mut Node, option: &Opt<'_>) -> Dissected {
    let view = option.view;
    let word = view.u16(2)?;
    let octets = view.octets(2, 2);
    let (minutes, value) = (word & 0x8000 != 0, word & 0x7fff);
    let unit = if minutes { "Minutes" } else { "Seconds" };
    let label = format!("{} = Granularity: {unit}", bits(word.into(), 0x8000, 16));
    node.add(Node::new("tcp.options.user_to_granularity", octets, minutes, label));
    let label = format!("{} = User Timeout: {value}", bits(word.into(), 0x7fff, 16));
    node.add(Node::new("tcp.options.user_to_val", octets, value, label));
    Ok(())
}

/// The TCP Authentication Option (RFC 5925 §2.2).
fn authentication(node: &mut Node, option: &Opt<'_>) -> Dissected {
    let view = option.view;
    if option_length_remark(node, view.reported() >= 4, "option length should be >= than 4") {
        return Ok(());
    }
    let key = view.u8(2)?;
    node.add(Node::new("tcp.options.ao.keyid", view.octets(2, 1), key, format!("AO KeyID: {key}")));
    let next = view.u8(3)?;
    node.add(Node::new("tcp.options.ao.rnextkeyid", view.octets(3, 1), next, format!("AO RNextKeyID: {next}")));
    let left = view.reported() - 4;
    if left > 0 {
        let code = view.bytes(4, left)?;
        node.add(Node::new("tcp.options.ao.mac", view.octets(4, left), code, format!("AO MAC: {}", hex(code))));
    }
    Ok(())
}
