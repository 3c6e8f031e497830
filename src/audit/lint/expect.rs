//! What has to hold for selected connections: each either meets an expectation, or says why not.

use super::selects;
use crate::audit::{Ends, Selection};
use crate::flow::{FlowSummary, HandshakeVerdict, Side, TeardownVerdict};
use crate::rules::human_duration;
use std::fmt;
use std::str::FromStr;

/// One expectation; what is not set is not demanded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectation {
    /// What reports call it.
    pub name: String,
    /// The connections it is about.
    pub selection: Selection,
    /// How they may open.
    pub handshake: Vec<HandshakeVerdict>,
    /// Nanoseconds that a handshake has to stay below.
    pub handshake_below: Option<i64>,
    /// How they may close.
    pub teardown: Vec<TeardownVerdict>,
    /// Who has to close first.
    pub closed_by: Option<Side>,
    /// Most connections that may be reset.
    pub resets: Option<u64>,
    /// How many connections there have to be in a capture.
    pub flows: Option<Bound>,
}

impl Expectation {
    /// Whether it is about a connection.
    pub(super) fn concerns(&self, ends: Ends) -> bool {
        selects(&self.selection, ends)
    }

    /// Whether it demands something of each connection, and not just how many there are.
    pub(super) fn judges_connections(&self) -> bool {
        let (handshake, teardown) = (!self.handshake.is_empty(), !self.teardown.is_empty());
        handshake || teardown || self.handshake_below.is_some() || self.closed_by.is_some() || self.resets.is_some()
    }

    /// What a connection does that it should not; `resets` counts those reset so far, this one included.
    pub(super) fn broken_by(&self, flow: &FlowSummary, resets: u64) -> Option<String> {
        let (handshake, teardown) = (&flow.handshake, &flow.teardown);
        if !self.handshake.is_empty() && !self.handshake.contains(&handshake.verdict) {
            return Some(format!("handshake is {}, expected {}", handshake.verdict, alternatives(&self.handshake)));
        }
        if let Some(limit) = self.handshake_below {
            match handshake.duration() {
                Some(taken) if taken < limit => {}
                Some(taken) => {
                    let (taken, limit) = (human_duration(taken), human_duration(limit));
                    return Some(format!("the handshake took {taken}, expected less than {limit}"));
                }
                None => return Some("how long the handshake took does not show".to_owned()),
            }
        }
        if !self.teardown.is_empty() && !self.teardown.contains(&teardown.verdict) {
            return Some(format!("teardown is {}, expected {}", teardown.verdict, alternatives(&self.teardown)));
        }
        if let Some(side) = self.closed_by
            && teardown.initiator != Some(side)
        {
            let by = teardown.initiator.map_or("nobody", |side| side.name());
            return Some(format!("closed by {by}, expected {side}"));
        }
        let most = self.resets.filter(|most| teardown.rst.is_some() && resets > *most)?;
        Some(format!("was reset, the {resets}. of at most {most}"))
    }
}

/// A demand on a number: `3`, `>= 1`, `<= 10`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Exactly this.
    Exactly(u64),
    /// This or more.
    AtLeast(u64),
    /// This or less.
    AtMost(u64),
}

impl Bound {
    /// Whether `number` is what is demanded.
    pub const fn allows(self, number: u64) -> bool {
        match self {
            Self::Exactly(demanded) => number == demanded,
            Self::AtLeast(least) => number >= least,
            Self::AtMost(most) => number <= most,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(number) => write!(f, "{number}"),
            Self::AtLeast(number) => write!(f, ">= {number}"),
            Self::AtMost(number) => write!(f, "<= {number}"),
        }
    }
}

impl FromStr for Bound {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let make: (fn(u64) -> Self, &str) = match (text.strip_prefix(">="), text.strip_prefix("<=")) {
            (Some(number), _) => (Self::AtLeast, number),
            (_, Some(number)) => (Self::AtMost, number),
            _ => (Self::Exactly, text.trim_start_matches('=')),
        };
        make.1.trim().parse().map(make.0).map_err(|_| format!("`{text}` is no number, as in 3, \">= 1\" or \"<= 10\""))
    }
}

fn alternatives(words: &[impl fmt::Display]) -> String {
    words.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_read_as_they_are_written() {
        for (text, yes, no) in [("3", 3, 2), (">= 1", 1, 0), ("<=10", 10, 11), ("= 2", 2, 3)] {
            let bound: Bound = text.parse().unwrap();
            assert!(bound.allows(yes) && !bound.allows(no), "{text}");
            assert_eq!(bound.to_string().parse(), Ok(bound));
        }
        assert!("> 1".parse::<Bound>().is_err() && "".parse::<Bound>().is_err());
    }
}
