//! Deterministic captures of any size: many clean connections interleaved, in the shapes that real networks show.

#[path = "../support/packet.rs"]
#[allow(dead_code, clippy::duplicate_mod)]
mod packet;

use packet::{Below, Checksum, Tcp};
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr};

/// What the connections of a capture look like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub name: &'static str,
    /// Connections alive at a time.
    pub interleaved: usize,
    /// Fewest and most data segments of a connection.
    pub data_segments: (u32, u32),
    /// Payload octets of each.
    pub payload: usize,
    /// Whether there is nothing but SYNs, each of another client.
    pub only_syns: bool,
}

impl Shape {
    /// A few connections that carry full segments for ever.
    pub const BULK: Self =
        Self { name: "bulk", interleaved: 16, data_segments: (u32::MAX, u32::MAX), payload: 1448, only_syns: false };
    /// What a web server sees.
    pub const WEB: Self =
        Self { name: "web", interleaved: 20_000, data_segments: (2, 12), payload: 600, only_syns: false };
    /// Very short connections.
    pub const TINY: Self =
        Self { name: "tiny", interleaved: 50_000, data_segments: (1, 3), payload: 40, only_syns: false };
    /// Nothing but SYNs.
    pub const SYN_FLOOD: Self =
        Self { name: "synflood", interleaved: 1, data_segments: (0, 0), payload: 0, only_syns: true };

    pub const ALL: [Self; 4] = [Self::BULK, Self::WEB, Self::TINY, Self::SYN_FLOOD];

    /// Writes a pcap file of `segments` segments, one every ten microseconds.
    pub fn write(&self, segments: u64, out: &mut impl Write) -> io::Result<()> {
        for word in [0xa1b2_c3d4, 0x0004_0002, 0, 0, 262_144, 1u32] {
            out.write_all(&word.to_le_bytes())?;
        }
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        let payload = vec![b'x'; self.payload];
        let mut opened = 0;
        let mut open = |random: &mut Random| {
            opened += 1;
            Connection::new(opened, self, random)
        };
        let mut alive: Vec<Connection> = (0..self.interleaved).map(|_| open(&mut random)).collect();
        for number in 0..segments {
            let place = random.below(alive.len() as u64) as usize;
            let frame = alive[place].next_frame(&payload);
            write_record(out, number * 10, &frame)?;
            if self.only_syns || alive[place].step == Step::Over {
                alive[place] = open(&mut random);
            }
        }
        Ok(())
    }
}

/// What a connection does next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Syn,
    SynAck,
    Ack,
    Request,
    Data,
    DataAck,
    Fin,
    FinAck,
    SecondFin,
    LastAck,
    Over,
}

/// One clean connection: a short request, data with an ACK for every second segment, four segments to close.
struct Connection {
    client: (Ipv4Addr, u16),
    next: [u32; 2],
    data_left: u32,
    unacknowledged: u32,
    step: Step,
}

const SERVER: (Ipv4Addr, u16) = (Ipv4Addr::new(192, 0, 2, 1), 443);

impl Connection {
    fn new(number: u64, shape: &Shape, random: &mut Random) -> Self {
        let (fewest, most) = shape.data_segments;
        // Ten thousand hosts with all their ports, one port after the other.
        let host = 0x0a00_0001 + (number % 10_000) as u32 + ((number / 640_000_000) as u32) * 10_000;
        let port = 1024 + (number / 10_000 % 64_000) as u16;
        Self {
            client: (Ipv4Addr::from(host), port),
            next: [random.next() as u32, random.next() as u32],
            data_left: fewest + random.below(u64::from(most - fewest) + 1) as u32,
            unacknowledged: 0,
            step: Step::Syn,
        }
    }

    /// The next frame, and the step after it.
    fn next_frame(&mut self, payload: &[u8]) -> Vec<u8> {
        const SYN_OPTIONS: [u8; 12] = [2, 4, 0x05, 0xb4, 1, 3, 3, 7, 1, 1, 4, 2];
        let request = &payload[..payload.len().min(80)];
        let (from_client, bits, options, data): (bool, u16, &[u8], &[u8]) = match self.step {
            Step::Syn => (true, 0x002, &SYN_OPTIONS, &[]),
            Step::SynAck => (false, 0x012, &SYN_OPTIONS, &[]),
            Step::Ack | Step::DataAck | Step::FinAck => (true, 0x010, &[], &[]),
            Step::LastAck | Step::Over => (false, 0x010, &[], &[]),
            Step::Request => (true, 0x018, &[], request),
            Step::Data => (false, 0x010, &[], payload),
            Step::Fin => (false, 0x011, &[], &[]),
            Step::SecondFin => (true, 0x011, &[], &[]),
        };
        let frame = self.frame(from_client, bits, options, data);
        let side = usize::from(!from_client);
        self.next[side] = self.next[side].wrapping_add(data.len() as u32 + u32::from(bits & 3 != 0));
        self.advance();
        frame
    }

    fn advance(&mut self) {
        self.step = match self.step {
            Step::Syn => Step::SynAck,
            Step::SynAck => Step::Ack,
            Step::Ack => Step::Request,
            Step::Request | Step::DataAck if self.data_left == 0 => Step::Fin,
            Step::Request | Step::DataAck => Step::Data,
            Step::Data => {
                self.data_left -= 1;
                self.unacknowledged += 1;
                if self.unacknowledged == 2 || self.data_left == 0 {
                    self.unacknowledged = 0;
                    Step::DataAck
                } else {
                    Step::Data
                }
            }
            Step::Fin => Step::FinAck,
            Step::FinAck => Step::SecondFin,
            Step::SecondFin => Step::LastAck,
            Step::LastAck | Step::Over => Step::Over,
        };
    }

    fn frame(&self, from_client: bool, bits: u16, options: &[u8], data: &[u8]) -> Vec<u8> {
        let ends = if from_client { [self.client, SERVER] } else { [SERVER, self.client] };
        let [seq, peer] = if from_client { self.next } else { [self.next[1], self.next[0]] };
        let [source, destination] = ends.map(|(ip, _)| IpAddr::V4(ip));
        let header = Tcp {
            ports: ends.map(|(_, port)| port),
            seq,
            ack: if bits & 0x10 == 0 { 0 } else { peer },
            bits,
            window: 65535,
            urgent: 0,
            offset: None,
            checksum: Checksum::Right,
            options,
            payload: data,
        };
        let macs = if from_client {
            [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]]
        } else {
            [[2, 0, 0, 0, 0, 2], [2, 0, 0, 0, 0, 1]]
        };
        let below = Below { macs, vlan: None, source, destination, ttl: 64, ecn: 0, id: seq as u16, length: None };
        packet::frame(&below, 6, &packet::tcp(source, destination, &header))
    }
}

fn write_record(out: &mut impl Write, microseconds: u64, frame: &[u8]) -> io::Result<()> {
    let seconds = 1_767_225_600 + microseconds / 1_000_000;
    for word in [seconds as u32, (microseconds % 1_000_000) as u32, frame.len() as u32, frame.len() as u32] {
        out.write_all(&word.to_le_bytes())?;
    }
    out.write_all(frame)
}

/// xorshift64*: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 33) % bound
    }
}
