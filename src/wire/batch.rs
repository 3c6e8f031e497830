//! Segments read ahead, in the order of the capture, each in one line of memory if it is ordinary.

use super::{Endpoint, Packed, Rest, Segment, direct};
use crate::capture::Record;
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

/// A segment of a batch, borrowed from it.
#[derive(Clone, Copy, Debug)]
pub enum Batched<'a> {
    /// An ordinary one over IPv4.
    Packed(&'a Packed, &'a Ends4, &'a Rest),
    /// Any other one.
    Whole(&'a Segment),
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
        [0, 1].map(|end| Endpoint { ip: Ipv4Addr::from_bits(self.addresses[end]).into(), port: self.ports[end] })
    }
}

impl Batched<'_> {
    /// The segment.
    pub fn segment(&self) -> Segment {
        match self {
            Self::Packed(packed, ends, rest) => packed.segment(ends.endpoints(), rest),
            Self::Whole(segment) => **segment,
        }
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

    /// The segment at `at`.
    #[inline]
    pub fn get(&self, at: usize) -> Option<Batched<'_>> {
        match self.lines.get(at)? {
            Line::Packed(packed, ends) => Some(Batched::Packed(packed, ends, self.rests.get(at)?)),
            Line::Whole(number) => self.whole.get(*number as usize).map(Batched::Whole),
        }
    }

    /// The segments, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Batched<'_>> {
        (0..self.len()).filter_map(|at| self.get(at))
    }

    /// Puts `segment` behind the others.
    #[inline]
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
        let segment = direct::read(record, verify_checksums)?;
        self.push(&segment);
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

    #[test]
    fn a_segment_takes_a_line() {
        assert_eq!(size_of::<Line>(), 64);
    }
}
