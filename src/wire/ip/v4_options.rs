//! IPv4's options: where they route a packet to, and whether they can be read at all (RFC 791 §3.1).

use std::net::Ipv4Addr;
use std::ops::Range;

const END: u8 = 0;
const NOP: u8 = 1;
const LOOSE_SOURCE_ROUTE: u8 = 131;
const STRICT_SOURCE_ROUTE: u8 = 137;

/// The last address of the first loose or strict source route, where its pointer makes sense.
pub(super) fn source_route(options: &[u8]) -> Option<Ipv4Addr> {
    let option = walk(options).find(|option| matches!(option[..], [LOOSE_SOURCE_ROUTE | STRICT_SOURCE_ROUTE, ..]))?;
    let pointer = usize::from(*option.get(2)?);
    let sensible = pointer >= 4 && pointer.is_multiple_of(4) && pointer <= option.len();
    option.last_chunk::<4>().filter(|_| sensible && option.len() >= 7).map(|ip| (*ip).into())
}

/// Whether every option has the octets that its kind demands; Wireshark gives up on the packet where one has not.
pub(super) fn are_readable(options: &[u8]) -> bool {
    walk(options).all(|option| option.len() >= least(option))
}

/// Octets that must be there of an option, kind and length included.
fn least(option: &[u8]) -> usize {
    const QUICK_START: u8 = 25;
    match *option {
        [7 | 130 | 131 | 133 | 137, ..] => 3,
        [11 | 12 | 68 | 136 | 148, ..] => 4,
        // Only requests and reports go on behind the command (RFC 4782 §3.1).
        [QUICK_START, _, command, ..] if matches!(command >> 4, 0 | 8) => 8,
        [QUICK_START, ..] => 3,
        [82, ..] => 12,
        _ => 2,
    }
}

fn walk(options: &[u8]) -> impl Iterator<Item = &[u8]> {
    ipv4_options(options).filter_map(|place| options.get(place))
}

/// Where among the octets behind a fixed IPv4 header the options with a length are, up to the end of the list or one
/// whose length cannot be.
pub fn ipv4_options(options: &[u8]) -> impl Iterator<Item = Range<usize>> {
    const LEAST: usize = 2;
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = options.get(at..)?;
            match *rest {
                [NOP, ..] => at += 1,
                [END, ..] | [] | [_] => return None,
                [_, length, ..] => {
                    let length = usize::from(length);
                    let start = at;
                    at += length;
                    return (LEAST..=rest.len()).contains(&length).then_some(start..at);
                }
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_route_leads_to_its_last_address() {
        let two = [131, 11, 8, 1, 1, 1, 1, 2, 2, 2, 2, 0];
        let cases: [(&[u8], Option<Ipv4Addr>); 9] = [
            (&two, Some([2, 2, 2, 2].into())),
            (&[137, 7, 4, 1, 1, 1, 1, 0], Some([1, 1, 1, 1].into())),
            (&[1, 131, 7, 4, 1, 1, 1, 1], Some([1, 1, 1, 1].into())),
            (&[7, 4, 4, 0, 131, 7, 4, 1, 1, 1, 1, 0], Some([1, 1, 1, 1].into())),
            (&[0, 131, 7, 4, 1, 1, 1, 1], None),
            (&[131, 7, 5, 1, 1, 1, 1, 0], None),
            (&[131, 7, 8, 1, 1, 1, 1, 0], None),
            (&[131, 1, 4, 1], None),
            (&[131, 40, 4, 1], None),
        ];
        for (options, last) in cases {
            assert_eq!(source_route(options), last, "{options:?}");
        }
    }

    #[test]
    fn an_option_too_short_for_its_kind_cannot_be_read() {
        let readable: [&[u8]; 6] = [&[], &[1, 0], &[131, 1], &[131, 40, 4], &[148, 4, 0, 0], &[25, 3, 0x50, 0]];
        assert!(readable.into_iter().all(are_readable));
        let short: [&[u8]; 5] = [&[131, 2, 0, 0], &[1, 7, 2, 0], &[68, 3, 5, 0], &[148, 2], &[25, 4, 0, 0]];
        assert!(!short.into_iter().any(are_readable));
    }
}
