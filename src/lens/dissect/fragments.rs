//! Fragments of IP datagrams waiting to be put together, with the frames they came in.

use crate::capture::FrameNumber;
use std::collections::HashMap;
use std::net::IpAddr;

/// Octets kept for datagrams that are not complete; beyond it everything that waits is forgotten.
const MOST_OCTETS: usize = 64 << 20;
/// Fragments kept of one datagram; nobody makes as many who means well, and each is looked at when another comes.
const MOST_PIECES: usize = 2048;

/// What fragments of one datagram have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub source: IpAddr,
    pub destination: IpAddr,
    pub id: u32,
    pub protocol: u8,
    pub vlan: u16,
}

/// One fragment.
#[derive(Clone, Debug)]
pub(super) struct Fragment {
    /// The frame it came in.
    pub frame: FrameNumber,
    /// Octets of the datagram before it.
    pub offset: usize,
    /// Whether others follow it.
    pub more: bool,
    /// Its octets.
    pub data: Vec<u8>,
}

impl Fragment {
    fn end(&self) -> usize {
        self.offset.saturating_add(self.data.len())
    }

    const fn cost(&self) -> usize {
        size_of::<Self>() + self.data.len()
    }
}

/// A datagram put together.
#[derive(Clone, Debug)]
pub(super) struct Datagram {
    /// Its fragments in the order of their offsets, copies in the order of arrival.
    pub fragments: Vec<Fragment>,
    /// Its octets; of an octet that came twice, the first.
    pub data: Vec<u8>,
}

/// Datagrams under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Fragments {
    waiting: HashMap<Key, Vec<Fragment>>,
    octets: usize,
}

impl Fragments {
    /// Adds a fragment; the datagram, if that completes it.
    pub fn add(&mut self, key: Key, fragment: Fragment) -> Option<Datagram> {
        self.octets = self.octets.saturating_add(fragment.cost());
        if self.octets > MOST_OCTETS {
            self.waiting.clear();
            self.octets = fragment.cost();
        }
        let fragments = self.waiting.entry(key).or_default();
        if fragments.len() >= MOST_PIECES {
            self.octets = self.octets.saturating_sub(cost(fragments));
            fragments.clear();
        }
        let place = fragments.partition_point(|other| other.offset <= fragment.offset);
        fragments.insert(place, fragment);
        let data = assemble(fragments)?;
        let fragments = self.waiting.remove(&key)?;
        self.octets = self.octets.saturating_sub(cost(&fragments));
        Some(Datagram { fragments, data })
    }
}

fn cost(fragments: &[Fragment]) -> usize {
    fragments.iter().map(Fragment::cost).sum()
}

fn assemble(fragments: &[Fragment]) -> Option<Vec<u8>> {
    let total = fragments.iter().find(|fragment| !fragment.more)?.end();
    let mut data = Vec::new();
    for fragment in fragments {
        let known = data.len().checked_sub(fragment.offset)?;
        data.extend_from_slice(fragment.data.get(known..).unwrap_or_default());
    }
    data.truncate(total);
    (data.len() == total).then_some(data)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const KEY: Key = Key {
        source: IpAddr::V4(Ipv4Addr::LOCALHOST),
        destination: IpAddr::V4(Ipv4Addr::LOCALHOST),
        id: 7,
        protocol: 6,
        vlan: 0,
    };

    fn fragment(frame: FrameNumber, offset: usize, more: bool, data: &[u8]) -> Fragment {
        Fragment { frame, offset, more, data: data.to_vec() }
    }

    #[test]
    fn the_fragment_that_closes_the_last_hole_completes_the_datagram() {
        let mut fragments = Fragments::default();
        assert!(fragments.add(KEY, fragment(1, 8, false, b"world")).is_none());
        let whole = fragments.add(KEY, fragment(2, 0, true, b"hello, w"));
        let whole = whole.expect("complete");
        assert_eq!(whole.data, b"hello, wworld");
        assert_eq!(whole.fragments.iter().map(|fragment| fragment.frame).collect::<Vec<_>>(), [2, 1]);
        assert!(fragments.add(KEY, fragment(3, 8, false, b"again")).is_none(), "a new datagram begins");
    }

    #[test]
    fn fragments_without_end_are_not_kept() {
        let mut fragments = Fragments::default();
        for number in 0..10_000 {
            assert!(fragments.add(KEY, fragment(number, 8, true, b"")).is_none());
            assert!(fragments.waiting[&KEY].len() <= MOST_PIECES && fragments.octets <= MOST_OCTETS);
        }
        fragments.waiting.clear();
        assert!(fragments.add(KEY, fragment(1, 0, false, b"whole")).is_some());
    }

    #[test]
    fn the_first_copy_of_an_octet_wins() {
        let mut fragments = Fragments::default();
        assert!(fragments.add(KEY, fragment(1, 0, true, b"AAAAAAAA")).is_none());
        assert!(fragments.add(KEY, fragment(2, 0, true, b"BBBBBBBB")).is_none());
        assert_eq!(fragments.add(KEY, fragment(3, 8, false, b"C")).expect("complete").data, b"AAAAAAAAC");
    }
}
