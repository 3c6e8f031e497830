//! IEEE 802.11 data frames.

use super::ethernet::{ethernet, ethertype, is_carrier};
use super::llc::llc;
use crate::wire::octets::Octets;
use crate::wire::walk::{Outcome, Walk};
use crate::wire::{Part, Skip};

/// How a frame departs from the standard's layout.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Framing {
    /// The header is padded to a multiple of four octets.
    pub padded: bool,
    /// The two octets of frame control are exchanged, as some access points tunnel them.
    pub swapped: bool,
}

/// A frame as it was on the air.
pub(crate) fn ieee80211(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    data_frame(walk, octets, Framing::default())
}

/// A frame whose two octets of frame control are exchanged.
pub(crate) fn ieee80211_swapped(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    data_frame(walk, octets, Framing { swapped: true, ..Framing::default() })
}

/// Flags of the second octet of frame control.
mod flag {
    pub const TO_DS: u8 = 0x01;
    pub const FROM_DS: u8 = 0x02;
    pub const MORE_FRAGMENTS: u8 = 0x04;
    pub const PROTECTED: u8 = 0x40;
    pub const ORDER: u8 = 0x80;
}

pub(super) fn data_frame(walk: &mut Walk<'_>, octets: Octets<'_>, framing: Framing) -> Outcome {
    // Version 0, type 2; what is left of the octet are the bits of the subtype.
    const DATA: u8 = 0x08;
    const NO_DATA: u8 = 0x40;
    const QOS: u8 = 0x80;
    walk.deeper()?;
    let [first, second] = octets.array(0)?;
    let (kind, flags) = if framing.swapped { (second, first) } else { (first, second) };
    if kind & 0x0f != DATA || kind & NO_DATA != 0 {
        return walk.nothing(Skip::NotTcp);
    }
    let four_addresses = flags & flag::TO_DS != 0 && flags & flag::FROM_DS != 0;
    for at in [4, 10, 16] {
        walk.mark_at(Part::HardwareAddress, octets, at, 6);
    }
    if four_addresses {
        walk.mark_at(Part::HardwareAddress, octets, 24, 6);
    }
    let [source, destination] = addresses(octets, flags)?;
    walk.macs(source, destination);
    let mut header = if four_addresses { 30 } else { 24 };
    let mut aggregated = false;
    if kind & QOS != 0 {
        aggregated = octets.u8(header)? & 0x80 != 0;
        header += if flags & flag::ORDER != 0 { 6 } else { 2 };
    }
    if framing.padded {
        header = header.next_multiple_of(4);
    }
    let body = octets.skip(header)?;
    match flags {
        _ if flags & flag::PROTECTED != 0 => walk.nothing(Skip::Encrypted),
        _ if flags & flag::MORE_FRAGMENTS != 0 => walk.nothing(Skip::Fragment),
        _ if aggregated => subframes(walk, body),
        // Some drivers leave Ethernet's own header in front, or two octets of padding.
        _ if body.array(0) == Ok(destination) && body.array(6) == Ok(source) => ethernet(walk, body),
        _ if body.u32(0) == Ok(0x0000_aaaa) => llc(walk, body.skip(2)?),
        // Newer bands do without LLC (IEEE 802.11, EtherType protocol discrimination).
        _ if body.u16(0).is_ok_and(is_carrier) => ethertype(walk, body.u16(0)?, body.skip(2)?),
        _ => llc(walk, body),
    }
}

/// Source and destination by the direction bits.
fn addresses(octets: Octets<'_>, flags: u8) -> Result<[[u8; 6]; 2], Skip> {
    let (source, destination) = match (flags & flag::TO_DS != 0, flags & flag::FROM_DS != 0) {
        (false, false) => (10, 4),
        (true, false) => (10, 16),
        (false, true) => (16, 4),
        (true, true) => (24, 16),
    };
    Ok([octets.array(source)?, octets.array(destination)?])
}

/// The frames of an A-MSDU: destination, source, length, payload, padding to a multiple of four.
fn subframes(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    const HEADER: usize = 14;
    let mut rest = octets;
    while rest.reported() > HEADER {
        let length = usize::from(rest.u16(12)?);
        for at in [0, 6] {
            walk.mark_at(Part::HardwareAddress, rest, at, 6);
        }
        walk.one_of_several(rest.skip(HEADER)?.limit(length), llc)?;
        walk.mark_at(Part::Private, rest, HEADER + length, length.wrapping_neg().wrapping_sub(HEADER) % 4);
        match rest.skip((HEADER + length).next_multiple_of(4)) {
            Ok(next) => rest = next,
            Err(_) => break,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::wire::Skip;
    use crate::wire::testing::*;

    const WLAN: u16 = 105;

    fn frame(control: [u8; 2], more: &[u8], body: &[u8]) -> Vec<u8> {
        join(&[&control, &[0, 0], &[2; 6], &[4; 6], &[6; 6], &[0, 0], more, body])
    }

    fn body() -> Vec<u8> {
        snap(IPV4, &ipv4(6, &tcp()))
    }

    #[test]
    fn headers_grow_with_their_bits() {
        let ip = ipv4(6, &tcp());
        all_hold_it(
            WLAN,
            &[
                frame([8, 0], &[], &body()),
                frame([8, 3], &[0; 6], &body()),
                frame([0x88, 1], &[0; 2], &body()),
                frame([0x88, 0x83], &[0; 12], &body()),
                frame([8, 0], &[], &join(&[&[0, 0], &body()])),
                frame([8, 0], &[], &join(&[&[2; 6], &[4; 6], &IPV4.to_be_bytes(), &ip])),
                frame([8, 0], &[], &join(&[&IPV4.to_be_bytes(), &ip])),
            ],
        );
    }

    #[test]
    fn only_data_in_the_clear_is_read() {
        let unread = [[0x80, 0], [0x48, 0], [9, 0], [8, 4]];
        none_holds_any(WLAN, &unread.map(|control| frame(control, &[], &body())));
        assert_eq!(segments(WLAN, &frame([8, 0x40], &[], &body())), Err(Skip::Encrypted));
    }

    #[test]
    fn addresses_stand_where_the_direction_bits_say() {
        let macs = |flags: u8, more: &[u8]| segment(WLAN, &frame([8, flags], more, &body())).path.macs;
        assert_eq!(macs(0, &[]), [[4; 6], [2; 6]]);
        assert_eq!(macs(1, &[]), [[4; 6], [6; 6]]);
        assert_eq!(macs(2, &[]), [[6; 6], [2; 6]]);
        assert_eq!(macs(3, &[8; 6]), [[8; 6], [6; 6]]);
    }

    #[test]
    fn an_aggregate_holds_several_segments() {
        let subframe = join(&[&[3; 12], &[0, body().len() as u8], &body()]);
        let padding = vec![0; subframe.len().wrapping_neg() % 4];
        let frame = frame([0x88, 1], &[0x80, 0], &join(&[&subframe, &padding, &subframe]));
        assert_eq!(segments(WLAN, &frame).unwrap().len(), 2);
    }
}
