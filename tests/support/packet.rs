//! Header values to octets: Ethernet, VLAN, ARP, IPv4 and IPv6 with fragments, ICMP errors, TCP with right checksums.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A hardware address.
pub type Mac = [u8; 6];

/// What stands below TCP.
#[derive(Clone, Debug)]
pub struct Below {
    pub macs: [Mac; 2],
    pub vlan: Option<u16>,
    pub source: IpAddr,
    pub destination: IpAddr,
    pub ttl: u8,
    pub ecn: u8,
    pub id: u16,
    /// The total or payload length to write instead of the true one.
    pub length: Option<u16>,
}

/// One TCP header and its payload.
#[derive(Clone, Debug)]
pub struct Tcp<'a> {
    pub ports: [u16; 2],
    pub seq: u32,
    pub ack: u32,
    /// Twelve bits: three reserved, AE, CWR, ECE, URG, ACK, PSH, RST, SYN, FIN.
    pub bits: u16,
    pub window: u16,
    pub urgent: u16,
    /// The data offset to write instead of the true one.
    pub offset: Option<u8>,
    pub checksum: Checksum,
    /// Option octets, a multiple of four.
    pub options: &'a [u8],
    pub payload: &'a [u8],
}

/// What to put in the checksum field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Checksum {
    #[default]
    Right,
    /// Right plus one.
    Bad,
    /// The bare sum of the pseudo-header, as a driver leaves it for the card.
    Partial,
    Zero,
}

/// A whole frame around `payload`, which IP calls `protocol`.
pub fn frame(below: &Below, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let body = match (below.source, below.destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => ipv4(below, source, destination, protocol, 0, payload),
        (IpAddr::V6(source), IpAddr::V6(destination)) => ipv6(below, source, destination, protocol, payload),
        _ => panic!("IPv4 and IPv6 in one packet"),
    };
    ethernet(below, &body)
}

/// The same as two IP fragments, the first with `first` octets (a multiple of eight) of `payload`.
pub fn fragments(below: &Below, protocol: u8, payload: &[u8], first: usize) -> [Vec<u8>; 2] {
    assert!(first.is_multiple_of(8) && first < payload.len(), "a fragment boundary inside, at a multiple of eight");
    let (head, tail) = payload.split_at(first);
    [fragment(below, protocol, 0, true, head), fragment(below, protocol, first, false, tail)]
}

/// The same as IP fragments of `size` octets (a multiple of eight).
pub fn small_fragments(below: &Below, protocol: u8, payload: &[u8], size: usize) -> Vec<Vec<u8>> {
    let parts = payload.chunks(size).enumerate().map(|(index, part)| (index * size, part));
    parts.map(|(at, part)| fragment(below, protocol, at, at + part.len() < payload.len(), part)).collect()
}

/// The fragment with the octets from `at` on, behind which `more` follow.
fn fragment(below: &Below, protocol: u8, at: usize, more: bool, part: &[u8]) -> Vec<u8> {
    let body = match (below.source, below.destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            ipv4(below, source, destination, protocol, u16::from(more) << 13 | (at / 8) as u16, part)
        }
        (IpAddr::V6(source), IpAddr::V6(destination)) => {
            let mut body = vec![protocol, 0];
            body.extend((at as u16 | u16::from(more)).to_be_bytes());
            body.extend(u32::from(below.id).to_be_bytes());
            body.extend(part);
            ipv6(below, source, destination, 44, &body)
        }
        _ => panic!("IPv4 and IPv6 in one packet"),
    };
    ethernet(below, &body)
}

/// A TCP segment's octets.
pub fn tcp(source: IpAddr, destination: IpAddr, header: &Tcp) -> Vec<u8> {
    let length = 20 + header.options.len();
    let words = header.offset.unwrap_or((length / 4) as u8);
    let mut octets = Vec::with_capacity(length + header.payload.len());
    octets.extend(header.ports[0].to_be_bytes());
    octets.extend(header.ports[1].to_be_bytes());
    octets.extend(header.seq.to_be_bytes());
    octets.extend(header.ack.to_be_bytes());
    octets.extend(((u16::from(words) << 12) | header.bits).to_be_bytes());
    octets.extend(header.window.to_be_bytes());
    octets.extend([0, 0]);
    octets.extend(header.urgent.to_be_bytes());
    octets.extend(header.options);
    octets.extend(header.payload);
    let pseudo = pseudo_header(source, destination, octets.len());
    let right = !fold(pseudo + sum(&octets));
    let field = match header.checksum {
        Checksum::Right => right,
        Checksum::Bad => right.wrapping_add(1),
        Checksum::Partial => fold(pseudo),
        Checksum::Zero => 0,
    };
    octets[16..18].copy_from_slice(&field.to_be_bytes());
    octets
}

/// An ICMP error of `kind` and `code` that quotes `quoted`, an IP packet or its beginning; `word` is the second word.
pub fn icmp_error(source: IpAddr, destination: IpAddr, kind: u8, code: u8, word: u32, quoted: &[u8]) -> Vec<u8> {
    let mut octets = vec![kind, code, 0, 0];
    octets.extend(word.to_be_bytes());
    octets.extend(quoted);
    let pseudo = match (source, destination) {
        (IpAddr::V6(source), IpAddr::V6(destination)) => {
            sum(&source.octets()) + sum(&destination.octets()) + 58 + octets.len() as u64
        }
        _ => 0,
    };
    let field = !fold(pseudo + sum(&octets));
    octets[2..4].copy_from_slice(&field.to_be_bytes());
    octets
}

/// An ARP request: a frame that is no TCP.
pub fn arp_request() -> Vec<u8> {
    let mut octets = vec![0xff; 6];
    octets.extend([2, 0, 0, 0, 0, 0xfe, 0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1]);
    octets.extend([2, 0, 0, 0, 0, 0xfe, 10, 0, 0, 254, 0, 0, 0, 0, 0, 0, 10, 0, 0, 253]);
    octets
}

fn ethernet(below: &Below, body: &[u8]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(18 + body.len());
    octets.extend(below.macs[1]);
    octets.extend(below.macs[0]);
    if let Some(vlan) = below.vlan {
        octets.extend([0x81, 0x00]);
        octets.extend(vlan.to_be_bytes());
    }
    octets.extend(if below.source.is_ipv4() { [0x08, 0x00] } else { [0x86, 0xdd] });
    octets.extend(body);
    octets
}

/// `fragment` is the field of flags and offset; 0 gets Don't Fragment.
fn ipv4(
    below: &Below,
    source: Ipv4Addr,
    destination: Ipv4Addr,
    protocol: u8,
    fragment: u16,
    payload: &[u8],
) -> Vec<u8> {
    let fragment = if fragment == 0 { 0x4000 } else { fragment };
    let length = below.length.unwrap_or((20 + payload.len()) as u16);
    let mut octets = vec![0x45, below.ecn & 3];
    octets.extend(length.to_be_bytes());
    octets.extend(below.id.to_be_bytes());
    octets.extend(fragment.to_be_bytes());
    octets.extend([below.ttl, protocol, 0, 0]);
    octets.extend(source.octets());
    octets.extend(destination.octets());
    let field = !fold(sum(&octets));
    octets[10..12].copy_from_slice(&field.to_be_bytes());
    octets.extend(payload);
    octets
}

fn ipv6(below: &Below, source: Ipv6Addr, destination: Ipv6Addr, next: u8, payload: &[u8]) -> Vec<u8> {
    let length = below.length.unwrap_or(payload.len() as u16);
    let mut octets = vec![0x60, (below.ecn & 3) << 4, 0, 0];
    octets.extend(length.to_be_bytes());
    octets.extend([next, below.ttl]);
    octets.extend(source.octets());
    octets.extend(destination.octets());
    octets.extend(payload);
    octets
}

/// Sum of the pseudo-header of RFC 9293 §3.1.
fn pseudo_header(source: IpAddr, destination: IpAddr, length: usize) -> u64 {
    let addresses = match (source, destination) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => sum(&source.octets()) + sum(&destination.octets()),
        (IpAddr::V6(source), IpAddr::V6(destination)) => sum(&source.octets()) + sum(&destination.octets()),
        _ => panic!("IPv4 and IPv6 in one packet"),
    };
    addresses + 6 + length as u64
}

fn sum(octets: &[u8]) -> u64 {
    let (words, rest) = octets.as_chunks::<2>();
    let last = rest.first().map_or(0, |octet| u64::from(*octet) << 8);
    words.iter().map(|word| u64::from(u16::from_be_bytes(*word))).sum::<u64>() + last
}

fn fold(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}
