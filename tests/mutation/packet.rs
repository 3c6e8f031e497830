//! One segment taken apart so that any field can be changed, and put together again with right checksums.

use crate::support::capture_file::Frame;
use crate::support::packet::{self, Below, Checksum, Tcp};
use std::net::IpAddr;
use tcpflow_audit::flow::Side;

pub const FIN: u16 = 1;
pub const SYN: u16 = 1 << 1;
pub const RST: u16 = 1 << 2;
pub const PSH: u16 = 1 << 3;
pub const ACK: u16 = 1 << 4;
pub const URG: u16 = 1 << 5;
pub const ECE: u16 = 1 << 6;
pub const CWR: u16 = 1 << 7;
pub const AE: u16 = 1 << 8;

pub const MSS: u8 = 2;
pub const SCALE: u8 = 3;
pub const SACK_PERMITTED: u8 = 4;
pub const SACK: u8 = 5;
pub const TIMESTAMPS: u8 = 8;
pub const MD5: u8 = 19;
pub const MPTCP: u8 = 30;
pub const FAST_OPEN: u8 = 34;

const PROTOCOL: u8 = 6;

#[derive(Clone, Debug)]
pub struct Packet {
    /// Microseconds since the epoch.
    pub time: u64,
    /// Who sent it.
    pub side: Side,
    pub below: Below,
    pub ports: [u16; 2],
    pub seq: u32,
    pub ack: u32,
    pub bits: u16,
    pub window: u16,
    pub urgent: u16,
    pub offset: Option<u8>,
    pub checksum: Checksum,
    pub options: Vec<u8>,
    pub payload: Vec<u8>,
    /// Octets of the frame that were captured.
    pub cut: Option<usize>,
}

impl Packet {
    /// Reads an Ethernet frame; the sender is the client until somebody knows better.
    pub fn read(time: u64, octets: &[u8]) -> Option<Self> {
        let mac = |from: usize| octets.get(from..from + 6)?.try_into().ok();
        let macs = [mac(6)?, mac(0)?];
        let (below, tcp) = match octets.get(12..14)? {
            [0x08, 0x00] => read_ipv4(macs, octets.get(14..)?)?,
            [0x86, 0xdd] => read_ipv6(macs, octets.get(14..)?)?,
            _ => return None,
        };
        let word = |place: usize| Some(u16::from_be_bytes(tcp.get(place..place + 2)?.try_into().ok()?));
        let long = |place: usize| Some(u32::from_be_bytes(tcp.get(place..place + 4)?.try_into().ok()?));
        let header = usize::from(word(12)? >> 12) * 4;
        Some(Self {
            time,
            side: Side::Client,
            below,
            ports: [word(0)?, word(2)?],
            seq: long(4)?,
            ack: long(8)?,
            bits: word(12)? & 0xfff,
            window: word(14)?,
            urgent: word(18)?,
            offset: None,
            checksum: Checksum::Right,
            options: tcp.get(20..header)?.to_vec(),
            payload: tcp.get(header..)?.to_vec(),
            cut: None,
        })
    }

    /// The frame again.
    pub fn frame(&self) -> Frame {
        let header = Tcp {
            ports: self.ports,
            seq: self.seq,
            ack: self.ack,
            bits: self.bits,
            window: self.window,
            urgent: self.urgent,
            offset: self.offset,
            checksum: self.checksum,
            options: &self.options,
            payload: &self.payload,
        };
        let tcp = packet::tcp(self.below.source, self.below.destination, &header);
        let mut octets = packet::frame(&self.below, PROTOCOL, &tcp);
        let original_len = octets.len() as u32;
        octets.truncate(self.cut.unwrap_or(octets.len()));
        Frame { time: self.time, octets, original_len, ..Frame::default() }
    }

    /// Whether all of `bits` are set.
    pub fn has(&self, bits: u16) -> bool {
        self.bits & bits == bits
    }

    /// Whether none of SYN, FIN and RST is set.
    pub fn is_plain(&self) -> bool {
        self.bits & (SYN | FIN | RST) == 0
    }

    /// SEG.LEN.
    pub fn seg_len(&self) -> u32 {
        self.payload.len() as u32 + u32::from(self.has(SYN)) + u32::from(self.has(FIN))
    }

    /// The number after its last octet.
    pub fn end(&self) -> u32 {
        self.seq.wrapping_add(self.seg_len())
    }

    /// The body of the first option of a kind.
    pub fn option(&self, kind: u8) -> Option<&[u8]> {
        let (from, to) = self.place_of(kind)?;
        Some(&self.options[from + 2..to])
    }

    /// Overwrites an option by NOPs. Returns whether it was there.
    pub fn drop_option(&mut self, kind: u8) -> bool {
        let place = self.place_of(kind);
        if let Some((from, to)) = place {
            self.options[from..to].fill(1);
        }
        place.is_some()
    }

    /// Adds an option in the room of NOPs that stand for nothing, if there is room.
    pub fn add_option(&mut self, kind: u8, body: &[u8]) -> bool {
        let mut options = self.compact();
        options.extend([kind, body.len() as u8 + 2]);
        options.extend(body);
        options.resize(options.len().next_multiple_of(4), 1);
        let fits = options.len() <= 40;
        if fits {
            self.options = options;
        }
        fits
    }

    /// TSval and TSecr.
    pub fn timestamps(&self) -> Option<(u32, u32)> {
        let (value, echo) = self.option(TIMESTAMPS)?.split_first_chunk::<4>()?;
        Some((u32::from_be_bytes(*value), u32::from_be_bytes(echo.try_into().ok()?)))
    }

    /// Sets TSval and TSecr where the option is there.
    pub fn set_timestamps(&mut self, value: u32, echo: u32) {
        if let Some((from, to)) = self.place_of(TIMESTAMPS).filter(|(from, to)| to - from == 10) {
            self.options[from + 2..from + 6].copy_from_slice(&value.to_be_bytes());
            self.options[from + 6..to].copy_from_slice(&echo.to_be_bytes());
        }
    }

    /// Changes the body of an option where it is.
    pub fn edit_option(&mut self, kind: u8, edit: impl FnOnce(&mut [u8])) -> bool {
        let place = self.place_of(kind);
        if let Some((from, to)) = place {
            edit(&mut self.options[from + 2..to]);
        }
        place.is_some()
    }

    /// Where an option stands: kind to end.
    pub fn place_of(&self, wanted: u8) -> Option<(usize, usize)> {
        self.walk().into_iter().find(|(kind, _, _)| *kind == wanted).map(|(_, from, to)| (from, to))
    }

    fn walk(&self) -> Vec<(u8, usize, usize)> {
        let mut found = Vec::new();
        let mut place = 0;
        while let Some(&kind) = self.options.get(place) {
            let length = match (kind, self.options.get(place + 1)) {
                (0, _) => break,
                (1, _) => 1,
                (_, Some(&length)) if length >= 2 && place + usize::from(length) <= self.options.len() => length.into(),
                _ => break,
            };
            found.push((kind, place, place + length));
            place += length;
        }
        found
    }

    fn compact(&self) -> Vec<u8> {
        let kept = self.walk().into_iter().filter(|(kind, _, _)| *kind != 1);
        kept.flat_map(|(_, from, to)| &self.options[from..to]).copied().collect()
    }
}

fn read_ipv4(macs: [[u8; 6]; 2], octets: &[u8]) -> Option<(Below, &[u8])> {
    let header = usize::from(octets.first()? & 15) * 4;
    let length = usize::from(u16::from_be_bytes(octets.get(2..4)?.try_into().ok()?));
    let address = |from: usize| Some(IpAddr::from(<[u8; 4]>::try_from(octets.get(from..from + 4)?).ok()?));
    let whole = octets[6] & 0x3f == 0 && octets[7] == 0 && octets[9] == PROTOCOL;
    let below = Below {
        macs,
        vlan: None,
        source: address(12)?,
        destination: address(16)?,
        ttl: octets[8],
        ecn: octets[1] & 3,
        id: u16::from_be_bytes([octets[4], octets[5]]),
        length: None,
    };
    whole.then_some((below, octets.get(header..length)?))
}

fn read_ipv6(macs: [[u8; 6]; 2], octets: &[u8]) -> Option<(Below, &[u8])> {
    let length = usize::from(u16::from_be_bytes(octets.get(4..6)?.try_into().ok()?));
    let address = |from: usize| Some(IpAddr::from(<[u8; 16]>::try_from(octets.get(from..from + 16)?).ok()?));
    let below = Below {
        macs,
        vlan: None,
        source: address(8)?,
        destination: address(24)?,
        ttl: octets[7],
        ecn: (octets[1] >> 4) & 3,
        id: 0,
        length: None,
    };
    (octets[6] == PROTOCOL).then_some((below, octets.get(40..40 + length)?))
}
