//! Text from captures and file names to text that can do no harm where it is shown: on a terminal, in a spreadsheet.

use std::borrow::Cow;
use std::fmt::Write;

/// `text` with every character escaped that a terminal would obey or hide: controls, line separators, direction marks.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_active) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if is_active(letter) {
            // Writing to a String cannot fail.
            let _ = write!(safe, "{}", letter.escape_unicode());
        } else {
            safe.push(letter);
        }
    }
    Cow::Owned(safe)
}

/// `text` as one cell of a delimited file: quoted where needed, and never taken for a formula by a spreadsheet.
pub fn cell(text: &str, delimiter: char) -> Cow<'_, str> {
    let safe = printable(text);
    let formula = safe.starts_with(['=', '+', '-', '@']);
    if !formula && !safe.contains([delimiter, '"']) {
        return safe;
    }
    let quote = if formula { "'" } else { "" };
    Cow::Owned(format!("\"{quote}{}\"", safe.replace('"', "\"\"")))
}

/// Whether a terminal would obey a character, or hide it: controls, separators, direction marks.
pub fn is_active(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_text_is_left_alone() {
        assert!(matches!(printable("Größe 1.pcap"), Cow::Borrowed(_)));
        assert!(matches!(cell("a.pcap", ','), Cow::Borrowed("a.pcap")));
    }

    #[test]
    fn nothing_that_a_terminal_obeys_survives() {
        for text in ["\u{1b}[31mred", "a\nb", "\u{9b}2J", "a\u{202e}b", "\u{7f}", "a\rb", "\u{feff}"] {
            assert!(!printable(text).chars().any(is_active), "{text:?}");
        }
        assert_eq!(printable("\u{1b}[31m"), "\\u{1b}[31m");
    }

    #[test]
    fn no_cell_is_a_formula_or_two_cells() {
        assert_eq!(cell("=1+1", ','), "\"'=1+1\"");
        assert_eq!(cell("@sum", ','), "\"'@sum\"");
        assert_eq!(cell("a,b", ','), "\"a,b\"");
        assert_eq!(cell("a,b", '\t'), "a,b");
        assert_eq!(cell("say \"no\"", ','), "\"say \"\"no\"\"\"");
    }
}
