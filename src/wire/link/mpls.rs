//! MPLS label stacks (RFC 3032), which do not say what they carry.

use crate::wire::Skip;
use crate::wire::ip::{ipv4, ipv6};
use crate::wire::octets::Octets;
use crate::wire::walk::{Outcome, Walk};

pub(crate) fn mpls(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    const GENERIC_ASSOCIATED_CHANNEL: u32 = 13;
    const BOTTOM_OF_STACK: u32 = 1 << 8;
    let mut rest = octets;
    let bottom = loop {
        let entry = rest.u32(0)?;
        rest = rest.skip(4)?;
        if entry & BOTTOM_OF_STACK != 0 {
            break entry;
        }
    };
    if rest.captured() == 0 || bottom >> 12 == GENERIC_ASSOCIATED_CHANNEL {
        return walk.nothing(Skip::NotTcp);
    }
    match rest.u8(0)? >> 4 {
        4 => ipv4(walk, rest),
        6 => ipv6(walk, rest),
        _ => walk.nothing(Skip::NotTcp),
    }
}
