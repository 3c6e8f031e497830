//! Fields of the marks that Wireshark's expert sets outside the sequence analysis.

use super::{Field, write_mark, write_marks};
use crate::lens::wireshark::{Closing, expert};

pub(super) const FIELDS: &[Field] = &[
    Field::mark("tcp.connection.syn", "asks for a connection", |view, out| {
        write_mark(expert::connection_syn(&view.decoded.segment, view.row), out);
    }),
    Field::mark("tcp.connection.synack", "accepts a connection", |view, out| {
        write_mark(expert::connection_synack(&view.decoded.segment, view.row), out);
    }),
    Field::mark("tcp.connection.fin", "closes its direction", |view, out| {
        write_mark(expert::connection_fin(&view.decoded.segment, view.row), out);
    }),
    Field::mark("tcp.connection.fin_active", "closes first", |view, out| {
        write_mark(view.row.closing == Some(Closing::Active), out);
    }),
    Field::mark("tcp.connection.fin_passive", "closes after the peer", |view, out| {
        write_mark(view.row.closing == Some(Closing::Passive), out);
    }),
    Field::mark("tcp.connection.rst", "resets the connection", |view, out| {
        write_mark(expert::connection_rst(&view.decoded.segment, view.row), out);
    }),
    Field::mark("tcp.ack.nonzero", "an acknowledgement number without the ACK bit", |view, out| {
        write_mark(expert::ack_nonzero(&view.decoded.segment, view.row), out);
    }),
    Field::mark("tcp.short_segment", "the data offset points behind the segment", |view, out| {
        write_mark(expert::short_segment(&view.decoded.segment, view.row), out);
    }),
    Field::mark("tcp.bogus_header_length", "the data offset is below 5", |view, out| {
        write_mark(expert::bogus_header_length(&view.decoded.segment, view.row), out);
    }),
    Field::mark("tcp.option.len.invalid", "an option's length does not fit, once for each", |view, out| {
        write_marks(expert::option_len_invalid(view.decoded, view.row), out);
    }),
    Field::mark("tcp.urgent_pointer.non_zero", "an urgent pointer without the URG bit", |view, out| {
        write_mark(expert::urgent_pointer_non_zero(&view.decoded.segment, view.row), out);
    }),
    Field::mark("tcp.options.mss.absent", "a SYN has options but no maximum segment size", |view, out| {
        write_mark(expert::option_absent(view.decoded, view.row, 2), out);
    }),
    Field::mark("tcp.options.mss.present", "a maximum segment size outside a SYN", |view, out| {
        write_marks(expert::option_present(view.decoded, view.row, 2), out);
    }),
    Field::mark("tcp.options.sack_perm.absent", "a SYN has options but no SACK permitted", |view, out| {
        write_mark(expert::option_absent(view.decoded, view.row, 4), out);
    }),
    Field::mark("tcp.options.sack_perm.present", "SACK permitted outside a SYN", |view, out| {
        write_marks(expert::option_present(view.decoded, view.row, 4), out);
    }),
    Field::mark("tcp.options.wscale.shift.invalid", "a window scale shift above 14", |view, out| {
        write_marks(expert::window_scale_invalid(view.decoded, view.row), out);
    }),
    Field::mark("tcp.options.sack.dsack", "a SACK block reports octets received twice", |view, out| {
        write_marks(expert::dsack(view.decoded, view.row), out);
    }),
    Field::mark("tcp.suboption_malformed", "a SACK block is not whole", |view, out| {
        write_marks(expert::suboption_malformed(view.decoded, view.row), out);
    }),
    Field::mark("tcp.nop", "four No-Operations fill a word", |view, out| {
        write_marks(expert::four_nops(view.decoded, view.row), out);
    }),
    Field::mark("tcp.non_zero_bytes_after_eol", "something stands behind End of Option List", |view, out| {
        write_mark(expert::non_zero_after_end(view.decoded, view.row), out);
    }),
];
