//! A [`Trace`] to the frames of a capture, and to which line each frame belongs.

use super::super::capture_file::{self, Frame};
use super::super::packet::{self, Below, Tcp};
use super::{Carried, End, Event, IcmpLine, Line, SegmentLine, Trace};

/// When every story begins: 2026-01-01T00:00:00Z, in microseconds.
const EPOCH: u64 = 1_767_225_600_000_000;

const TCP: u8 = 6;

/// The frames of a story.
#[derive(Debug, Default)]
pub struct Compiled {
    pub frames: Vec<Frame>,
    /// For each frame the place of its line in [`Trace::lines`].
    pub lines: Vec<usize>,
}

impl Trace {
    /// Its frames, in order.
    pub fn compile(&self) -> Compiled {
        let mut compiled = Compiled::default();
        for (place, line) in self.lines.iter().enumerate().filter(|(_, line)| line.captured) {
            for frame in frames(line, &compiled.frames) {
                compiled.frames.push(frame);
                compiled.lines.push(place);
            }
        }
        compiled
    }

    /// The story as a pcap file.
    pub fn pcap(&self) -> Vec<u8> {
        self.cut(capture_file::pcap(&self.compile().frames))
    }

    /// The story as a pcapng file.
    pub fn pcapng(&self) -> Vec<u8> {
        self.cut(capture_file::pcapng(&self.compile().frames, &self.about))
    }

    fn cut(&self, mut file: Vec<u8>) -> Vec<u8> {
        file.truncate(file.len() - self.cut_file);
        file
    }
}

impl Compiled {
    /// The number of the last frame of each line, 0 for lines that were not captured.
    pub fn frame_of_line(&self, lines: usize) -> Vec<usize> {
        let mut frames = vec![0; lines];
        for (index, line) in self.lines.iter().enumerate() {
            frames[*line] = index + 1;
        }
        frames
    }
}

fn frames(line: &Line, above: &[Frame]) -> Vec<Frame> {
    match &line.event {
        Event::Segment(segment) => segment_frames(line.time, segment),
        Event::Icmp(icmp) => vec![captured(line.time, &icmp.carried, icmp_octets(icmp, &above[icmp.quotes - 1]))],
        Event::Clock => vec![captured(line.time, &Carried::default(), packet::arp_request())],
    }
}

fn segment_frames(time: u64, line: &SegmentLine) -> Vec<Frame> {
    let below = below(&line.carried, &line.from, &line.to);
    let header = Tcp {
        ports: [line.from.port, line.to.port],
        seq: line.seq,
        ack: line.ack,
        bits: line.bits,
        window: line.window,
        urgent: line.urgent,
        offset: line.offset,
        checksum: line.checksum,
        options: &line.options,
        payload: &line.payload,
    };
    let octets = packet::tcp(line.from.ip, line.to.ip, &header);
    match line.carried.fragment {
        None => vec![captured(time, &line.carried, packet::frame(&below, TCP, &octets))],
        Some(fragment) => packet::fragments(&below, TCP, &octets, fragment.first_octets)
            .into_iter()
            .zip(fragment.captured)
            .filter(|(_, captured)| *captured)
            .map(|(octets, _)| captured(time, &line.carried, octets))
            .collect(),
    }
}

fn icmp_octets(line: &IcmpLine, quoted: &Frame) -> Vec<u8> {
    let packet = &quoted.octets[if quoted.octets[12..14] == [0x81, 0x00] { 18 } else { 14 }..];
    let (protocol, header) = if line.from.ip.is_ipv4() { (1, 20) } else { (58, 40) };
    let quoted = &packet[..packet.len().min(header + line.octets)];
    let message = packet::icmp_error(line.from.ip, line.to.ip, line.kind, line.code, line.mtu, quoted);
    packet::frame(&below(&line.carried, &line.from, &line.to), protocol, &message)
}

fn below(carried: &Carried, from: &End, to: &End) -> Below {
    Below {
        macs: carried.macs.unwrap_or([from.mac, to.mac]),
        vlan: carried.vlan,
        source: from.ip,
        destination: to.ip,
        ttl: carried.ttl.unwrap_or(64),
        ecn: carried.ecn,
        id: carried.id,
        length: carried.ip_length,
    }
}

fn captured(time: u64, carried: &Carried, mut octets: Vec<u8>) -> Frame {
    let original_len = octets.len() as u32;
    if let Some(cut) = carried.cut {
        octets.truncate(cut);
    }
    Frame { time: EPOCH + time, octets, original_len, interface: carried.interface, direction: carried.direction }
}
