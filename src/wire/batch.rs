//! Segments read ahead, in the order of the capture, each in one line of memory if it is ordinary.

use super::direct::Direct;
use super::{Endpoint, Packed, Rest, Segment};
use crate::capture::{Direction, Record};
use std::net::{IpAddr, Ipv4Addr};

/// Source and destination of an IPv4 packet with TCP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ends4 {
    /// Addresses, as numbers.
    pub addresses: [u32; 2],
    /// TCP ports.
    pub ports: [u16; 2],
}

/// One segment of a batch.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
pub enum Line {
    /// An ordinary one over IPv4.
    Packed(Packed, Ends4),
    /// Any other one: its number among those.
    Whole(u32),
}

/// Segments in the order of the capture.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    lines: Vec<Line>,
    /// Of each line what is seldom asked for; nothing of those that are whole.
    rests: Vec<Rest>,
    /// Those that are not ordinary.
    whole: Vec<Segment>,
}

impl Ends4 {
    /// Those of `segment`, if it came over IPv4.
    #[inline]
    pub fn of(segment: &Segment) -> Option<Self> {
        let (source, destination) = (segment.source, segment.destination);
        let (IpAddr::V4(from), IpAddr::V4(to)) = (source.ip, destination.ip) else { return None };
        Some(Self { addresses: [from.to_bits(), to.to_bits()], ports: [source.port, destination.port] })
    }

    /// The sender and the receiver.
    pub fn endpoints(&self) -> [Endpoint; 2] {
        let ([from, to], [source, destination]) = (self.addresses, self.ports);
        let endpoint = |ip, port| Endpoint { ip: Ipv4Addr::from_bits(ip).into(), port };
        [endpoint(from, source), endpoint(to, destination)]
    }
}

impl Batch {
    /// How many segments there are.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Takes every segment out; the room for them stays.
    pub fn clear(&mut self) {
        self.lines.clear();
        self.rests.clear();
        self.whole.clear();
    }

    /// A line for each segment, in the order of the capture.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The segment that is not ordinary with this number; [`Line::Whole`] tells it.
    #[inline]
    pub fn whole(&self, number: u32) -> Option<&Segment> {
        self.whole.get(number as usize)
    }

    /// What is seldom asked for of the packed segment whose line is the one at `at`.
    #[inline]
    pub fn rest(&self, at: usize) -> &Rest {
        const NONE: &Rest = &Rest::going(Direction::Unknown, 0);
        self.rests.get(at).unwrap_or(NONE)
    }

    /// Puts `segment` behind the others.
    pub fn push(&mut self, segment: &Segment) {
        match Packed::of(segment).zip(Ends4::of(segment)) {
            Some((packed, ends)) => {
                self.lines.push(Line::Packed(packed, ends));
                self.rests.push(Rest::of(segment));
            }
            None => {
                self.lines.push(Line::Whole(self.whole.len() as u32));
                self.rests.push(Rest::default());
                self.whole.push(*segment);
            }
        }
    }

    /// Puts the segment of a frame of the commonest kind behind the others; `None` where only
    /// [`Decoder::decode`](super::Decoder::decode) can tell what is in it.
    #[inline]
    pub(super) fn push_directly(&mut self, record: &Record<'_>, verify_checksums: bool) -> Option<()> {
        let direct = Direct::read(record, verify_checksums)?;
        match direct.packed() {
            Some(packed) => {
                self.lines.push(Line::Packed(packed, direct.ends()));
                self.rests.push(direct.rest());
            }
            None => self.push(&direct.segment()),
        }
        Some(())
    }
}

impl<'a> FromIterator<&'a Segment> for Batch {
    fn from_iter<I: IntoIterator<Item = &'a Segment>>(segments: I) -> Self {
        let mut batch = Self::default();
        segments.into_iter().for_each(|segment| batch.push(segment));
        batch
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Flags;

    #[test]
    fn gives_back_what_was_put_in_in_order() {
        let whole = Segment { flags: Flags::URG, frame: 7, ..Segment::default() };
        let ordinary = Segment { flags: Flags::ACK, data_offset: 5, captured: 20, reported: 20, ..whole };
        let given = [ordinary, Segment { urgent_pointer: 1, ..ordinary }, whole, Segment { frame: 9, ..ordinary }];
        let mut batch: Batch = given.iter().collect();
        let kinds = batch.lines().iter().map(|line| matches!(line, Line::Packed(..))).collect::<Vec<_>>();
        assert_eq!(kinds, [true, false, false, true]);
        for (at, segment) in given.iter().enumerate() {
            let again = match &batch.lines()[at] {
                Line::Packed(packed, ends) => packed.segment(ends.endpoints(), batch.rest(at)),
                Line::Whole(number) => *batch.whole(*number).expect("a segment"),
            };
            assert_eq!(again, *segment);
        }
        batch.clear();
        assert!(batch.is_empty() && batch.whole(0).is_none());
    }

    #[test]
    fn a_segment_takes_a_line() {
        assert_eq!(size_of::<Line>(), 64);
    }
}
