//! Fields of the TCP options, one value for each occurrence.

use super::{Field, View, write_list, write_marks};
use crate::lens::wireshark::options::{TcpOption, Walk, sack_duplicates, sack_edges};
use crate::lens::wireshark::{Reached, text};

pub(super) const FIELDS: &[Field] = &[
    Field::text("tcp.options", "the captured octets of the option area", |view, out| {
        let Some(area) = option_area(view) else { return };
        if area.is_empty() { out.extend_from_slice(b"<MISSING>") } else { text::write_hex(area, out) }
    }),
    Field::number("tcp.option_kind", "kind of each option", |view, out| {
        write_list(options(view), out, |option, out| text::write_number(option.kind, out));
    }),
    Field::number("tcp.option_len", "length of each option that has one", |view, out| {
        let lengths = options(view).filter(|option| option.kind > 1);
        write_list(lengths, out, |option, out| text::write_number(option.length, out));
    }),
    Field::number("tcp.options.mss_val", "maximum segment size", |view, out| {
        write_values(view, out, |option| option.mss().map(u32::from));
    }),
    Field::number("tcp.options.wscale.shift", "window scale shift as sent", |view, out| {
        write_values(view, out, |option| option.window_scale().map(u32::from));
    }),
    Field::number("tcp.options.wscale.multiplier", "the factor that the shift means", |view, out| {
        write_values(view, out, |option| option.window_scale().map(|shift| 1 << shift.min(14)));
    }),
    Field::number("tcp.options.timestamp.tsval", "timestamp value", |view, out| {
        write_values(view, out, |option| option.tsval());
    }),
    Field::number("tcp.options.timestamp.tsecr", "timestamp echo reply", |view, out| {
        write_values(view, out, |option| option.tsecr());
    }),
    Field::number("tcp.options.sack_le", "left edges of the SACK blocks, relative", |view, out| {
        write_edges(view, 0, out);
    }),
    Field::number("tcp.options.sack_re", "right edges of the SACK blocks, relative", |view, out| {
        write_edges(view, 1, out);
    }),
    Field::number("tcp.options.sack.count", "number of SACK blocks", |view, out| {
        write_values(view, out, |option| {
            (option.kind == 5 && option.is_readable()).then(|| (option.sack_edges() / 2) as u32)
        });
    }),
    Field::number("tcp.options.sack.dsack_le", "left edge of a block received twice, relative", |view, out| {
        write_duplicates(view, 0, out);
    }),
    Field::number("tcp.options.sack.dsack_re", "right edge of a block received twice, relative", |view, out| {
        write_duplicates(view, 1, out);
    }),
    Field::number("tcp.options.echo_value", "value of an Echo or Echo Reply", |view, out| {
        write_values(view, out, |option| if is_sound(option, 6..=7) { option.u32(2) } else { None });
    }),
    Field::number("tcp.options.cc_value", "connection count of T/TCP", |view, out| {
        write_values(view, out, |option| if is_sound(option, 11..=13) { option.u32(2) } else { None });
    }),
    Field::number("tcp.options.user_to_val", "user timeout", |view, out| {
        write_values(view, out, |option| {
            if is_sound(option, 28..=28) { option.u16(2).map(|value| u32::from(value & 0x7fff)) } else { None }
        });
    }),
    Field::mark("tcp.options.tfo.request", "a Fast Open option without cookie", |view, out| {
        let asks =
            |option: &TcpOption<'_>| option.is_sound() && option.fast_open_cookie().is_some_and(<[u8]>::is_empty);
        write_marks(options(view).filter(asks).count(), out);
    }),
    Field::text("tcp.options.tfo.cookie", "the cookie of a Fast Open option", |view, out| {
        let cookies = options(view).filter(TcpOption::is_sound).filter_map(|option| option.fast_open_cookie());
        write_list(cookies.filter(|cookie| !cookie.is_empty()), out, text::write_hex);
    }),
    Field::text("tcp.options.md5.digest", "the digest of a TCP MD5 option", |view, out| {
        let digests = options(view).filter(|option| is_sound(option, 19..=19));
        write_list(digests, out, |option, out| text::write_hex(option.value(), out));
    }),
];

/// The captured octets of the option area, where there is one and the dissection reached it.
fn option_area<'a>(view: &View<'a>) -> Option<&'a [u8]> {
    let header_len = view.decoded.segment.header_len() as usize;
    if view.row.reached < Reached::Options || header_len <= 20 {
        return None;
    }
    let end = header_len.min(view.decoded.header.len());
    view.decoded.header.get(20..end)
}

fn options<'a>(view: &View<'a>) -> impl Iterator<Item = TcpOption<'a>> {
    Walk::shown(view.decoded, view.row).options()
}

fn is_sound(option: &TcpOption<'_>, kinds: std::ops::RangeInclusive<u8>) -> bool {
    kinds.contains(&option.kind) && option.is_sound()
}

fn write_values(view: &View<'_>, out: &mut Vec<u8>, value: impl Fn(&TcpOption<'_>) -> Option<u32>) {
    write_list(options(view).filter_map(|option| value(&option)), out, text::write_number);
}

fn write_edges(view: &View<'_>, side: usize, out: &mut Vec<u8>) {
    let numbers = view.row.numbers;
    let edges = options(view).flat_map(|option| sack_edges(&option, numbers).skip(side).step_by(2));
    write_list(edges, out, text::write_number);
}

fn write_duplicates(view: &View<'_>, side: usize, out: &mut Vec<u8>) {
    let edges = options(view).filter_map(|option| sack_duplicates(&option, view.row.numbers).nth(side));
    write_list(edges, out, text::write_number);
}
