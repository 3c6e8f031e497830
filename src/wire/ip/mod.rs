//! An IP header in, what it carries handed on: TCP, a tunnel, or the packet that an error quotes.

mod extension;
mod icmp;
mod v4;
mod v4_options;
mod v6;

use super::octets::Octets;
use super::tcp::tcp;
use super::tunnel;
use super::walk::{Datagram, Outcome, Walk};
use super::{Part, Skip};

pub(super) use v4::ipv4;
pub use v4_options::ipv4_options;
pub(super) use v6::ipv6;

/// Values of IPv4's protocol and IPv6's next header fields (IANA).
mod protocol {
    pub const HOP_BY_HOP: u8 = 0;
    pub const ICMP: u8 = 1;
    pub const TCP: u8 = 6;
    pub const UDP: u8 = 17;
    pub const ROUTING: u8 = 43;
    pub const FRAGMENT: u8 = 44;
    pub const ESP: u8 = 50;
    pub const AH: u8 = 51;
    pub const ICMPV6: u8 = 58;
    pub const DESTINATION_OPTIONS: u8 = 60;
    pub const MOBILITY: u8 = 135;
    pub const SHIM6: u8 = 140;
}

/// An IP packet of whatever version its first four bits say.
pub(super) fn ip(walk: &mut Walk<'_>, octets: Octets<'_>) -> Outcome {
    match octets.u8(0)? >> 4 {
        4 => ipv4(walk, octets),
        6 => ipv6(walk, octets),
        _ => walk.nothing(Skip::Malformed),
    }
}

/// What follows an IP header, or an extension header.
pub(super) fn payload(walk: &mut Walk<'_>, ip: &Datagram, protocol: u8, octets: Octets<'_>) -> Outcome {
    walk.deeper()?;
    match protocol {
        protocol::TCP => tcp(walk, ip, octets),
        protocol::UDP => tunnel::udp(walk, ip, octets),
        protocol::ICMP => icmp::icmp(walk, ip, octets),
        protocol::ICMPV6 => icmp::icmpv6(walk, ip, octets),
        protocol::HOP_BY_HOP | protocol::DESTINATION_OPTIONS => extension::options(walk, ip, octets),
        protocol::MOBILITY | protocol::SHIM6 => {
            walk.mark(Part::Opaque, octets.data());
            extension::options(walk, ip, octets)
        }
        protocol::ROUTING => extension::routing(walk, ip, octets),
        protocol::FRAGMENT => extension::fragment(walk, ip, octets),
        protocol::AH => extension::authentication(walk, ip, octets),
        protocol::ESP => walk.nothing(Skip::Encrypted),
        _ => tunnel::over_ip(walk, ip, protocol, octets),
    }
}
