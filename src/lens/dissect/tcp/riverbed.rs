//! Options of Riverbed's WAN accelerators: probe and transparency.

use super::options::{Opt, head};
use crate::lens::dissect::names::set;
use crate::lens::dissect::text::bits;
use crate::lens::dissect::tree::Node;
use crate::lens::dissect::view::{Dissected, View};

/// The type that says nothing more, and the last one with a name.
const INTERNAL: u8 = 2;
const LAST_KNOWN: u8 = 10;

/// Draws a probe.
pub(super) fn probe(list: &mut Node, option: &Opt<'_>) -> Dissected {
    let view = option.view;
    let (node, _) = head(list, option, "TCP Option - Riverbed Probe".to_owned())?;
    let octet = view.u8(2)?;
    let octets = view.octets(2, 1);
    // The low bit tells the second version; it leaves seven bits for the type, the first version four.
    let second = octet & 1 == 0;
    let (kind, mask, field) = if second {
        (octet >> 1, 0xfe, "tcp.options.rvbd.probe.type2")
    } else {
        (octet >> 4, 0xf0, "tcp.options.rvbd.probe.type1")
    };
    node.extend_label(&format!(": {}", kind_name(kind)));
    if second && !matches!(kind, 6 | 7) || kind > LAST_KNOWN {
        return Ok(());
    }
    node.add(Node::new(field, octets, kind, format!("{} = Type: {kind}", bits(octet.into(), mask, 8))));
    if second {
        let label = format!("{} = Version: 2", bits(octet.into(), 0x01, 8));
        node.add(Node::new("tcp.options.rvbd.probe.version_raw", octets, 2_u8, label));
        return second_version(node, view, kind);
    }
    let version = octet & 15;
    let label = format!("{} = Version: {version}", bits(octet.into(), 0x0f, 8));
    node.add(Node::new("tcp.options.rvbd.probe.version", octets, version, label));
    if kind == INTERNAL {
        return Ok(());
    }
    let reserved = view.u8(3)?;
    let label = format!("Reserved: 0x{reserved:02x}");
    node.add(Node::new("tcp.options.rvbd.probe.reserved", view.octets(3, 1), reserved, label));
    let prober = view.ipv4(4)?;
    node.add(Node::new("tcp.options.rvbd.probe.prober", view.octets(4, 4), prober, format!("CSH IP: {prober}")));
    match kind {
        0 | 3 | 4 => {
            let version = view.u16(8)?;
            node.extend_label(&format!(", CSH IP: {prober}"));
            let label = format!("Application Version: {version}");
            node.add(Node::new("tcp.options.rvbd.probe.appli_ver", view.octets(8, 2), version, label));
        }
        1 => proxy(node, view, 8)?,
        _ => {}
    }
    Ok(())
}

fn proxy(node: &mut Node, view: View<'_>, at: usize) -> Dissected {
    let ip = view.ipv4(at)?;
    let port = view.u16(at + 4)?;
    node.extend_label(&format!(", Server Steelhead: {ip}:{port}"));
    node.add(Node::new("tcp.options.rvbd.probe.proxy.ip", view.octets(at, 4), ip, format!("SSH IP: {ip}")));
    let label = format!("SSH Port: {port}");
    node.add(Node::new("tcp.options.rvbd.probe.proxy.port", view.octets(at + 4, 2), port, label));
    Ok(())
}

fn second_version(node: &mut Node, view: View<'_>, kind: u8) -> Dissected {
    let flags = view.u8(3)?;
    let octets = view.octets(3, 1);
    let item =
        node.add(Node::new("tcp.options.rvbd.probe.flags", octets, flags, format!("Probe Flags: 0x{flags:02x}")));
    const QUERY: [(&str, &str, u8); 2] = [
        ("tcp.options.rvbd.probe.flags.notcfe", "Not CFE", 0x04),
        ("tcp.options.rvbd.probe.flags.last", "Last Notify", 0x01),
    ];
    const RESPONSE: [(&str, &str, u8); 3] = [
        ("tcp.options.rvbd.probe.flags.probe", "Disable Probe Cache on CSH", 0x08),
        ("tcp.options.rvbd.probe.flags.ssl", "SSL Enabled", 0x10),
        ("tcp.options.rvbd.probe.flags.server", "SSH outer to server established", 0x20),
    ];
    let shown = if kind == 6 { QUERY.as_slice() } else { RESPONSE.as_slice() };
    for &(field, name, mask) in shown {
        let bit = flags & mask != 0;
        let label = format!("{} = {name}: {}", bits(flags.into(), mask.into(), 8), set(bit));
        item.add(Node::new(field, octets, bit, label));
    }
    Ok(())
}

const fn kind_name(kind: u8) -> &'static str {
    match kind {
        0 => "Probe Query",
        1 => "Probe Response",
        2 => "Probe Internal",
        3 => "Probe Trace",
        4 => "Probe Query SH",
        5 => "Probe Response SH",
        6 => "Probe Query Info",
        7 => "Probe Response Info",
        8 => "Probe Query Info SH",
        9 => "Probe Query Info Store ID",
        10 => "Probe Reset",
        _ => "Probe Unknown",
    }
}

/// Draws how the connection between two accelerators shows through.
pub(super) fn transparency(list: &mut Node, option: &Opt<'_>) -> Dissected {
    let view = option.view;
    let (node, right) = head(list, option, "TCP Option - Riverbed Transparency".to_owned())?;
    if !right {
        return Ok(());
    }
    let flags = view.u16(2)?;
    let octets = view.octets(2, 2);
    let label = format!("Transparency Options: 0x{flags:04x}");
    let item = node.add(Node::new("tcp.options.rvbd.trpy.flags", octets, flags, label));
    const FLAGS: [(&str, &str, u16); 5] = [
        ("tcp.options.rvbd.trpy.flags.fw_rst_probe", "Enable FW traversal feature", 0x0400),
        ("tcp.options.rvbd.trpy.flags.fw_rst_inner", "Enable Inner FW feature on All FWs", 0x0200),
        ("tcp.options.rvbd.trpy.flags.fw_rst", "Enable Transparency FW feature on All FWs", 0x0100),
        ("tcp.options.rvbd.trpy.flags.chksum", "Reserved", 0x0004),
        ("tcp.options.rvbd.trpy.flags.oob", "Out of band connection", 0x0002),
    ];
    for (field, name, mask) in FLAGS {
        let bit = flags & mask != 0;
        let label = format!("{} = {name}: {}", bits(flags.into(), mask.into(), 16), set(bit));
        item.add(Node::new(field, octets, bit, label));
    }
    let mode = flags & 1 != 0;
    let words = if mode { "Port Transparency" } else { "Full Transparency" };
    let label = format!("{} = Transparency Mode: {words}", bits(flags.into(), 1, 16));
    item.add(Node::new("tcp.options.rvbd.trpy.flags.mode", octets, mode, label));
    let source = view.ipv4(4)?;
    node.add(Node::new("tcp.options.rvbd.trpy.src.ip", view.octets(4, 4), source, format!("Src SH IP Addr: {source}")));
    let destination = view.ipv4(8)?;
    let label = format!("Dst SH IP Addr: {destination}");
    node.add(Node::new("tcp.options.rvbd.trpy.dst.ip", view.octets(8, 4), destination, label));
    let source_port = view.u16(12)?;
    let label = format!("Src SH Inner Port: {source_port}");
    node.add(Node::new("tcp.options.rvbd.trpy.src.port", view.octets(12, 2), source_port, label));
    let destination_port = view.u16(14)?;
    let label = format!("Dst SH Inner Port: {destination_port}");
    node.add(Node::new("tcp.options.rvbd.trpy.dst.port", view.octets(14, 2), destination_port, label));
    node.extend_label(&format!(" {source}:{source_port} -> {destination}:{destination_port}"));
    Ok(())
}
