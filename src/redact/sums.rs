//! Checksums as right or wrong as they were, whatever was replaced beneath them (RFC 1624), and however little was captured.

use super::rewrite::Addresses;
use crate::wire::{Part, Span, ones_complement_sum, pseudo_header_sum};
use std::net::IpAddr;

/// Mends every checksum field of a frame, the innermost first, since it counts in those around it.
pub(super) fn mend(old: &[u8], new: &mut [u8], spans: &[Span], addresses: &mut Addresses) {
    for span in spans.iter().rev() {
        let Some((field, ends)) = field_of(&span.part) else { continue };
        let place = span.start + field..span.start + field + 2;
        let (Some(before), Some(after)) = (old.get(span.start..span.end), new.get(span.start..span.end)) else {
            continue;
        };
        let Some(value) = before.get(field..field + 2).and_then(|octets| octets.first_chunk()) else { continue };
        let value = u16::from_be_bytes(*value);
        let ends_change = ends.map_or(0, |ends| ends_change(ends, addresses));
        let content = difference(ones_complement_sum(after), ones_complement_sum(before));
        let mended = match () {
            () if value == 0 && !is_right(&span.part, before) => 0,
            () if is_partial(&span.part, before, value) => add(value, ends_change),
            () => !add(add(!value, content), ends_change),
        };
        // Zero says that no checksum was computed; the other zero of ones' complement does not.
        let mended = if mended == 0 && value != 0 { 0xffff } else { mended };
        if let Some(place) = new.get_mut(place) {
            place.copy_from_slice(&mended.to_be_bytes());
        }
    }
}

/// Where in a stretch its checksum is, and between whom, if the addresses count in it.
fn field_of(part: &Part) -> Option<(usize, Option<[IpAddr; 2]>)> {
    Some(match *part {
        Part::Ipv4 => (10, None),
        Part::Icmp => (2, None),
        Part::Gre => (4, None),
        Part::Icmpv6 { source, destination } => (2, Some([source, destination])),
        Part::Udp { source, destination } => (6, Some([source, destination])),
        Part::Tcp { source, destination, .. } => (16, Some([source, destination])),
        _ => return None,
    })
}

/// Whether a checksum is right, as far as all of what it covers was captured. UDP has no right one that is zero.
fn is_right(part: &Part, octets: &[u8]) -> bool {
    let pseudo = match *part {
        Part::Tcp { reported, .. } if reported != octets.len() => return false,
        Part::Tcp { source, destination, reported, .. } => pseudo_header_sum(source, destination, reported),
        Part::Ipv4 => 0,
        _ => return false,
    };
    add(pseudo, ones_complement_sum(octets)) == 0xffff
}

/// Whether a driver left the checksum to the network card: the field holds the sum of the pseudo header.
fn is_partial(part: &Part, segment: &[u8], value: u16) -> bool {
    let Part::Tcp { source, destination, reported, .. } = *part else { return false };
    value == pseudo_header_sum(source, destination, reported) && !is_right(part, segment)
}

/// What the sum of a pseudo header between these ends changes by.
pub(super) fn ends_change(ends: [IpAddr; 2], addresses: &mut Addresses) -> u16 {
    let sum = |[source, destination]: [IpAddr; 2]| pseudo_header_sum(source, destination, 0);
    difference(sum(ends.map(|end| addresses.replace(end))), sum(ends))
}

/// What has to be added to `to` to get `from`, in ones' complement.
pub(super) fn difference(from: u16, to: u16) -> u16 {
    add(from, !to)
}

pub(super) fn add(one: u16, other: u16) -> u16 {
    let (sum, carry) = one.overflowing_add(other);
    sum.wrapping_add(carry.into())
}

/// Mends the frame check sequence at `start`: two that differ by what was replaced are as right as each other.
pub(super) fn mend_check_sequence(old: &[u8], new: &mut [u8], start: usize) {
    let (Some(before), Some((after, field))) = (old.get(..start), new.split_at_mut_checked(start)) else { return };
    let change = (crc32(before) ^ crc32(after)).to_le_bytes();
    match field {
        [] => {}
        [_, _, _, _] => field.iter_mut().zip(change).for_each(|(octet, change)| *octet ^= change),
        _ => field.fill(0),
    }
}

/// CRC-32 of IEEE 802.3 §3.2.9.
fn crc32(octets: &[u8]) -> u32 {
    !octets.iter().fold(u32::MAX, |crc, octet| {
        let index = (crc ^ u32::from(*octet)) & 0xff;
        crc >> 8 ^ CRC.get(index as usize).copied().unwrap_or_default()
    })
}

const CRC: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = index as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 0 { crc >> 1 } else { crc >> 1 ^ 0xedb8_8320 };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_check_sequence_is_that_of_ethernet() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_right_check_sequence_is_right_again_and_a_wrong_one_wrong() {
        for wrong in [0, 7] {
            let old = [&b"frame"[..], &(crc32(b"frame") ^ wrong).to_le_bytes()].concat();
            let mut new = [&b"other"[..], &old[5..]].concat();
            mend_check_sequence(&old, &mut new, 5);
            assert_eq!(new[5..], (crc32(b"other") ^ wrong).to_le_bytes());
        }
    }

    proptest! {
        #[test]
        fn a_difference_added_gives_the_sum(one: u16, other: u16) {
            let sum = add(other, difference(one, other));
            prop_assert_eq!(sum % 0xffff, one % 0xffff);
        }
    }
}
