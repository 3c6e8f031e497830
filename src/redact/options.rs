//! Options of IPv4, IPv6 and TCP headers to what stands for them: addresses, digests, cookies, and whatever is unknown.

use super::cipher::Key;
use super::rewrite::Addresses;
use crate::wire::{MalformedOption, OptionFault, RawOption, RawOptions, ipv4_options};

/// Octets of the fixed TCP header.
const FIXED_HEADER: usize = 20;

/// Options of an IPv4 header (RFC 791 §3.1). What follows the last is padding that nobody reads.
pub(super) fn ipv4(options: &mut [u8], addresses: &mut Addresses) {
    const END: u8 = 0;
    const NOP: u8 = 1;
    const RECORD_ROUTE: u8 = 7;
    const TIMESTAMP: u8 = 68;
    const LOOSE_SOURCE_ROUTE: u8 = 131;
    const STRICT_SOURCE_ROUTE: u8 = 137;
    const ROUTER_ALERT: u8 = 148;
    let places: Vec<_> = ipv4_options(options).collect();
    let mut rest = 0;
    for place in places {
        rest = place.end;
        match options.get_mut(place).unwrap_or_default() {
            [RECORD_ROUTE | LOOSE_SOURCE_ROUTE | STRICT_SOURCE_ROUTE, _, _, route @ ..] => {
                route.chunks_exact_mut(4).for_each(|address| addresses.replace_in(address));
            }
            [TIMESTAMP, _, _, flags, stamps @ ..] => {
                // Flags 1 and 3: each time has the address of who noted it in front.
                if matches!(*flags & 0xf, 1 | 3) {
                    stamps.chunks_exact_mut(4).step_by(2).for_each(|address| addresses.replace_in(address));
                }
            }
            [ROUTER_ALERT, ..] => {}
            [_, _, value @ ..] => addresses.redaction.key.value(value),
            _ => {}
        }
    }
    let padding = options.get_mut(rest..).unwrap_or_default();
    let kept = padding.iter().take_while(|octet| **octet == NOP).count();
    let kept = kept + if padding.get(kept) == Some(&END) { 1 } else { 2 };
    padding.iter_mut().skip(kept).for_each(|octet| *octet = 0);
}

/// Options of hop-by-hop and destination headers (RFC 8200 §4.2).
pub(super) fn ipv6(mut options: &mut [u8], addresses: &mut Addresses) {
    const PAD_1: u8 = 0;
    const PAD_N: u8 = 1;
    const ROUTER_ALERT: u8 = 5;
    const JUMBO_PAYLOAD: u8 = 0xc2;
    const HOME_ADDRESS: u8 = 0xc9;
    loop {
        let length = match *options {
            [] | [_] => return,
            [PAD_1, ..] => 1,
            [_, length, ..] => usize::from(length) + 2,
        };
        let Some((option, rest)) = options.split_at_mut_checked(length) else { return };
        match option {
            [PAD_1 | ROUTER_ALERT | JUMBO_PAYLOAD, ..] => {}
            [PAD_N, _, value @ ..] => value.fill(0),
            [HOME_ADDRESS, _, address @ ..] if address.len() == 16 => addresses.replace_in(address),
            [_, _, value @ ..] => addresses.redaction.key.value(value),
            _ => {}
        }
        options = rest;
    }
}

/// Kinds of the IANA registry.
mod kind {
    pub const SKEETER: u8 = 16;
    pub const BUBBA: u8 = 17;
    pub const TRAILER_CHECKSUM: u8 = 18;
    pub const SCPS: u8 = 20;
    pub const QUICK_START: u8 = 27;
    pub const USER_TIMEOUT: u8 = 28;
    pub const AO: u8 = 29;
    pub const MPTCP: u8 = 30;
    pub const ACC_ECN_0: u8 = 172;
    pub const ACC_ECN_1: u8 = 174;
    pub const EXPERIMENT_1: u8 = 253;
    pub const EXPERIMENT_2: u8 = 254;
}

/// Options of a TCP header, read from `old` and replaced in `new`. Those that only speak of numbers and times stay. Where
/// the header is `cut`, it goes on elsewhere.
pub(super) fn tcp(key: &Key, old: &[u8], new: &mut [u8], addresses: &mut Addresses, cut: bool) {
    if old.len() <= FIXED_HEADER {
        return;
    }
    for option in RawOptions::of(old) {
        match option {
            Ok(RawOption { kind, offset, value }) => {
                let start = usize::from(offset) + 2;
                let fresh = new.get_mut(start..start + value.len()).unwrap_or_default();
                match kind {
                    kind::MPTCP => multipath(key, fresh, addresses),
                    _ => replace(key, kind, fresh),
                }
            }
            Err(MalformedOption { fault: OptionFault::RunsPastHeader, kind, offset, .. }) if cut => {
                replace(key, kind, new.get_mut(usize::from(offset) + 2..).unwrap_or_default());
            }
            Err(fault) => behind_fault(new.get_mut(usize::from(fault.offset)..).unwrap_or_default()),
        }
    }
}

/// The value of an option of which no part tells of somebody by itself.
fn replace(key: &Key, kind: u8, value: &mut [u8]) {
    const ACC_ECN: [[u8; 2]; 2] = [[0xac, 0xc0], [0xac, 0xc1]];
    /// Octets of options in front of what is secret.
    const HEAD: usize = 2;
    match kind {
        kind::SKEETER | kind::BUBBA => key.value(value),
        ..=kind::TRAILER_CHECKSUM | kind::SCPS | kind::QUICK_START | kind::USER_TIMEOUT => {}
        kind::ACC_ECN_0 | kind::ACC_ECN_1 => {}
        kind::EXPERIMENT_1 | kind::EXPERIMENT_2 if ACC_ECN.iter().any(|it| value.starts_with(it)) => {}
        // Which keys were used, in front of the digest (RFC 5925 §2.2); what experiment; what kind of Multipath TCP.
        kind::AO | kind::EXPERIMENT_1 | kind::EXPERIMENT_2 | kind::MPTCP => {
            key.value(value.get_mut(HEAD..).unwrap_or_default());
        }
        _ => key.value(value),
    }
}

/// Subtypes of Multipath TCP (RFC 8684 §3): keys, tokens and digests, and addresses.
fn multipath(key: &Key, value: &mut [u8], addresses: &mut Addresses) {
    const CAPABLE: u8 = 0;
    const JOIN: u8 = 1;
    const ADD_ADDRESS: u8 = 3;
    const FAST_CLOSE: u8 = 7;
    const KEYS: usize = 2;
    let subtype = value.first().map_or(0, |first| first >> 4);
    let rest = value.get_mut(2..).unwrap_or_default();
    match subtype {
        CAPABLE | FAST_CLOSE => rest.chunks_exact_mut(8).take(KEYS).for_each(|secret| key.value(secret)),
        JOIN => key.value(rest),
        ADD_ADDRESS => {
            let (address, digest) = match rest.len() {
                4 | 12 => (4, 4),
                6 | 14 => (4, 6),
                16 | 24 => (16, 16),
                18 | 26 => (16, 18),
                _ => return key.value(rest),
            };
            let port = rest.get(address..digest).and_then(|octets| octets.first_chunk()).copied();
            if let (Some(port), Some(place)) = (port, rest.get_mut(address..digest)) {
                place.copy_from_slice(&addresses.redaction.port(u16::from_be_bytes(port)).to_be_bytes());
            }
            addresses.replace_in(rest.get_mut(..address).unwrap_or_default());
            key.value(rest.get_mut(digest..).unwrap_or_default());
        }
        _ => {}
    }
}

/// What follows a fault of form: nobody reads it but for whether it is zero. Kind and length make the fault.
fn behind_fault(octets: &mut [u8]) {
    octets.iter_mut().skip(2).filter(|octet| **octet != 0).for_each(|octet| *octet = 1);
}
