//! A [`Record`] in, every [`Segment`](super::Segment) of it out.

use super::fragment::Fragments;
use super::octets::Octets;
use super::walk::Walk;
use super::{Decoded, IpLayer, Skip, link};
use crate::capture::Record;

/// Finds the TCP headers in frames; remembers IP fragments between them.
#[derive(Debug)]
pub struct Decoder {
    verify_checksums: bool,
    fragments: Fragments,
    /// Kept between frames for its room.
    layers: Vec<IpLayer>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new(true)
    }
}

impl Decoder {
    /// A decoder without fragments; `verify_checksums` decides whether TCP checksums and payload sums are computed.
    pub fn new(verify_checksums: bool) -> Self {
        Self { verify_checksums, fragments: Fragments::default(), layers: Vec::new() }
    }

    /// Calls `found` for each TCP header of a frame in order, quoted ones included, and says how many there were.
    ///
    /// # Errors
    ///
    /// Why there was none.
    pub fn decode(&mut self, record: &Record<'_>, found: &mut impl FnMut(&Decoded<'_>)) -> Result<usize, Skip> {
        let octets = frame(record);
        let mut walk = Walk::new(record, self.verify_checksums, &mut self.fragments, &mut self.layers, found);
        let outcome = link::frame(&mut walk, record.link_type, octets);
        match (walk.found, outcome) {
            (0, outcome) => Err(outcome.err().unwrap_or(walk.skip)),
            (found, _) => Ok(found),
        }
    }
}

/// The frame without a check sequence that the capture announces. What was captured was sent, whatever the record says.
fn frame<'a>(record: &Record<'a>) -> Octets<'a> {
    let sent = record.data.len().max(record.original_len as usize);
    Octets::new(record.data, sent.saturating_sub(record.fcs_len.into()))
}
