//! Headers that capturing radios put in front of IEEE 802.11 frames.

use super::wlan::{Framing, data_frame, ieee80211};
use crate::wire::Skip;
use crate::wire::octets::Octets;
use crate::wire::walk::{Outcome, Walk};

/// Radiotap: little-endian, fields announced by a bit mask, each aligned to its own size.
pub(super) fn radiotap(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    let length = usize::from(u16::from_le_bytes(octets.array(2)?));
    let flags = radiotap_flags(octets.limit(length))?;
    let frame = octets.skip(length)?;
    let fcs = if flags & 0x10 != 0 { 4 } else { 0 };
    let framing = Framing { padded: flags & 0x20 != 0, swapped: false };
    data_frame(walk, frame.limit(frame.reported().saturating_sub(fcs)), framing)
}

/// The field of flags, 0 where there is none. Only the time stamp can stand before it.
fn radiotap_flags(header: Octets<'_>) -> Result<u8, Skip> {
    const TIME: u32 = 1;
    const FLAGS: u32 = 1 << 1;
    const MORE_MASKS: u32 = 1 << 31;
    let first = u32::from_le_bytes(header.array(4)?);
    let mut at = 8;
    let mut mask = first;
    while mask & MORE_MASKS != 0 {
        mask = u32::from_le_bytes(header.array(at)?);
        at += 4;
    }
    if first & TIME != 0 {
        at = at.next_multiple_of(8) + 8;
    }
    if first & FLAGS != 0 { header.u8(at) } else { Ok(0) }
}

/// Prism: a message code, and its length at octet 4, in the byte order of the machine; without it the bare frame, or AVS.
pub(super) fn prism(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    const PRISM: [u32; 2] = [0x41, 0x44];
    const AVS: [u32; 2] = [0x8021_1001, 0x8021_1002];
    let (code, length) = (octets.array(0)?, octets.array(4)?);
    if AVS.contains(&u32::from_be_bytes(code)) {
        avs(walk, octets)
    } else if PRISM.contains(&u32::from_le_bytes(code)) {
        ieee80211(walk, octets.skip(u32::from_le_bytes(length) as usize)?)
    } else if PRISM.contains(&u32::from_be_bytes(code)) {
        ieee80211(walk, octets.skip(u32::from_be_bytes(length) as usize)?)
    } else {
        ieee80211(walk, octets)
    }
}

/// AVS: its own length, big-endian, at octet 4.
pub(super) fn avs(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    ieee80211(walk, octets.skip(octets.u32(4)? as usize)?)
}

#[cfg(test)]
mod tests {
    use crate::wire::testing::*;

    fn frame() -> Vec<u8> {
        join(&[&[8, 0, 0, 0], &[2; 18], &[0, 0], &snap(IPV4, &ipv4(6, &tcp()))])
    }

    fn radiotap(present: u32, fields: &[u8], frame: &[u8]) -> Vec<u8> {
        join(&[&[0, 0, 8 + fields.len() as u8, 0], &present.to_le_bytes(), fields, frame])
    }

    #[test]
    fn radiotap_flags_stand_behind_the_time() {
        let padded = join(&[&[0x88, 1, 0, 0], &[2; 18], &[0; 4], &[0, 0], &snap(IPV4, &ipv4(6, &tcp()))]);
        all_hold_it(
            127,
            &[
                radiotap(0, &[], &frame()),
                radiotap(2, &[0x10], &join(&[&frame(), b"fcs!"])),
                radiotap(3, &[0, 0, 0, 0, 0, 0, 0, 0, 0x20], &padded),
                radiotap(1 << 31 | 2, &[0, 0, 0, 0, 0x20], &padded),
            ],
        );
    }

    #[test]
    fn prism_and_avs_tell_their_length() {
        let prism = |code: [u8; 4], length: [u8; 4]| join(&[&code, &length, &[0; 136], &frame()]);
        let avs = join(&[&[0x80, 0x21, 0x10, 1], &[0, 0, 0, 64], &[0; 56], &frame()]);
        let frames =
            [prism([0x44, 0, 0, 0], [144, 0, 0, 0]), prism([0, 0, 0, 0x44], [0, 0, 0, 144]), avs.clone(), frame()];
        all_hold_it(119, &frames);
        all_hold_it(163, &[avs]);
    }
}
