//! Fields of the conversation: its number, times, completeness.

use super::{Field, View, write_bool};
use crate::flow::conversation::Completeness;
use crate::lens::wireshark::{Reached, text, write_completeness_letters};

pub(super) const FIELDS: &[Field] = &[
    Field::number("tcp.stream", "number of the conversation, from 0", |view, out| {
        view.row.stream.into_iter().for_each(|stream| text::write_number(stream, out));
    }),
    Field::number("tcp.stream.pnum", "number of the segment in its conversation, from 1", |view, out| {
        if view.row.stream.is_some() {
            text::write_number(view.row.packet, out);
        }
    }),
    Field::number("tcp.completeness", "steps of its life the conversation showed before this segment", |view, out| {
        if view.row.stream.is_some() {
            text::write_number(view.row.completeness.unwrap_or_default().0, out);
        }
    }),
    Field::text("tcp.completeness.str", "the same in letters: RST, FIN, data, ACK, SYN-ACK, SYN", |view, out| {
        if view.row.stream.is_some() {
            write_completeness_letters(view.row.completeness, out);
        }
    }),
    Field::text("tcp.completeness.rst", "whether a RST was seen before", |view, out| {
        write_step(view, Completeness::RST, out);
    }),
    Field::text("tcp.completeness.fin", "whether a FIN was seen before", |view, out| {
        write_step(view, Completeness::FIN, out);
    }),
    Field::text("tcp.completeness.data", "whether data was seen before", |view, out| {
        write_step(view, Completeness::DATA, out);
    }),
    Field::text("tcp.completeness.ack", "whether an ACK without data was seen before", |view, out| {
        write_step(view, Completeness::ACK, out);
    }),
    Field::text("tcp.completeness.syn-ack", "whether a SYN-ACK was seen before", |view, out| {
        write_step(view, Completeness::SYN_ACK, out);
    }),
    Field::text("tcp.completeness.syn", "whether a SYN was seen before", |view, out| {
        write_step(view, Completeness::SYN, out);
    }),
    Field::number("tcp.time_relative", "seconds since the first segment of the conversation", |view, out| {
        if view.row.reached >= Reached::Options {
            text::write_elapsed(view.row.time_relative, out);
        }
    }),
    Field::number("tcp.time_delta", "seconds since the previous segment of the conversation", |view, out| {
        if view.row.reached >= Reached::Options {
            text::write_elapsed(view.row.time_delta, out);
        }
    }),
    Field::number("tcp.stream.client.contiguity_count", "separate ranges seen of the other direction", |view, out| {
        view.row.contiguity.into_iter().for_each(|counts| text::write_number(counts.client, out));
    }),
    Field::number("tcp.stream.server.contiguity_count", "separate ranges seen of this direction", |view, out| {
        view.row.contiguity.into_iter().for_each(|counts| text::write_number(counts.server, out));
    }),
];

fn write_step(view: &View<'_>, step: Completeness, out: &mut Vec<u8>) {
    if view.row.stream.is_some() {
        write_bool(view.row.completeness.is_some_and(|seen| seen.any(step)), out);
    }
}
