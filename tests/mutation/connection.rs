//! One captured connection as packets that can be changed, taken away, and added to.

use super::packet::{ACK, FIN, PSH, Packet, RST, SYN};
use super::random::Random;
use crate::support::capture_file;
use tcpflow_audit::capture::Reader;
use tcpflow_audit::flow::Side;

pub const MILLISECOND: u64 = 1000;
pub const SECOND: u64 = 1_000_000;

#[derive(Clone, Debug, Default)]
pub struct Connection {
    /// Where it is from.
    pub name: String,
    pub packets: Vec<Packet>,
}

impl Connection {
    /// The connections of a capture, each by itself.
    pub fn read_all(name: &str, capture: &[u8]) -> Vec<Self> {
        let mut reader = Reader::new(capture, name).expect("a capture");
        let mut found: Vec<Self> = Vec::new();
        while let Ok(Some(record)) = reader.next_record() {
            let time = (record.time.nanoseconds() / 1000) as u64;
            let Some(mut packet) = Packet::read(time, record.data) else { continue };
            let same = |other: &Packet| {
                let (own, peer) = ((packet.below.source, packet.ports[0]), (packet.below.destination, packet.ports[1]));
                let theirs = [(other.below.source, other.ports[0]), (other.below.destination, other.ports[1])];
                theirs == [own, peer] || theirs == [peer, own]
            };
            let known = found.iter_mut().rfind(|connection| same(&connection.packets[0]));
            let opens = packet.has(SYN) && !packet.has(ACK);
            match known.filter(|known| !opens || known.packets[0].seq == packet.seq) {
                Some(connection) => {
                    let first = &connection.packets[0];
                    let asked = (first.below.source, first.ports) == (packet.below.source, packet.ports);
                    packet.side = if asked { Side::Client } else { Side::Server };
                    connection.packets.push(packet);
                }
                None => found.push(Self { name: name.to_owned(), packets: vec![packet] }),
            }
        }
        found.retain(|connection| connection.packets[0].bits & (SYN | ACK) == SYN);
        found
    }

    /// As a capture file.
    pub fn pcap(&self) -> Vec<u8> {
        capture_file::pcap(&self.packets.iter().map(Packet::frame).collect::<Vec<_>>())
    }

    /// The place of the SYN that was answered: the last before the SYN-ACK.
    pub fn syn(&self) -> Option<usize> {
        self.packets.iter().take_while(|packet| !packet.has(SYN | ACK)).position(|packet| packet.has(SYN))
    }

    /// The place of the last SYN-ACK before the client's ACK of it.
    pub fn syn_ack(&self) -> Option<usize> {
        let third = self.third_ack()?;
        self.packets[..third].iter().rposition(|packet| packet.has(SYN | ACK))
    }

    /// The same where the server sent just one, and the client one SYN.
    pub fn only_syn_ack(&self) -> Option<usize> {
        let syns = self.packets.iter().filter(|packet| packet.has(SYN)).count();
        self.syn_ack().filter(|_| syns == 2)
    }

    /// Whether the client asks for Fast Open.
    pub fn is_fast_open(&self) -> bool {
        self.syn().is_some_and(|syn| {
            let syn = &self.packets[syn];
            !syn.payload.is_empty() || syn.option(super::packet::FAST_OPEN).is_some()
        })
    }

    /// The place of the client's first ACK of the SYN-ACK.
    pub fn third_ack(&self) -> Option<usize> {
        let syn_ack = self.packets.iter().position(|packet| packet.has(SYN | ACK))?;
        let answers = |packet: &Packet| packet.side == Side::Client && packet.is_plain() && packet.has(ACK);
        self.packets[syn_ack..].iter().position(answers).map(|place| place + syn_ack)
    }

    /// The place of the first FIN of a side.
    pub fn fin(&self, side: Side) -> Option<usize> {
        self.packets.iter().position(|packet| packet.side == side && packet.has(FIN))
    }

    /// The places of the first FIN and of the first one of the other side after it.
    pub fn fins(&self) -> Option<[usize; 2]> {
        let [one, other] = [self.fin(Side::Client)?, self.fin(Side::Server)?];
        Some([one.min(other), one.max(other)])
    }

    /// The place after which both FINs are acknowledged.
    pub fn closed(&self) -> Option<usize> {
        let covered = |side: Side| {
            let end = self.packets[self.fin(side)?].end();
            self.packets.iter().position(|packet| packet.side == side.peer() && packet.has(ACK) && packet.ack == end)
        };
        Some(covered(Side::Client)?.max(covered(Side::Server)?))
    }

    /// The place after the handshake and before the first FIN or RST.
    pub fn life(&self) -> Option<std::ops::Range<usize>> {
        let from = self.third_ack()? + 1;
        let to = self.packets.iter().position(|packet| packet.bits & (FIN | RST) != 0).unwrap_or(self.packets.len());
        (from < to).then_some(from..to)
    }

    /// A place inside the life of the connection where `wanted` holds.
    pub fn pick(&self, random: &mut Random, wanted: impl Fn(usize, &Packet) -> bool) -> Option<usize> {
        let places: Vec<usize> = self.life()?.filter(|place| wanted(*place, &self.packets[*place])).collect();
        random.pick(&places)
    }

    /// A data segment sent for the first time.
    pub fn pick_data(&self, random: &mut Random) -> Option<usize> {
        self.pick(random, |place, packet| !packet.payload.is_empty() && self.is_new(place))
    }

    /// The first data segment of a side.
    pub fn pick_data_of(&self, side: Side) -> Option<usize> {
        self.packets.iter().position(|packet| packet.side == side && packet.is_plain() && !packet.payload.is_empty())
    }

    /// A place where something can be put in between: after the handshake and before the close.
    pub fn pick_gap(&self, random: &mut Random) -> Option<usize> {
        let life = self.life().unwrap_or_else(|| self.third_ack().map_or(0..0, |third| third + 1..third + 2));
        (!life.is_empty()).then(|| random.within(life.start as u64, life.end as u64) as usize)
    }

    /// Whether a segment starts at what its sender had sent up to there.
    pub fn is_new(&self, place: usize) -> bool {
        self.snd_nxt(self.packets[place].side, place) == Some(self.packets[place].seq)
    }

    /// What a side had sent before a place.
    pub fn snd_nxt(&self, side: Side, place: usize) -> Option<u32> {
        let ends = self.packets[..place].iter().filter(|packet| packet.side == side && !packet.has(RST));
        ends.map(Packet::end).reduce(|one, other| if after(other, one) { other } else { one })
    }

    /// The octets that a side's window may be scaled by.
    pub fn scale(&self, side: Side) -> u32 {
        let shift = |side: Side| {
            let syn = self.packets.iter().find(|packet| packet.side == side && packet.has(SYN))?;
            syn.option(super::packet::SCALE)?.first().copied()
        };
        shift(side.peer()).and(shift(side)).map_or(0, u32::from)
    }

    /// The largest right edge that a side had advertised before a place.
    pub fn right_edge(&self, side: Side, place: usize) -> Option<u32> {
        let sent =
            self.packets[..place].iter().filter(|packet| packet.side == side && packet.has(ACK) && !packet.has(RST));
        let edges = sent.map(|packet| {
            let shift = if packet.has(SYN) { 0 } else { self.scale(side) };
            packet.ack.wrapping_add(u32::from(packet.window) << shift)
        });
        edges.reduce(|one, other| if after(other, one) { other } else { one })
    }

    /// An ACK as `side` would send it before the packet at `place`.
    pub fn ack(&self, side: Side, place: usize) -> Option<Packet> {
        let sent = |packet: &&Packet| packet.side == side && packet.is_plain() && packet.has(ACK);
        let before = self.packets[..place].iter().rfind(sent);
        let mut packet = before.or_else(|| self.packets[place..].iter().find(sent))?.clone();
        let id = packet.below.id;
        packet.below.id = if before.is_some() { id.wrapping_add(1) } else { id.wrapping_sub(1) };
        let last = |side: Side| {
            self.packets[..place].iter().rfind(|packet| packet.side == side && packet.timestamps().is_some())
        };
        let value = |side: Side| last(side).and_then(Packet::timestamps).map(|(value, _)| value);
        if let (Some(own), Some(peer)) = (value(side), value(side.peer())) {
            packet.set_timestamps(own, peer);
        }
        packet.drop_option(super::packet::SACK);
        packet.seq = self.snd_nxt(side, place)?;
        packet.ack = self.snd_nxt(side.peer(), place).unwrap_or(packet.ack);
        packet.bits = ACK;
        packet.payload.clear();
        packet.time = self.time_before(place);
        Some(packet)
    }

    /// The same with data, as much of it as the peer's MSS allows.
    pub fn data(&self, side: Side, place: usize, octets: usize) -> Option<Packet> {
        let mut packet = self.ack(side, place)?;
        packet.bits |= PSH;
        let syn = self.packets.iter().find(|packet| packet.side == side.peer() && packet.has(SYN));
        let mss = syn
            .and_then(|syn| syn.option(super::packet::MSS))
            .map_or(536, |mss| usize::from(mss[0]) << 8 | usize::from(mss[1]));
        let octets = octets.min(mss - packet.options.len());
        packet.payload = (0..octets).map(|place| b'a' + (place % 23) as u8).collect();
        Some(packet)
    }

    /// A SYN of the client sent `later` microseconds after the one that is there.
    pub fn syn_again(&self, later: u64) -> Option<Packet> {
        self.again(self.syn()?, later)
    }

    /// The same segment sent again, later.
    pub fn again(&self, place: usize, later: u64) -> Option<Packet> {
        let mut packet = self.packets.get(place)?.clone();
        packet.time += later;
        packet.below.id = packet.below.id.wrapping_add(1);
        if let Some((value, echo)) = packet.timestamps() {
            packet.set_timestamps(value.wrapping_add((later / MILLISECOND) as u32), echo);
        }
        Some(packet)
    }

    /// A time between the packet before a place and the one at it.
    pub fn time_before(&self, place: usize) -> u64 {
        let before = place.checked_sub(1).and_then(|place| self.packets.get(place)).map(|packet| packet.time);
        match (before, self.packets.get(place).map(|packet| packet.time)) {
            (Some(before), Some(after)) => before + after.saturating_sub(before) / 2,
            (Some(before), None) => before + MILLISECOND,
            (None, Some(after)) => after.saturating_sub(MILLISECOND),
            (None, None) => 0,
        }
    }

    pub fn insert(&mut self, place: usize, packet: Packet) {
        self.packets.insert(place.min(self.packets.len()), packet);
    }

    /// Puts a packet where its time says.
    pub fn insert_in_time(&mut self, packet: Packet) {
        let place = self.packets.iter().position(|other| other.time > packet.time).unwrap_or(self.packets.len());
        self.packets.insert(place, packet);
    }

    /// Sends everything from `place` on later, with the timestamps it would have had.
    pub fn delay(&mut self, place: usize, by: u64) {
        let ticks = (by / MILLISECOND) as u32;
        let last = |side: Side| {
            let stays = self.packets[..place.min(self.packets.len())].iter().rfind(|packet| packet.side == side);
            stays.and_then(Packet::timestamps).map(|(value, _)| value)
        };
        let lasts = [last(Side::Client), last(Side::Server)];
        for packet in self.packets.iter_mut().skip(place) {
            packet.time += by;
            if let Some((value, echo)) = packet.timestamps() {
                let moved = lasts[usize::from(packet.side == Side::Client)].is_none_or(|last| after(echo, last));
                packet.set_timestamps(value.wrapping_add(ticks), if moved { echo.wrapping_add(ticks) } else { echo });
            }
        }
    }

    /// A frame of another connection much later: the clock of the capture goes on.
    pub fn clock(&mut self, later: u64) {
        let Some(last) = self.packets.last() else { return };
        let mut packet = last.clone();
        packet.time += later;
        packet.ports = [50_001, 50_002];
        packet.bits = ACK;
        packet.options.clear();
        packet.payload.clear();
        self.packets.push(packet);
    }
}

/// Whether a sequence number is after another.
pub fn after(one: u32, other: u32) -> bool {
    one != other && one.wrapping_sub(other) < 1 << 31
}
