//! Connections as they should be, of many sorts, made from a seed: seen near the client, so that the server's answers take
//! a round trip and the client's next to nothing.

use super::connection::{Connection, MILLISECOND, SECOND};
use super::packet::{ACK, FAST_OPEN, FIN, MSS, PSH, Packet, RST, SACK_PERMITTED, SCALE, SYN, TIMESTAMPS};
use super::random::Random;
use crate::support::packet::{Below, Checksum};
use std::net::IpAddr;
use tcpflow_audit::flow::Side;

/// 2026-01-01T00:00:00Z.
const EPOCH: u64 = 1_767_225_600 * SECOND;

/// A connection while it is spoken.
pub struct Talk {
    pub packets: Vec<Packet>,
    /// Microseconds.
    pub now: u64,
    pub rtt: u64,
    ends: [End; 2],
    agreed: Agreed,
}

/// One end.
pub struct End {
    pub ip: IpAddr,
    pub port: u16,
    pub mac: u8,
    pub ttl: u8,
    pub id: u16,
    pub next: u32,
    pub ack: u32,
    /// The window field of segments after the SYN.
    pub window: u16,
    /// TSval at the epoch of the talk.
    pub clock: u32,
    pub echo: u32,
    pub shift: u8,
}

/// What both ends do.
struct Agreed {
    mss: u16,
    timestamps: bool,
    scale: bool,
    sack: bool,
}

impl Talk {
    /// Two ends with all their numbers, before the SYN.
    pub fn new(random: &mut Random) -> Self {
        let v6 = random.chance(25);
        let scale = random.chance(75);
        let agreed = Agreed {
            mss: if v6 { 1440 } else { random.pick(&[1460, 1460, 1380, 536]).unwrap() },
            timestamps: random.chance(70),
            scale,
            sack: random.chance(80),
        };
        let mut end = |host: u8, port| {
            let shift = if scale { random.within(0, 10) as u8 } else { 0 };
            let ip: IpAddr = if v6 {
                [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host].into()
            } else {
                [10, 0, 0, host].into()
            };
            End {
                ip,
                port,
                mac: host,
                ttl: random.pick(&[64, 128, 255, 57]).unwrap(),
                id: random.next() as u16,
                next: any_or_near_the_end(random),
                ack: 0,
                window: ((64_240 + (1 << shift) - 1) >> shift) as u16,
                clock: any_or_near_the_end(random),
                echo: 0,
                shift,
            }
        };
        let ends = [end(1, 49_152), end(2, 80)];
        let rtt = random.pick(&[200, 5 * MILLISECOND, 40 * MILLISECOND, 180 * MILLISECOND]).unwrap();
        let mut talk = Self { packets: Vec::new(), now: EPOCH, rtt, ends, agreed };
        talk.ends[0].port = random.within(32_768, 60_999) as u16;
        talk.ends[1].port = random.pick(&[80, 443, 8080, 22]).unwrap();
        talk
    }

    pub fn end(&mut self, side: Side) -> &mut End {
        &mut self.ends[side as usize]
    }

    /// Room for data in a segment.
    pub fn room(&self) -> usize {
        usize::from(self.agreed.mss) - if self.agreed.timestamps { 12 } else { 0 }
    }

    /// A segment of `side` with its next numbers: counted as sent, and as heard by its peer.
    pub fn send(&mut self, side: Side, bits: u16, octets: usize) -> &mut Packet {
        let place = side as usize;
        let answers = self.packets.last().is_some_and(|last| last.side != side);
        self.now += match (answers, side) {
            (true, Side::Server) => self.rtt,
            (true, Side::Client) => 60,
            (false, _) => 15,
        };
        let options = self.options(side, bits);
        let time = self.now;
        let ticks = ((time - EPOCH) / MILLISECOND) as u32;
        let peer_port = self.ends[1 - place].port;
        let to = (self.ends[1 - place].ip, self.ends[1 - place].mac);
        let end = &mut self.ends[place];
        end.id = end.id.wrapping_add(1);
        let start = end.next;
        let payload: Vec<u8> = (0..octets).map(|n| (start.wrapping_add(n as u32) % 251) as u8).collect();
        let mut packet = Packet {
            time,
            side,
            below: Below {
                macs: [[2, 0, 0, 0, 0, end.mac], [2, 0, 0, 0, 0, to.1]],
                vlan: None,
                source: end.ip,
                destination: to.0,
                ttl: end.ttl,
                ecn: 0,
                id: end.id,
                length: None,
            },
            ports: [end.port, peer_port],
            seq: start,
            ack: if bits & ACK == 0 { 0 } else { end.ack },
            bits,
            window: if bits & SYN == 0 { end.window } else { 64_240 },
            urgent: 0,
            offset: None,
            checksum: Checksum::Right,
            options,
            payload,
            cut: None,
        };
        packet.set_timestamps(end.clock.wrapping_add(ticks), if bits & ACK == 0 { 0 } else { end.echo });
        end.next = packet.end();
        if bits & RST == 0 {
            let heard = &mut self.ends[1 - place];
            heard.ack = packet.end();
            heard.echo = packet.timestamps().map_or(0, |(value, _)| value);
        }
        self.packets.push(packet);
        self.packets.last_mut().unwrap()
    }

    fn options(&self, side: Side, bits: u16) -> Vec<u8> {
        let mut options = Vec::new();
        if bits & RST != 0 {
            return options;
        }
        if bits & SYN != 0 {
            options.extend([MSS, 4, (self.agreed.mss >> 8) as u8, self.agreed.mss as u8]);
            if self.agreed.scale {
                options.extend([1, SCALE, 3, self.ends[side as usize].shift]);
            }
            if self.agreed.sack {
                options.extend([1, 1, SACK_PERMITTED, 2]);
            }
        }
        if self.agreed.timestamps {
            options.extend([1, 1, TIMESTAMPS, 10, 0, 0, 0, 0, 0, 0, 0, 0]);
        }
        options
    }

    /// SYN, SYN-ACK, ACK.
    pub fn open(&mut self) {
        self.send(Side::Client, SYN, 0);
        self.send(Side::Server, SYN | ACK, 0);
        self.ack(Side::Client);
    }

    pub fn ack(&mut self, side: Side) -> &mut Packet {
        self.send(side, ACK, 0)
    }

    /// One data segment.
    pub fn data(&mut self, side: Side, octets: usize) -> &mut Packet {
        let octets = octets.min(self.room());
        self.send(side, ACK | PSH, octets)
    }

    /// Octets in as many segments as they need, every other one acknowledged.
    pub fn say(&mut self, side: Side, octets: usize) {
        let room = self.room();
        let segments = octets.div_ceil(room);
        for n in 0..segments {
            self.data(side, (octets - n * room).min(room));
            if n % 2 == 1 || n + 1 == segments {
                self.ack(side.peer());
            }
        }
    }

    /// The same without ACKs.
    pub fn say_unanswered(&mut self, side: Side, octets: usize) {
        let room = self.room();
        for n in 0..octets.div_ceil(room) {
            self.data(side, (octets - n * room).min(room));
        }
    }

    /// Both ends send before they hear the other.
    pub fn crossing(&mut self, bits: u16) {
        let heard = [0, 1].map(|place| (self.ends[place].ack, self.ends[place].echo));
        self.send(Side::Client, bits, 0);
        (self.ends[1].ack, self.ends[1].echo) = heard[1];
        self.send(Side::Server, bits, 0);
        self.ends[1].ack = self.ends[0].next;
    }

    /// Whether both permit SACK.
    pub const fn sack(&self) -> bool {
        self.agreed.sack
    }

    /// FIN, ACK, FIN, ACK; or three segments.
    pub fn close(&mut self, first: Side, three: bool) {
        self.send(first, FIN | ACK, 0);
        if !three {
            self.ack(first.peer());
            self.now += 30 * MILLISECOND;
        }
        self.send(first.peer(), FIN | ACK, 0);
        self.ack(first);
    }

    pub fn finish(self, name: &str) -> Connection {
        Connection { name: name.to_owned(), packets: self.packets }
    }
}

/// A clean connection of any sort.
pub fn any(random: &mut Random) -> Connection {
    let mut talk = Talk::new(random);
    let fast = random.chance(8);
    if fast {
        fast_open(&mut talk, random)
    } else {
        talk.open()
    }
    let closer = random.pick(&Side::BOTH).unwrap();
    let sort = random.pick(&["requests", "bulk", "upload", "half close", "idle"]).unwrap();
    match sort {
        "requests" => {
            for _ in 0..random.within(1, 6) {
                talk.say(Side::Client, random.within(20, 900) as usize);
                talk.say(Side::Server, random.within(20, 9000) as usize);
                talk.now += random.within(0, 300) * MILLISECOND;
            }
        }
        "bulk" => talk.say(Side::Server, random.within(20_000, 60_000) as usize),
        "upload" => talk.say(Side::Client, random.within(20_000, 60_000) as usize),
        "half close" => {
            talk.say(Side::Client, 300);
            talk.send(Side::Client, FIN | ACK, 0);
            talk.ack(Side::Server);
            talk.say(Side::Server, random.within(100, 20_000) as usize);
            talk.send(Side::Server, FIN | ACK, 0);
            talk.ack(Side::Client);
            return talk.finish("half close");
        }
        _ => {
            talk.say(Side::Client, 30);
            talk.now += random.within(1, 20) * SECOND;
            talk.say(Side::Server, 30);
        }
    }
    talk.close(closer, random.chance(40));
    talk.finish(sort)
}

/// SYN with a cookie and data, all of it taken.
fn fast_open(talk: &mut Talk, random: &mut Random) {
    let cookie: Vec<u8> = (0..8).map(|_| random.next() as u8).collect();
    let octets = random.within(1, 400) as usize;
    talk.send(Side::Client, SYN, octets).add_option(FAST_OPEN, &cookie);
    talk.send(Side::Server, SYN | ACK, 0);
    talk.ack(Side::Client);
}

/// Any number, or one that will soon wrap.
fn any_or_near_the_end(random: &mut Random) -> u32 {
    if random.chance(50) { random.next() as u32 } else { u32::MAX - random.within(0, 300) as u32 }
}
