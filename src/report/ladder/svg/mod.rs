//! A ladder to SVG: time runs down, arrows slant by their delay, states stand in the margins, wrong numbers are red.

mod layout;
mod scale;

use super::Ladder;
use askama::Template;
use layout::{Bar, Break, Label, Shape, layout};

/// Colours of both themes, and what the parts of a ladder look like.
pub const STYLE: &str = concat!(include_str!("../../colors.css"), include_str!("ladder.css"));

/// A ladder as an `svg` element, ready to be written.
#[derive(Debug, Template)]
#[template(path = "ladder/svg/ladder.svg", config = "src/report/askama.toml")]
pub struct Svg {
    /// Tells it from others in one page.
    id: String,
    /// Style sheet, where it is to stand alone.
    style: Option<&'static str>,
    title: String,
    description: String,
    client: String,
    server: String,
    height: i32,
    foot: i32,
    /// Where on the way it was captured, if that is known.
    tap: Option<i32>,
    bars: Vec<Bar>,
    labels: Vec<Label>,
    shapes: Vec<Shape>,
    breaks: Vec<Break>,
}

impl Svg {
    /// A picture for a page that has [`STYLE`]; `id` tells it from others there.
    pub fn inline(ladder: &Ladder, id: &str) -> Self {
        layout(ladder, id, None)
    }

    /// A file of its own.
    pub fn standalone(ladder: &Ladder) -> Self {
        layout(ladder, "ladder", Some(STYLE))
    }
}
