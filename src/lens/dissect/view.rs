//! A layer's stretch of octets: reads that know what was captured, what was on the wire, and where each octet lies.

use super::tree::Octets;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why the dissection of a layer stopped before its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The capture does not hold the octets that were sent.
    Limited,
    /// The packet ends before the field does.
    Malformed,
    /// What holds the field ends before it, though its own length does not.
    Contained,
    /// The field lies in a fragment that is not here.
    Unreassembled,
}

/// What a step of the dissection comes to.
pub(super) type Dissected<T = ()> = Result<T, Stop>;

/// Octets of one layer and of what it carries.
#[derive(Clone, Copy, Debug)]
pub(super) struct View<'a> {
    data: &'a [u8],
    start: usize,
    source: usize,
    reported: usize,
    /// Octets that what holds it has room for.
    contained: usize,
    fragment: bool,
}

impl<'a> View<'a> {
    /// A view of a whole source; `reported` octets were on the wire.
    pub fn new(data: &'a [u8], source: usize, reported: usize) -> Self {
        let data = data.get(..reported).unwrap_or(data);
        Self { data, start: 0, source, reported, contained: reported, fragment: false }
    }

    /// Octets that were on the wire.
    pub const fn reported(&self) -> usize {
        self.reported
    }

    /// Octets that were captured.
    pub const fn captured(&self) -> usize {
        self.data.len()
    }

    /// The captured octets.
    pub const fn data(&self) -> &'a [u8] {
        self.data
    }

    /// Whether this is a fragment whose other parts are not here.
    pub const fn is_fragment(&self) -> bool {
        self.fragment
    }

    /// The same octets, as a fragment whose other parts are not here.
    pub const fn as_fragment(mut self) -> Self {
        self.fragment = true;
        self
    }

    /// What lies behind the first `at` octets.
    pub fn skip(&self, at: usize) -> Self {
        Self {
            data: self.data.get(at..).unwrap_or_default(),
            start: self.start.saturating_add(at),
            reported: self.reported.saturating_sub(at),
            contained: self.contained.saturating_sub(at),
            ..*self
        }
    }

    /// Its first `len` octets; all of it where there are not so many.
    pub fn first(&self, len: usize) -> Self {
        let data = self.data.get(..len).unwrap_or(self.data);
        Self { data, reported: self.reported.min(len), contained: self.contained.min(len), ..*self }
    }

    /// Its first `len` octets by a length of their own, of which there may be fewer.
    pub fn item(&self, len: usize) -> Self {
        Self { reported: len, ..self.first(len) }
    }

    /// Where `len` octets at `at` lie.
    pub const fn octets(&self, at: usize, len: usize) -> Octets {
        Octets { source: self.source, start: self.start.saturating_add(at), len }
    }

    /// Where what was captured from `at` on lies.
    pub fn rest_octets(&self, at: usize) -> Octets {
        self.octets(at, self.data.len().saturating_sub(at))
    }

    /// `len` octets at `at`.
    ///
    /// # Errors
    ///
    /// Where they are not all there.
    pub fn bytes(&self, at: usize, len: usize) -> Dissected<&'a [u8]> {
        let end = at.saturating_add(len);
        match self.data.get(at..end) {
            Some(bytes) => Ok(bytes),
            None if end <= self.contained => Err(Stop::Limited),
            None if self.fragment => Err(Stop::Unreassembled),
            None if end <= self.reported => Err(Stop::Contained),
            None => Err(Stop::Malformed),
        }
    }

    fn array<const N: usize>(&self, at: usize) -> Dissected<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.bytes(at, N)?);
        Ok(array)
    }

    /// One octet.
    pub fn u8(&self, at: usize) -> Dissected<u8> {
        self.array::<1>(at).map(|[octet]| octet)
    }

    /// Two octets, big-endian.
    pub fn u16(&self, at: usize) -> Dissected<u16> {
        self.array(at).map(u16::from_be_bytes)
    }

    /// Three octets, big-endian.
    pub fn u24(&self, at: usize) -> Dissected<u32> {
        self.array(at).map(|[a, b, c]| u32::from_be_bytes([0, a, b, c]))
    }

    /// Four octets, big-endian.
    pub fn u32(&self, at: usize) -> Dissected<u32> {
        self.array(at).map(u32::from_be_bytes)
    }

    /// Eight octets, big-endian.
    pub fn u64(&self, at: usize) -> Dissected<u64> {
        self.array(at).map(u64::from_be_bytes)
    }

    /// An IPv4 address.
    pub fn ipv4(&self, at: usize) -> Dissected<IpAddr> {
        self.array::<4>(at).map(|octets| Ipv4Addr::from(octets).into())
    }

    /// An IPv6 address.
    pub fn ipv6(&self, at: usize) -> Dissected<IpAddr> {
        self.array::<16>(at).map(|octets| Ipv6Addr::from(octets).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_a_cut_capture_from_a_short_packet() {
        let view = View::new(&[1, 2, 3], 0, 5);
        assert_eq!(view.u16(1), Ok(0x0203));
        assert_eq!(view.u16(2), Err(Stop::Limited));
        assert_eq!(view.u32(2), Err(Stop::Malformed));
        assert_eq!(view.as_fragment().u32(2), Err(Stop::Unreassembled));
        assert_eq!(view.u8(usize::MAX), Err(Stop::Malformed));
    }

    #[test]
    fn an_item_may_claim_more_than_there_is() {
        let item = View::new(&[1, 2, 3], 0, 3).skip(1).item(4);
        assert_eq!((item.captured(), item.reported()), (2, 4));
        assert_eq!(item.u32(0), Err(Stop::Contained));
        assert_eq!(item.u32(1), Err(Stop::Malformed));
    }

    #[test]
    fn a_part_knows_where_it_lies() {
        let view = View::new(&[1, 2, 3, 4], 1, 4).skip(1).first(2);
        assert_eq!((view.captured(), view.reported()), (2, 2));
        assert_eq!(view.octets(1, 1), Octets { source: 1, start: 2, len: 1 });
        assert_eq!(view.u8(2), Err(Stop::Malformed));
    }
}
