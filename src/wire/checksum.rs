//! Octets in, their ones'-complement sum out (RFC 1071, RFC 9293 §3.1).

use super::ChecksumStatus;
use std::net::IpAddr;

/// The ones'-complement sum of `octets` as 16-bit words, an odd last octet padded with zero; 0 only if all are zero.
///
/// Adds 32-bit words in whatever order the machine reads them (RFC 1071 §2: the byte order may be mended at the end) in
/// independent lanes, which compilers turn into vector instructions.
#[inline]
pub fn ones_complement_sum(octets: &[u8]) -> u16 {
    if octets.is_empty() { 0 } else { sum_of(octets) }
}

/// The same of the twenty octets of a header without options.
#[inline]
pub(super) fn sum_of_header(octets: &[u8; 20]) -> u16 {
    let word = |at: usize| u64::from(u32::from_ne_bytes([octets[at], octets[at + 1], octets[at + 2], octets[at + 3]]));
    fold(word(0) + word(4) + word(8) + word(12) + word(16)).to_be()
}

fn sum_of(octets: &[u8]) -> u16 {
    const LANES: usize = 8;
    let mut lanes = [0u64; LANES];
    let blocks = octets.chunks_exact(4 * LANES);
    let rest = blocks.remainder().chunks_exact(8);
    for block in blocks {
        for (lane, word) in lanes.iter_mut().zip(block.chunks_exact(4)) {
            *lane += u64::from(u32::from_ne_bytes([word[0], word[1], word[2], word[3]]));
        }
    }
    let mut last = [0; 8];
    last.iter_mut().zip(rest.remainder()).for_each(|(to, from)| *to = *from);
    let sum = lanes.into_iter().fold(halves(last), u64::wrapping_add);
    let word = |octets: &[u8]| octets.first_chunk().copied().unwrap_or_default();
    fold(rest.fold(sum, |sum, octets| sum + halves(word(octets)))).to_be()
}

/// Both 32-bit words of eight octets, as the machine reads them, added up.
const fn halves(octets: [u8; 8]) -> u64 {
    let word = u64::from_ne_bytes(octets);
    (word & 0xffff_ffff) + (word >> 32)
}

/// The sum of the pseudo header of a TCP segment of `length` octets (RFC 9293 §3.1, RFC 8200 §8.1).
pub fn pseudo_header_sum(source: IpAddr, destination: IpAddr, length: usize) -> u16 {
    fold(pseudo_header(address_sum(source) + address_sum(destination), length))
}

/// The same, carries not yet folded, of `addresses` added up.
pub(super) const fn pseudo_header(addresses: u64, length: usize) -> u64 {
    const TCP: u64 = 6;
    addresses + TCP + (length as u32) as u64
}

/// Judges a checksum `field` by the sums of the pseudo header (carries not yet folded), of the TCP header (field included)
/// and of the payload.
pub(super) fn judge(field: u16, pseudo: u64, header: u16, payload: u16) -> ChecksumStatus {
    if fold(pseudo + u64::from(header) + u64::from(payload)) == 0xffff {
        ChecksumStatus::Good
    } else if field == fold(pseudo) {
        ChecksumStatus::Partial
    } else {
        ChecksumStatus::Bad
    }
}

/// The words of an address added up in some grouping, carries not yet folded.
fn address_sum(address: IpAddr) -> u64 {
    match address {
        IpAddr::V4(address) => address.to_bits().into(),
        IpAddr::V6(address) => {
            let bits = address.to_bits();
            [96, 64, 32, 0].into_iter().map(|shift| u64::from((bits >> shift) as u32)).sum()
        }
    }
}

/// Folds carries back in until 16 bits are left.
fn fold(sum: u64) -> u16 {
    let sum = (sum & 0xffff_ffff) + (sum >> 32);
    let sum = (sum & 0xffff) + ((sum >> 16) & 0xffff) + (sum >> 32);
    let sum = (sum & 0xffff) + (sum >> 16);
    ((sum & 0xffff) + (sum >> 16)) as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 1071 §4.1, word by word.
    fn naive(octets: &[u8]) -> u16 {
        octets.chunks(2).fold(0u32, |sum, pair| {
            let sum = sum + u32::from(pair[0]) * 256 + u32::from(*pair.get(1).unwrap_or(&0));
            (sum & 0xffff) + (sum >> 16)
        }) as u16
    }

    proptest! {
        #[test]
        fn agrees_with_the_naive_sum(octets in prop::collection::vec(any::<u8>(), 0..2000)) {
            prop_assert_eq!(ones_complement_sum(&octets), naive(&octets));
        }

        #[test]
        fn any_segment_with_its_computed_checksum_is_good(header in prop::collection::vec(any::<u8>(), 20), pseudo: u16) {
            let mut header = header;
            header[16..18].fill(0);
            let pseudo = u64::from(pseudo);
            let field = !fold(pseudo + u64::from(ones_complement_sum(&header)));
            header[16..18].copy_from_slice(&field.to_be_bytes());
            let sum = ones_complement_sum(&header);
            prop_assert_eq!(judge(field, pseudo, sum, 0), ChecksumStatus::Good);
            prop_assert_eq!(header.first_chunk().map(sum_of_header), Some(sum));
        }
    }

    #[test]
    fn sums_the_example_of_rfc_1071() {
        assert_eq!(ones_complement_sum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), 0xddf2);
        assert_eq!(ones_complement_sum(&[0xff; 100]), 0xffff);
        assert_eq!(ones_complement_sum(&[]), 0);
    }

    #[test]
    fn the_pseudo_header_sum_is_that_of_its_octets() {
        let (source, destination) = ("2001:db8::ffff:8001", "2001:db8:ffff:ffff::7");
        let (source, destination): (IpAddr, IpAddr) = (source.parse().unwrap(), destination.parse().unwrap());
        let IpAddr::V6(from) = source else { panic!("IPv4") };
        let IpAddr::V6(to) = destination else { panic!("IPv4") };
        let octets = [&from.octets()[..], &to.octets(), &70_000u32.to_be_bytes(), &[0, 0, 0, 6]].concat();
        assert_eq!(pseudo_header_sum(source, destination, 70_000), naive(&octets));
    }

    #[test]
    fn what_is_left_for_the_network_card_is_partial() {
        let pseudo = pseudo_header_sum("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap(), 20);
        assert_eq!(pseudo, 0x0a00 + 1 + 0x0a00 + 2 + 6 + 20);
        assert_eq!(judge(pseudo, pseudo.into(), pseudo, 0), ChecksumStatus::Partial);
        assert_eq!(judge(pseudo ^ 1, pseudo.into(), pseudo, 0), ChecksumStatus::Bad);
    }
}
