//! The control bits of a TCP header, and what Wireshark remarks on SYN, FIN and RST.

use super::Segment;
use crate::lens::dissect::expert::{Group, Severity, remark};
use crate::lens::dissect::names::set;
use crate::lens::dissect::text::bits;
use crate::lens::dissect::tree::{Node, Octets};
use crate::lens::dissect::view::Dissected;
use crate::lens::wireshark::Closing;
use crate::wire::Flags;

/// One bit, or the three reserved ones.
struct Bit {
    field: &'static str,
    name: &'static str,
    letter: char,
    bit: Flags,
}

const fn bit(field: &'static str, name: &'static str, letter: char, bit: Flags) -> Bit {
    Bit { field, name, letter, bit }
}

const RESERVED: Bit = bit("tcp.flags.res", "Reserved", 'R', Flags::RESERVED);

/// The bits that Accurate ECN reads as one number (RFC 9768 §3.2).
const ECN: [Bit; 3] = [
    bit("tcp.flags.ae", "Accurate ECN", 'A', Flags::AE),
    bit("tcp.flags.cwr", "Congestion Window Reduced", 'C', Flags::CWR),
    bit("tcp.flags.ece", "ECN-Echo", 'E', Flags::ECE),
];

const CONTROL: [Bit; 6] = [
    bit("tcp.flags.urg", "Urgent", 'U', Flags::URG),
    bit("tcp.flags.ack", "Acknowledgment", 'A', Flags::ACK),
    bit("tcp.flags.push", "Push", 'P', Flags::PSH),
    bit("tcp.flags.reset", "Reset", 'R', Flags::RST),
    bit("tcp.flags.syn", "Syn", 'S', Flags::SYN),
    bit("tcp.flags.fin", "Fin", 'F', Flags::FIN),
];

/// Draws the twelve bits behind the data offset.
pub(super) fn draw(node: &mut Node, segment: &Segment<'_>) -> Dissected {
    let (view, flags) = (segment.view, segment.flags);
    let ace = segment.row.is_some_and(|row| row.ace);
    let names = if ace { names_with_ace(flags) } else { flags.to_string() };
    let label = format!("Flags: 0x{:03x} ({names})", flags.0);
    let item = node.add(Node::new("tcp.flags", view.octets(12, 2), flags.0, label));
    line(item, &RESERVED, flags, view.octets(12, 1));
    if ace {
        let count = echo_counter(flags);
        let label = format!("{} = ACE: {count}", bits(flags.0.into(), 0x1c0, 12));
        item.add(Node::new("tcp.flags.ace", view.octets(12, 2), count, label));
    } else {
        for (index, bit) in ECN.iter().enumerate() {
            // AE lies in the octet of the data offset, the others in the next.
            line(item, bit, flags, view.octets(12 + index.min(1), 1));
        }
    }
    for bit in &CONTROL {
        let line = line(item, bit, flags, view.octets(13, 1));
        remarks(line, bit.bit, segment)?;
    }
    let letters = letters(flags, ace);
    let label = format!("TCP Flags: {letters}");
    let line = item.add(Node::new("tcp.flags.str", view.octets(12, 2), letters, label).generated());
    match segment.row.and_then(|row| row.closing) {
        Some(Closing::Active) => {
            let text = "This frame initiates the connection closing";
            remark(line, "tcp.connection.fin_active", Severity::Note, Group::Sequence, text);
        }
        Some(Closing::Passive) => {
            let text = "This frame undergoes the connection closing";
            remark(line, "tcp.connection.fin_passive", Severity::Note, Group::Sequence, text);
        }
        None => {}
    }
    Ok(())
}

fn line<'n>(item: &'n mut Node, bit: &Bit, flags: Flags, octets: Octets) -> &'n mut Node {
    let any = flags.any(bit.bit);
    let label = format!("{} = {}: {}", bits(flags.0.into(), bit.bit.0.into(), 12), bit.name, set(any));
    item.add(Node::new(bit.field, octets, any, label))
}

fn remarks(line: &mut Node, bit: Flags, segment: &Segment<'_>) -> Dissected {
    if !segment.flags.has(bit) {
        return Ok(());
    }
    let (source, destination) = (segment.view.u16(0)?, segment.view.u16(2)?);
    match bit {
        Flags::SYN if segment.flags.has(Flags::ACK) => {
            let text = format!("Connection establish acknowledge (SYN+ACK): server port {source}");
            remark(line, "tcp.connection.synack", Severity::Chat, Group::Sequence, &text);
        }
        Flags::SYN => {
            let text = format!("Connection establish request (SYN): server port {destination}");
            remark(line, "tcp.connection.syn", Severity::Chat, Group::Sequence, &text);
        }
        Flags::FIN => {
            remark(line, "tcp.connection.fin", Severity::Chat, Group::Sequence, "Connection finish (FIN)");
        }
        Flags::RST => {
            remark(line, "tcp.connection.rst", Severity::Warning, Group::Sequence, "Connection reset (RST)");
        }
        _ => {}
    }
    Ok(())
}

const fn echo_counter(flags: Flags) -> u16 {
    flags.0 >> 6 & 7
}

fn names_with_ace(flags: Flags) -> String {
    let ecn = Flags::AE.0 | Flags::CWR.0 | Flags::ECE.0;
    let rest = Flags(flags.0 & !ecn & !Flags::RESERVED.0);
    let mut names = if rest.0 == 0 { String::new() } else { format!("{rest}, ") };
    names.push_str(&format!("ACE={}", echo_counter(flags)));
    if flags.any(Flags::RESERVED) {
        names.push_str(", Reserved");
    }
    names
}

fn letters(flags: Flags, ace: bool) -> String {
    let mut text = String::new();
    for mask in [0x800, 0x400, 0x200] {
        text.push(if flags.0 & mask != 0 { RESERVED.letter } else { '·' });
    }
    let shown = |bit: &Bit| if flags.has(bit.bit) { bit.letter } else { '·' };
    if ace {
        text.push_str(&format!("-{}-", echo_counter(flags)));
    } else {
        text.extend(ECN.iter().map(shown));
    }
    text.extend(CONTROL.iter().map(shown));
    text
}
