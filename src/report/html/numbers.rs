//! Numbers for people: thousands set apart, what is counted behind them.

/// `1 connection`, `1 234 connections`.
pub fn count(number: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(number), if number == 1 { "" } else { "s" })
}

/// `1 234 567`, with narrow spaces that do not break.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + 8);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// As [`grouped`]; what is longer than a tile, rounded: `11.6 M`.
pub fn rounded(number: u64) -> String {
    let (unit, name) = match number {
        0..10_000_000 => return grouped(number),
        10_000_000..1_000_000_000 => (1e6, 'M'),
        1_000_000_000..1_000_000_000_000 => (1e9, 'G'),
        _ => (1e12, 'T'),
    };
    format!("{:.1}\u{202f}{name}", number as f64 / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(7), "7");
        assert_eq!(rounded(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(rounded(11_579_400), "11.6\u{202f}M");
        assert_eq!(count(1, "frame") + &count(1000, "frame"), "1 frame1\u{202f}000 frames");
    }
}
