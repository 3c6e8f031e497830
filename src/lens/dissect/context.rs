//! What the tree of a TCP header shows beyond its own octets: the conclusions of the Wireshark lens for that segment.

/// What is known of one TCP header in its conversation. Everything may be missing; then the raw numbers are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TcpContext {
    /// `tcp.stream`.
    pub stream: Option<u32>,
    /// `tcp.stream.pnum`.
    pub stream_packet: Option<u64>,
    /// `tcp.completeness` as displayed: before this segment is counted.
    pub completeness: Option<Completeness>,
    /// `tcp.len`: octets of payload, where they are known.
    pub segment_len: Option<u32>,
    /// `tcp.seq` as displayed.
    pub seq: Option<u32>,
    /// `tcp.nxtseq`.
    pub next_seq: Option<u32>,
    /// `tcp.ack` as displayed.
    pub ack: Option<u32>,
    /// `tcp.window_size`: the window after scaling.
    pub window: Option<u32>,
    /// `tcp.window_size_scalefactor`; nothing on SYN segments.
    pub scale: Option<Scale>,
    /// Whether AE, CWR and ECE are one number (Accurate ECN, RFC 9768).
    pub ace: bool,
    /// What the SACK edges are relative to: the other end's initial sequence number.
    pub sack_base: u32,
    /// `tcp.time_relative` in nanoseconds.
    pub time_relative: Option<i64>,
    /// `tcp.time_delta` in nanoseconds.
    pub time_delta: Option<i64>,
    /// Which end's closing a FIN is.
    pub closing: Option<Closing>,
    /// What became of Fast Open data, on a SYN-ACK.
    pub fast_open: Option<FastOpen>,
    /// What the code in a NetScaler's reset stands for (`tcp.nstrace.rst.window_error_code`).
    pub reset_code: Option<&'static str>,
    /// Whether both ends have shown SCPS capabilities.
    pub scps_negotiated: bool,
    /// The `[SEQ/ACK analysis]`, where there is one.
    pub analysis: Option<Analysis>,
    /// `tcp.stream.client.contiguity_count` and `tcp.stream.server.contiguity_count`.
    pub contiguity: Option<(u32, u32)>,
}

/// `tcp.completeness`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Completeness {
    /// SYN 1, SYN-ACK 2, ACK 4, data 8, FIN 16, RST 32.
    pub bits: u8,
    /// Whether any segment was counted before; if none was, Wireshark has no string for it.
    pub counted: bool,
}

/// How the window of a segment is scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// The handshake was not seen.
    Unknown,
    /// Scaling was not agreed.
    Unused,
    /// The factor.
    Factor(u32),
}

/// Which end's closing a FIN is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closing {
    /// The first FIN of its stream.
    Active,
    /// The other end's.
    Passive,
}

/// What became of data on a Fast Open SYN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FastOpen {
    /// The SYN-ACK covers it.
    Accepted,
    /// The SYN-ACK covers the SYN alone.
    Ignored,
}

/// Marks of `tcp.analysis.flags`, in the order in which Wireshark shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Mark {
    ReusedPorts,
    FastRetransmission,
    SpuriousRetransmission,
    Retransmission,
    OutOfOrder,
    LostSegment,
    AckLostSegment,
    WindowUpdate,
    WindowFull,
    KeepAlive,
    KeepAliveAck,
    DuplicateAck,
    ZeroWindowProbe,
    ZeroWindow,
    ZeroWindowProbeAck,
}

/// The `[SEQ/ACK analysis]` of a segment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Analysis {
    /// `tcp.analysis.acks_frame`.
    pub acks_frame: Option<u64>,
    /// Whether the ACK cuts that frame's segment.
    pub partial_ack: bool,
    /// Whether the ACK may belong to a copy (Karn's rule).
    pub ambiguous_ack: bool,
    /// `tcp.analysis.ack_rtt` in nanoseconds.
    pub ack_rtt: Option<i64>,
    /// `tcp.analysis.initial_rtt` in nanoseconds.
    pub initial_rtt: Option<i64>,
    /// `tcp.analysis.bytes_in_flight`.
    pub bytes_in_flight: Option<u32>,
    /// `tcp.analysis.push_bytes_sent`.
    pub push_bytes_sent: Option<u32>,
    /// The marks.
    pub marks: Vec<Mark>,
    /// `tcp.analysis.rto` in nanoseconds and `tcp.analysis.rto_frame`.
    pub rto: Option<(i64, u64)>,
    /// `tcp.analysis.duplicate_ack_num` and `tcp.analysis.duplicate_ack_frame`.
    pub duplicate_ack: Option<(u32, u64)>,
}
