//! Stretches of a frame to what stands for them, each in its place and of its length.

use super::Redaction;
use super::cipher::{Key, Streams};
use super::{head, options};
use crate::wire::{Part, Span, ones_complement_sum};
use std::collections::HashMap;
use std::net::IpAddr;
use std::ops::Range;

/// Addresses remembered at a time: replacing one costs many hashes.
const MOST_ADDRESSES: usize = 65_536;

/// What replaces.
pub(super) struct Tools {
    pub addresses: Addresses,
    streams: Streams,
}

/// Replaces addresses, and remembers what by.
pub(super) struct Addresses {
    pub redaction: Redaction,
    known: HashMap<IpAddr, IpAddr>,
}

/// A frame before and after.
pub(super) struct Rewrite<'a> {
    pub tools: &'a mut Tools,
    pub old: &'a [u8],
    pub new: &'a mut Vec<u8>,
}

impl Tools {
    /// What replaces as `redaction` says.
    pub fn new(redaction: Redaction) -> Self {
        let addresses = Addresses { redaction, known: HashMap::new() };
        Self { addresses, streams: Streams::new(redaction.key) }
    }
}

impl Addresses {
    /// What stands for `address`.
    pub fn replace(&mut self, address: IpAddr) -> IpAddr {
        if self.known.len() >= MOST_ADDRESSES {
            self.known.clear();
        }
        *self.known.entry(address).or_insert_with(|| self.redaction.address(address))
    }

    /// Replaces an address of 4 or 16 octets in its place.
    pub fn replace_in(&mut self, octets: &mut [u8]) {
        if let Ok(v4) = <[u8; 4]>::try_from(&*octets) {
            self.write(v4.into(), octets);
        } else if let Ok(v6) = <[u8; 16]>::try_from(&*octets) {
            self.write(v6.into(), octets);
        }
    }

    fn write(&mut self, address: IpAddr, octets: &mut [u8]) {
        match self.replace(address) {
            IpAddr::V4(ip) => octets.copy_from_slice(&ip.octets()),
            IpAddr::V6(ip) => octets.copy_from_slice(&ip.octets()),
        }
    }
}

impl Rewrite<'_> {
    /// Replaces what of `span` must not be told.
    pub fn span(&mut self, span: &Span) {
        let start = span.start;
        match span.part {
            Part::HardwareAddress => self.key().hardware(place(self.new, start..span.end)),
            Part::Address => self.address(start..span.end),
            Part::Private => place(self.new, start..span.end).fill(0),
            Part::Ipv4 => {
                self.address(start + 12..start + 16);
                self.address(start + 16..start + 20);
                self.with_addresses(start + 20..span.end, options::ipv4);
            }
            Part::Ipv6 => {
                self.address(start + 8..start + 24);
                self.address(start + 24..start + 40);
            }
            Part::Routing => self.routing(start..span.end),
            Part::IpOptions => self.with_addresses(start + 2..span.end, options::ipv6),
            Part::Tcp { source, destination, header, .. } => {
                self.tcp([source, destination], start..start.saturating_add(header).min(span.end), span.end);
            }
            Part::Fragment { offset: 1.., .. } => self.fragment(start..span.end),
            Part::Fragment { .. } | Part::Udp { .. } | Part::Icmp | Part::Icmpv6 { .. } | Part::Gre | Part::Opaque => {}
        }
    }

    pub fn key(&self) -> Key {
        self.tools.addresses.redaction.key
    }

    fn address(&mut self, range: Range<usize>) {
        self.tools.addresses.replace_in(place(self.new, range));
    }

    fn with_addresses(&mut self, range: Range<usize>, rewrite: fn(&mut [u8], &mut Addresses)) {
        rewrite(place(self.new, range), &mut self.tools.addresses);
    }

    /// Routing headers of types 0, 2 and 4 list whole addresses; what follows those of type 4 says who authenticates.
    fn routing(&mut self, range: Range<usize>) {
        const SEGMENT_ROUTING: u8 = 4;
        let header = place(self.new, range);
        let listed = match (header.get(2), header.get(4)) {
            (Some(&SEGMENT_ROUTING), Some(last)) => usize::from(*last) + 1,
            _ => usize::MAX,
        };
        let mut addresses = header.get_mut(8..).unwrap_or_default().chunks_exact_mut(16);
        addresses.by_ref().take(listed).for_each(|address| self.tools.addresses.replace_in(address));
        addresses.for_each(|rest| rest.fill(0));
    }

    fn tcp(&mut self, ends: [IpAddr; 2], header: Range<usize>, end: usize) {
        let old = self.old.get(header.clone()).unwrap_or_default();
        let name = name(ends, old.get(..4).unwrap_or_default());
        let key = self.key();
        let redaction = self.tools.addresses.redaction;
        let new = place(self.new, header.clone());
        if redaction.ports {
            for port in new.chunks_exact_mut(2).take(2) {
                let replaced = <[u8; 2]>::try_from(&*port).map(|it| redaction.port(u16::from_be_bytes(it)));
                port.copy_from_slice(&replaced.unwrap_or_default().to_be_bytes());
            }
        }
        options::tcp(&key, old, new, &mut self.tools.addresses, old.len() < head::length(old));
        let start = first_octet(old);
        self.tools.streams.replace(&name, start, place(self.new, header.end..end));
    }

    /// A later fragment, whose TCP header may be in another frame: what stands for it has the same ones'-complement sum,
    /// so that a checksum there stays what it is. Three octets and fewer would be told by their sum: theirs changes.
    pub fn fragment(&mut self, range: Range<usize>) {
        const TOLD_BY_SUM: usize = 4;
        let old = self.old.get(range.clone()).unwrap_or_default();
        let new = place(self.new, range);
        self.tools.streams.replace(old, 0, new);
        if new.len() < TOLD_BY_SUM {
            return;
        }
        let last = (new.len() - 2) & !1;
        if let Some(word) = new.get_mut(last..last + 2) {
            word.fill(0);
        }
        let sum = super::sums::difference(ones_complement_sum(old), ones_complement_sum(new));
        if let Some(word) = new.get_mut(last..last + 2) {
            word.copy_from_slice(&sum.to_be_bytes());
        }
    }
}

/// The octets at `range`; none where the frame has fewer.
pub(super) fn place(octets: &mut [u8], range: Range<usize>) -> &mut [u8] {
    octets.get_mut(range).unwrap_or_default()
}

/// What tells one direction of one connection from others.
fn name(ends: [IpAddr; 2], ports: &[u8]) -> Vec<u8> {
    let mut name = ports.to_vec();
    for end in ends {
        match end {
            IpAddr::V4(ip) => name.extend(ip.octets()),
            IpAddr::V6(ip) => name.extend(ip.octets()),
        }
    }
    name
}

/// The number of a segment's first octet of data: a SYN takes one itself (RFC 9293 §3.4).
fn first_octet(header: &[u8]) -> u32 {
    const SYN: u8 = 2;
    let seq = header.get(4..8).and_then(|octets| octets.first_chunk()).map_or(0, |octets| u32::from_be_bytes(*octets));
    let syn = header.get(13).is_some_and(|flags| flags & SYN != 0);
    seq.wrapping_add(syn.into())
}
