//! A value to JSON that can do no harm on a terminal: characters it would obey or hide are escaped, as JSON allows.

use crate::report::escape::is_active;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io::{self, Write};

/// Writes `value` in one line, without its end.
pub fn write<W: Write>(out: W, value: &impl Serialize) -> io::Result<()> {
    Ok(value.serialize(&mut Serializer::with_formatter(out, Harmless))?)
}

/// Compact, with more escapes than JSON demands.
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        // Nearly every string is plain.
        if fragment.bytes().all(|octet| matches!(octet, b' '..=b'~')) {
            return out.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some((start, letter)) = rest.char_indices().find(|(_, letter)| is_active(*letter)) {
            out.write_all(rest.get(..start).unwrap_or_default().as_bytes())?;
            // Nothing that is escaped here lies beyond the sixteen bits of such an escape.
            write!(out, "\\u{:04x}", u32::from(letter))?;
            rest = rest.get(start + letter.len_utf8()..).unwrap_or_default();
        }
        out.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_is_escaped_and_reads_back() {
        for text in ["plain é", "\u{9b}31m", "a\u{202e}b\u{7f}", "\u{1b}[2J\n\"", "\u{feff}x\u{2069}"] {
            let mut out = Vec::new();
            write(&mut out, &text).unwrap();
            let json = String::from_utf8(out).unwrap();
            assert!(!json.chars().any(is_active), "{json}");
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }
}
