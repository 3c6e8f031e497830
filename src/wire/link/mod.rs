//! A frame's link layer, by the link type of its capture, and what it carries.

mod cooked;
mod ethernet;

use super::Skip;
use super::ip::ip;
use super::octets::Octets;
use super::walk::{Outcome, Walk};
use crate::capture::LinkType;

/// Values of the tcpdump.org registry.
mod linktype {
    pub const NULL: u16 = 0;
    pub const ETHERNET: u16 = 1;
    pub const RAW_BSD: u16 = 12;
    pub const RAW_OPENBSD: u16 = 14;
    pub const RAW: u16 = 101;
    pub const LOOP: u16 = 108;
    pub const LINUX_SLL: u16 = 113;
    pub const IPV4: u16 = 228;
    pub const IPV6: u16 = 229;
    pub const LINUX_SLL2: u16 = 276;
}

/// Walks a whole frame.
pub(super) fn frame(walk: &mut Walk<'_>, link_type: LinkType, octets: Octets<'_>) -> Outcome {
    match link_type.0 {
        linktype::NULL => cooked::null(walk, octets),
        linktype::ETHERNET => ethernet::ethernet(walk, octets),
        linktype::RAW | linktype::RAW_BSD | linktype::RAW_OPENBSD => cooked::raw(walk, octets),
        linktype::LOOP => cooked::null(walk, octets),
        linktype::LINUX_SLL => cooked::sll(walk, octets),
        linktype::LINUX_SLL2 => cooked::sll2(walk, octets),
        linktype::IPV4 | linktype::IPV6 => ip(walk, octets),
        _ => Err(Skip::UnknownLinkType),
    }
}
