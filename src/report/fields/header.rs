//! Fields of the fixed TCP header, as far as the dissection reached them.

use super::{Field, View, write_bool};
use crate::lens::wireshark::{Reached, info, text};
use crate::wire::{Flags, Quote, Standing};

pub(super) const FIELDS: &[Field] = &[
    Field::number("tcp.srcport", "source port", |view, out| {
        write_from(Reached::Ports, view, view.decoded.segment.source.port.into(), out);
    }),
    Field::number("tcp.dstport", "destination port", |view, out| {
        write_from(Reached::Ports, view, view.decoded.segment.destination.port.into(), out);
    }),
    Field::number("tcp.port", "source port and destination port", |view, out| {
        write_from(Reached::Ports, view, view.decoded.segment.source.port.into(), out);
        if view.row.reached >= Reached::Ports {
            out.push(b',');
        }
        write_from(Reached::Ports, view, view.decoded.segment.destination.port.into(), out);
    }),
    Field::number("tcp.len", "octets of payload on the wire", |view, out| write_option(view.row.len, out)),
    Field::number("tcp.seq", "sequence number, relative", |view, out| write_option(view.row.seq, out)),
    Field::number("tcp.seq_raw", "sequence number as sent", |view, out| {
        let quoted = matches!(view.decoded.segment.standing, Standing::Quoted(Quote::Icmp { v6: false, .. }));
        if !quoted {
            write_from(Reached::Sequence, view, view.decoded.segment.seq.0, out);
        }
    }),
    Field::number("tcp.nxtseq", "sequence number just after the segment, relative", |view, out| {
        write_option(view.row.nxtseq.filter(|_| view.row.reached >= Reached::Flags), out);
    }),
    Field::number("tcp.ack", "acknowledgement number, relative; raw without the ACK bit", |view, out| {
        write_from(Reached::Flags, view, view.row.numbers.ack, out);
    }),
    Field::number("tcp.ack_raw", "acknowledgement number as sent", |view, out| {
        write_from(Reached::Flags, view, view.decoded.segment.ack.0, out);
    }),
    Field::number("tcp.hdr_len", "octets of header, by the data offset", |view, out| {
        write_from(Reached::Sequence, view, view.decoded.segment.header_len(), out);
    }),
    Field::text("tcp.flags", "the twelve control bits in hexadecimal", |view, out| {
        if view.row.reached >= Reached::Flags {
            text::write_hex_u16(view.decoded.segment.flags.0, out);
        }
    }),
    Field::text("tcp.flags.str", "the twelve control bits as letters", |view, out| {
        if view.row.reached >= Reached::Flags {
            info::write_flag_letters(view.decoded.segment.flags, view.row.ace, out);
        }
    }),
    Field::text("tcp.flags.res", "whether a reserved bit is set", |view, out| write_flag(view, Flags::RESERVED, out)),
    Field::text("tcp.flags.ae", "whether AE is set", |view, out| write_ecn_flag(view, Flags::AE, out)),
    Field::text("tcp.flags.cwr", "whether CWR is set", |view, out| write_ecn_flag(view, Flags::CWR, out)),
    Field::text("tcp.flags.ece", "whether ECE is set", |view, out| write_ecn_flag(view, Flags::ECE, out)),
    Field::number("tcp.flags.ace", "the Accurate ECN counter, where it is in use", |view, out| {
        if view.row.ace {
            write_from(Reached::Flags, view, info::ace_counter(view.decoded.segment.flags).into(), out);
        }
    }),
    Field::text("tcp.flags.urg", "whether URG is set", |view, out| write_flag(view, Flags::URG, out)),
    Field::text("tcp.flags.ack", "whether ACK is set", |view, out| write_flag(view, Flags::ACK, out)),
    Field::text("tcp.flags.push", "whether PSH is set", |view, out| write_flag(view, Flags::PSH, out)),
    Field::text("tcp.flags.reset", "whether RST is set", |view, out| write_flag(view, Flags::RST, out)),
    Field::text("tcp.flags.syn", "whether SYN is set", |view, out| write_flag(view, Flags::SYN, out)),
    Field::text("tcp.flags.fin", "whether FIN is set", |view, out| write_flag(view, Flags::FIN, out)),
    Field::number("tcp.window_size_value", "window as sent", |view, out| {
        write_from(Reached::Window, view, view.decoded.segment.window.0.into(), out);
    }),
    Field::number("tcp.window_size", "window in octets, scaled where the scale is known", |view, out| {
        write_from(Reached::Window, view, view.row.window, out);
    }),
    Field::number("tcp.window_size_scalefactor", "factor of the window; -1 unknown, -2 not in use", |view, out| {
        if view.row.reached >= Reached::Window && !view.decoded.segment.flags.has(Flags::SYN) {
            text::write_number(view.row.scale.factor(), out);
        }
    }),
    Field::text("tcp.checksum", "checksum as sent, in hexadecimal", |view, out| {
        if view.row.reached >= Reached::Checksum {
            text::write_hex_u16(view.decoded.segment.checksum, out);
        }
    }),
    Field::number("tcp.urgent_pointer", "urgent pointer as sent", |view, out| {
        write_from(Reached::Options, view, view.decoded.segment.urgent_pointer.into(), out);
    }),
    Field::text("tcp.payload", "the captured octets of the payload, unless they are a reset's", |view, out| {
        if view.row.reached >= Reached::Analysis && !view.decoded.segment.flags.has(Flags::RST) {
            text::write_hex(view.decoded.payload, out);
        }
    }),
];

/// A number that is shown from `reached` on.
fn write_from(reached: Reached, view: &View<'_>, number: u32, out: &mut Vec<u8>) {
    if view.row.reached >= reached {
        text::write_number(number, out);
    }
}

fn write_option(number: Option<u32>, out: &mut Vec<u8>) {
    number.into_iter().for_each(|number| text::write_number(number, out));
}

fn write_flag(view: &View<'_>, bit: Flags, out: &mut Vec<u8>) {
    if view.row.reached >= Reached::Flags {
        write_bool(view.decoded.segment.flags.any(bit), out);
    }
}

/// A bit that is part of the Accurate ECN counter where that is in use.
fn write_ecn_flag(view: &View<'_>, bit: Flags, out: &mut Vec<u8>) {
    if !view.row.ace {
        write_flag(view, bit, out);
    }
}
