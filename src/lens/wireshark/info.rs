//! A row to Wireshark's Info column: the bracketed marks, then ports, flags, numbers and options.

use super::analysis::{Marks, Record};
use super::text::write_number;
use super::{Reached, Row, options};
use crate::wire::{Decoded, Flags, Segment, Standing};
use std::io::Write;

/// Appends the Info column; nothing where another protocol owns it, as for a quoted header.
pub fn write(decoded: &Decoded<'_>, row: &Row, out: &mut Vec<u8>) {
    write_marks(decoded, row, out);
    write_words(decoded, row, out);
}

/// Appends the bracketed marks. Wireshark puts each in front of what it has, so the one found last stands first.
pub fn write_marks(decoded: &Decoded<'_>, row: &Row, out: &mut Vec<u8>) {
    if is_quoted(decoded) {
        return;
    }
    if let Some(record) = row.record.as_ref().filter(|record| !record.marks.is_empty()) {
        write_record_marks(record, out);
    }
    options::write_prefix(decoded, row, out);
}

/// Appends what stands behind the marks.
pub fn write_words(decoded: &Decoded<'_>, row: &Row, out: &mut Vec<u8>) {
    if !is_quoted(decoded) {
        write_quoted(decoded, row, out);
    }
}

/// The same of any header, quoted ones too.
pub fn write_quoted(decoded: &Decoded<'_>, row: &Row, out: &mut Vec<u8>) {
    let segment = &decoded.segment;
    if row.reached >= Reached::Ports {
        write_number(segment.source.port, out);
        out.extend_from_slice(" → ".as_bytes());
        write_number(segment.destination.port, out);
    }
    if row.reached >= Reached::Sequence {
        write_numbers(segment, row, out);
    }
    options::write_texts(decoded, row, out);
    if let Some(exception) = row.exception {
        out.extend_from_slice(exception.text().as_bytes());
    }
}

/// ` [SYN] Seq=0 Win=1000 Len=0`, as far as the dissection came.
fn write_numbers(segment: &Segment, row: &Row, out: &mut Vec<u8>) {
    out.extend_from_slice(b" [");
    write_flags(segment.flags, row.ace, out);
    out.extend_from_slice(b"]");
    write_labelled(b" Seq=", row.seq, out);
    write_labelled(b" Ack=", segment.flags.has(Flags::ACK).then_some(row.numbers.ack), out);
    if row.reached == Reached::Sequence && segment.header_len() < 20 {
        out.extend_from_slice(b", bogus TCP header length (");
        write_number(segment.header_len(), out);
        return out.extend_from_slice(b", must be at least 20)");
    }
    write_labelled(b" Win=", (row.reached >= Reached::Window).then_some(row.window), out);
    if row.reached >= Reached::Options {
        write_labelled(b" Urg=", segment.flags.has(Flags::URG).then_some(segment.urgent_pointer.into()), out);
        write_labelled(b" Len=", row.len, out);
    }
}

fn write_labelled(label: &[u8], value: Option<u32>, out: &mut Vec<u8>) {
    if let Some(value) = value {
        out.extend_from_slice(label);
        write_number(value, out);
    }
}

fn write_flags(flags: Flags, ace: bool, out: &mut Vec<u8>) {
    const COMMON: [(Flags, &[u8]); 5] = [
        (Flags::ACK, b"ACK"),
        (Flags::PSH.with(Flags::ACK), b"PSH, ACK"),
        (Flags::SYN, b"SYN"),
        (Flags::SYN.with(Flags::ACK), b"SYN, ACK"),
        (Flags::FIN.with(Flags::ACK), b"FIN, ACK"),
    ];
    if ace {
        let plain = Flags(flags.0 & 0x03f);
        if plain.0 != 0 {
            let _ = write!(out, "{plain}");
        }
        let reserved = if flags.any(Flags::RESERVED) { ", Reserved" } else { "" };
        let _ = write!(out, ", ACE={}{reserved}", ace_counter(flags));
    } else if let Some((_, name)) = COMMON.iter().find(|(common, _)| *common == flags) {
        out.extend_from_slice(name);
    } else {
        let _ = write!(out, "{flags}");
    }
}

/// AE, CWR and ECE as one number (RFC 9768 §3.2.2).
pub const fn ace_counter(flags: Flags) -> u16 {
    (flags.0 >> 6) & 7
}

/// `tcp.flags.str`: one letter for each bit, a middle dot where it is clear.
pub fn write_flag_letters(flags: Flags, ace: bool, out: &mut Vec<u8>) {
    if ace {
        return write_with_counter(flags, out);
    }
    let halves = [&LETTERS[0][usize::from(flags.0 >> 6 & 63)], &LETTERS[1][usize::from(flags.0 & 63)]];
    for (letters, len) in halves {
        // Copying all there is room for costs less than copying so many.
        out.extend_from_slice(letters);
        out.truncate(out.len() - letters.len() + len);
    }
}

/// The letters of the upper and the lower six bits, and how long they are: nearly every row has them.
static LETTERS: [[([u8; 12], usize); 64]; 2] = [letters(*b"RRRACE"), letters(*b"UAPRSF")];

const fn letters(names: [u8; 6]) -> [([u8; 12], usize); 64] {
    let mut all = [([0; 12], 0); 64];
    let mut bits = 0;
    while bits < all.len() {
        let (letters, len) = &mut all[bits];
        let mut place = 0;
        while place < names.len() {
            if bits & 32 >> place != 0 {
                letters[*len] = names[place];
                *len += 1;
            } else {
                [letters[*len], letters[*len + 1]] = *DOT;
                *len += 2;
            }
            place += 1;
        }
        bits += 1;
    }
    all
}

/// A middle dot in UTF-8.
const DOT: &[u8; 2] = &[0xc2, 0xb7];

/// The same, where AE, CWR and ECE are a counter.
fn write_with_counter(flags: Flags, out: &mut Vec<u8>) {
    for (position, letter) in b"RRRACEUAPRSF".iter().enumerate() {
        match position {
            3 | 5 => out.push(b'-'),
            4 => out.push(b'0' + ace_counter(flags) as u8),
            _ if flags.0 & (0x800 >> position) != 0 => out.push(*letter),
            _ => out.extend_from_slice(DOT),
        }
    }
}

fn is_quoted(decoded: &Decoded<'_>) -> bool {
    matches!(decoded.segment.standing, Standing::Quoted(_))
}

fn write_record_marks(record: &Record, out: &mut Vec<u8>) {
    for (mark, text) in MARKS {
        if !record.marks.any(mark) {
            continue;
        }
        match record.duplicate_ack {
            Some(duplicate) if mark == Marks::DUPLICATE_ACK => {
                let _ = write!(out, "[TCP Dup ACK {}#{}] ", duplicate.frame, duplicate.number);
            }
            _ => out.extend_from_slice(text.as_bytes()),
        }
    }
}

const MARKS: [(Marks, &str); 15] = [
    (Marks::ZERO_WINDOW_PROBE_ACK, "[TCP ZeroWindowProbeAck] "),
    (Marks::ZERO_WINDOW, "[TCP ZeroWindow] "),
    (Marks::ZERO_WINDOW_PROBE, "[TCP ZeroWindowProbe] "),
    (Marks::DUPLICATE_ACK, ""),
    (Marks::KEEP_ALIVE_ACK, "[TCP Keep-Alive ACK] "),
    (Marks::KEEP_ALIVE, "[TCP Keep-Alive] "),
    (Marks::WINDOW_FULL, "[TCP Window Full] "),
    (Marks::WINDOW_UPDATE, "[TCP Window Update] "),
    (Marks::ACK_LOST_SEGMENT, "[TCP ACKed unseen segment] "),
    (Marks::LOST_SEGMENT, "[TCP Previous segment not captured] "),
    (Marks::OUT_OF_ORDER, "[TCP Out-Of-Order] "),
    (Marks::SPURIOUS_RETRANSMISSION, "[TCP Spurious Retransmission] "),
    (Marks::FAST_RETRANSMISSION, "[TCP Fast Retransmission] "),
    (Marks::RETRANSMISSION, "[TCP Retransmission] "),
    (Marks::REUSED_PORTS, "[TCP Port numbers reused] "),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn flags_are_listed_or_counted() {
        assert_eq!(text(|out| write_flags(Flags::ACK, false, out)), "ACK");
        assert_eq!(text(|out| write_flags(Flags(0), false, out)), "<None>");
        assert_eq!(text(|out| write_flags(Flags(0x190), true, out)), "ACK, ACE=6");
        assert_eq!(text(|out| write_flags(Flags(0x040), true, out)), ", ACE=1");
    }

    #[test]
    fn letters_stand_for_bits() {
        assert_eq!(text(|out| write_flag_letters(Flags(0x012), false, out)), "·······A··S·");
        assert_eq!(text(|out| write_flag_letters(Flags(0x190), true, out)), "···-6-·A····");
        assert_eq!(text(|out| write_flag_letters(Flags(0xfff), false, out)), "RRRACEUAPRSF");
    }

    #[test]
    fn marks_stand_in_reverse_order_of_discovery() {
        let mut record = Record::default();
        record.marks.insert(Marks::LOST_SEGMENT);
        record.marks.insert(Marks::ACK_LOST_SEGMENT);
        assert_eq!(
            text(|out| write_record_marks(&record, out)),
            "[TCP ACKed unseen segment] [TCP Previous segment not captured] "
        );
    }
}
