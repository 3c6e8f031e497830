//! An IP header and what it carries.

mod v4;
mod v6;

use super::Skip;
use super::octets::Octets;
use super::tcp::tcp;
use super::walk::{Datagram, Outcome, Walk};

/// Values of IPv4's protocol and IPv6's next header fields (IANA).
mod protocol {
    pub const HOP_BY_HOP: u8 = 0;
    pub const TCP: u8 = 6;
}

/// An IP packet of whatever version its first four bits say.
pub(super) fn ip(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    walk.deeper()?;
    match octets.u8(0)? >> 4 {
        4 => v4::ipv4(walk, octets),
        6 => v6::ipv6(walk, octets),
        _ => walk.nothing(Skip::Malformed),
    }
}

/// What follows an IP header.
fn payload(walk: &mut Walk<'_>, ip: &Datagram, protocol: u8, octets: Octets<'_>) -> Outcome {
    match protocol {
        protocol::TCP => tcp(walk, ip, octets),
        _ => walk.nothing(Skip::NotTcp),
    }
}
