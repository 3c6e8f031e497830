//! Linux netfilter log messages: attributes, one of which is the packet.

use crate::wire::ip::{ip, ipv6};
use crate::wire::octets::Octets;
use crate::wire::walk::{Outcome, Walk};
use crate::wire::{Part, Skip};

pub(super) fn nflog(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    const AF_INET: u8 = 2;
    const AF_INET6: u8 = 10;
    let family = octets.u8(0)?;
    let Some(packet) = payload(walk, octets)? else { return walk.nothing(Skip::NotTcp) };
    match family {
        AF_INET => ip(walk, packet),
        AF_INET6 => ipv6(walk, packet),
        _ => walk.nothing(Skip::NotTcp),
    }
}

/// The packet among the attributes, the last if there are several; none if the length of one cannot be. Lengths and types
/// are in the byte order of the machine that logged, which nothing tells and is taken for little-endian.
fn payload<'a>(walk: &mut Walk<'_>, octets: Octets<'a>) -> Result<Option<Octets<'a>>, Skip> {
    const HEADER: usize = 4;
    const ATTRIBUTE_HEADER: usize = 4;
    const KIND: u16 = 0x7fff;
    const PAYLOAD: u16 = 9;
    let mut at = HEADER;
    let mut packet = None;
    // Wireshark stops where an attribute would begin behind what was captured, but not where it is cut.
    while octets.captured() >= at && octets.reported() >= at + ATTRIBUTE_HEADER {
        let length = usize::from(u16::from_le_bytes(octets.array(at)?));
        if length < ATTRIBUTE_HEADER {
            return Ok(None);
        }
        if u16::from_le_bytes(octets.array(at + 2)?) & KIND == PAYLOAD {
            // One that is not read may hold anything.
            if packet.is_some() {
                walk.mark(Part::Opaque, octets.data());
            }
            packet = Some(octets.skip(at + ATTRIBUTE_HEADER)?.limit(length - ATTRIBUTE_HEADER));
        } else {
            walk.mark_at(Part::Private, octets, at + ATTRIBUTE_HEADER, length - ATTRIBUTE_HEADER);
        }
        at += length.next_multiple_of(4);
    }
    Ok(packet)
}

#[cfg(test)]
mod tests {
    use crate::wire::testing::*;

    const NFLOG: u16 = 239;

    fn attribute(kind: u8, value: &[u8]) -> Vec<u8> {
        let [low, high] = (4 + value.len() as u16).to_le_bytes();
        join(&[&[low, high, kind, 0], value, &[0; 3][..value.len().wrapping_neg() % 4]])
    }

    #[test]
    fn the_packet_is_one_attribute_of_several() {
        let (prefix, v4) = (attribute(10, b"p\0"), attribute(9, &ipv4(6, &tcp())));
        let v6 = attribute(9, &ipv6(6, &tcp()));
        all_hold_it(
            NFLOG,
            &[join(&[&[2, 0, 0, 0], &prefix, &v4]), join(&[&[2, 0, 0, 0], &v4, &prefix]), join(&[&[10, 0, 0, 0], &v6])],
        );
        let no_length = [2, 0, 1, 0];
        none_holds_any(NFLOG, &[join(&[&[2, 0, 0, 0], &v4, &no_length])]);
        none_holds_any(
            NFLOG,
            &[join(&[&[7, 0, 0, 0], &v4]), join(&[&[2, 0, 0, 0], &prefix]), vec![2, 0, 0, 0, 0, 0, 9, 0]],
        );
    }
}
