//! Multipath TCP options (RFC 6824 and RFC 8684 §3), each a layer of its own in Wireshark's eyes.

use super::Segment;
use super::options::{Opt, kind_and_length};
use crate::lens::dissect::expert::{Group, Severity, remark};
use crate::lens::dissect::multipath::{Key, Share};
use crate::lens::dissect::names::set;
use crate::lens::dissect::text::{bits, hex};
use crate::lens::dissect::tree::{Node, Octets};
use crate::lens::dissect::view::{Dissected, View};
use crate::lens::wireshark::text::Spelled;

/// Draws the option.
pub(super) fn draw(list: &mut Node, segment: &Segment<'_>, option: &Opt<'_>) -> Dissected {
    let view = option.view;
    let length = view.reported();
    let title = "Multipath Transmission Control Protocol";
    let node = list.add(Node { field: "mptcp", ..Node::text(title) }.at(view.octets(0, length)));
    kind_and_length(node, option)?;
    let octet = view.u8(2)?;
    let subtype = octet >> 4;
    let name = match subtype_name(subtype) {
        Some(name) => format!("{name} ({subtype})"),
        None => format!("Unknown ({subtype})"),
    };
    let shown = subtype_name(subtype).map_or(name.as_str(), |name| name);
    node.extend_label(&format!(": {shown}"));
    let label = format!("{} = Multipath TCP subtype: {name}", bits(octet.into(), 0xf0, 8));
    node.add(Node::new("tcp.options.mptcp.subtype", view.octets(2, 1), subtype, label));
    match subtype {
        0 => capable(node, view, octet & 15, segment.share.own),
        1 => join(node, view),
        2 => data_sequence(node, view, &segment.share),
        3 => add_address(node, view, octet & 15),
        4 => remove_address(node, view),
        5 => priority(node, view),
        6 => {
            reserved(node, view)?;
            number(node, view, 4, 8, "tcp.options.mptcp.rawdataseqno", "Data Sequence Number").map(drop)
        }
        7 => {
            reserved(node, view)?;
            number(node, view, 4, 8, "tcp.options.mptcp.recvkey", "Receiver's Key").map(drop)
        }
        8 => reset(node, view),
        _ => Ok(()),
    }
}

const fn subtype_name(subtype: u8) -> Option<&'static str> {
    Some(match subtype {
        0 => "Multipath Capable",
        1 => "Join Connection",
        2 => "Data Sequence Signal",
        3 => "Add Address",
        4 => "Remove Address",
        5 => "Change Subflow Priority",
        6 => "TCP Fallback",
        7 => "Fast Close",
        8 => "TCP Reset",
        _ => return None,
    })
}

/// A number of `size` octets.
fn number(node: &mut Node, view: View<'_>, at: usize, size: usize, field: &'static str, name: &str) -> Dissected<u64> {
    let value = match size {
        1 => view.u8(at)?.into(),
        2 => view.u16(at)?.into(),
        4 => view.u32(at)?.into(),
        _ => view.u64(at)?,
    };
    node.add(Node::new(field, view.octets(at, size), value, format!("{name}: {value}")));
    Ok(value)
}

/// Bits of a flags octet, as numbers.
fn flag_lines(item: &mut Node, octets: Octets, flags: u8, lines: &[(&'static str, &str, u8)]) {
    for &(field, name, mask) in lines {
        let bit = flags & mask != 0;
        let label = format!("{} = {name}: {}", bits(flags.into(), mask.into(), 8), u8::from(bit));
        item.add(Node::new(field, octets, bit, label));
    }
}

fn flags_item(node: &mut Node, octets: Octets, flags: u8) -> &mut Node {
    let label = format!("Multipath TCP flags: 0x{flags:02x}");
    node.add(Node::new("tcp.options.mptcp.flags", octets, flags, label))
}

fn capable(node: &mut Node, view: View<'_>, version: u8, own: Option<Key>) -> Dissected {
    let label = format!("{} = Multipath TCP version: {version}", bits(version.into(), 0x0f, 8));
    node.add(Node::new("tcp.options.mptcp.version", view.octets(2, 1), version, label));
    let flags = view.u8(3)?;
    let octets = view.octets(3, 1);
    let item = flags_item(node, octets, flags);
    let lines = [
        ("tcp.options.mptcp.checksumreq.flags", "Checksum required", 0x80),
        ("tcp.options.mptcp.extensibility.flag", "Extensibility", 0x40),
    ];
    flag_lines(item, octets, flags, &lines);
    if version == 1 {
        let name = "Do not attempt to establish new subflows to this address and port";
        flag_lines(item, octets, flags, &[("tcp.options.mptcp.nomoresubflows.flag", name, 0x20)]);
        flag_lines(item, octets, flags, &[("tcp.options.mptcp.sha256.flag", "Use HMAC-SHA256", 0x01)]);
    } else {
        flag_lines(item, octets, flags, &[("tcp.options.mptcp.sha1.flag", "Use HMAC-SHA1", 0x01)]);
    }
    let (mask, width) = if version == 1 { (0x1e, 1) } else { (0x3e, 2) };
    let rest = (flags & mask) >> 1;
    let label = format!("{} = Reserved: 0x{rest:0width$x}", bits(flags.into(), mask.into(), 8));
    item.add(Node::new("tcp.options.mptcp.reserved.flag", octets, rest, label));
    // The low bits name algorithms, of which there is one.
    if flags & 0x3f == 0 {
        let text = "No crypto algorithm specified";
        remark(item, "mptcp.connection.missing_algorithm", Severity::Warning, Group::Protocol, text);
    }
    if flags & 0x3f != 1 {
        let text = "Unsupported algorithm";
        remark(item, "mptcp.connection.unsupported_algorithm", Severity::Warning, Group::Protocol, text);
    }
    let length = view.reported();
    if !matches!(length, 12 | 20 | 22 | 24) {
        return Ok(());
    }
    number(node, view, 4, 8, "tcp.options.mptcp.sendkey", "Sender's Key")?;
    if let Some(Key { token, first }) = own {
        let here = view.octets(12, 0);
        let label = format!("Subflow token generated from key: {token}");
        node.add(Node::concluded("mptcp.expected_token", token, label).at(here));
        let label = format!("Subflow expected IDSN: {first} (64bits version)");
        node.add(Node::concluded("mptcp.expected_idsn", first, label).at(here));
    }
    if length >= 20 {
        number(node, view, 12, 8, "tcp.options.mptcp.recvkey", "Receiver's Key")?;
    }
    if length >= 22 {
        number(node, view, 20, 2, "tcp.options.mptcp.datalvllen", "Data-level Length")?;
    }
    if length == 24 {
        checksum(node, view, 22)?;
    }
    Ok(())
}

fn checksum(node: &mut Node, view: View<'_>, at: usize) -> Dissected {
    let sum = view.u16(at)?;
    node.add(Node::new("tcp.options.mptcp.checksum", view.octets(at, 2), sum, format!("Checksum: 0x{sum:04x}")));
    Ok(())
}

fn backup(node: &mut Node, view: View<'_>) -> Dissected {
    let octet = view.u8(2)?;
    let octets = view.octets(2, 1);
    let item = flags_item(node, octets, octet);
    flag_lines(item, octets, octet, &[("tcp.options.mptcp.backup.flag", "Backup flag", 0x01)]);
    Ok(())
}

fn join(node: &mut Node, view: View<'_>) -> Dissected {
    match view.reported() {
        12 => {
            backup(node, view)?;
            number(node, view, 3, 1, "tcp.options.mptcp.addrid", "Address ID")?;
            number(node, view, 4, 4, "tcp.options.mptcp.recvtok", "Receiver's Token")?;
            number(node, view, 8, 4, "tcp.options.mptcp.sendrand", "Sender's Random Number")?;
        }
        16 => {
            backup(node, view)?;
            number(node, view, 3, 1, "tcp.options.mptcp.addrid", "Address ID")?;
            number(node, view, 4, 8, "tcp.options.mptcp.sendtrunchmac", "Sender's Truncated HMAC")?;
            number(node, view, 12, 4, "tcp.options.mptcp.sendrand", "Sender's Random Number")?;
        }
        24 => {
            reserved(node, view)?;
            let code = view.bytes(4, 20)?;
            let label = format!("Sender's HMAC: {}", hex(code));
            node.add(Node::new("tcp.options.mptcp.sendhmac", view.octets(4, 20), code, label));
        }
        _ => {}
    }
    Ok(())
}

fn reserved(node: &mut Node, view: View<'_>) -> Dissected {
    let word = view.u16(2)?;
    let rest = word & 0x0fff;
    let label = format!("{} = Reserved: 0x{rest:03x}", bits(word.into(), 0x0fff, 16));
    node.add(Node::new("tcp.options.mptcp.reserved", view.octets(2, 2), rest, label));
    Ok(())
}

fn data_sequence(node: &mut Node, view: View<'_>, share: &Share) -> Dissected {
    let flags = view.u8(3)?;
    let octets = view.octets(3, 1);
    let item = flags_item(node, octets, flags);
    let lines = [
        ("tcp.options.mptcp.datafin.flag", "DATA_FIN", 0x10),
        ("tcp.options.mptcp.dseqn8.flag", "Data Sequence Number is 8 octets", 0x08),
        (
            "tcp.options.mptcp.dseqnpresent.flag",
            "Data Sequence Number, Subflow Sequence Number, Data-level Length, Checksum present",
            0x04,
        ),
        ("tcp.options.mptcp.dataack8.flag", "Data ACK is 8 octets", 0x02),
        ("tcp.options.mptcp.dataackpresent.flag", "Data ACK is present", 0x01),
    ];
    flag_lines(item, octets, flags, &lines);
    let mut at = 4;
    if flags & 0x01 != 0 {
        let size = if flags & 0x02 != 0 { 8 } else { 4 };
        let ack = number(node, view, at, size, "tcp.options.mptcp.rawdataack", "Original MPTCP Data ACK")?;
        if let (8, Some(line)) = (size, node.children.last_mut()) {
            line.extend_label(" (64bits)");
        }
        if let Some(peer) = share.peer {
            relative(node, view, ack, flags, peer, ("mptcp.ack", "Multipath TCP Data ACK"));
        }
        at += size;
    }
    if flags & 0x04 == 0 {
        return Ok(());
    }
    let size = if flags & 0x08 != 0 { 8 } else { 4 };
    let first = number(node, view, at, size, "tcp.options.mptcp.rawdataseqno", "Data Sequence Number")?;
    if let Some(line) = node.children.last_mut() {
        line.extend_label(&format!("  ({}bits version)", size * 8));
    }
    at += size;
    number(node, view, at, 4, "tcp.options.mptcp.subflowseqno", "Subflow Sequence Number")?;
    number(node, view, at + 4, 2, "tcp.options.mptcp.datalvllen", "Data-level Length")?;
    at += 6;
    if let Some(own) = share.own {
        relative(node, view, first, flags, own, ("mptcp.dss.dsn", "DSS Data Sequence Number"));
    }
    // Wireshark looks for a checksum only where there is room for twice its octets.
    if view.reported() >= at + 4 { checksum(node, view, at) } else { Ok(()) }
}

/// A data sequence number counted from its sender's first. Wireshark takes it for one of 64 bits where the flags say so
/// of the acknowledgement, whichever of the two it is.
fn relative(node: &mut Node, view: View<'_>, raw: u64, flags: u8, sender: Key, (field, name): (&'static str, &str)) {
    let whole = if flags & 0x02 != 0 { raw } else { sender.first & !0xffff_ffff | raw };
    let count = whole.wrapping_sub(sender.first);
    node.add(Node::concluded(field, count, format!("{name}: {count} (Relative)")).at(view.octets(0, 0)));
}

/// Draws which connection a segment with MPTCP options belongs to, below everything else that was concluded of it.
pub(super) fn analysis(node: &mut Node, segment: &Segment<'_>) {
    let Some(connection) = &segment.share.connection else { return };
    let here = segment.view.octets(0, 0);
    let item = node.add(Node::concluded("mptcp.analysis", (), "MPTCP analysis").at(here));
    let master = match connection.master {
        Some(stream) => format!("Master flow: Master is tcp stream {stream}"),
        None => "Master flow: False".to_owned(),
    };
    item.add(Node::concluded("mptcp.master", connection.master.is_some(), master).at(here));
    let label = format!("Stream index: {}", connection.number);
    item.add(Node::concluded("mptcp.stream", connection.number, label).at(here));
    let streams: String = connection.subflows.iter().map(|stream| format!("{stream} ")).collect();
    let label = format!("TCP subflow stream id(s): {streams}");
    item.add(Node::concluded("mptcp.analysis.subflows", streams, label).at(here));
}

fn add_address(node: &mut Node, view: View<'_>, low: u8) -> Dissected {
    let octets = view.octets(2, 1);
    if matches!(low, 4 | 6) {
        let label = format!("{} = IP version: {low}", bits(low.into(), 0x0f, 8));
        node.add(Node::new("tcp.options.mptcp.ipver", octets, low, label));
    } else {
        let octet = view.u8(2)?;
        let label = format!("{} = Echo: {}", bits(octet.into(), 0x01, 8), octet & 1);
        node.add(Node::new("tcp.options.mptcp.echo", octets, octet & 1, label));
    }
    number(node, view, 3, 1, "tcp.options.mptcp.addrid", "Address ID")?;
    let length = view.reported();
    let mut at = 4;
    match length {
        8 | 10 | 16 | 18 => {
            let ip = view.ipv4(at)?;
            let label = format!("Advertised IPv4 Address: {ip}");
            node.add(Node::new("tcp.options.mptcp.ipv4", view.octets(at, 4), ip, label));
            at += 4;
        }
        20 | 22 | 28 | 30 => {
            let ip = view.ipv6(at)?;
            let label = format!("Advertised IPv6 Address: {}", Spelled(ip));
            node.add(Node::new("tcp.options.mptcp.ipv6", view.octets(at, 16), ip, label));
            at += 16;
        }
        _ => {}
    }
    if matches!(length, 10 | 18 | 22 | 30) {
        number(node, view, at, 2, "tcp.options.mptcp.port", "Advertised port")?;
        at += 2;
    }
    if matches!(length, 16 | 18 | 28 | 30) {
        number(node, view, at, 8, "tcp.options.mptcp.addaddrtrunchmac", "Truncated HMAC")?;
    }
    Ok(())
}

fn remove_address(node: &mut Node, view: View<'_>) -> Dissected {
    let count = view.reported().saturating_sub(3);
    let label = format!("Number of removed addresses: {count}");
    node.add(Node::concluded("mptcp.rm_addr.count", count, label).at(view.octets(0, 0)));
    for at in 3..view.reported() {
        number(node, view, at, 1, "tcp.options.mptcp.addrid", "Address ID")?;
    }
    Ok(())
}

fn priority(node: &mut Node, view: View<'_>) -> Dissected {
    backup(node, view)?;
    if view.reported() == 4 {
        number(node, view, 3, 1, "tcp.options.mptcp.addrid", "Address ID")?;
    }
    Ok(())
}

fn reset(node: &mut Node, view: View<'_>) -> Dissected {
    let octet = view.u8(2)?;
    let octets = view.octets(2, 1);
    let item = flags_item(node, octets, octet);
    const FLAGS: [(&str, &str, u8); 4] = [
        ("tcp.options.mptcp.flag_U.flag", "Flag U", 0x08),
        ("tcp.options.mptcp.flag_V.flag", "Flag V", 0x04),
        ("tcp.options.mptcp.flag_W.flag", "Flag W", 0x02),
        ("tcp.options.mptcp.flag_T.flag", "Transient", 0x01),
    ];
    for (field, name, mask) in FLAGS {
        let bit = octet & mask != 0;
        if bit {
            item.extend_label(&format!(", {name}"));
        }
        let label = format!("{} = {name}: {}", bits(octet.into(), mask.into(), 4), set(bit));
        item.add(Node::new(field, octets, bit, label));
    }
    let reason = view.u8(3)?;
    let words = match reason {
        0 => "Unspecified error",
        1 => "MPTCP-specific error",
        2 => "Lack of resources",
        3 => "Administratively prohibited",
        4 => "Too much outstanding data",
        5 => "Unacceptable performance",
        6 => "Middlebox interference",
        _ => "Unknown",
    };
    let label = format!("TCPRST Reason: {words} (0x{reason:02x})");
    node.add(Node::new("tcp.options.mptcp.rst_reason", view.octets(3, 1), reason, label));
    Ok(())
}
