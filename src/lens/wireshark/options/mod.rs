//! The option area of one header to its options, one by one, up to the point where Wireshark gives up on it.

mod kind;
mod sack;
mod text;

#[cfg(test)]
mod tests;

pub use kind::{AccEcn, Experiment, TcpOption};
pub use sack::{SackMemory, duplicates as sack_duplicates, edges as sack_edges};
pub use text::{write_prefix, write_texts};

use super::row::{Exception, Extent};
use super::{Numbers, Reached, Row};
use crate::wire::Decoded;

/// What stands at one place of the option area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// An option; its length may not fit its kind.
    Option(TcpOption<'a>),
    /// A length of 0 or 1, one beyond the area, or none: the walk ends (`tcp.option.len.invalid`).
    InvalidLength,
    /// Something behind End of Option List: the walk ends (`tcp.non_zero_bytes_after_eol`).
    NonZeroAfterEnd,
}

/// The walk over the options of one header.
#[derive(Clone, Debug)]
pub struct Walk<'a> {
    /// The captured octets of the area.
    area: &'a [u8],
    /// Octets of the area by the data offset.
    area_len: usize,
    position: usize,
    extent: Extent,
    numbers: Numbers,
    /// The SACK blocks of all options so far.
    sack: SackMemory,
    after_end: bool,
    ended: bool,
    exception: Option<Exception>,
}

impl<'a> Walk<'a> {
    /// A walk over the options of `decoded`, if the dissection gets there; `numbers` are those of its [`Row`].
    pub fn new(decoded: &Decoded<'a>, numbers: Numbers) -> Self {
        let extent = Extent::of(&decoded.segment);
        let sack = SackMemory::default();
        let area_len = (decoded.segment.header_len() as usize).saturating_sub(FIXED);
        let captured = decoded.header.get(FIXED..).unwrap_or_default();
        let area = captured.get(..area_len).unwrap_or(captured);
        let (after_end, ended, exception) = (false, false, None);
        Self { area, area_len, position: 0, extent, numbers, sack, after_end, ended, exception }
    }

    /// The options that Wireshark shows for `row`, none where the dissection ended before.
    pub fn shown(decoded: &Decoded<'a>, row: &Row) -> Self {
        let mut walk = Self::new(decoded, row.numbers);
        walk.ended = row.reached < Reached::Options;
        walk
    }

    /// Why the walk ended early and with it the dissection, once it has.
    pub const fn exception(&self) -> Option<Exception> {
        self.exception
    }

    /// The options alone.
    pub fn options(self) -> impl Iterator<Item = TcpOption<'a>> {
        self.filter_map(|item| match item {
            Item::Option(option) => Some(option),
            Item::InvalidLength | Item::NonZeroAfterEnd => None,
        })
    }

    /// The octet at `position`, or the end of everything.
    fn octet(&mut self, position: usize) -> Option<u8> {
        let octet = self.area.get(position).copied();
        if octet.is_none() {
            self.fail(self.extent.missing(FIXED + position + 1));
        }
        octet
    }

    fn fail(&mut self, exception: Exception) {
        self.ended = true;
        self.exception = Some(exception);
    }

    /// A fault of form ends the walk; Wireshark marks the area up to `end` with it, which must have been captured.
    fn fault(&mut self, fault: Item<'a>, end: usize) -> Option<Item<'a>> {
        self.ended = true;
        if self.area.len() < end {
            self.fail(self.extent.missing(FIXED + end));
        }
        Some(fault)
    }

    fn single(&mut self, kind: u8) -> Item<'a> {
        let octets = self.area.get(self.position..=self.position).unwrap_or_default();
        let offset = FIXED + self.position;
        self.position += 1;
        Item::Option(TcpOption { kind, length: 1, offset, octets, duplicate_sack: false })
    }

    fn with_length(&mut self, kind: u8) -> Option<Item<'a>> {
        if self.position + 1 == self.area_len {
            return self.fault(Item::InvalidLength, self.area_len);
        }
        let length = self.octet(self.position + 1)?;
        let end = self.position + usize::from(length);
        if length < 2 {
            return self.fault(Item::InvalidLength, self.position + 2);
        }
        if end > self.area_len {
            // Wireshark counts kind and length twice here.
            return self.fault(Item::InvalidLength, self.area_len.saturating_sub(2));
        }
        let octets = self.area.get(self.position..end.min(self.area.len())).unwrap_or_default();
        let offset = FIXED + self.position;
        self.position = end;
        let mut option = TcpOption { kind, length, offset, octets, duplicate_sack: false };
        if kind == 5 && option.is_readable() {
            self.sack.extend(&option, self.numbers);
            option.duplicate_sack = self.sack.reports_duplicate(self.numbers.ack);
        }
        self.judge(&option);
        Some(Item::Option(option))
    }

    /// Ends the walk at an option that cannot be read; in a quoted header, Wireshark just goes on to the next.
    fn judge(&mut self, option: &TcpOption<'_>) {
        if self.extent.is_quoted() {
            return;
        }
        if option.reads_beyond_itself() {
            self.fail(Exception::Malformed);
        } else if option.fits() && !option.is_readable() {
            let end = option.offset + option.first_unreadable();
            self.fail(match self.extent.missing(end) {
                Exception::Malformed => Exception::Contained,
                other => other,
            });
        }
    }
}

/// Octets of the header before its options.
const FIXED: usize = 20;

impl<'a> Iterator for Walk<'a> {
    type Item = Item<'a>;

    fn next(&mut self) -> Option<Item<'a>> {
        if self.ended || self.position >= self.area_len {
            return None;
        }
        let kind = self.octet(self.position)?;
        if self.after_end && kind != 0 {
            return self.fault(Item::NonZeroAfterEnd, self.area_len);
        }
        self.after_end = kind == 0;
        if kind <= 1 { Some(self.single(kind)) } else { self.with_length(kind) }
    }
}
