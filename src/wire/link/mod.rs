//! A frame's link layer, by the link type of its capture, and what it carries.

mod cooked;
mod ethernet;
mod juniper;
mod lan;
mod llc;
mod mpls;
mod nflog;
mod ppp;
mod radio;
mod wlan;

use super::Skip;
use super::ip::{ip, ipv6};
use super::octets::Octets;
use super::walk::{Outcome, Walk};
use crate::capture::LinkType;

pub(super) use ethernet::{ethernet, ethertype};
pub(super) use llc::llc;
pub(super) use mpls::mpls;
pub(super) use ppp::ppp_hdlc;
pub(super) use wlan::{ieee80211, ieee80211_swapped};

/// Values of the tcpdump.org registry.
mod linktype {
    pub const NULL: u16 = 0;
    pub const ETHERNET: u16 = 1;
    pub const ARCNET_BSD: u16 = 7;
    pub const PPP: u16 = 9;
    pub const FDDI: u16 = 10;
    pub const ATM_RFC1483_BSD: u16 = 11;
    pub const RAW_BSD: u16 = 12;
    pub const RAW_OPENBSD: u16 = 14;
    pub const PPP_HDLC: u16 = 50;
    pub const PPP_ETHER: u16 = 51;
    pub const ATM_RFC1483: u16 = 100;
    pub const RAW: u16 = 101;
    pub const C_HDLC: u16 = 104;
    pub const IEEE802_11: u16 = 105;
    pub const LOOP: u16 = 108;
    pub const C_HDLC_OLD: u16 = 112;
    pub const LINUX_SLL: u16 = 113;
    pub const IEEE802_11_PRISM: u16 = 119;
    pub const IEEE802_11_RADIOTAP: u16 = 127;
    pub const ARCNET_LINUX: u16 = 129;
    pub const JUNIPER_MLPPP: u16 = 130;
    pub const IEEE802_11_AVS: u16 = 163;
    pub const JUNIPER_PPPOE: u16 = 167;
    pub const JUNIPER_ETHER: u16 = 178;
    pub const JUNIPER_PPP: u16 = 179;
    pub const JUNIPER_CHDLC: u16 = 181;
    pub const PPP_WITH_DIR: u16 = 204;
    pub const IPV4: u16 = 228;
    pub const IPV6: u16 = 229;
    pub const NFLOG: u16 = 239;
    pub const IPOIB: u16 = 242;
    pub const LINUX_SLL2: u16 = 276;
}

/// Walks a whole frame.
pub(super) fn frame(walk: &mut Walk<'_>, link_type: LinkType, octets: Octets<'_>) -> Outcome {
    match link_type.0 {
        linktype::NULL => cooked::null(walk, octets),
        linktype::ETHERNET => ethernet(walk, octets),
        linktype::ARCNET_BSD => lan::arcnet(walk, octets.skip(2)?, true),
        linktype::PPP | linktype::PPP_HDLC => ppp_hdlc(walk, octets),
        linktype::FDDI => lan::fddi(walk, octets),
        linktype::RAW | linktype::RAW_BSD | linktype::RAW_OPENBSD => cooked::raw(walk, octets),
        linktype::PPP_ETHER => ppp::pppoe_session(walk, octets),
        linktype::ATM_RFC1483 | linktype::ATM_RFC1483_BSD => llc(walk, octets),
        linktype::C_HDLC | linktype::C_HDLC_OLD => ppp::chdlc(walk, octets),
        linktype::IEEE802_11 => ieee80211(walk, octets),
        linktype::LOOP => cooked::loopback(walk, octets),
        linktype::LINUX_SLL => cooked::sll(walk, octets),
        linktype::IEEE802_11_PRISM => radio::prism(walk, octets),
        linktype::IEEE802_11_RADIOTAP => radio::radiotap(walk, octets),
        linktype::ARCNET_LINUX => lan::arcnet(walk, octets.skip(4)?, false),
        linktype::JUNIPER_MLPPP => juniper::unwrap(walk, octets, ppp_hdlc),
        linktype::IEEE802_11_AVS => radio::avs(walk, octets),
        linktype::PPP_WITH_DIR => ppp::with_direction(walk, octets),
        linktype::JUNIPER_PPPOE | linktype::JUNIPER_ETHER => juniper::unwrap(walk, octets, ethernet),
        linktype::JUNIPER_PPP => juniper::unwrap(walk, octets, ppp::framed_ppp),
        linktype::JUNIPER_CHDLC => juniper::unwrap(walk, octets, ppp::chdlc),
        linktype::IPV4 => ip(walk, octets),
        linktype::IPV6 => ipv6(walk, octets),
        linktype::NFLOG => nflog::nflog(walk, octets),
        linktype::IPOIB => lan::ipoib(walk, octets),
        linktype::LINUX_SLL2 => cooked::sll2(walk, octets),
        _ => Err(Skip::UnknownLinkType),
    }
}
