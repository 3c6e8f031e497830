//! Rows of delimited text: TSV as `tshark -T fields` spells it, CSV with quotes where a cell needs them (RFC 4180).

use super::pending::Pending;
use crate::report::Delimiter;
use crate::report::fields::{Field, View};
use std::io::{self, Write};

/// Writes the names of the fields.
pub fn write_head(out: &mut impl Write, delimiter: Delimiter, fields: &[&Field]) -> io::Result<()> {
    for (place, field) in fields.iter().enumerate() {
        if place > 0 {
            out.write_all(&[delimiter.octet()])?;
        }
        out.write_all(field.name.as_bytes())?;
    }
    out.write_all(b"\n")
}

/// Appends the values of the fields.
pub fn write_row(view: &View<'_>, delimiter: Delimiter, fields: &[&Field], pending: &mut Pending) {
    match delimiter {
        Delimiter::Tab => write_cells(b'\t', fields, pending, |field, pending| {
            if field.is_info() { pending.push_info(view) } else { field.write(view, pending.octets()) }
        }),
        Delimiter::Comma => write_cells(b',', fields, pending, |field, pending| {
            if field.is_info() {
                pending.octets().push(b'"');
                pending.push_info(view);
                pending.octets().push(b'"');
            } else {
                write_quoted(view, field, pending.octets());
            }
        }),
    }
}

fn write_cells(delimiter: u8, fields: &[&Field], pending: &mut Pending, write: impl Fn(&Field, &mut Pending)) {
    for (place, field) in fields.iter().enumerate() {
        if place > 0 {
            pending.octets().push(delimiter);
        }
        write(field, pending);
    }
    pending.octets().push(b'\n');
}

/// Only lists need quotes; no field but Info has other than digits, letters and commas.
fn write_quoted(view: &View<'_>, field: &Field, out: &mut Vec<u8>) {
    let start = out.len();
    field.write(view, out);
    if out.get(start..).is_some_and(|cell| cell.contains(&b',')) {
        out.insert(start, b'"');
        out.push(b'"');
    }
}
