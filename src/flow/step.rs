//! What one segment, or the end of a flow, did: facts before, facts after, and the words that rules listen to.

use super::{Flow, Mark, Nanoseconds, Relation, Side, State};
use crate::capture::{FrameNumber, Timestamp};
use crate::wire::{RawWindow, Segment, SeqNum};

/// What a step is about; a rule names the cues that can break it and is not run on others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cues(pub u32);

#[allow(missing_docs)]
impl Cues {
    /// The segment carries SYN.
    pub const SYN: Self = Self(1);
    pub const FIN: Self = Self(1 << 1);
    pub const RST: Self = Self(1 << 2);
    /// The first segment of its flow.
    pub const FIRST: Self = Self(1 << 3);
    /// The relation is neither new nor bare.
    pub const NOT_NEW: Self = Self(1 << 4);
    /// The control bits or the header have something odd: no ACK, reserved or contradicting bits, urgent, ports.
    pub const ODD_HEADER: Self = Self(1 << 5);
    /// An option other than NOP and negotiated timestamps, or a negotiated one missing, or a malformed list.
    pub const ODD_OPTIONS: Self = Self(1 << 6);
    /// The ACK is beyond what the peer was seen to send.
    pub const ACK_BEYOND: Self = Self(1 << 7);
    /// The flow is before ESTABLISHED on either side, or was before this segment.
    pub const OPENING: Self = Self(1 << 8);
    /// A FIN or RST was seen before, or now.
    pub const CLOSING: Self = Self(1 << 9);
    /// A pending suspicion was settled by this segment.
    pub const SETTLED: Self = Self(1 << 10);
    /// The flow ended.
    pub const END: Self = Self(1 << 11);
    /// A window is or was zero, or its right edge moved left, or data lies beyond it.
    pub const WINDOW: Self = Self(1 << 12);
    /// The checksum is not right.
    pub const CHECKSUM: Self = Self(1 << 13);
    /// A cumulative ACK or a timestamp went back, or a number lies before the SYN's.
    pub const WENT_BACK: Self = Self(1 << 14);
    /// A header quoted in an ICMP error.
    pub const QUOTED: Self = Self(1 << 15);
    /// Larger than the peer's MSS allows.
    pub const LARGE: Self = Self(1 << 16);
    /// Came after a silence of at least the idle limit.
    pub const IDLE: Self = Self(1 << 17);
    /// The same frame was captured before.
    pub const COPY: Self = Self(1 << 18);
    /// The segment left its sender before one that was captured before it.
    pub const REORDERED: Self = Self(1 << 19);
    /// The capture has less of the header than there was.
    pub const CUT: Self = Self(1 << 20);
    /// The first fragment of a datagram whose rest is missing.
    pub const FRAGMENT: Self = Self(1 << 21);
    /// The capture's clock went back.
    pub const TIME_BACK: Self = Self(1 << 22);
    /// Octets were shown to be missing from the capture.
    pub const LOST: Self = Self(1 << 23);
    /// The segment stands for several that a network card cut or joined.
    pub const OFFLOAD: Self = Self(1 << 24);
    /// A SYN in the middle of the connection turned out to open nothing.
    pub const STRAY: Self = Self(1 << 25);
    /// The sender of a RST goes on as if it had sent none.
    pub const RESET_IGNORED: Self = Self(1 << 26);
    /// Timestamps or SACK blocks were found to contradict the flow.
    pub const OPTION_FAULT: Self = Self(1 << 27);
    /// ECE or CWR, or data that travels as ECN-capable without agreement.
    pub const ECN: Self = Self(1 << 28);
    /// An attempt to connect began or was settled; for what counts attempts, no rule listens.
    pub const ATTEMPT: Self = Self(1 << 29);
    /// An ACK answered an ACK that told nothing.
    pub const ACK_LOOP: Self = Self(1 << 30);
    /// An end shows that it had not sent the data which was captured before the handshake was complete.
    pub const DISOWNED: Self = Self(1 << 27);
    /// The capture ended before the flow did.
    pub const OPEN: Self = Self(1 << 31);
    /// Every cue: for a rule that has to look at every step.
    pub const ALL: Self = Self(u32::MAX);
}

impl Cues {
    /// Whether any cue of `cues` is there.
    pub const fn any(self, cues: Self) -> bool {
        self.0 & cues.0 != 0
    }

    /// The cues of both.
    pub const fn with(self, cues: Self) -> Self {
        Self(self.0 | cues.0)
    }

    /// Adds `cues` if `condition` holds.
    pub fn add_if(&mut self, condition: bool, cues: Self) {
        if condition {
            self.0 |= cues.0;
        }
    }
}

/// Why a flow ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndReason {
    /// The capture ended.
    CaptureEnd,
    /// Both ends had closed, or one had reset, and TIME-WAIT is over.
    Closed,
    /// A new connection began on the same ports.
    Reused,
    /// Nothing came for as long as the limits allow.
    Idle,
    /// Room was needed for other flows.
    Evicted,
}

/// The end of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ending {
    /// Why.
    pub reason: EndReason,
    /// The capture's clock then.
    pub time: Timestamp,
}

impl Ending {
    /// How long `flow` had been silent: what an end had time to do and did not.
    pub fn silence(&self, flow: &Flow) -> Nanoseconds {
        self.time.since(flow.last).max(0)
    }
}

/// Numbers of the sender and the receiver before the segment was counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Before {
    /// The sender's state.
    pub state: Option<State>,
    /// The receiver's state.
    pub peer_state: Option<State>,
    /// The sender's SND.NXT.
    pub snd_nxt: Option<SeqNum>,
    /// The highest number the sender had acknowledged.
    pub rcv_nxt: Option<SeqNum>,
    /// The receiver's SND.NXT.
    pub peer_snd_nxt: Option<SeqNum>,
    /// The highest number the receiver had acknowledged.
    pub peer_rcv_nxt: Option<SeqNum>,
    /// The largest right edge the receiver had advertised.
    pub peer_right_edge: Option<SeqNum>,
    /// The sender's FIN.
    pub fin: Option<SeqNum>,
    /// The largest right edge the sender had advertised.
    pub right_edge: Option<SeqNum>,
    /// The window it had advertised last, as sent.
    pub window: RawWindow,
    /// Whether the segment is known to have left after all that its sender was seen to send before.
    pub left_last: bool,
    /// Whether its IP identification shows that its sender sent nothing between it and what was captured before.
    pub follows: bool,
    /// The frame in which the sender sent the same numbers with other octets.
    pub contradicts: Option<FrameNumber>,
    /// The receiver's FIN.
    pub peer_fin: Option<SeqNum>,
    /// Whether both FINs had been acknowledged.
    pub closed: bool,
    /// When the flow's previous segment came.
    pub last: Option<Timestamp>,
}

/// What a segment, or the end of its flow, did.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// What rules listen to.
    pub cues: Cues,
    /// Facts after.
    pub flow: &'a Flow,
    /// The segment; `None` at the end of the flow.
    pub segment: Option<&'a Segment>,
    /// Who sent it.
    pub side: Side,
    /// How it relates to what was seen.
    pub relation: Relation,
    /// Facts before.
    pub before: Before,
    /// Suspicions that this step confirmed.
    pub settled: &'a [super::Suspicion],
    /// The end of the flow; `None` at a segment.
    pub ending: Option<Ending>,
}

impl<'a> Step<'a> {
    /// The segment as a mark, with who sent it.
    pub fn mark(&self) -> Option<Mark> {
        self.segment.map(|segment| Mark::of(segment, self.side))
    }

    /// The confirmed suspicion of a kind, if this step settled one.
    pub fn confirmed(&self, kind: super::SuspicionKind) -> Option<&'a super::Suspicion> {
        self.settled.iter().find(|suspicion| suspicion.kind == kind)
    }
}
