//! Spellings that every layer shares: bits of a field drawn in place, link-layer addresses, octets in hex, durations.

use std::fmt::Write;

/// The bits of `mask` in a field of `width` bits, the others as dots, in groups of four: `.... 0101`.
pub(super) fn bits(value: u64, mask: u64, width: u32) -> String {
    let mut text = String::new();
    for bit in (0..width).rev() {
        if bit % 4 == 3 && bit + 1 != width {
            text.push(' ');
        }
        text.push(match (mask >> bit & 1, value >> bit & 1) {
            (0, _) => '.',
            (_, 0) => '0',
            _ => '1',
        });
    }
    text
}

/// `02:00:00:00:00:01`.
pub(super) fn mac(address: &[u8]) -> String {
    let octets: Vec<String> = address.iter().map(|octet| format!("{octet:02x}")).collect();
    octets.join(":")
}

/// Octets in hex without separators.
pub(super) fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        let _ = write!(text, "{octet:02x}");
        text
    })
}

/// `s` unless there is exactly one.
pub(super) const fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// A line `name: octets in hex`, cut where Wireshark cuts a line, with the mark it then puts behind the name.
pub(super) fn octets_line(name: &str, octets: &[u8]) -> String {
    // A label holds 240 octets with its terminator; the mark takes its room from the value.
    const LABEL: usize = 239;
    let full = hex(octets);
    if name.len() + 2 + full.len() <= LABEL {
        return format!("{name}: {full}");
    }
    full_line(name, &full, LABEL)
}

fn full_line(name: &str, full: &str, room: usize) -> String {
    let head = format!("{name} […]: ");
    let keep = room.saturating_sub(head.len());
    format!("{head}{}", &full[..keep.min(full.len())])
}
