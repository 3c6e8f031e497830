//! A TCP header that IP fragments cut in two, or more: replaced like any other, as far as the fragments come in order.

use super::options;
use super::rewrite::{Addresses, Rewrite, place};
use super::sums::{add, difference, ends_change};
use crate::wire::{Part, Span, ones_complement_sum};

/// Octets of the fixed TCP header (RFC 9293 §3.1).
const FIXED_HEADER: usize = 20;
/// Where its checksum is.
const CHECKSUM: usize = 16;

/// What a header of which `octets` are known has in all, or at least.
pub(super) fn length(octets: &[u8]) -> usize {
    octets.get(12).map_or(FIXED_HEADER, |offset| usize::from(offset >> 4) * 4).max(FIXED_HEADER)
}

/// The beginning of a header that goes on in the next fragment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// As captured, from the ports on.
    octets: Vec<u8>,
    /// What the checksum, while it has not come yet, has to change by.
    owed: u16,
}

impl Head {
    /// The header at the end of a first fragment, if it goes on: the last of the spans of a frame, before and after.
    pub fn begun(spans: &[Span], old: &[u8], new: &[u8], addresses: &mut Addresses) -> Option<Self> {
        let [.., Span { part: Part::Fragment { .. }, start: begins, .. }, last] = spans else { return None };
        let Span { part: Part::Tcp { source, destination, .. }, start, end } = *last else { return None };
        let (old, new) = (old.get(start..end)?, new.get(start..end)?);
        if *begins != start || old.len() >= length(old) {
            return None;
        }
        let owed = add(ends_change([source, destination], addresses), change(old, new));
        Some(Self { octets: old.to_vec(), owed: if old.len() < CHECKSUM + 2 { owed } else { 0 } })
    }

    /// Whether the fragment behind `offset` octets goes on with it.
    pub fn ends_at(&self, offset: usize) -> bool {
        self.octets.len() == offset
    }

    /// Replaces the next fragment, at `span` of a frame: what is left of the header, and the payload. What is known
    /// then, if the header still goes on.
    pub fn go_on(mut self, rewrite: &mut Rewrite<'_>, span: &Span) -> Option<Self> {
        let known = self.octets.len();
        let old = rewrite.old.get(span.start..span.end).unwrap_or_default();
        self.octets.extend_from_slice(old);
        let length = length(&self.octets);
        self.octets.truncate(length);
        let header_end = span.start + self.octets.len() - known;
        let key = rewrite.key();
        let mut fresh = self.octets.clone();
        let goes_on = self.octets.len() < length;
        options::tcp(&key, &self.octets, &mut fresh, &mut rewrite.tools.addresses, goes_on);
        place(rewrite.new, span.start..header_end).copy_from_slice(fresh.get(known..).unwrap_or_default());
        rewrite.fragment(header_end..span.end);
        self.settle(known, old, place(rewrite.new, span.start..span.end));
        goes_on.then_some(self)
    }

    /// Has the checksum account for what was replaced, wherever it is: in this fragment, `known` octets of the header
    /// being in others, in a later one, or in one that has gone out, so that this one may not change its sum.
    fn settle(&mut self, known: usize, old: &[u8], new: &mut [u8]) {
        self.owed = add(self.owed, change(old, new));
        let checksum = CHECKSUM.checked_sub(known).and_then(|at| Some((at, *old.get(at..)?.first_chunk()?)));
        if let Some((at, octets)) = checksum {
            let value = u16::from_be_bytes(octets);
            let mended = match !add(!value, std::mem::take(&mut self.owed)) {
                _ if value == 0 => 0,
                0 => 0xffff,
                mended => mended,
            };
            place(new, at..at + 2).copy_from_slice(&mended.to_be_bytes());
        } else if known > CHECKSUM {
            // The last word that was replaced as a whole.
            let words = old.chunks_exact(2).zip(new.chunks_exact_mut(2));
            let replaced = words.rev().find(|(old, new)| old.iter().zip(new.iter()).all(|(old, new)| old != new));
            let owed = std::mem::take(&mut self.owed);
            if let Some((value, word)) = replaced.and_then(|(_, word)| Some((*word.first_chunk()?, word))) {
                word.copy_from_slice(&difference(u16::from_be_bytes(value), owed).to_be_bytes());
            }
        }
    }
}

/// What the sum of a stretch changed by.
fn change(old: &[u8], new: &[u8]) -> u16 {
    difference(ones_complement_sum(new), ones_complement_sum(old))
}
