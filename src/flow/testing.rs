//! A short way to write connections in the tests of facts.

use super::{Flow, Limits, Side};
use crate::capture::Timestamp;
use crate::wire::{ChecksumStatus, Endpoint, Flags, Options, Path, RawWindow, Segment, SeqNum, Standing};
use std::net::{IpAddr, Ipv4Addr};

/// A bare ACK of `side`, at `milliseconds`, with the payload octets `len`.
pub fn ack(side: Side, milliseconds: i64, seq: u32, ack: u32, len: u32) -> Segment {
    let endpoint = |side: Side| match side {
        Side::Client => Endpoint { ip: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), port: 40000 },
        Side::Server => Endpoint { ip: IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2)), port: 80 },
    };
    Segment {
        frame: milliseconds as u64 + 1,
        time: Timestamp::from_nanoseconds(milliseconds * 1_000_000),
        source: endpoint(side),
        destination: endpoint(side.peer()),
        path: Path::default(),
        ttl: 64,
        ecn: 0,
        ip_id: None,
        standing: Standing::Whole,
        seq: SeqNum(seq),
        ack: SeqNum(ack),
        flags: Flags::ACK,
        window: RawWindow(10_000),
        checksum: 0,
        checksum_status: ChecksumStatus::Good,
        payload_sum: 0,
        urgent_pointer: 0,
        data_offset: 5,
        captured: 20 + len,
        reported: 20 + len,
        options: Options::default(),
    }
}

/// The same with other control bits beside ACK.
pub fn with(flags: Flags, segment: Segment) -> Segment {
    Segment { flags: flags.with(Flags::ACK), ..segment }
}

/// A connection whose client began at 1000 and whose server began at 5000, established after 2 ms.
pub fn established() -> Flow {
    let syn = Segment { flags: Flags::SYN, ..ack(Side::Client, 0, 1000, 0, 0) };
    let mut flow = Flow::new(&syn);
    tell(&mut flow, syn);
    tell(&mut flow, with(Flags::SYN, ack(Side::Server, 1, 5000, 1001, 0)));
    tell(&mut flow, ack(Side::Client, 2, 1001, 5001, 0));
    flow
}

/// Tells `flow` of a segment.
pub fn tell(flow: &mut Flow, segment: Segment) {
    flow.observe(&segment, &Limits::default());
}
