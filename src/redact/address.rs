//! Addresses to what stands for them: a permutation that keeps prefixes, within each kind of address.

use super::cipher::{Key, Use};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Prefixes whose addresses are of a kind of their own, as 128 bits from the left, and their lengths (IANA).
const V4_KINDS: [(u32, u32); 10] = [
    (0x0000_0000, 8),
    (0x0a00_0000, 8),
    (0x6440_0000, 10),
    (0x7f00_0000, 8),
    (0xa9fe_0000, 16),
    (0xac10_0000, 12),
    (0xc0a8_0000, 16),
    (0xe000_0000, 4),
    (0xf000_0000, 4),
    (0xffff_ffff, 32),
];
const V6_KINDS: [(u128, u32); 9] = [
    (0, 96),
    (0xffff << 32, 96),
    (0x0064_ff9b << 96, 96),
    (0x2000 << 112, 3),
    (0x2001_0000 << 96, 32),
    (0x2002 << 112, 16),
    (0xfc00 << 112, 7),
    (0xfe80 << 112, 64),
    (0xff00 << 112, 8),
];

/// What stands for an address. Loopback, multicast, broadcast and unspecified addresses stay.
pub(super) fn replace(key: &Key, address: IpAddr) -> IpAddr {
    walk(key, address, replace_bits)
}

/// The address that another stands for.
pub(super) fn restore(key: &Key, address: IpAddr) -> IpAddr {
    walk(key, address, restore_bits)
}

type Permutation = fn(&Key, Bits, u32) -> Bits;

/// An address as bits from the left of 128, and how many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Bits {
    value: u128,
    len: u32,
}

/// Permutes the addresses that begin like the kind of this one until one of the same kind comes.
fn walk(key: &Key, address: IpAddr, permute: Permutation) -> IpAddr {
    if stays(address) {
        return address;
    }
    let bits = Bits::of(address);
    let kind = bits.kind();
    let prefix = kind.map_or(0, |(_, len)| len);
    let mut next = bits;
    loop {
        next = permute(key, next, prefix);
        let replaced = next.address();
        if next.kind() == kind && !stays(replaced) {
            return replaced;
        }
    }
}

fn stays(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_multicast() || ip.is_broadcast() || ip.octets()[0] == 0,
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_multicast() || ip.is_unspecified(),
    }
}

impl Bits {
    fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(ip) => Self { value: u128::from(ip.to_bits()) << 96, len: 32 },
            IpAddr::V6(ip) => Self { value: ip.to_bits(), len: 128 },
        }
    }

    fn address(self) -> IpAddr {
        match self.len {
            32 => Ipv4Addr::from_bits((self.value >> 96) as u32).into(),
            _ => Ipv6Addr::from_bits(self.value).into(),
        }
    }

    /// The narrowest kind that has this address.
    fn kind(self) -> Option<(u128, u32)> {
        let has = |kind: &(u128, u32)| self.prefix(kind.1) == kind.0;
        let v4 = V4_KINDS.map(|(prefix, len)| (u128::from(prefix) << 96, len));
        match self.len {
            32 => v4.into_iter().filter(has).max_by_key(|kind| kind.1),
            _ => V6_KINDS.into_iter().filter(has).max_by_key(|kind| kind.1),
        }
    }

    /// The first `len` bits, the others zero.
    fn prefix(self, len: u32) -> u128 {
        self.value & u128::MAX.checked_shl(128 - len).unwrap_or(0)
    }

    /// The bit that decides whether the one behind the first `at` bits of this address is turned over.
    fn turns(self, key: &Key, at: u32) -> u128 {
        let hash = key.hash(Use::AddressBit, &[&[self.len as u8, at as u8], &self.prefix(at).to_be_bytes()]);
        u128::from(hash & 1) << (127 - at)
    }
}

/// Turns each bit over, or does not, by what stands before it: addresses share as many first bits as before (Xu et al.,
/// "Prefix-preserving IP address anonymization", 2002).
fn replace_bits(key: &Key, bits: Bits, from: u32) -> Bits {
    let turned = (from..bits.len).fold(0, |turned, at| turned | bits.turns(key, at));
    Bits { value: bits.value ^ turned, ..bits }
}

fn restore_bits(key: &Key, bits: Bits, from: u32) -> Bits {
    (from..bits.len).fold(bits, |bits, at| Bits { value: bits.value ^ bits.turns(key, at), ..bits })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn key() -> Key {
        Key::from_secret(b"a secret of some length")
    }

    fn replaced(text: &str) -> IpAddr {
        replace(&key(), text.parse().unwrap())
    }

    #[test]
    fn what_identifies_nobody_stays() {
        for text in ["127.0.0.1", "0.0.0.0", "255.255.255.255", "224.0.0.251", "::", "::1", "ff02::1"] {
            assert_eq!(replaced(text).to_string(), text);
        }
    }

    #[test]
    fn every_kind_stays_what_it_is() {
        for (text, starts) in [
            ("10.1.2.3", "10."),
            ("192.168.1.1", "192.168."),
            ("169.254.7.8", "169.254."),
            ("fe80::1", "fe80::"),
            ("::ffff:192.0.2.1", "::ffff:"),
            ("2002:c000:201::1", "2002:"),
        ] {
            let other = replaced(text).to_string();
            assert!(other.starts_with(starts) && other != text, "{text} {other}");
        }
    }

    #[test]
    fn a_whole_network_is_permuted() {
        let all: HashSet<IpAddr> =
            (0..=u16::MAX).map(|low| replaced(&format!("10.9.{}.{}", low >> 8, low & 255))).collect();
        assert_eq!(all.len(), 65_536);
    }

    proptest! {
        #[test]
        fn v4_addresses_come_back(bits: u32) {
            let address = IpAddr::from(Ipv4Addr::from_bits(bits));
            prop_assert_eq!(restore(&key(), replace(&key(), address)), address);
        }

        #[test]
        fn v6_addresses_come_back(bits: u128, kind in prop::sample::select(&V6_KINDS[..])) {
            let bits = bits & !Bits { value: u128::MAX, len: 128 }.prefix(kind.1) | kind.0;
            let address = IpAddr::from(Ipv6Addr::from_bits(bits));
            prop_assert_eq!(restore(&key(), replace(&key(), address)), address);
        }

        #[test]
        fn neighbours_stay_neighbours(bits: u32, other: u8) {
            let bits = 0x0a00_0000 | bits & 0x00ff_ffff;
            let neighbour = bits & 0xffff_ff00 | u32::from(other);
            let of = |bits| match replace(&key(), Ipv4Addr::from_bits(bits).into()) {
                IpAddr::V4(ip) => ip.to_bits(),
                IpAddr::V6(_) => panic!(),
            };
            prop_assert_eq!((of(bits) ^ of(neighbour)).leading_zeros(), (bits ^ neighbour).leading_zeros());
        }
    }
}
