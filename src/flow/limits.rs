//! The times and sizes that judgement depends on; every one can be set in the configuration.

/// A duration in nanoseconds.
pub type Nanoseconds = i64;

/// Nanoseconds in a second.
pub const SECOND: Nanoseconds = 1_000_000_000;
/// Nanoseconds in a millisecond.
pub const MILLISECOND: Nanoseconds = 1_000_000;

/// Times and sizes that judgement depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Retransmission timeout taken until one was measured (RFC 6298 §2.1).
    pub rto: Nanoseconds,
    /// How long a handshake may stay half open before it counts as not completed.
    pub half_open: Nanoseconds,
    /// Maximum segment lifetime; TIME-WAIT lasts twice this (RFC 9293 §3.4.2 says two minutes, hosts use 30 seconds).
    pub msl: Nanoseconds,
    /// How long an end may stay in CLOSE-WAIT without an octet either way.
    pub close_wait: Nanoseconds,
    /// How far apart two segments may be captured in the wrong order.
    pub reordering: Nanoseconds,
    /// How far apart two captures of one frame may be.
    pub duplicate_frame: Nanoseconds,
    /// What would have been settled within this time of the capture's end is not judged.
    pub capture_end: Nanoseconds,
    /// A silence worth naming before a reset.
    pub idle: Nanoseconds,
    /// A handshake slower than this is reported; `None` for never.
    pub handshake_slow: Option<Nanoseconds>,
    /// Half-open attempts at one endpoint within [`Limits::syn_flood_window`] that make a SYN flood.
    pub syn_flood: u32,
    /// The time within which they have to come.
    pub syn_flood_window: Nanoseconds,
    /// A flow without a segment for this long has ended as far as this capture is concerned.
    pub idle_timeout: Nanoseconds,
    /// Most pairs of endpoints kept at a time; what is least missed is forgotten to make room.
    pub max_flows: usize,
    /// Most of them followed whole, each VLAN or tunnel of a pair counted; the others are but one SYN each, or told of.
    pub live_flows: usize,
    /// Most closed flows kept whole until their TIME-WAIT is over; more are told of earlier.
    pub closed_flows: usize,
    /// Whether segments that can break no rule are counted a short way; what is told does not depend on it.
    pub short_ways: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rto: SECOND,
            half_open: 10 * SECOND,
            msl: 30 * SECOND,
            close_wait: 60 * SECOND,
            reordering: 50 * MILLISECOND,
            duplicate_frame: 50 * MILLISECOND,
            capture_end: 3 * SECOND,
            idle: 300 * SECOND,
            handshake_slow: None,
            syn_flood: 200,
            syn_flood_window: 10 * SECOND,
            idle_timeout: 24 * 3600 * SECOND,
            max_flows: 16 << 20,
            live_flows: 1 << 20,
            closed_flows: 2048,
            short_ways: true,
        }
    }
}

impl Limits {
    /// How long an end stays in TIME-WAIT.
    pub const fn time_wait(&self) -> Nanoseconds {
        self.msl.saturating_mul(2)
    }
}
