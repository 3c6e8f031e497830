//! IPv4 options that are lists of addresses or times: record route, source routes, time stamps (RFC 791 §3.1).

use crate::lens::dissect::expert::{Group, Severity, remark, remark_line};
use crate::lens::dissect::text::bits;
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::{Dissected, View};

const PAST_END: &str = "Suboption would go past end of option";

/// The addresses of a recorded route, or of a source route and its final destination.
pub(super) fn recorded(node: &mut Node, option: View<'_>, record: bool) -> Dissected {
    let length = option.reported();
    let pointer = usize::from(option.u8(2)?);
    let item = node.add(Node::new("ip.opt.ptr", option.octets(2, 1), pointer, format!("Pointer: {pointer}")));
    let fault = if pointer < 4 {
        Some(("ip.opt.ptr.before_address", "Pointer points before first address"))
    } else if pointer % 4 != 0 {
        Some(("ip.opt.ptr.middle_address", "Pointer points to middle of address"))
    } else {
        None
    };
    if let Some((field, text)) = fault {
        remark(item, field, Severity::Warning, Group::Protocol, text);
        return Ok(());
    }
    if length % 4 != 3 {
        remark(item, "ip.opt.len.past_end", Severity::Warning, Group::Protocol, PAST_END);
    }
    for at in (3..length.saturating_sub(3)).step_by(4) {
        let ip = option.ipv4(at)?;
        let last = at + 4 == length;
        // The pointer counts from 1: it is the octet after this address's first that it names.
        let next = if at + 1 == pointer { " <- (next)" } else { "" };
        let (field, label) = match at + 1 >= pointer {
            false => ("ip.rec_rt", format!("Recorded Route: {ip}")),
            true if record => ("ip.empty_rt", format!("Empty Route: {ip}{next}")),
            true if last => ("ip.dst", format!("Destination Address: {ip}")),
            true => ("ip.src_rt", format!("Source Route: {ip}{next}")),
        };
        node.add(Node::new(field, option.octets(at, 4), ip, label));
    }
    Ok(())
}

/// The time stamps of routers, with their addresses where the flag says so.
pub(super) fn time_stamps(node: &mut Node, option: View<'_>) -> Dissected {
    let length = option.reported();
    let pointer = option.u8(2)?;
    let note = match pointer {
        1 => " (header is full)",
        0 | 2..=4 => " (points before first address)",
        _ if pointer % 4 != 1 => " (points to middle of field)",
        _ => "",
    };
    node.add(Node::new("ip.opt.ptr", option.octets(2, 1), pointer, format!("Pointer: {pointer}{note}")));
    let octet = option.u8(3)?;
    let (overflow, flag) = (octet >> 4, octet & 15);
    let label = format!("{} = Overflow: {overflow}", bits(octet.into(), 0xf0, 8));
    node.add(Node::new("ip.opt.overflow", option.octets(3, 1), overflow, label));
    let name = match flag {
        0 => "Time stamps only",
        1 => "Time stamp and address",
        3 => "Time stamps for prespecified addresses",
        _ => "Unknown",
    };
    let label = format!("{} = Flag: {name} (0x{flag:x})", bits(octet.into(), 0x0f, 8));
    node.add(Node::new("ip.opt.flag", option.octets(3, 1), flag, label));
    let with_address = matches!(flag, 1 | 3);
    let entry = if with_address { 8 } else { 4 };
    let mut at = 4;
    while at < length {
        if at + entry > length {
            let line = remark_line(node, "ip.opt.len.past_end", Severity::Warning, Group::Protocol, PAST_END);
            line.octets = Some(option.octets(at, length - at));
            return Ok(());
        }
        let mut time = at;
        if with_address {
            let ip = option.ipv4(at)?;
            node.add(Node::new("ip.opt.time_stamp_addr", option.octets(at, 4), ip, format!("Address: {ip}")));
            time += 4;
        }
        let value = option.u32(time)?;
        node.add(Node::new("ip.opt.time_stamp", option.octets(time, 4), value, format!("Time stamp: {value}")));
        at += entry;
    }
    Ok(())
}
