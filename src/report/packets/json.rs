//! Rows as JSON objects, one a line or in one document.

use super::pending::Pending;
use crate::report::fields::{Field, Shape, View};
use crate::report::{SCHEMA, json};
use std::io::{self, Write};

/// Begins a document of rows.
pub fn begin_document(out: &mut impl Write) -> io::Result<()> {
    write!(out, "{{\"schema\":\"{SCHEMA}\",\"packets\":[")
}

/// Ends it.
pub fn end_document(out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"]}\n")
}

/// Appends a row and a line feed.
pub fn write_row(view: &View<'_>, capture: &str, fields: &[&Field], pending: &mut Pending) {
    write_object(view, capture, fields, pending);
    pending.octets().push(b'\n');
}

/// Appends a row.
pub fn write_object(view: &View<'_>, capture: &str, fields: &[&Field], pending: &mut Pending) {
    let out = pending.octets();
    out.extend_from_slice(b"{\"schema\":\"");
    out.extend_from_slice(SCHEMA.as_bytes());
    out.extend_from_slice(b"\",\"type\":\"packet\",\"capture\":");
    // Writing a string to a Vec cannot fail.
    let _ = json::append(out, &capture);
    out.extend_from_slice(b",\"fields\":{");
    for (place, field) in fields.iter().enumerate() {
        let out = pending.octets();
        out.extend_from_slice(if place == 0 { b"\"" } else { b",\"" });
        out.extend_from_slice(field.name.as_bytes());
        out.extend_from_slice(b"\":");
        write_value(view, field, pending);
    }
    pending.octets().extend_from_slice(b"}}");
}

fn write_value(view: &View<'_>, field: &Field, pending: &mut Pending) {
    if field.is_info() {
        pending.octets().push(b'"');
        pending.push_info(view);
        return pending.octets().push(b'"');
    }
    let out = pending.octets();
    let start = out.len();
    field.write(view, out);
    let text = out.split_off(start);
    match field.shape {
        Shape::Mark => out.extend_from_slice(if text.is_empty() { b"false" } else { b"true" }),
        _ if text.is_empty() => out.extend_from_slice(b"null"),
        Shape::Number if text.contains(&b',') => {
            out.push(b'[');
            for (place, number) in text.split(|octet| *octet == b',').enumerate() {
                if place > 0 {
                    out.push(b',');
                }
                write_number(number, out);
            }
            out.push(b']');
        }
        Shape::Number => write_number(&text, out),
        Shape::Text => write_string(&text, out),
    }
}

/// A number, or a string where it is none: a time whose fraction is beyond a second.
fn write_number(text: &[u8], out: &mut Vec<u8>) {
    if text.iter().all(|octet| matches!(octet, b'0'..=b'9' | b'.' | b'-')) {
        out.extend_from_slice(text);
    } else {
        write_string(text, out);
    }
}

fn write_string(text: &[u8], out: &mut Vec<u8>) {
    // Writing a string to a Vec cannot fail.
    let _ = json::append(out, &String::from_utf8_lossy(text));
}
