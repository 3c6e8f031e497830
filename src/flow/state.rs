//! The states of RFC 9293 §3.3.2, spelled as the RFC spells them.

use std::fmt;
use std::str::FromStr;

/// State of one end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum State {
    Closed,
    Listen,
    SynSent,
    SynReceived,
    Established,
    FinWait1,
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
}

impl State {
    /// Every state, in the order of the declaration.
    pub const ALL: [Self; 11] = [
        Self::Closed,
        Self::Listen,
        Self::SynSent,
        Self::SynReceived,
        Self::Established,
        Self::FinWait1,
        Self::FinWait2,
        Self::CloseWait,
        Self::Closing,
        Self::LastAck,
        Self::TimeWait,
    ];

    /// The RFC's spelling: `SYN-RECEIVED`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "CLOSED",
            Self::Listen => "LISTEN",
            Self::SynSent => "SYN-SENT",
            Self::SynReceived => "SYN-RECEIVED",
            Self::Established => "ESTABLISHED",
            Self::FinWait1 => "FIN-WAIT-1",
            Self::FinWait2 => "FIN-WAIT-2",
            Self::CloseWait => "CLOSE-WAIT",
            Self::Closing => "CLOSING",
            Self::LastAck => "LAST-ACK",
            Self::TimeWait => "TIME-WAIT",
        }
    }

    /// Whether both SYNs are done with: ESTABLISHED and every state that follows it but CLOSED.
    pub const fn is_synchronized(self) -> bool {
        !matches!(self, Self::Closed | Self::Listen | Self::SynSent | Self::SynReceived)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A word that names no state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownState(pub String);

impl fmt::Display for UnknownState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no TCP state; the states are {}", self.0, State::ALL.map(State::name).join(", "))
    }
}

impl std::error::Error for UnknownState {}

/// Understands the RFC's spelling and those of textbooks and kernels: `SYN_RCVD`, `SYN_RECV`, `FIN_WAIT1`, `CLOSE`.
impl FromStr for State {
    type Err = UnknownState;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let plain: String = word.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        let same = |state: &Self| state.name().replace('-', "") == plain;
        match plain.as_str() {
            "SYNRCVD" | "SYNRECV" | "NEWSYNRECV" => Ok(Self::SynReceived),
            "CLOSE" => Ok(Self::Closed),
            "ESTAB" => Ok(Self::Established),
            _ => Self::ALL.into_iter().find(same).ok_or_else(|| UnknownState(word.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_understood() {
        for state in State::ALL {
            assert_eq!(state.name().parse(), Ok(state));
            assert_eq!(state.name().replace('-', "_").to_lowercase().parse(), Ok(state));
        }
        for (word, state) in
            [("SYN_RCVD", State::SynReceived), ("SYN_RECV", State::SynReceived), ("FIN_WAIT1", State::FinWait1)]
        {
            assert_eq!(word.parse(), Ok(state));
        }
        assert!("SYN".parse::<State>().is_err());
    }
}
