//! Frames to the octets of a capture file: pcap with microseconds, and pcapng.

/// One frame to be written.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    /// Microseconds since the epoch.
    pub time: u64,
    /// The octets captured.
    pub octets: Vec<u8>,
    /// Octets the frame had on the wire.
    pub original_len: u32,
    /// Interface, from 0; lost in pcap.
    pub interface: u32,
    /// `epb_flags`; lost in pcap.
    pub direction: Option<Direction>,
}

/// Which way a frame went at the capturing host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    In = 1,
    Out = 2,
}

/// What a capture file says about the capture itself; lost in pcap.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// The capture filter (`if_filter`).
    pub filter: Option<String>,
    /// Frames the interface dropped (`isb_ifdrop`).
    pub dropped: Option<u64>,
    /// Frames the operating system dropped (`isb_osdrop`).
    pub os_dropped: Option<u64>,
}

const ETHERNET: u16 = 1;
const SNAPLEN: u32 = 262_144;

/// A pcap file: little endian, microseconds, Ethernet.
pub fn pcap(frames: &[Frame]) -> Vec<u8> {
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4, 0x0004_0002, 0, 0, SNAPLEN, u32::from(ETHERNET)] {
        put32(&mut file, word);
    }
    for frame in frames {
        put32(&mut file, (frame.time / 1_000_000) as u32);
        put32(&mut file, (frame.time % 1_000_000) as u32);
        put32(&mut file, frame.octets.len() as u32);
        put32(&mut file, frame.original_len);
        file.extend(&frame.octets);
    }
    file
}

/// A pcapng file: one little-endian section, as many Ethernet interfaces as the frames name, microseconds.
pub fn pcapng(frames: &[Frame], about: &About) -> Vec<u8> {
    let mut file = Vec::new();
    let mut section = Vec::new();
    for word in [0x1a2b_3c4d, 1, u32::MAX, u32::MAX] {
        put32(&mut section, word);
    }
    block(&mut file, 0x0a0d_0d0a, &section);
    for _ in 0..=frames.iter().map(|frame| frame.interface).max().unwrap_or(0) {
        block(&mut file, 1, &interface(about));
    }
    for frame in frames {
        block(&mut file, 6, &enhanced_packet(frame));
    }
    if about.dropped.is_some() || about.os_dropped.is_some() {
        let end = frames.last().map_or(0, |frame| frame.time);
        block(&mut file, 5, &statistics(about, end));
    }
    file
}

fn interface(about: &About) -> Vec<u8> {
    let mut body = Vec::new();
    put32(&mut body, u32::from(ETHERNET));
    put32(&mut body, SNAPLEN);
    if let Some(filter) = &about.filter {
        option(&mut body, 11, &[&[0], filter.as_bytes()].concat());
        option(&mut body, 0, &[]);
    }
    body
}

fn enhanced_packet(frame: &Frame) -> Vec<u8> {
    let mut body = Vec::new();
    put32(&mut body, frame.interface);
    put32(&mut body, (frame.time >> 32) as u32);
    put32(&mut body, frame.time as u32);
    put32(&mut body, frame.octets.len() as u32);
    put32(&mut body, frame.original_len);
    body.extend(&frame.octets);
    pad(&mut body);
    if let Some(direction) = frame.direction {
        option(&mut body, 2, &(direction as u32).to_le_bytes());
        option(&mut body, 0, &[]);
    }
    body
}

fn statistics(about: &About, time: u64) -> Vec<u8> {
    let mut body = Vec::new();
    put32(&mut body, 0);
    put32(&mut body, (time >> 32) as u32);
    put32(&mut body, time as u32);
    for (code, count) in [(5, about.dropped), (7, about.os_dropped)] {
        if let Some(count) = count {
            option(&mut body, code, &count.to_le_bytes());
        }
    }
    option(&mut body, 0, &[]);
    body
}

fn block(file: &mut Vec<u8>, kind: u32, body: &[u8]) {
    let length = body.len() as u32 + 12;
    put32(file, kind);
    put32(file, length);
    file.extend(body);
    put32(file, length);
}

fn option(body: &mut Vec<u8>, code: u16, value: &[u8]) {
    body.extend(code.to_le_bytes());
    body.extend((value.len() as u16).to_le_bytes());
    body.extend(value);
    pad(body);
}

fn pad(octets: &mut Vec<u8>) {
    octets.resize(octets.len().next_multiple_of(4), 0);
}

fn put32(octets: &mut Vec<u8>, word: u32) {
    octets.extend(word.to_le_bytes());
}
