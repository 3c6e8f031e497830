//! What the capture does not show of its connections, and what nobody asked for, counted: silence about these is no pass.

use super::Settings;
use crate::flow::{Flow, HandshakeVerdict};
use crate::rules::{Needs, RULES};
use std::collections::BTreeMap;
use std::fmt;

/// What a capture lacks of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Blindness {
    /// One of its directions.
    OneSided,
    /// Its handshake, or a part of it.
    NoHandshake,
    /// Octets that were acknowledged.
    Lost,
    /// The end of some of its headers.
    HeaderCut,
}

impl Blindness {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::OneSided, Self::NoHandshake, Self::Lost, Self::HeaderCut];

    /// The word in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OneSided => "one-sided",
            Self::NoHandshake => "handshake-not-captured",
            Self::Lost => "lost-in-capture",
            Self::HeaderCut => "header-cut",
        }
    }

    /// What rules may need that it takes from them.
    const fn needs(self) -> Needs {
        match self {
            Self::OneSided => Needs::BOTH_SIDES,
            Self::NoHandshake => Needs::HANDSHAKE,
            Self::Lost => Needs::UNBROKEN,
            Self::HeaderCut => Needs::WHOLE_HEADERS,
        }
    }

    fn befalls(self, flow: &Flow) -> bool {
        let vantage = &flow.vantage;
        match self {
            Self::OneSided => flow.is_one_sided(),
            Self::NoHandshake => {
                matches!(flow.handshake_verdict(), HandshakeVerdict::Partial | HandshakeVerdict::NotCaptured)
            }
            Self::Lost => vantage.lost_in_capture,
            Self::HeaderCut => vantage.cut,
        }
    }
}

impl fmt::Display for Blindness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Connections that some of the rules could not judge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spared {
    /// How many connections.
    pub flows: u64,
    /// How many of the rules that ran.
    pub rules: u64,
}

/// What was not judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NotJudged {
    /// Connections, and rules that need what is lacking of them.
    pub blind: BTreeMap<Blindness, Spared>,
    /// Connections that were not selected.
    pub not_selected: u64,
    /// Codes of the rules that did not run.
    pub rules: Vec<&'static str>,
}

impl NotJudged {
    /// Whether everything was judged.
    pub fn is_nothing(&self) -> bool {
        self.blind.is_empty() && self.not_selected == 0 && self.rules.is_empty()
    }

    /// Counts a connection that ended.
    pub(super) fn count(&mut self, flow: &Flow, selected: bool) {
        if !selected {
            self.not_selected += 1;
            return;
        }
        for kind in Blindness::ALL.into_iter().filter(|kind| kind.befalls(flow)) {
            self.blind.entry(kind).or_default().flows += 1;
        }
    }

    /// Counts the rules, when every connection has ended.
    pub(super) fn finish(&mut self, settings: &Settings) {
        for (kind, spared) in &mut self.blind {
            spared.rules = settings.rules.iter().filter(|rule| rule.needs.has(kind.needs())).count() as u64;
        }
        let off = RULES.iter().filter(|rule| !settings.rules.contains(rule));
        self.rules = off.map(|rule| rule.code).collect();
    }
}
