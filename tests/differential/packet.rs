//! What the generator decided about one frame, and the octets that come of it.

use crate::support::capture_file::Frame;
use crate::support::packet::{self, Below, Checksum, Tcp};
use std::net::{IpAddr, Ipv4Addr};

pub const FIN: u16 = 0x001;
pub const SYN: u16 = 0x002;
pub const RST: u16 = 0x004;
pub const PSH: u16 = 0x008;
pub const ACK: u16 = 0x010;
pub const URG: u16 = 0x020;

/// One frame of an exchange.
#[derive(Clone, Debug, Default)]
pub struct Packet {
    /// Microseconds since the exchange began.
    pub time: i64,
    /// 0 or 1.
    pub from: usize,
    pub bits: u16,
    pub seq: u32,
    pub ack: u32,
    pub window: u16,
    pub urgent: u16,
    pub options: Vec<u8>,
    pub len: usize,
    /// The data offset to write instead of the true one.
    pub offset: Option<u8>,
    /// Octets of TCP to keep, where the capture cuts the frame.
    pub cut: Option<usize>,
    /// Whether it comes quoted in an ICMP error.
    pub quoted: bool,
}

/// The ends of an exchange.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    pub ips: [Ipv4Addr; 2],
    pub ports: [u16; 2],
}

/// Octets of Ethernet and IPv4 in front of TCP.
const BELOW_TCP: usize = 34;

impl Packet {
    /// The frame, `start` microseconds after the epoch.
    pub fn frame(&self, ends: &Ends, start: u64) -> Frame {
        let (source, destination) = (IpAddr::V4(ends.ips[self.from]), IpAddr::V4(ends.ips[1 - self.from]));
        let payload = vec![b'x'; self.len];
        let tcp = packet::tcp(source, destination, &self.header(ends, &payload));
        let below = |source, destination| Below {
            macs: [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]],
            vlan: None,
            source,
            destination,
            ttl: 64,
            ecn: 0,
            id: self.seq as u16,
            length: None,
        };
        let mut octets = packet::frame(&below(source, destination), 6, &tcp);
        if self.quoted {
            let icmp = packet::icmp_error(destination, source, 3, 1, 0, &octets[14..]);
            octets = packet::frame(&below(destination, source), 1, &icmp);
        }
        let original_len = octets.len() as u32;
        if let Some(cut) = self.cut.filter(|_| !self.quoted) {
            octets.truncate(BELOW_TCP + cut);
        }
        let time = start.saturating_add_signed(self.time);
        Frame { time, octets, original_len, ..Frame::default() }
    }

    fn header<'a>(&'a self, ends: &Ends, payload: &'a [u8]) -> Tcp<'a> {
        let ports = [ends.ports[self.from], ends.ports[1 - self.from]];
        let Self { seq, ack, bits, window, urgent, offset, .. } = *self;
        let checksum = Checksum::Right;
        Tcp { ports, seq, ack, bits, window, urgent, offset, checksum, options: &self.options, payload }
    }
}
