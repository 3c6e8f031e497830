//! One word each for how a connection opened and how it closed. The words are an interface: documented and stable.

use std::fmt;

/// How a connection opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HandshakeVerdict {
    /// SYN, SYN-ACK and an ACK that covers it (RFC 9293 fig. 6).
    Complete,
    /// The same, with data in the SYN that the SYN-ACK acknowledged (RFC 7413).
    CompleteFastOpen,
    /// Both ends sent SYN and each acknowledged the other's (RFC 9293 fig. 7).
    CompleteSimultaneous,
    /// SYN answered by RST, or by an ICMP error that says so.
    Refused,
    /// SYN never answered.
    Unanswered,
    /// SYN and SYN-ACK, never acknowledged.
    HalfOpen,
    /// Reset before it was complete.
    Aborted,
    /// SYN-ACK and ACK are there, the SYN is not; or the other way round: enough to know that it opened.
    Partial,
    /// The capture begins after the handshake, or shows none of it.
    NotCaptured,
}

impl HandshakeVerdict {
    /// Every verdict.
    pub const ALL: [Self; 9] = [
        Self::Complete,
        Self::CompleteFastOpen,
        Self::CompleteSimultaneous,
        Self::Refused,
        Self::Unanswered,
        Self::HalfOpen,
        Self::Aborted,
        Self::Partial,
        Self::NotCaptured,
    ];

    /// The word in reports: `complete-fast-open`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::CompleteFastOpen => "complete-fast-open",
            Self::CompleteSimultaneous => "complete-simultaneous",
            Self::Refused => "refused",
            Self::Unanswered => "unanswered",
            Self::HalfOpen => "half-open",
            Self::Aborted => "aborted",
            Self::Partial => "partly-captured",
            Self::NotCaptured => "not-captured",
        }
    }

    /// What the word means, in one sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Complete => "SYN, SYN-ACK and the ACK that covers it were seen",
            Self::CompleteFastOpen => "complete, and the SYN-ACK acknowledged data that the SYN carried",
            Self::CompleteSimultaneous => "both ends sent SYN and each acknowledged the other's",
            Self::Refused => "the SYN was answered by RST or by an ICMP error",
            Self::Unanswered => "the SYN was never answered",
            Self::HalfOpen => "the SYN-ACK was never acknowledged",
            Self::Aborted => "the connection was reset before the handshake was complete",
            Self::Partial => "some of the three segments were not captured, but the connection opened",
            Self::NotCaptured => "the capture shows nothing of the handshake",
        }
    }
}

impl fmt::Display for HandshakeVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How a connection closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TeardownVerdict {
    /// FIN, ACK, FIN, ACK (RFC 9293 fig. 12).
    FourSegment,
    /// FIN, FIN with the ACK of the first, ACK.
    ThreeSegment,
    /// Both FINs left before either had heard the other's (RFC 9293 fig. 13).
    Simultaneous,
    /// One end closed and was acknowledged; the other has not closed.
    HalfClosed,
    /// One end sent FIN and it was never acknowledged.
    FinUnacknowledged,
    /// Both FINs were seen, the last was not acknowledged in the capture.
    LastAckMissing,
    /// RST before both ends had closed.
    Reset,
    /// Both ends had closed, and RST followed.
    ResetAfterClose,
    /// Neither FIN nor RST.
    Open,
    /// There was no connection to close.
    NeverOpened,
    /// The capture cannot show the close.
    NotCaptured,
}

impl TeardownVerdict {
    /// Every verdict.
    pub const ALL: [Self; 11] = [
        Self::FourSegment,
        Self::ThreeSegment,
        Self::Simultaneous,
        Self::HalfClosed,
        Self::FinUnacknowledged,
        Self::LastAckMissing,
        Self::Reset,
        Self::ResetAfterClose,
        Self::Open,
        Self::NeverOpened,
        Self::NotCaptured,
    ];

    /// The word in reports: `three-segment`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FourSegment => "four-segment",
            Self::ThreeSegment => "three-segment",
            Self::Simultaneous => "simultaneous",
            Self::HalfClosed => "half-closed",
            Self::FinUnacknowledged => "fin-unacknowledged",
            Self::LastAckMissing => "last-ack-missing",
            Self::Reset => "reset",
            Self::ResetAfterClose => "reset-after-close",
            Self::Open => "open",
            Self::NeverOpened => "never-opened",
            Self::NotCaptured => "not-captured",
        }
    }

    /// What the word means, in one sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::FourSegment => "FIN, ACK, FIN, ACK",
            Self::ThreeSegment => "FIN, FIN with the ACK of the first, ACK",
            Self::Simultaneous => "both FINs left before either end had heard the other's",
            Self::HalfClosed => "one end closed and was acknowledged, the other had not closed when the capture ended",
            Self::FinUnacknowledged => "one end sent FIN and it was never acknowledged",
            Self::LastAckMissing => "both FINs were seen, the ACK of the last was not",
            Self::Reset => "RST before both ends had closed",
            Self::ResetAfterClose => "both ends had closed, and RST followed",
            Self::Open => "neither FIN nor RST was seen",
            Self::NeverOpened => "the handshake never completed, so there was nothing to close",
            Self::NotCaptured => "the capture cannot show how it closed",
        }
    }
}

impl fmt::Display for TeardownVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
