//! The header that Juniper routers put in front of captured frames.

use super::mpls::mpls;
use crate::wire::ip::{ip, ipv6};
use crate::wire::octets::Octets;
use crate::wire::walk::{Outcome, Walk};
use crate::wire::{Part, Skip};

/// Takes the header off and hands the rest to `inner`, or to the protocol that stands there for want of a link layer.
pub(super) fn unwrap(
    walk: &mut Walk<'_>,
    octets: Octets<'_>,
    inner: impl FnOnce(&mut Walk<'_>, Octets<'_>) -> Outcome,
) -> Outcome {
    const MAGIC: [u8; 3] = *b"MGC";
    const NO_LINK_LAYER: u8 = 0x02;
    const EXTENSIONS: u8 = 0x80;
    let flags = octets.u8(3)?;
    if octets.array(0)? != MAGIC {
        return inner(walk, octets);
    }
    if flags & EXTENSIONS != 0 {
        walk.mark_at(Part::Private, octets, 6, octets.u16(4)?.into());
    }
    let rest = octets.skip(if flags & EXTENSIONS != 0 { 6 + usize::from(octets.u16(4)?) } else { 4 })?;
    if flags & NO_LINK_LAYER == 0 {
        return inner(walk, rest);
    }
    let body = rest.skip(4)?;
    match u32::from_le_bytes(rest.array(0)?) {
        2 => ip(walk, body),
        3 | 5 => mpls(walk, body),
        6 => ipv6(walk, body),
        _ => walk.nothing(Skip::NotTcp),
    }
}

#[cfg(test)]
mod tests {
    use crate::wire::testing::*;

    #[test]
    fn unwraps_with_and_without_extensions_and_link_layer() {
        let ip = ipv4(6, &tcp());
        all_hold_it(
            178,
            &[
                join(&[b"MGC\x01", &plain()]),
                join(&[b"MGC\x80\0\x04abcd", &plain()]),
                join(&[b"MGC\x03\x02\0\0\0", &ip]),
                plain(),
            ],
        );
        all_hold_it(181, &[join(&[b"MGC\0\x0f\0\x08\0", &ip])]);
    }
}
