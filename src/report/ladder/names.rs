//! Sequence numbers and segments as a ladder names them: named from x and y, the initial numbers of client and server.

use crate::flow::{Mark, Side, Sides};
use crate::wire::{Flags, SeqNum};

/// The initial sequence numbers that others are counted from, where they are known.
pub type Bases = Sides<Option<SeqNum>>;

/// The letter that RFC 9293 and every textbook give an end's initial sequence number.
pub const fn letter(side: Side) -> char {
    match side {
        Side::Client => 'x',
        Side::Server => 'y',
    }
}

/// A number of `side`'s sequence as an expression: `x`, `y+1`; `None` where its base is not known.
pub fn expression(number: SeqNum, side: Side, base: Option<SeqNum>) -> Option<String> {
    let offset = number.offset_from(base?);
    let letter = letter(side);
    Some(if offset == 0 { letter.to_string() } else { format!("{letter}{offset:+}") })
}

/// A number of `side`'s sequence, named and absolute: `x+1 = 1001`; just the number where its base is not known.
pub fn named(number: SeqNum, side: Side, base: Option<SeqNum>) -> String {
    expression(number, side, base).map_or_else(|| number.to_string(), |name| format!("{name} = {number}"))
}

/// The bases that the SYNs of a few segments show.
pub fn bases(marks: &[Mark]) -> Bases {
    let base = |side| marks.iter().find(|mark| mark.side == side && mark.flags.has(Flags::SYN)).map(|mark| mark.seq);
    Sides::new(base)
}

/// An arrow of `width` columns with `label` in it, pointing to the peer of the end that sent it.
#[cfg(feature = "cli")]
pub fn arrow(side: Side, label: &str, width: usize) -> String {
    let shaft = width.saturating_sub(label.chars().count() + 3);
    let (left, right) = (shaft / 2, shaft - shaft / 2);
    let (left, right) = ("─".repeat(left.max(1)), "─".repeat(right.max(1)));
    match side {
        Side::Client => format!("{left} {label} {right}▶"),
        Side::Server => format!("◀{left} {label} {right}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_named_from_their_base_across_the_wrap() {
        let base = Some(SeqNum(u32::MAX));
        assert_eq!(named(SeqNum(u32::MAX), Side::Client, base), "x = 4294967295");
        assert_eq!(named(SeqNum(0), Side::Client, base), "x+1 = 0");
        assert_eq!(named(SeqNum(u32::MAX - 2), Side::Client, base), "x-2 = 4294967293");
        assert_eq!(named(SeqNum(7), Side::Server, None), "7");
    }

    #[test]
    #[cfg(feature = "cli")]
    fn arrows_keep_their_width() {
        for width in [9, 20, 21] {
            assert_eq!(arrow(Side::Client, "SYN", width).chars().count(), width);
            assert_eq!(arrow(Side::Server, "SYN", width).chars().count(), width);
        }
        assert_eq!(arrow(Side::Server, "ACK", 0), "◀─ ACK ─");
    }
}
