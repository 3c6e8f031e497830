//! The fixed part of a TCP header, line by line (RFC 9293 §3.1).

use super::{FIXED, Segment, analysis, flags, mptcp, options, payload};
use crate::flow::conversation::Completeness;
use crate::lens::dissect::expert::{Group, Severity, remark, remark_line};
use crate::lens::dissect::text::{bits, duration};
use crate::lens::dissect::tree::{Node, Value};
use crate::lens::dissect::view::Dissected;
use crate::lens::wireshark::{Elapsed, Scale, completeness_phrase, write_completeness_letters};
use crate::wire::Flags;

/// Draws everything behind the ports; `length` is the header's, as the data offset gives it.
pub(super) fn draw(node: &mut Node, segment: &Segment<'_>, length: usize) -> Dissected {
    let view = segment.view;
    conversation(node, segment);
    let raw_seq = view.u32(4)?;
    let seq = segment.row.and_then(|row| row.seq).unwrap_or(raw_seq);
    node.extend_label(&format!(", Seq: {seq}"));
    segment_len(node, segment, length);
    sequence(node, segment, seq, raw_seq);
    let offset_label =
        |octet: u8| format!("{} = Header Length: {length} bytes ({})", bits(octet.into(), 0xf0, 8), length / 4);
    let octet = view.u8(12)?;
    let offset = Node::new("tcp.hdr_len", view.octets(12, 1), length, offset_label(octet));
    if length < FIXED {
        let item = node.add(offset);
        let text = format!("Bogus TCP header length ({length}, must be at least {FIXED})");
        remark(item, "tcp.bogus_header_length", Severity::Error, Group::Protocol, &text);
        return Ok(());
    }
    node.octets = Some(view.octets(0, length));
    if let Some(next) = segment.row.and_then(|row| row.nxtseq) {
        let label = format!("Next Sequence Number: {next}    (relative sequence number)");
        node.add(Node::concluded("tcp.nxtseq", next, label).at(view.octets(0, 0)));
    }
    acknowledgement(node, segment)?;
    node.add(offset);
    flags::draw(node, segment)?;
    window(node, segment)?;
    let sum = view.u16(16)?;
    node.add(Node::new("tcp.checksum", view.octets(16, 2), sum, format!("Checksum: 0x{sum:04x} [unverified]")));
    node.add(Node::concluded("tcp.checksum.status", 2_u8, "Checksum Status: Unverified").at(view.octets(16, 0)));
    urgent_pointer(node, segment)?;
    // The times are filled in before the options are read, so they survive options that break off.
    let times = timestamps(segment);
    let read = options::dissect(node, segment, length);
    node.children.extend(times);
    read?;
    analysis::draw(node, segment);
    mptcp::analysis(node, segment);
    payload::draw(node, segment, length)
}

fn conversation(node: &mut Node, segment: &Segment<'_>) {
    let here = segment.view.octets(0, 0);
    let Some((row, stream)) = segment.row.and_then(|row| Some((row, row.stream?))) else { return };
    node.add(Node::concluded("tcp.stream", stream, format!("Stream index: {stream}")).at(here));
    let number = row.packet;
    let label = format!("Stream Packet Number: {number}");
    node.add(Node::concluded("tcp.stream.pnum", number, label).at(here));
    draw_completeness(node, row.completeness, segment);
}

fn draw_completeness(node: &mut Node, completeness: Option<Completeness>, segment: &Segment<'_>) {
    const PARTS: [(&str, &str, Completeness); 6] = [
        ("tcp.completeness.rst", "RST", Completeness::RST),
        ("tcp.completeness.fin", "FIN", Completeness::FIN),
        ("tcp.completeness.data", "Data", Completeness::DATA),
        ("tcp.completeness.ack", "ACK", Completeness::ACK),
        ("tcp.completeness.syn-ack", "SYN-ACK", Completeness::SYN_ACK),
        ("tcp.completeness.syn", "SYN", Completeness::SYN),
    ];
    let seen = completeness.unwrap_or_default();
    let label = format!("Conversation completeness: {} ({})", completeness_phrase(seen), seen.0);
    let here = segment.view.octets(0, 0);
    let item = node.add(Node::concluded("tcp.completeness", seen.0, label).at(here));
    for (field, name, part) in PARTS {
        let bit = seen.any(part);
        let words = if bit { "Present" } else { "Absent" };
        // Drawn like a bit that was read, though no octet holds it.
        let label = format!("{} = {name}: {words}", bits(seen.0.into(), part.0.into(), 8));
        item.add(Node { field, value: bit.into(), label, ..Node::default() });
    }
    let mut letters = Vec::new();
    write_completeness_letters(completeness, &mut letters);
    let letters = String::from_utf8_lossy(&letters).into_owned();
    let label = format!("Completeness Flags: {letters}");
    item.add(Node::concluded("tcp.completeness.str", letters, label).at(here));
}

fn segment_len(node: &mut Node, segment: &Segment<'_>, length: usize) {
    let view = segment.view;
    if let Some(len) = segment.row.and_then(|row| row.len) {
        let label = format!("TCP Segment Len: {len}");
        node.add(Node::concluded("tcp.len", len, label).at(view.octets(0, 0)));
    } else if segment.row.is_some() && !segment.quoted && !view.is_fragment() && length > view.reported() {
        let text = "Short segment. Segment/fragment does not contain a full TCP header (might be NMAP or someone else \
                    deliberately sending unusual packets)";
        let line = remark_line(node, "tcp.short_segment", Severity::Warning, Group::Malformed, text);
        line.octets = Some(view.octets(0, length));
    }
}

fn sequence(node: &mut Node, segment: &Segment<'_>, seq: u32, raw: u32) {
    if segment.quoted {
        return;
    }
    let octets = segment.view.octets(4, 4);
    let suffix = if segment.row.is_some() { "    (relative sequence number)" } else { "" };
    node.add(Node::new("tcp.seq", octets, seq, format!("Sequence Number: {seq}{suffix}")));
    node.add(Node::new("tcp.seq_raw", octets, raw, format!("Sequence Number (raw): {raw}")));
}

fn acknowledgement(node: &mut Node, segment: &Segment<'_>) -> Dissected {
    let raw = segment.view.u32(8)?;
    let octets = segment.view.octets(8, 4);
    let acks = segment.flags.has(Flags::ACK);
    let ack = segment.row.map_or(raw, |row| row.numbers.ack);
    if acks {
        node.extend_label(&format!(", Ack: {ack}"));
    }
    if let Some(len) = segment.row.and_then(|row| row.len) {
        node.extend_label(&format!(", Len: {len}"));
    }
    let suffix = if acks && segment.row.is_some() { "    (relative ack number)" } else { "" };
    let item = node.add(Node::new("tcp.ack", octets, ack, format!("Acknowledgment Number: {ack}{suffix}")));
    if !acks && raw != 0 {
        let text = "The acknowledgment number field is nonzero while the ACK flag is not set";
        remark(item, "tcp.ack.nonzero", Severity::Note, Group::Protocol, text);
    }
    analysis::fast_open_answer(item, segment);
    node.add(Node::new("tcp.ack_raw", octets, raw, format!("Acknowledgment number (raw): {raw}")));
    Ok(())
}

fn window(node: &mut Node, segment: &Segment<'_>) -> Dissected {
    let raw = segment.view.u16(14)?;
    let octets = segment.view.octets(14, 2);
    node.add(Node::new("tcp.window_size_value", octets, raw, format!("Window: {raw}")));
    let Some(row) = segment.row else { return Ok(()) };
    let window = row.window;
    let label = format!("Calculated window size: {window}");
    node.add(Node::concluded("tcp.window_size", window, label).at(octets));
    if segment.flags.has(Flags::SYN) {
        return Ok(());
    }
    let factor = row.scale.factor();
    let words = match row.scale {
        Scale::Unknown => " (unknown)",
        Scale::Unused => " (no window scaling used)",
        Scale::Shift(_) => "",
    };
    let label = format!("Window size scaling factor: {factor}{words}");
    node.add(Node::concluded("tcp.window_size_scalefactor", i64::from(factor), label).at(octets));
    Ok(())
}

fn urgent_pointer(node: &mut Node, segment: &Segment<'_>) -> Dissected {
    let pointer = segment.view.u16(18)?;
    let octets = segment.view.octets(18, 2);
    let item = node.add(Node::new("tcp.urgent_pointer", octets, pointer, format!("Urgent Pointer: {pointer}")));
    if pointer != 0 && !segment.flags.has(Flags::URG) {
        let text = "The urgent pointer field is nonzero while the URG flag is not set";
        remark(item, "tcp.urgent_pointer.non_zero", Severity::Note, Group::Protocol, text);
    }
    Ok(())
}

fn timestamps(segment: &Segment<'_>) -> Option<Node> {
    let here = segment.view.octets(0, 0);
    let row = segment.row.filter(|row| row.stream.is_some())?;
    let mut node = Node::text("Timestamps").generated().at(here);
    let mut line = |field, words: &str, time: Elapsed| {
        let label = format!("Time since {words} frame in this TCP stream: {}", duration(time));
        node.add(Node::concluded(field, Value::Nanoseconds(time.nanoseconds()), label).at(here));
    };
    line("tcp.time_relative", "first", row.time_relative);
    line("tcp.time_delta", "previous", row.time_delta);
    Some(node)
}
