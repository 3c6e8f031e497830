//! Operations of a few connections: what one end or the other sends, near the numbers that matter or far from them.

use crate::support::capture_file::{Frame, pcap};
use crate::support::every_format::every_report;
use crate::support::packet::{Below, Checksum, Tcp, frame, icmp_error, tcp};
use arbitrary::{Arbitrary, Unstructured};
use std::net::IpAddr;
use tcpflow_audit::audit::Settings;
use tcpflow_audit::flow::Limits;
use tcpflow_audit::rules::Confidence;

/// A sequence of operations, as `Arbitrary` has it.
pub fn tracker(octets: &[u8]) {
    let Ok(story) = Story::arbitrary(&mut Unstructured::new(octets)) else { return };
    let capture = story.capture();
    let settings = Settings { min_confidence: Confidence::Possible, limits: story.limits(), ..Settings::default() };
    // Each run has its own hash seeds, and the formats of segments are driven in another way.
    let once = every_report(&capture, "fuzz", &settings);
    let again = every_report(&capture, "fuzz", &settings);
    assert!(once == again, "the same capture, another report");
}

#[derive(Arbitrary, Debug)]
struct Story {
    /// Whether the table may hold only a few flows.
    small: bool,
    operations: Vec<Operation>,
}

/// One segment, or an ICMP error about the last one.
#[derive(Arbitrary, Debug)]
struct Operation {
    /// Bit 0: which end sends. Bits 1 and 2: which connection. Bit 3: far from everything before.
    place: u8,
    control: Control,
    seq: Number,
    ack: Number,
    len: u8,
    window: u16,
    options: OptionList,
    pause: Pause,
    oddity: Oddity,
}

#[derive(Arbitrary, Debug)]
enum Control {
    Syn,
    SynAck,
    Ack,
    Push,
    Fin,
    Rst,
    RstAck,
    Any(u16),
}

/// A number by its distance from one that matters.
#[derive(Arbitrary, Debug)]
enum Number {
    /// What the sender would send next, or has been sent.
    Next,
    Near(i8),
    Far(i32),
    First(i8),
    Any(u32),
}

#[derive(Arbitrary, Debug)]
enum OptionList {
    None,
    Usual { mss: u16, scale: u8 },
    Timestamps { value: u32, echo: u32 },
    Sack { left: Number, len: u16 },
    Any([u8; 12]),
}

#[derive(Arbitrary, Debug)]
enum Pause {
    Micros(u16),
    Millis(u16),
    Seconds(u16),
    Back(u16),
}

#[derive(Arbitrary, Debug)]
enum Oddity {
    None,
    Retransmission,
    Icmp { kind: u8, code: u8 },
    Cut(u8),
    BadChecksum,
    Offset(u8),
    Clock,
}

/// What is known of one end.
#[derive(Clone, Copy, Default)]
struct End {
    first: u32,
    next: u32,
}

impl Story {
    fn limits(&self) -> Limits {
        let limits = Limits::default();
        if self.small { Limits { max_flows: 2, closed_flows: 1, ..limits } } else { limits }
    }

    fn capture(&self) -> Vec<u8> {
        let mut ends = [[End::default(); 2]; 4];
        let (mut frames, mut time) = (Vec::new(), 1_700_000_000_000_000_u64);
        for operation in self.operations.iter().take(200) {
            time = operation.pause.after(time);
            let before = frames.last().map(|frame: &Frame| frame.octets.clone()).unwrap_or_default();
            let flow = usize::from(operation.place >> 1 & 3);
            let whole = operation.octets(flow, &mut ends[flow], &before);
            let kept = match operation.oddity {
                Oddity::Cut(len) => usize::from(len).min(whole.len()),
                _ => whole.len(),
            };
            let original_len = whole.len() as u32;
            frames.push(Frame { time, octets: whole[..kept].to_vec(), original_len, ..Frame::default() });
        }
        pcap(&frames)
    }
}

impl Operation {
    fn octets(&self, flow: usize, ends: &mut [End; 2], before: &[u8]) -> Vec<u8> {
        let sender = usize::from(self.place & 1);
        let below = below(flow, sender);
        match self.oddity {
            Oddity::Retransmission if !before.is_empty() => return before.to_vec(),
            Oddity::Icmp { kind, code } if before.len() > 14 => {
                let error = icmp_error(below.source, below.destination, kind, code, 1400, &before[14..]);
                return frame(&below, 1, &error);
            }
            Oddity::Clock => return frame(&below, 17, &[0; 8]),
            _ => {}
        }
        let (bits, counts) = self.control.bits();
        let seq = self.seq.of(&ends[sender]);
        let ack = if bits & 0x10 == 0 { 0 } else { self.ack.of(&ends[1 - sender]) };
        let payload = vec![flow as u8; usize::from(self.len)];
        let end = &mut ends[sender];
        if bits & 2 != 0 {
            end.first = seq;
        }
        end.next = seq.wrapping_add(payload.len() as u32).wrapping_add(counts);
        let options = self.options.octets(&ends[1 - sender]);
        let header = Tcp {
            ports: if sender == 0 { [40_000 + flow as u16, 80] } else { [80, 40_000 + flow as u16] },
            seq,
            ack,
            bits,
            window: self.window,
            urgent: 0,
            offset: if let Oddity::Offset(offset) = self.oddity { Some(offset & 15) } else { None },
            checksum: if matches!(self.oddity, Oddity::BadChecksum) { Checksum::Bad } else { Checksum::Right },
            options: &options,
            payload: &payload,
        };
        frame(&below, 6, &tcp(below.source, below.destination, &header))
    }
}

fn below(flow: usize, sender: usize) -> Below {
    let (a, b): (IpAddr, IpAddr) = match flow {
        3 => ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 1].into(), [0x2001, 0xdb8, 0, 0, 0, 0, 0, 2].into()),
        _ => ([10, 0, 0, 1].into(), [10, 0, 0, 2].into()),
    };
    let (source, destination) = if sender == 0 { (a, b) } else { (b, a) };
    let macs =
        if sender == 0 { [[2, 0, 0, 0, 0, 1], [2, 0, 0, 0, 0, 2]] } else { [[2, 0, 0, 0, 0, 2], [2, 0, 0, 0, 0, 1]] };
    Below { macs, vlan: None, source, destination, ttl: 64, ecn: 0, id: 1, length: None }
}

impl Control {
    /// The bits, and the sequence numbers they take.
    fn bits(&self) -> (u16, u32) {
        let bits = match self {
            Self::Syn => 0x02,
            Self::SynAck => 0x12,
            Self::Ack => 0x10,
            Self::Push => 0x18,
            Self::Fin => 0x11,
            Self::Rst => 0x04,
            Self::RstAck => 0x14,
            Self::Any(bits) => bits & 0xfff,
        };
        (bits, u32::from(bits >> 1 & 1) + u32::from(bits & 1))
    }
}

impl Number {
    fn of(&self, end: &End) -> u32 {
        match self {
            Self::Next => end.next,
            Self::Near(by) => end.next.wrapping_add_signed(i32::from(*by)),
            Self::Far(by) => end.next.wrapping_add_signed(*by),
            Self::First(by) => end.first.wrapping_add_signed(i32::from(*by)),
            Self::Any(number) => *number,
        }
    }
}

impl OptionList {
    fn octets(&self, peer: &End) -> Vec<u8> {
        match self {
            Self::None => Vec::new(),
            Self::Usual { mss, scale } => {
                let [high, low] = mss.to_be_bytes();
                vec![2, 4, high, low, 1, 3, 3, *scale, 4, 2, 1, 1]
            }
            Self::Timestamps { value, echo } => {
                [&[1, 1, 8, 10][..], &value.to_be_bytes(), &echo.to_be_bytes()].concat()
            }
            Self::Sack { left, len } => {
                let left = left.of(peer);
                [&[1, 1, 5, 10][..], &left.to_be_bytes(), &left.wrapping_add((*len).into()).to_be_bytes()].concat()
            }
            Self::Any(octets) => octets.to_vec(),
        }
    }
}

impl Pause {
    fn after(&self, time: u64) -> u64 {
        match self {
            Self::Micros(pause) => time + u64::from(*pause),
            Self::Millis(pause) => time + u64::from(*pause) * 1000,
            Self::Seconds(pause) => time + u64::from(*pause) * 1_000_000,
            Self::Back(pause) => time - u64::from(*pause),
        }
    }
}
