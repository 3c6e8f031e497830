//! Trees of one capture to any writer, in one format.

use super::{Lines, details, document, explained, header_drawing, header_meanings, wrapping};
use crate::lens::dissect::Tree;
use crate::report::escape::printable;
use crate::report::{Look, Paint, SCHEMA, json};
use std::io::{self, Write};

/// How frames are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dissection {
    /// Each field with its octets, its value and its meaning.
    Explained,
    /// How the segment is wrapped, its header drawn, and a line for each field.
    Lesson,
    /// As Wireshark prints packet details.
    Details,
    /// One document.
    Json,
}

/// Writes dissected frames.
pub struct Dissections<W> {
    out: W,
    format: Dissection,
    look: Look,
    frames: u64,
}

impl<W: Write> Dissections<W> {
    /// Writes to `out`, which should be buffered.
    pub const fn new(out: W, format: Dissection, look: Look) -> Self {
        Self { out, format, look, frames: 0 }
    }

    /// Writes one frame; `role` says what it is in its connection, if it is anything special.
    ///
    /// # Errors
    ///
    /// Those of writing.
    pub fn frame(&mut self, tree: &Tree, role: &str) -> io::Result<()> {
        let first = self.frames == 0;
        self.frames += 1;
        if self.format == Dissection::Json {
            return self.object(tree, first);
        }
        let text = match self.format {
            Dissection::Explained => explained(tree),
            Dissection::Details => details(tree),
            Dissection::Lesson | Dissection::Json => self.lesson(tree),
        };
        let gap = if first { "" } else { "\n" };
        let title = if role.is_empty() { String::new() } else { self.title(tree, role) };
        let text = format!("{gap}{title}{}", shown(&text));
        match self.format {
            // Wireshark's own words, to the letter on every terminal.
            Dissection::Details => self.out.write_all(text.as_bytes()),
            _ => self.look.write(&mut self.out, &text),
        }
    }

    /// Ends what was written, and flushes.
    ///
    /// # Errors
    ///
    /// Those of writing.
    pub fn finish(&mut self) -> io::Result<()> {
        if self.format == Dissection::Json {
            if self.frames == 0 {
                self.begin_document()?;
            }
            self.out.write_all(b"\n]}\n")?;
        }
        self.out.flush()
    }

    fn title(&self, tree: &Tree, role: &str) -> String {
        let title = format!("Frame {}: {role}", tree.frame);
        let rule = "═".repeat(title.chars().count());
        format!("{}\n{}\n\n", self.look.paint(Paint::Strong, &title), self.look.paint(Paint::Frame, &rule))
    }

    fn lesson(&self, tree: &Tree) -> String {
        let lines = if self.look.ascii { Lines::Ascii } else { Lines::Unicode };
        let drawing = header_drawing(tree, lines).unwrap_or_else(|| "No whole TCP header was captured.\n".to_owned());
        format!("{}\n{drawing}\n{}", wrapping(tree), header_meanings(tree))
    }

    fn object(&mut self, tree: &Tree, first: bool) -> io::Result<()> {
        if first {
            self.begin_document()?;
        }
        self.out.write_all(if first { b"\n" } else { b",\n" })?;
        json::write(&mut self.out, &document(tree))
    }

    fn begin_document(&mut self) -> io::Result<()> {
        write!(self.out, "{{\"schema\":\"{SCHEMA}\",\"frames\":[")
    }
}

/// Text of ours has line ends; what a terminal would obey otherwise came out of the capture.
fn shown(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", printable(line))).collect()
}
