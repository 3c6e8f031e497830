//! A segment of a handshake or a close, as far as the facts of a flow follow from it.

use crate::capture::{FrameNumber, Timestamp};
use crate::wire::{ChecksumStatus, Endpoint, Flags, Options, Path, RawWindow, Segment, SeqNum, Standing};

/// One segment of a brief connection.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Milestone {
    /// Nanoseconds since the epoch.
    pub time: i64,
    /// Frames after the first.
    after: u32,
    seq: u32,
    ack: u32,
    ip_id: Option<u16>,
    flags: u16,
    window: u16,
    /// Payload octets.
    len: u16,
    ttl: u8,
    /// Whether the packet had ECN bits set.
    marked: bool,
}

/// Whether a milestone of a connection that began with frame `id` can be made of `segment`.
pub(super) fn fits(segment: &Segment, id: FrameNumber) -> bool {
    /// Seconds that nanoseconds can count in 64 bits.
    const REACH: u64 = 9_000_000_000;
    let frame = segment.frame.checked_sub(id).is_some_and(|after| after < u64::from(u32::MAX));
    let time = segment.time.seconds.unsigned_abs() < REACH && (0..1_000_000_000).contains(&segment.time.nanos);
    frame && time && segment.reported <= u32::from(u16::MAX)
}

impl Milestone {
    /// What is kept of `segment`, which [`fits`].
    pub fn of(segment: &Segment, id: FrameNumber) -> Self {
        Self {
            time: segment.time.nanoseconds(),
            after: (segment.frame - id) as u32,
            seq: segment.seq.0,
            ack: segment.ack.0,
            ip_id: segment.ip_id,
            flags: segment.flags.0,
            window: segment.window.0,
            len: segment.data_len() as u16,
            ttl: segment.ttl,
            marked: segment.ecn != 0,
        }
    }

    /// The segment again, from one of `ends` to the other, less what no fact of a flow follows from by itself.
    pub fn segment(&self, id: FrameNumber, path: u32, ends: [Endpoint; 2], options: Options) -> Segment {
        let octets = 20 + u32::from(self.len);
        Segment {
            frame: id + u64::from(self.after),
            time: Timestamp::from_nanoseconds(self.time),
            source: ends[0],
            destination: ends[1],
            path: Path { id: path, ..Path::default() },
            ttl: self.ttl,
            ecn: u8::from(self.marked),
            ip_id: self.ip_id,
            standing: Standing::Whole,
            seq: SeqNum(self.seq),
            ack: SeqNum(self.ack),
            flags: Flags(self.flags),
            window: RawWindow(self.window),
            checksum: 0,
            checksum_status: ChecksumStatus::Unverified,
            payload_sum: 0,
            urgent_pointer: 0,
            data_offset: 5,
            captured: octets,
            reported: octets,
            options,
        }
    }
}
