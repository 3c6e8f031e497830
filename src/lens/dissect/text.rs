//! Spellings that every layer shares: bits of a field drawn in place, link-layer addresses, octets in hex, durations.

use crate::lens::wireshark::Elapsed;
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
    let full = hex(octets);
    if name.len() + 2 + full.len() <= LABEL {
        return format!("{name}: {full}");
    }
    // The mark takes its room from the value.
    let head = format!("{name} […]: ");
    let keep = LABEL.saturating_sub(head.len());
    format!("{head}{}", full.get(..keep).unwrap_or(&full))
}

/// A line `name: words`, cut like one of octets.
pub(super) fn text_line(name: &str, words: &str) -> String {
    if name.len() + 2 + words.len() <= LABEL {
        return format!("{name}: {words}");
    }
    let head = format!("{name} […]: ");
    let mut end = LABEL.saturating_sub(head.len());
    while !words.is_char_boundary(end) {
        end -= 1;
    }
    format!("{head}{}", words.get(..end).unwrap_or_default())
}

/// Appends to a label as Wireshark does: no further once it is nearly full, and cut with a mark in front where the last
/// piece did not fit.
pub(super) fn extend_label(label: &mut String, more: &str) {
    if label.len() > NEARLY_FULL {
        return;
    }
    label.push_str(more);
    if label.len() > LABEL {
        label.insert_str(0, "[…] ");
        let mut end = LABEL;
        while !label.is_char_boundary(end) {
            end -= 1;
        }
        label.truncate(end);
    }
}

/// Words of a packet with control characters spelled as escapes.
pub(super) fn escape(words: &str) -> String {
    let mut text = String::new();
    for letter in words.chars() {
        match letter {
            '\u{7}' => text.push_str("\\a"),
            '\u{8}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{b}' => text.push_str("\\v"),
            '\u{c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            '\\' => text.push_str("\\\\"),
            letter if letter.is_control() => {
                let _ = write!(text, "\\x{:02X}", u32::from(letter));
            }
            letter => text.push(letter),
        }
    }
    text
}

/// From this length on a label takes no more.
const NEARLY_FULL: usize = 235;

/// A label holds 240 octets with its terminator.
const LABEL: usize = 239;

/// A difference of times as Wireshark words it: `1 minute, 2.500000000 seconds`, `350.000000 milliseconds`.
pub(super) fn duration(elapsed: Elapsed) -> String {
    if elapsed.is_zero() {
        return "0.000000000 seconds".to_owned();
    }
    let (seconds, fraction) = (elapsed.seconds.unsigned_abs(), elapsed.nanos.unsigned_abs());
    let mut parts = Vec::new();
    for (size, of, unit) in [(86_400, u64::MAX, "day"), (3_600, 24, "hour"), (60, 60, "minute")] {
        let count = seconds / size % of;
        if count > 0 {
            parts.push(counted(count, unit));
        }
    }
    match (seconds % 60, fraction) {
        (0, 0) => {}
        (0, 1..1_000) => parts.push(counted(fraction.into(), "nanosecond")),
        (0, 1_000..1_000_000) => {
            parts.push(format!("{}.{:03} microseconds", fraction / 1_000, fraction % 1_000));
        }
        (0, _) => parts.push(format!("{}.{:06} milliseconds", fraction / 1_000_000, fraction % 1_000_000)),
        (seconds, 0) => parts.push(counted(seconds, "second")),
        (seconds, _) => parts.push(format!("{seconds}.{fraction:09} seconds")),
    }
    let sign = if elapsed.is_negative() { "-" } else { "" };
    format!("{sign}{}", parts.join(", "))
}

fn counted(count: u64, unit: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_bits_in_groups_of_four() {
        assert_eq!(bits(0x45, 0x0f, 8), ".... 0101");
        assert_eq!(bits(0x12, 0x010, 12), ".... ...1 ....");
        assert_eq!(bits(0x20, 0x20, 8), "..1. ....");
    }

    #[test]
    fn words_durations_by_their_size() {
        for (nanoseconds, words) in [
            (0_i64, "0.000000000 seconds"),
            (1, "1 nanosecond"),
            (999, "999 nanoseconds"),
            (1_500, "1.500 microseconds"),
            (1_000_001, "1.000001 milliseconds"),
            (1_000_000_000, "1 second"),
            (2_500_000_000, "2.500000000 seconds"),
            (60_000_000_005, "1 minute, 5 nanoseconds"),
            (90_061_000_000_007, "1 day, 1 hour, 1 minute, 1.000000007 seconds"),
            (-10_000_000, "-10.000000 milliseconds"),
        ] {
            let elapsed = Elapsed {
                seconds: nanoseconds / 1_000_000_000,
                nanos: i32::try_from(nanoseconds % 1_000_000_000).expect("a fraction"),
            };
            assert_eq!(duration(elapsed), words);
        }
    }

    #[test]
    fn cuts_long_octets_with_a_mark_behind_the_name() {
        assert_eq!(octets_line("Data", &[1, 2]), "Data: 0102");
        let long = octets_line("Data", &[0; 200]);
        assert!(long.starts_with("Data […]: 0000"), "{long}");
        assert_eq!(long.len(), 239);
    }
}
