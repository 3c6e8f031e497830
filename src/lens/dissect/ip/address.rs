//! What an IPv6 address says about itself: its space, its special purpose, and addresses embedded in it.

use crate::lens::dissect::text::{bits, hex, mac};
use crate::lens::dissect::tree::{Node, Octets, Value};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Field names for one of the two addresses of a header.
pub(super) struct Names {
    /// `Source` or `Destination`.
    pub word: &'static str,
    pub space: &'static str,
    pub multicast: [&'static str; 6],
    pub special: [&'static str; 6],
    pub embedded: &'static str,
    pub mac: &'static str,
    pub isatap: &'static str,
    pub six_to_four: [&'static str; 2],
    pub teredo: [&'static str; 3],
}

/// The source address's.
pub(super) const SOURCE: Names = Names {
    word: "Source",
    space: "ipv6.src_addr_space",
    multicast: [
        "ipv6.src_multicast_flags",
        "ipv6.src_multicast_flags.reserved",
        "ipv6.src_multicast_flags.embed_rp",
        "ipv6.src_multicast_flags.network_prefix",
        "ipv6.src_multicast_flags.transient",
        "ipv6.src_multicast_scope",
    ],
    special: [
        "ipv6.src_special_purpose",
        "ipv6.src_special_purpose_source",
        "ipv6.src_special_purpose_destination",
        "ipv6.src_special_purpose_forwardable",
        "ipv6.src_special_purpose_global",
        "ipv6.src_special_purpose_reserved",
    ],
    embedded: "ipv6.src_embed_ipv4",
    mac: "ipv6.src_slaac_mac",
    isatap: "ipv6.src_isatap_ipv4",
    six_to_four: ["ipv6.src_6to4_gw_ipv4", "ipv6.src_6to4_sla_id"],
    teredo: ["ipv6.src_ts_ipv4", "ipv6.src_tc_port", "ipv6.src_tc_ipv4"],
};

/// The destination address's.
pub(super) const DESTINATION: Names = Names {
    word: "Destination",
    space: "ipv6.dst_addr_space",
    multicast: [
        "ipv6.dst_multicast_flags",
        "ipv6.dst_multicast_flags.reserved",
        "ipv6.dst_multicast_flags.embed_rp",
        "ipv6.dst_multicast_flags.network_prefix",
        "ipv6.dst_multicast_flags.transient",
        "ipv6.dst_multicast_scope",
    ],
    special: [
        "ipv6.dst_special_purpose",
        "ipv6.dst_special_purpose_source",
        "ipv6.dst_special_purpose_destination",
        "ipv6.dst_special_purpose_forwardable",
        "ipv6.dst_special_purpose_global",
        "ipv6.dst_special_purpose_reserved",
    ],
    embedded: "ipv6.dst_embed_ipv4",
    mac: "ipv6.dst_slaac_mac",
    isatap: "ipv6.dst_isatap_ipv4",
    six_to_four: ["ipv6.dst_6to4_gw_ipv4", "ipv6.dst_6to4_sla_id"],
    teredo: ["ipv6.dst_ts_ipv4", "ipv6.dst_tc_port", "ipv6.dst_tc_ipv4"],
};

/// Draws the space and the special purpose of `address` under its own line.
pub(super) fn classify(node: &mut Node, address: Ipv6Addr, octets: Octets, names: &Names) {
    let first = address.octets();
    let space = match first {
        [0xff, ..] => "Multicast",
        [0xfe, second, ..] if second & 0xc0 == 0x80 => "Link-Local Unicast",
        [0xfc | 0xfd, ..] => "Unique Local Unicast",
        // Wireshark tests two bits only, which also takes in a0, 60 and e0.
        [first, ..] if first & 0x30 == 0x20 => "Global Unicast",
        _ => "Reserved by IETF",
    };
    node.add(Node::concluded(names.space, space, format!("Address Space: {space}")).at(Octets { len: 2, ..octets }));
    if let [0xff, second, ..] = first {
        multicast(node, second, octets, names);
    }
    if let Some(special) = special(address) {
        draw_special(node, special, octets, names);
    }
}

/// Draws the IPv4 and link-layer addresses that `address` carries within, as lines of the header.
pub(super) fn embedded(node: &mut Node, address: Ipv6Addr, octets: Octets, names: &Names) {
    let word = names.word;
    let [.., a, b, c, d, e, f, g, h] = address.octets();
    let low = Ipv4Addr::new(e, f, g, h);
    let segments = address.segments();
    match segments {
        [0x2002, high, low, subnet, ..] => {
            let gateway = Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
            ipv4_line(node, names.six_to_four[0], &format!("{word} 6to4 Gateway IPv4"), gateway, octets);
            let label = format!("{word} 6to4 SLA ID: {subnet}");
            node.add(Node::concluded(names.six_to_four[1], subnet, label).at(octets));
        }
        [0x2001, 0, server_high, server_low, _, port, client_high, client_low] => {
            let server = Ipv4Addr::from(u32::from(server_high) << 16 | u32::from(server_low));
            let client = Ipv4Addr::from(!(u32::from(client_high) << 16 | u32::from(client_low)));
            ipv4_line(node, names.teredo[0], &format!("{word} Teredo Server IPv4"), server, octets);
            let port = !port;
            node.add(Node::concluded(names.teredo[1], port, format!("{word} Teredo Port: {port}")).at(octets));
            ipv4_line(node, names.teredo[2], &format!("{word} Teredo Client IPv4"), client, octets);
        }
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => {
            let prefix = address.octets();
            let prefix = prefix.get(..12).unwrap_or_default();
            let label = format!("Embedded IPv4 Prefix: {}", hex(prefix));
            node.add(Node::concluded("ipv6.embed_ipv4_prefix", prefix, label).at(octets));
            ipv4_line(node, names.embedded, &format!("{word} Embedded IPv4"), low, octets);
            ipv4_line(node, "ipv6.embed_ipv4", "Embedded IPv4", low, octets);
            return;
        }
        _ => {}
    }
    if a & 2 != 0 && (d, e) == (0xff, 0xfe) {
        let address = [a ^ 2, b, c, f, g, h];
        let label = format!("{word} SLAAC MAC: {}", mac(&address));
        node.add(Node::concluded(names.mac, address.as_slice(), label).at(octets));
    } else if (a & 0xfc, b, c, d) == (0, 0, 0x5e, 0xfe) {
        ipv4_line(node, names.isatap, &format!("{word} ISATAP IPv4"), low, octets);
    }
}

fn ipv4_line(node: &mut Node, field: &'static str, name: &str, address: Ipv4Addr, octets: Octets) {
    node.add(Node::concluded(field, IpAddr::from(address), format!("{name}: {address}")).at(octets));
}

fn multicast(node: &mut Node, octet: u8, octets: Octets, names: &Names) {
    let word = u64::from(octet);
    let flags = octet >> 4;
    let drawn = |mask: u64, words: String| format!("{} = {words}", bits(word, mask, 16));
    const FLAGS: [(&str, u8); 3] = [("Rendezvous Point (RP)", 0x40), ("Network Prefix", 0x20), ("Transient", 0x10)];
    let mut label = format!("Multicast Flags: 0x{flags:x}");
    for (name, mask) in FLAGS {
        if octet & mask != 0 {
            label.push_str(&format!(", {name}"));
        }
    }
    let [field, reserved, flag_fields @ .., scope_field] = &names.multicast;
    let item = node.add(Node::concluded(field, flags, drawn(0xf0, label)).at(octets));
    let top = octet >> 7;
    item.add(Node::new(reserved, octets, top, drawn(0x80, format!("Reserved: {top}"))));
    for ((name, mask), field) in FLAGS.into_iter().zip(flag_fields) {
        let bit = octet & mask != 0;
        item.add(Node::new(field, octets, bit, drawn(mask.into(), format!("{name}: {}", truth(bit)))));
    }
    let scope = octet & 15;
    let label = drawn(0x0f, format!("Multicast Scope: {} (0x{scope:x})", scope_name(scope)));
    node.add(Node::concluded(scope_field, scope, label).at(octets));
}

const fn scope_name(scope: u8) -> &'static str {
    match scope {
        0 | 0xf => "Reserved",
        1 => "Interface-Local scope",
        2 => "Link-Local scope",
        3 => "Realm-Local scope",
        4 => "Admin-Local scope",
        5 => "Site-Local scope",
        8 => "Organization-Local scope",
        0xe => "Global scope",
        _ => "Unassigned",
    }
}

/// A row of the registry of special-purpose addresses (RFC 6890).
struct Special {
    name: &'static str,
    network: [u16; 8],
    prefix: u32,
    source: bool,
    destination: bool,
    forwardable: bool,
    /// Nothing where the registry says "not applicable".
    global: Option<bool>,
    reserved: bool,
}

const fn row(name: &'static str, network: [u16; 8], prefix: u32, truths: [Option<bool>; 5]) -> Special {
    let [source, destination, forwardable, global, reserved] = truths;
    Special {
        name,
        network,
        prefix,
        source: matches!(source, Some(true)),
        destination: matches!(destination, Some(true)),
        forwardable: matches!(forwardable, Some(true)),
        global,
        reserved: matches!(reserved, Some(true)),
    }
}

const Y: Option<bool> = Some(true);
const N: Option<bool> = Some(false);

/// Narrower networks before the wider ones they lie in.
const SPECIAL: [Special; 23] = [
    row("Unspecified Address", [0; 8], 128, [Y, N, N, N, Y]),
    row("Loopback Address", [0, 0, 0, 0, 0, 0, 0, 1], 128, [N, N, N, N, Y]),
    row("IPv4-mapped Address", [0, 0, 0, 0, 0, 0xffff, 0, 0], 96, [N, N, N, N, Y]),
    row("IPv4-IPv6 Translat.", [0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96, [Y, Y, Y, Y, N]),
    row("IPv4-IPv6 Translat.", [0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, [Y, Y, Y, N, N]),
    row("Discard-Only Address Block", [0x100, 0, 0, 0, 0, 0, 0, 0], 64, [Y, Y, Y, N, N]),
    row("Dummy IPv6 Prefix", [0x100, 0, 0, 1, 0, 0, 0, 0], 64, [Y, N, N, N, N]),
    row("TEREDO", [0x2001, 0, 0, 0, 0, 0, 0, 0], 32, [Y, Y, Y, None, N]),
    row("Port Control Protocol Anycast", [0x2001, 1, 0, 0, 0, 0, 0, 1], 128, [Y, Y, Y, Y, N]),
    row("Traversal Using Relays around NAT Anycast", [0x2001, 1, 0, 0, 0, 0, 0, 2], 128, [Y, Y, Y, Y, N]),
    row("DNS-SD Service Registration Protocol Anycast", [0x2001, 1, 0, 0, 0, 0, 0, 3], 128, [Y, Y, Y, Y, N]),
    row("Benchmarking", [0x2001, 2, 0, 0, 0, 0, 0, 0], 48, [Y, Y, Y, N, N]),
    row("AMT", [0x2001, 3, 0, 0, 0, 0, 0, 0], 32, [Y, Y, Y, Y, N]),
    row("AS112-v6", [0x2001, 4, 0x112, 0, 0, 0, 0, 0], 48, [Y, Y, Y, Y, N]),
    row("ORCHIDv2", [0x2001, 0x20, 0, 0, 0, 0, 0, 0], 28, [Y, Y, Y, Y, N]),
    row("Drone Remote ID Protocol Entity Tags (DETs) Prefix", [0x2001, 0x30, 0, 0, 0, 0, 0, 0], 28, [Y, Y, Y, Y, N]),
    row("Documentation", [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, [N, N, N, N, N]),
    row("6to4", [0x2002, 0, 0, 0, 0, 0, 0, 0], 16, [Y, Y, Y, None, N]),
    row("Direct Delegation AS112 Service", [0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0], 48, [Y, Y, Y, Y, N]),
    row("Documentation", [0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, [N, N, N, N, N]),
    row("Segment Routing (SRv6) SIDs", [0x5f00, 0, 0, 0, 0, 0, 0, 0], 16, [Y, Y, Y, N, N]),
    row("Unique-Local", [0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, [Y, Y, Y, None, N]),
    row("Link-Local Unicast", [0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, [Y, Y, N, N, Y]),
];

fn special(address: Ipv6Addr) -> Option<&'static Special> {
    let address = address.to_bits();
    SPECIAL.iter().find(|special| {
        let [a, b, c, d, e, f, g, h] = special.network;
        let network = Ipv6Addr::new(a, b, c, d, e, f, g, h).to_bits();
        (address ^ network).checked_shr(128 - special.prefix).unwrap_or(0) == 0
    })
}

fn draw_special(node: &mut Node, special: &Special, octets: Octets, names: &Names) {
    let [field, source, destination, forwardable, global, reserved] = names.special;
    let label = format!("Special-Purpose Allocation: {}", special.name);
    let item = node.add(Node::concluded(field, special.name, label).at(octets));
    let mut line = |field, name: &str, value: bool| {
        let label = format!("{name}: {}", truth(value));
        item.add(Node::concluded(field, Value::Bool(value), label).at(octets));
    };
    line(source, "Source", special.source);
    line(destination, "Destination", special.destination);
    line(forwardable, "Forwardable", special.forwardable);
    if let Some(value) = special.global {
        line(global, "Globally Reachable", value);
    }
    line(reserved, "Reserved-by-Protocol", special.reserved);
}

/// `True` or `False`.
const fn truth(bit: bool) -> &'static str {
    if bit { "True" } else { "False" }
}
