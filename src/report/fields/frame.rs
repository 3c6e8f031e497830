//! Fields of the frame and of the IP headers in it, and what the audit says of the segment.

use super::{Field, View, write_list};
use crate::lens::dissect::is_trailer_cut;
use crate::lens::wireshark::{Elapsed, Exception, info, text};
use crate::wire::IpLayer;
use std::io::Write;
use std::net::IpAddr;

pub(super) const FIELDS: &[Field] = &[
    Field::number("frame.number", "number of the frame in the capture, from 1", |view, out| {
        text::write_number(view.record.number, out);
    }),
    Field::number("frame.time_epoch", "capture time in seconds since 1970", |view, out| {
        text::write_epoch(view.record.time, out);
    }),
    Field::number("frame.time_relative", "seconds since the first frame of the capture", |view, out| {
        text::write_elapsed(Elapsed::between(view.capture_start, view.record.time), out);
    }),
    Field::number("frame.cap_len", "octets of the frame that were captured", |view, out| {
        text::write_number(view.record.data.len(), out);
    }),
    Field::number("frame.len", "octets of the frame on the wire", |view, out| {
        text::write_number(view.record.original_len, out);
    }),
    Field::text("ip.src", "IPv4 source address, outermost header first", |view, out| {
        write_addresses(view, out, |layer| layer.source, IpAddr::is_ipv4);
    }),
    Field::text("ip.dst", "IPv4 destination address, outermost header first", |view, out| {
        write_addresses(view, out, |layer| layer.destination, IpAddr::is_ipv4);
    }),
    Field::text("ipv6.src", "IPv6 source address, outermost header first", |view, out| {
        write_addresses(view, out, |layer| layer.source, IpAddr::is_ipv6);
    }),
    Field::text("ipv6.dst", "IPv6 destination address, outermost header first", |view, out| {
        write_addresses(view, out, |layer| layer.destination, IpAddr::is_ipv6);
    }),
    Field::info("info", "Wireshark's Info column", write_info),
    Field::info("_ws.col.info", "Wireshark's Info column, by Wireshark's name", write_info),
    Field::text("audit.client_state", "RFC 9293 state of the client after this segment", |view, out| {
        view.client_state.iter().for_each(|state| write_display(state, out));
    }),
    Field::text("audit.server_state", "RFC 9293 state of the server after this segment", |view, out| {
        view.server_state.iter().for_each(|state| write_display(state, out));
    }),
    Field::text("audit.findings", "codes of the findings known at this frame", |view, out| {
        write_list(view.findings.iter(), out, |finding, out| write_display(finding.rule.code, out));
    }),
];

fn write_info(view: &View<'_>, out: &mut Vec<u8>) {
    info::write_marks(view.decoded, view.row, out);
    write_info_words(view, out);
}

/// Appends what stands behind the marks in the Info column.
pub(in crate::report) fn write_info_words(view: &View<'_>, out: &mut Vec<u8>) {
    let start = out.len();
    info::write_words(view.decoded, view.row, out);
    let is_shown = out.len() > start;
    let segment = &view.decoded.segment;
    let frame_is_cut = view.record.data.len() < view.record.original_len as usize;
    // What follows a segment that was cut itself was not captured at all.
    if is_shown && frame_is_cut && segment.captured >= segment.reported && is_trailer_cut(view.record) {
        out.extend_from_slice(Exception::Limited.text().as_bytes());
    }
}

fn write_addresses(view: &View<'_>, out: &mut Vec<u8>, end: fn(&IpLayer) -> IpAddr, family: fn(&IpAddr) -> bool) {
    write_list(view.decoded.ip_layers.iter().map(end).filter(family), out, write_address);
}

/// An address.
fn write_address(address: IpAddr, out: &mut Vec<u8>) {
    match address {
        IpAddr::V4(v4) => text::write_ipv4(v4, out),
        IpAddr::V6(_) => write_display(text::Spelled(address), out),
    }
}

fn write_display(value: impl std::fmt::Display, out: &mut Vec<u8>) {
    // Writing to a Vec cannot fail.
    let _ = write!(out, "{value}");
}
