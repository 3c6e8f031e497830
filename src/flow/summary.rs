//! What is known of a connection when it has ended, in the words of the reports.

use super::{HandshakeVerdict, Side, Sides, State, TeardownVerdict};
use crate::capture::{FrameNumber, Timestamp};
use crate::wire::{Endpoint, SeqNum};

/// A state that an end entered, and the frame that moved it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entered {
    /// The frame.
    pub frame: FrameNumber,
    /// The state entered.
    pub state: State,
}

/// A frame and its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The frame.
    pub frame: FrameNumber,
    /// Its time.
    pub time: Timestamp,
}

/// What one end did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndSummary {
    /// Its address and port.
    pub endpoint: Endpoint,
    /// ISS, where its SYN (or an ACK of it in the handshake) was seen.
    pub isn: Option<SeqNum>,
    /// Segments it sent.
    pub segments: u64,
    /// Payload octets it sent, repeats included.
    pub octets: u64,
    /// The states it entered, in order; the one before the first segment is not listed.
    pub states: Vec<Entered>,
}

/// Options of a SYN or SYN-ACK.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Maximum segment size, octets.
    pub mss: Option<u16>,
    /// Window scale shift.
    pub window_scale: Option<u8>,
    /// Whether SACK-permitted was there.
    pub sack_permitted: bool,
    /// Whether timestamps were there.
    pub timestamps: bool,
    /// Octets of Fast Open cookie; 0 is a request.
    pub fast_open_cookie: Option<u8>,
}

/// What both ends agreed on: in force only if both SYNs offered it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreed {
    /// Whether windows are scaled.
    pub window_scale: bool,
    /// Whether SACK may be sent.
    pub sack: bool,
    /// Whether timestamps are sent.
    pub timestamps: bool,
}

/// How it opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handshake {
    /// In one word.
    pub verdict: HandshakeVerdict,
    /// The SYN that was answered, or the first.
    pub syn: Option<Moment>,
    /// The SYN-ACK that was acknowledged, or the first; in a simultaneous open the server's SYN or SYN-ACK.
    pub syn_ack: Option<Moment>,
    /// The client's first segment that acknowledges it.
    pub ack: Option<Moment>,
    /// SYNs beyond the first.
    pub syn_retransmissions: u32,
    /// SYN-ACKs beyond the first.
    pub syn_ack_retransmissions: u32,
    /// What each side's SYN offered.
    pub offered: Sides<Option<Offer>>,
    /// What holds, where both SYNs were seen.
    pub agreed: Option<Agreed>,
}

impl Handshake {
    /// Nanoseconds from the SYN to the SYN-ACK: the way to the server and back, seen from where the capture was taken.
    pub fn rtt_server(&self) -> Option<i64> {
        Some(self.syn_ack?.time.since(self.syn?.time))
    }

    /// Nanoseconds from the SYN-ACK to the ACK: the way to the client and back.
    pub fn rtt_client(&self) -> Option<i64> {
        Some(self.ack?.time.since(self.syn_ack?.time))
    }

    /// Nanoseconds from the SYN to the ACK.
    pub fn duration(&self) -> Option<i64> {
        Some(self.ack?.time.since(self.syn?.time))
    }
}

/// How it closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Teardown {
    /// In one word.
    pub verdict: TeardownVerdict,
    /// Who sent the first FIN, or the RST.
    pub initiator: Option<Side>,
    /// Each side's first FIN.
    pub fin: Sides<Option<Moment>>,
    /// The first segment of the peer that acknowledges that side's FIN.
    pub fin_ack: Sides<Option<Moment>>,
    /// The first RST, and who sent it.
    pub rst: Option<(Side, Moment)>,
    /// When the end in TIME-WAIT may forget the connection: 2·MSL after its last ACK of the peer's FIN.
    pub time_wait_until: Option<Timestamp>,
}

impl Teardown {
    /// The first FIN, or the RST where there was no FIN.
    pub fn begin(&self) -> Option<Moment> {
        let fins = [self.fin.client, self.fin.server];
        fins.into_iter().flatten().min_by_key(|moment| moment.frame).or(self.rst.map(|(_, moment)| moment))
    }

    /// Nanoseconds from the first FIN (or RST) to the last of both FINs, their ACKs and the RST.
    pub fn duration(&self) -> Option<i64> {
        let begin = self.begin()?;
        let all =
            [self.fin.client, self.fin.server, self.fin_ack.client, self.fin_ack.server, self.rst.map(|(_, m)| m)];
        let end = all.into_iter().flatten().max_by_key(|moment| moment.frame)?;
        Some(end.time.since(begin.time))
    }

    /// Nanoseconds between the two FINs: how long the connection was half closed.
    pub fn half_closed(&self) -> Option<i64> {
        let (client, server) = (self.fin.client?, self.fin.server?);
        let (first, second) = if client.frame <= server.frame { (client, server) } else { (server, client) };
        Some(second.time.since(first.time))
    }
}

/// What the capture can and cannot show of a flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vantage {
    /// Segments of the client were seen.
    pub client_seen: bool,
    /// Segments of the server were seen.
    pub server_seen: bool,
    /// Both SYNs were seen.
    pub handshake_seen: bool,
    /// The capture begins in the middle of the connection.
    pub mid_stream: bool,
    /// Octets were acknowledged that the capture does not have.
    pub lost_in_capture: bool,
    /// Frames were captured twice.
    pub duplicated: bool,
    /// Segments stand in another order than they were sent.
    pub reordered: bool,
    /// Segments are larger than the path takes, or checksums were left to the network card.
    pub offload: bool,
    /// Headers were cut.
    pub cut: bool,
}

/// A connection that has ended, or that the capture leaves as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowSummary {
    /// Number of its first frame: names the flow within its capture.
    pub flow_id: FrameNumber,
    /// Wireshark's `tcp.stream` of that frame.
    pub stream: u32,
    /// Both ends.
    pub ends: Sides<EndSummary>,
    /// Time of the first segment.
    pub start: Timestamp,
    /// Time of the last segment.
    pub end: Timestamp,
    /// How it opened.
    pub handshake: Handshake,
    /// How it closed.
    pub teardown: Teardown,
    /// Wireshark's `tcp.completeness` after the last segment.
    pub completeness: u8,
    /// What the capture can show of it.
    pub vantage: Vantage,
}

impl FlowSummary {
    /// Nanoseconds from the first to the last segment.
    pub fn duration(&self) -> i64 {
        self.end.since(self.start)
    }
}
