//! Numbers of the layers below TCP to the names Wireshark gives them.

mod ethertype;
mod hardware;
mod protocol;

pub(super) use ethertype::ethertype;
pub(super) use hardware::hardware;
pub(super) use protocol::protocol;

/// Looks `key` up in a table sorted by its first column.
pub(super) fn find<K: Ord + Copy>(table: &[(K, &'static str)], key: K) -> Option<&'static str> {
    let index = table.binary_search_by_key(&key, |row| row.0).ok()?;
    table.get(index).map(|row| row.1)
}

/// The name of a protocol in a GRE header, whose list has names of its own for the common ones.
pub(super) fn gre_protocol(kind: u16) -> &'static str {
    match kind {
        0x0800 => "IP",
        0x86dd => "IPv6",
        0x880b => "PPP",
        0x883e => "WCCP",
        0x88be => "ERSPAN",
        0x22eb => "ERSPAN III",
        0x8200 | 0x8210 | 0x8220 | 0x8230 | 0x8240 | 0x8250 | 0x8260 | 0x8270 | 0x8280 | 0x8290 => "ARUBA WLAN",
        _ => ethertype(kind).unwrap_or("Unknown"),
    }
}

/// `Set` or `Not set`.
pub(super) const fn set(bit: bool) -> &'static str {
    if bit { "Set" } else { "Not set" }
}

/// The name of a differentiated services codepoint, long and short (RFC 2474, RFC 8622).
pub(super) fn dscp(codepoint: u8) -> (&'static str, &'static str) {
    match codepoint {
        0 => ("Default", "CS0"),
        1 => ("Lower Effort", "LE"),
        8 => ("Class Selector 1", "CS1"),
        10 => ("Assured Forwarding 11", "AF11"),
        12 => ("Assured Forwarding 12", "AF12"),
        14 => ("Assured Forwarding 13", "AF13"),
        16 => ("Class Selector 2", "CS2"),
        18 => ("Assured Forwarding 21", "AF21"),
        20 => ("Assured Forwarding 22", "AF22"),
        22 => ("Assured Forwarding 23", "AF23"),
        24 => ("Class Selector 3", "CS3"),
        26 => ("Assured Forwarding 31", "AF31"),
        28 => ("Assured Forwarding 32", "AF32"),
        30 => ("Assured Forwarding 33", "AF33"),
        32 => ("Class Selector 4", "CS4"),
        34 => ("Assured Forwarding 41", "AF41"),
        36 => ("Assured Forwarding 42", "AF42"),
        38 => ("Assured Forwarding 43", "AF43"),
        40 => ("Class Selector 5", "CS5"),
        44 => ("Voice Admit", "VOICE-ADMIT"),
        46 => ("Expedited Forwarding", "EF"),
        48 => ("Class Selector 6", "CS6"),
        56 => ("Class Selector 7", "CS7"),
        _ => ("Unknown", "Unknown"),
    }
}

/// The name of an explicit congestion notification codepoint, long and short (RFC 3168).
pub(super) const fn ecn(codepoint: u8) -> (&'static str, &'static str) {
    match codepoint & 3 {
        0 => ("Not ECN-Capable Transport", "Not-ECT"),
        1 => ("ECN-Capable Transport codepoint '01'", "ECT(1)"),
        2 => ("ECN-Capable Transport codepoint '10'", "ECT(0)"),
        _ => ("Congestion Experienced", "CE"),
    }
}
