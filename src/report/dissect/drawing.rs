//! A TCP header to a drawing in rows of 32 bits, like RFC 9293 figure 1 with the values filled in.

use super::{hex, tcp_header};
use crate::lens::dissect::{Node, Tree, Value};

/// What the boxes are drawn with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lines {
    /// Plus, minus and bar.
    #[default]
    Ascii,
    /// Box-drawing characters.
    Unicode,
}

impl Lines {
    const fn bar(self) -> char {
        match self {
            Self::Ascii => '|',
            Self::Unicode => '│',
        }
    }
}

/// Bits of a row.
const ROW: usize = 32;

/// Octets of a row, and of the fixed header.
const WORD: usize = 4;
const FIXED: usize = 20;

/// One box: what it is called, what it holds, and its width in bits.
struct Cell {
    name: String,
    value: String,
    bits: usize,
}

fn cell(name: impl Into<String>, value: impl Into<String>, bits: usize) -> Cell {
    Cell { name: name.into(), value: value.into(), bits }
}

/// The drawing of the frame's TCP header, options included; nothing if there is none, or it was cut.
pub fn header_drawing(tree: &Tree, lines: Lines) -> Option<String> {
    let tcp = tcp_header(tree)?;
    let mut text = ruler();
    let mut rows = fixed_rows(tcp)?;
    rows.extend(option_rows(tree, tcp));
    let mut above: &[Cell] = &[];
    for row in &rows {
        border(&mut text, above, row, lines);
        draw(&mut text, row, lines);
        above = row;
    }
    border(&mut text, above, &[], lines);
    Some(text)
}

/// Bit numbers, tens above ones.
fn ruler() -> String {
    let tens: String = (0..ROW).map(|bit| if bit % 10 == 0 { format!(" {}", bit / 10) } else { "  ".into() }).collect();
    let ones: String = (0..ROW).map(|bit| format!(" {}", bit % 10)).collect();
    format!("{}\n{ones}\n", tens.trim_end())
}

fn fixed_rows(tcp: &Node) -> Option<Vec<Vec<Cell>>> {
    let show = |field: &str| find(tcp, field).map(shown);
    let raw_and_relative = |raw: &str, relative: &str| {
        let raw = show(raw)?;
        Some(match show(relative) {
            Some(relative) if relative != raw => format!("{raw} (relative {relative})"),
            _ => raw,
        })
    };
    let flags = find(tcp, "tcp.flags")?;
    let Value::Number(bits) = flags.value else { return None };
    let Value::Number(length) = find(tcp, "tcp.hdr_len")?.value else { return None };
    let mut control =
        vec![cell("Data offset", (length / 4).to_string(), 4), cell("Res", format!("{:03b}", bits >> 9 & 7), 3)];
    for (index, name) in ["AE", "CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"].into_iter().enumerate() {
        control.push(cell(name, (bits >> (8 - index) & 1).to_string(), 1));
    }
    let window = show("tcp.window_size_value")?;
    let window = match show("tcp.window_size") {
        Some(scaled) if scaled != window => format!("{window} (scaled {scaled})"),
        _ => window,
    };
    control.push(cell("Window", window, 16));
    Some(vec![
        vec![cell("Source port", show("tcp.srcport")?, 16), cell("Destination port", show("tcp.dstport")?, 16)],
        vec![cell("Sequence number", raw_and_relative("tcp.seq_raw", "tcp.seq").or_else(|| show("tcp.seq"))?, 32)],
        vec![cell("Acknowledgment number", raw_and_relative("tcp.ack_raw", "tcp.ack")?, 32)],
        control,
        vec![
            cell("Checksum", format!("0x{:04x}", number(find(tcp, "tcp.checksum")?)), 16),
            cell("Urgent pointer", show("tcp.urgent_pointer")?, 16),
        ],
    ])
}

fn find<'n>(node: &'n Node, field: &str) -> Option<&'n Node> {
    node.children.iter().find(|child| child.field == field)
}

const fn number(node: &Node) -> u64 {
    match node.value {
        Value::Number(number) => number,
        _ => 0,
    }
}

fn shown(node: &Node) -> String {
    match &node.value {
        Value::Number(number) => number.to_string(),
        Value::Signed(number) => number.to_string(),
        Value::Bool(bit) => u8::from(*bit).to_string(),
        Value::Ip(address) => address.to_string(),
        Value::Text(text) => text.clone(),
        _ => String::new(),
    }
}

/// A field of an option, or octets of it that no field claims.
struct Piece {
    name: String,
    value: String,
    start: usize,
    len: usize,
}

/// The options in rows of four octets; a field that runs over a row's end goes on in the next.
fn option_rows(tree: &Tree, tcp: &Node) -> Vec<Vec<Cell>> {
    let header = tcp.octets.map_or(0, |octets| octets.start) + FIXED;
    let Some(list) = find(tcp, "tcp.options") else { return Vec::new() };
    let end = list.octets.map_or(header, |octets| octets.start + octets.len);
    let mut pieces = Vec::new();
    for option in &list.children {
        collect(tree, option, &mut pieces);
    }
    pieces.sort_by_key(|piece| piece.start);
    let mut grid = Grid { rows: Vec::new(), row: Vec::new(), start: header, at: header };
    for piece in pieces {
        grid.fill("?", "", piece.start.min(end));
        grid.fill(&piece.name, &piece.value, (piece.start + piece.len).min(end));
    }
    grid.fill("?", "", end);
    grid.rows
}

/// Rows of option octets under way.
struct Grid {
    rows: Vec<Vec<Cell>>,
    row: Vec<Cell>,
    /// Where the first row begins, and the first octet not placed yet.
    start: usize,
    at: usize,
}

impl Grid {
    /// Puts a field that reaches up to `end` into rows, cut where a row ends; its words stand in its first part.
    fn fill(&mut self, name: &str, value: &str, end: usize) {
        let (mut name, mut value) = (name, value);
        while self.at < end {
            let room = WORD - (self.at - self.start) % WORD;
            let part = (end - self.at).min(room);
            self.row.push(cell(name, value, part * 8));
            (name, value) = ("…", "");
            self.at += part;
            if part == room {
                self.rows.push(std::mem::take(&mut self.row));
            }
        }
    }
}

/// The fields of an option that hold whole octets, the first of those that share them.
fn collect(tree: &Tree, option: &Node, pieces: &mut Vec<Piece>) {
    for field in option.children.iter().filter(|field| !field.generated) {
        let Some(octets) = field.octets.filter(|octets| octets.len > 0) else { continue };
        if pieces.iter().any(|piece| piece.start == octets.start) {
            continue;
        }
        let value = match &field.value {
            Value::Octets(_) | Value::None => hex(tree.octets(field), WORD),
            _ => shown(field),
        };
        let label = field.label.rsplit(" = ").next().unwrap_or(&field.label);
        let name = label.split(':').next().unwrap_or(label);
        let name = match field.field {
            "tcp.option_kind" => "Kind",
            "tcp.option_len" => "Length",
            _ => name,
        };
        pieces.push(Piece { name: name.to_owned(), value, start: octets.start, len: octets.len });
    }
}

/// The line between two rows, with a crossing wherever a box of either ends.
fn border(text: &mut String, above: &[Cell], below: &[Cell], lines: Lines) {
    let ends = |row: &[Cell]| {
        let mut at = 0;
        row.iter()
            .map(|cell| {
                at += cell.bits;
                at
            })
            .collect::<Vec<_>>()
    };
    let (up, down) = (ends(above), ends(below));
    for bit in 0..=ROW {
        let edge = bit == 0 || bit == ROW;
        let touches = |ends: &[usize]| !ends.is_empty() && (edge || ends.contains(&bit));
        text.push(crossing(touches(&up), touches(&down), bit == 0, bit == ROW, lines));
        if bit < ROW {
            text.push(if lines == Lines::Ascii { '-' } else { '─' });
        }
    }
    text.push('\n');
}

const fn crossing(up: bool, down: bool, first: bool, last: bool, lines: Lines) -> char {
    match (lines, up, down, first, last) {
        (Lines::Ascii, false, false, false, false) => '-',
        (Lines::Ascii, ..) => '+',
        (_, false, _, true, _) => '┌',
        (_, false, _, _, true) => '┐',
        (_, _, false, true, _) => '└',
        (_, _, false, _, true) => '┘',
        (_, _, _, true, _) => '├',
        (_, _, _, _, true) => '┤',
        (_, true, true, ..) => '┼',
        (_, true, false, ..) => '┴',
        (_, false, true, ..) => '┬',
        (_, false, false, ..) => '─',
    }
}

/// The lines of a row: the names, those of single bits from top to bottom, then the values.
fn draw(text: &mut String, row: &[Cell], lines: Lines) {
    let upright = row.iter().any(|cell| cell.bits == 1);
    let heights = if upright { 3 } else { 1 };
    for line in 0..=heights {
        for cell in row {
            text.push(lines.bar());
            let words = if line == heights { cell.value.clone() } else { name_line(cell, line, heights) };
            text.push_str(&center(&words, cell.bits * 2 - 1));
        }
        text.push(lines.bar());
        text.push('\n');
    }
}

fn name_line(cell: &Cell, line: usize, heights: usize) -> String {
    if cell.bits == 1 {
        return cell.name.chars().nth(line).map(String::from).unwrap_or_default();
    }
    let width = cell.bits * 2 - 1;
    // A name too long for its box is set in two lines where there are three.
    match cell.name.split_once(' ') {
        Some((first, second)) if cell.name.len() > width && heights == 3 => match line {
            0 => first.to_owned(),
            1 => second.to_owned(),
            _ => String::new(),
        },
        _ if line == heights / 2 => cell.name.clone(),
        _ => String::new(),
    }
}

fn center(words: &str, width: usize) -> String {
    let length = words.chars().count();
    if length > width {
        let kept: String = words.chars().take(width.saturating_sub(1)).collect();
        return format!("{kept}…");
    }
    format!("{words:^width$}")
}
