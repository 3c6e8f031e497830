//! How text may look on the screen it goes to: colours or not, which characters, how wide.

use std::borrow::Cow;
use std::io::{self, Write};

/// What the reader's screen can show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Whether ANSI colours may be used.
    pub color: bool,
    /// Whether text may be a hyperlink (OSC 8).
    pub links: bool,
    /// Whether nothing but ASCII may be written.
    pub ascii: bool,
    /// Columns of the screen; `None` where lines may be as long as they like.
    pub width: Option<u16>,
}

/// What a piece of text stands for, and so its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paint {
    /// Broken.
    Error,
    /// Doubtful.
    Warning,
    /// To be known.
    Note,
    /// As it should be.
    Good,
    /// Lines, arrows and other scaffolding.
    Frame,
    /// What should catch the eye.
    Strong,
}

impl Paint {
    const fn sequence(self) -> &'static str {
        match self {
            Self::Error => "\u{1b}[1;31m",
            Self::Warning => "\u{1b}[1;33m",
            Self::Note => "\u{1b}[1;36m",
            Self::Good => "\u{1b}[32m",
            Self::Frame => "\u{1b}[34m",
            Self::Strong => "\u{1b}[1m",
        }
    }
}

impl Look {
    /// `text` in the colour of `paint`, where colours may be used.
    pub fn paint<'a>(self, paint: Paint, text: &'a str) -> Cow<'a, str> {
        if self.color && !text.is_empty() {
            Cow::Owned(format!("{}{text}\u{1b}[0m", paint.sequence()))
        } else {
            Cow::Borrowed(text)
        }
    }

    /// `text`, which leads to `address` where hyperlinks may be used.
    pub fn link<'a>(self, address: &str, text: Cow<'a, str>) -> Cow<'a, str> {
        if self.links { Cow::Owned(format!("\u{1b}]8;;{address}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")) } else { text }
    }

    /// Writes `text`, in ASCII where nothing else may be written.
    pub fn write(self, out: &mut impl Write, text: &str) -> io::Result<()> {
        if self.ascii { out.write_all(ascii(text).as_bytes()) } else { out.write_all(text.as_bytes()) }
    }
}

/// `text` in ASCII: characters of ours as their nearest likeness, all others escaped.
fn ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for letter in text.chars() {
        match likeness(letter) {
            Some(likeness) => plain.push_str(likeness),
            None if letter.is_ascii() => plain.push(letter),
            None => plain.extend(letter.escape_unicode()),
        }
    }
    Cow::Owned(plain)
}

/// What aligns keeps its width; the rest may grow.
const fn likeness(letter: char) -> Option<&'static str> {
    Some(match letter {
        '─' | '–' | '╌' => "-",
        '═' => "=",
        '│' | '╎' => "|",
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' | '╞' | '╡' | '╪' => "+",
        '▶' | '→' => ">",
        '◀' | '←' => "<",
        '·' => ".",
        '⋮' => ":",
        '…' => "...",
        '—' => "--",
        '§' => "section ",
        'µ' | 'μ' => "u",
        '×' => "x",
        '≠' => "!=",
        '≤' => "<=",
        '≥' => ">=",
        '²' => "^2",
        '³' => "^3",
        '✓' => "ok",
        '✗' => "WRONG",
        '“' | '”' => "\"",
        '’' | '‘' => "'",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_is_nothing_but_ascii() {
        assert_eq!(ascii("client ──▶ 3 µs · RFC 9293 §3.5 é"), "client --> 3 us . RFC 9293 section 3.5 \\u{e9}");
        assert!(matches!(ascii("plain"), Cow::Borrowed("plain")));
    }

    #[test]
    fn no_colour_means_no_escape() {
        assert_eq!(Look::default().paint(Paint::Error, "x"), "x");
        assert_eq!(Look::default().link("https://example.org", "x".into()), "x");
        assert!(Look { color: true, ..Look::default() }.paint(Paint::Error, "x").starts_with('\u{1b}'));
    }
}
