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

#[cfg(test)]
mod tests {
    use crate::wire::testing::*;

    #[test]
    fn looks_below_the_bottom_of_the_stack() {
        let (v4, v6) = (ipv4(6, &tcp()), ipv6(6, &tcp()));
        let frames = [join(&[&[0, 1, 0x01, 64], &v4]), join(&[&[0, 1, 0, 64, 0, 2, 1, 64], &v6])];
        all_hold_it(ETHERNET, &frames.clone().map(|mpls| ethernet(0x8847, &mpls)));
        all_hold_it(ETHERNET, &frames.map(|mpls| ethernet(0x8848, &mpls)));
        let others =
            [join(&[&[0, 0, 0xd1, 64], &v4]), join(&[&[0, 1, 1, 64, 0, 0, 0, 0], &plain()]), vec![0, 1, 1, 64]];
        none_holds_any(ETHERNET, &others.map(|mpls| ethernet(0x8847, &mpls)));
    }
}
