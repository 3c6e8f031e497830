//! A value to JSON that can do no harm on a terminal: characters it would obey or hide are escaped, as JSON allows.

use crate::report::escape::is_active;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use std::io::{self, Write};

/// Writes `value` in one line, without its end.
pub fn write<W: Write>(mut out: W, value: &impl Serialize) -> io::Result<()> {
    let mut line = Vec::new();
    append(&mut line, value)?;
    out.write_all(&line)
}

/// Appends `value` in one line, without its end.
pub fn append(line: &mut Vec<u8>, value: &impl Serialize) -> io::Result<()> {
    let start = line.len();
    value.serialize(&mut Serializer::new(&mut *line))?;
    // Nearly every line is harmless, which is seen fastest when it is whole.
    if !is_harmless(line.get(start..).unwrap_or_default()) {
        line.truncate(start);
        value.serialize(&mut Serializer::with_formatter(line, Harmless))?;
    }
    Ok(())
}

fn is_harmless(line: &[u8]) -> bool {
    let is_odd = |octet: u8| !matches!(octet, b' '..=b'~');
    // How far the farthest octet is beyond a blank, in lanes that are looked at together.
    let beyond = |octet: &u8| octet.wrapping_sub(b' ');
    let (portions, rest) = line.as_chunks::<32>();
    let mut lanes = [0; 32];
    for portion in portions {
        lanes.iter_mut().zip(portion).for_each(|(lane, octet)| *lane = beyond(octet).max(*lane));
    }
    let farthest = lanes.into_iter().chain(rest.iter().map(beyond)).max().unwrap_or_default();
    if !is_odd(farthest.wrapping_add(b' ')) {
        return true;
    }
    let Ok(text) = std::str::from_utf8(line) else { return false };
    let letter = |at| text.get(at..).and_then(|rest| rest.chars().next());
    !text.bytes().enumerate().any(|(at, octet)| is_odd(octet) && letter(at).is_some_and(is_active))
}

/// Compact, with more escapes than JSON demands.
struct Harmless;

impl Formatter for Harmless {
    fn write_string_fragment<W: Write + ?Sized>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
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
