//! Frames for the tests of this module, layer by layer, and what the decoder finds in them.

use super::{Decoder, Segment, Skip};
use crate::capture::{Direction, LinkType, Record, Timestamp};

pub const ETHERNET: u16 = 1;
pub const RAW: u16 = 101;
pub const IPV4: u16 = 0x0800;
pub const IPV6: u16 = 0x86dd;

/// Several parts one behind the other.
pub fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// A segment from port 1000 to port 2000, PSH and ACK, five octets of data, with the right checksum in [`ipv4`].
pub fn tcp() -> Vec<u8> {
    let header = [3, 232, 7, 208, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x18, 16, 0, 0x3c, 0x38, 0, 0];
    join(&[&header, b"hello"])
}

/// An IPv4 packet from 10.0.0.1 to 10.0.0.2.
pub fn ipv4(protocol: u8, payload: &[u8]) -> Vec<u8> {
    ipv4_fragment(protocol, 0, payload)
}

/// One with the given flags and fragment offset.
pub fn ipv4_fragment(protocol: u8, fragment: u16, payload: &[u8]) -> Vec<u8> {
    let [high, low] = (20 + payload.len() as u16).to_be_bytes();
    let [flags, offset] = fragment.to_be_bytes();
    let header = [0x45, 0, high, low, 0, 9, flags, offset, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
    join(&[&header, payload])
}

/// An IPv6 packet from 2001:db8::1 to 2001:db8::2.
pub fn ipv6(next: u8, payload: &[u8]) -> Vec<u8> {
    let [high, low] = (payload.len() as u16).to_be_bytes();
    join(&[&[0x60, 0, 0, 0, high, low, next, 64], &address(1), &address(2), payload])
}

/// The address 2001:db8:: with this last octet.
pub fn address(last: u8) -> [u8; 16] {
    [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last]
}

/// A UDP datagram to `port` in an IPv4 packet.
pub fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let length = 8 + payload.len() as u16;
    ipv4(17, &join(&[&60_000u16.to_be_bytes(), &port.to_be_bytes(), &length.to_be_bytes(), &[0, 0], payload]))
}

/// An Ethernet frame from 02:00:00:00:00:01 to 02:00:00:00:00:02.
pub fn ethernet(kind: u16, payload: &[u8]) -> Vec<u8> {
    join(&[&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1], &kind.to_be_bytes(), payload])
}

/// An LLC frame with a SNAP header.
pub fn snap(kind: u16, payload: &[u8]) -> Vec<u8> {
    join(&[&[0xaa, 0xaa, 3, 0, 0, 0], &kind.to_be_bytes(), payload])
}

/// The segment of [`tcp`] in IPv4, in Ethernet.
pub fn plain() -> Vec<u8> {
    ethernet(IPV4, &ipv4(6, &tcp()))
}

/// A record of `data`, all of it captured.
pub fn record(link_type: u16, data: &[u8]) -> Record<'_> {
    Record {
        number: 1,
        time: Timestamp::default(),
        link_type: LinkType(link_type),
        fcs_len: 0,
        interface: 0,
        direction: Direction::Unknown,
        original_len: data.len() as u32,
        offset: 0,
        data,
    }
}

/// What a decoder finds in one record.
pub fn decode(decoder: &mut Decoder, record: &Record<'_>) -> Result<Vec<Segment>, Skip> {
    let mut segments = Vec::new();
    let found = decoder.decode(record, &mut |decoded| segments.push(decoded.segment))?;
    assert_eq!(found, segments.len());
    Ok(segments)
}

/// What a new decoder finds in one frame.
pub fn segments(link_type: u16, data: &[u8]) -> Result<Vec<Segment>, Skip> {
    decode(&mut Decoder::default(), &record(link_type, data))
}

/// The one segment of a frame, which must be that of [`tcp`].
pub fn segment(link_type: u16, data: &[u8]) -> Segment {
    let found = segments(link_type, data);
    let Ok([segment]) = found.as_deref() else { panic!("{found:?} in {data:02x?}") };
    assert_eq!((segment.source.port, segment.destination.port, segment.seq.0), (1000, 2000, 1), "{data:02x?}");
    *segment
}

/// Asserts that each frame, whatever is around it, holds the segment of [`tcp`].
pub fn all_hold_it(link_type: u16, frames: &[Vec<u8>]) {
    for (index, frame) in frames.iter().enumerate() {
        let segment = segment(link_type, frame);
        assert_eq!(segment.payload_len().unwrap_or(5), 5, "frame {index}");
    }
}

/// Asserts that no frame holds a segment.
pub fn none_holds_any(link_type: u16, frames: &[Vec<u8>]) {
    for (index, frame) in frames.iter().enumerate() {
        assert!(segments(link_type, frame).is_err(), "frame {index}");
    }
}

/// What identifies the path of the one segment in each frame, to one decoder.
pub fn paths<const N: usize>(link_type: u16, frames: [Vec<u8>; N]) -> [u32; N] {
    let mut decoder = Decoder::default();
    frames.map(|frame| decode(&mut decoder, &record(link_type, &frame)).expect("a segment")[0].path.id)
}
