//! The fields of a packet row: Wireshark's names to the text that `tshark -T fields` prints for them.

mod analysis;
mod expert;
mod frame;
mod header;
mod options;
mod stream;

pub(super) use frame::write_info_words;

use crate::capture::{Record, Timestamp};
use crate::flow::State;
use crate::lens::wireshark::Row;
use crate::rules::Finding;
use crate::wire::Decoded;
use std::fmt;

/// All that is known of one TCP segment.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// Its frame.
    pub record: &'a Record<'a>,
    /// Time of the first frame of the capture.
    pub capture_start: Timestamp,
    /// The segment and its octets.
    pub decoded: &'a Decoded<'a>,
    /// What Wireshark says of it.
    pub row: &'a Row,
    /// State of the client after it, where known.
    pub client_state: Option<State>,
    /// State of the server after it, where known.
    pub server_state: Option<State>,
    /// The findings known at this frame.
    pub findings: &'a [Finding],
}

/// What the text of a field is, for formats that tell numbers from strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A number, or several with commas between them.
    Number,
    /// Anything else.
    Text,
    /// `1` where it applies, as often as it does.
    Mark,
}

/// One field.
#[derive(Clone, Copy)]
pub struct Field {
    /// Its name, as Wireshark has it.
    pub name: &'static str,
    /// What it says, in one line.
    pub help: &'static str,
    /// What its text is.
    pub shape: Shape,
    write: fn(&View<'_>, &mut Vec<u8>),
    /// Whether it is the Info column.
    info: bool,
}

impl Field {
    /// Appends the field's text; nothing where it is absent.
    pub fn write(&self, view: &View<'_>, out: &mut Vec<u8>) {
        (self.write)(view, out);
    }

    /// Whether it is the Info column, which belongs to the whole frame.
    pub const fn is_info(&self) -> bool {
        self.info
    }

    /// Whether it is ours and not Wireshark's: what the audit says.
    pub fn is_audit(&self) -> bool {
        self.name.starts_with("audit.")
    }

    const fn number(name: &'static str, help: &'static str, write: fn(&View<'_>, &mut Vec<u8>)) -> Self {
        Self { name, help, shape: Shape::Number, write, info: false }
    }

    const fn text(name: &'static str, help: &'static str, write: fn(&View<'_>, &mut Vec<u8>)) -> Self {
        Self { name, help, shape: Shape::Text, write, info: false }
    }

    const fn mark(name: &'static str, help: &'static str, write: fn(&View<'_>, &mut Vec<u8>)) -> Self {
        Self { name, help, shape: Shape::Mark, write, info: false }
    }

    const fn info(name: &'static str, help: &'static str, write: fn(&View<'_>, &mut Vec<u8>)) -> Self {
        Self { name, help, shape: Shape::Text, write, info: true }
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Field").field("name", &self.name).field("shape", &self.shape).finish_non_exhaustive()
    }
}

/// A name that is no field's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownField {
    /// The name asked for.
    pub name: String,
    /// The field that was probably meant.
    pub suggestion: Option<&'static str>,
}

impl fmt::Display for UnknownField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no field {}", self.name)?;
        self.suggestion.map_or(Ok(()), |name| write!(f, "; did you mean {name}?"))
    }
}

impl std::error::Error for UnknownField {}

const GROUPS: [&[Field]; 6] =
    [frame::FIELDS, stream::FIELDS, header::FIELDS, options::FIELDS, analysis::FIELDS, expert::FIELDS];

/// Every field, in the order that `--fields help` lists them.
pub fn all() -> impl Iterator<Item = &'static Field> {
    GROUPS.into_iter().flatten()
}

/// The field called `name`.
///
/// # Errors
///
/// [`UnknownField`] with the nearest name.
pub fn find(name: &str) -> Result<&'static Field, UnknownField> {
    all().find(|field| field.name == name).ok_or_else(|| UnknownField {
        name: name.to_owned(),
        suggestion: crate::report::nearest(name, all().map(|field| field.name)),
    })
}

/// `write` for each of `items`, with commas between them.
fn write_list<T>(items: impl Iterator<Item = T>, out: &mut Vec<u8>, mut write: impl FnMut(T, &mut Vec<u8>)) {
    for (position, item) in items.enumerate() {
        if position > 0 {
            out.push(b',');
        }
        write(item, out);
    }
}

/// `1` as often as `count` says, with commas between.
fn write_marks(count: usize, out: &mut Vec<u8>) {
    write_list(0..count, out, |_, out| out.push(b'1'));
}

/// `1` if `applies`.
fn write_mark(applies: bool, out: &mut Vec<u8>) {
    if applies {
        out.push(b'1');
    }
}

/// `True` or `False`.
fn write_bool(value: bool, out: &mut Vec<u8>) {
    out.extend_from_slice(if value { b"True" } else { b"False" });
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_field_has_a_name_of_its_own_and_a_line_of_help() {
        let mut names = HashSet::new();
        for field in all() {
            assert!(names.insert(field.name), "{} twice", field.name);
            assert!(
                field.help.len() > 10 && !field.help.ends_with('.') && !field.help.contains('\n'),
                "{}",
                field.name
            );
            assert_eq!(find(field.name).map(|found| found.name), Ok(field.name));
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        let unknown = find("tcp.analysis.retransmision").unwrap_err();
        assert_eq!(unknown.suggestion, Some("tcp.analysis.retransmission"));
        assert_eq!(find("xyzzy").unwrap_err().to_string(), "there is no field xyzzy");
    }
}
