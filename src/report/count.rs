//! Numbers with the word they count.

/// `1 frame`, `2 frames`.
pub fn count(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
