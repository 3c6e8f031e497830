//! A rule: plain data that says what it judges, and one pure function that judges a step.

use super::{Evidence, Needs};
use crate::flow::{Cues, Limits, Step};
use std::fmt;
use std::str::FromStr;

/// How bad a finding is if it is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// A named fact, never a failure.
    Note,
    /// Something that a healthy connection does not show.
    Warning,
    /// A breach of a MUST.
    Error,
}

impl Severity {
    /// Every severity, the mildest first.
    pub const ALL: [Self; 3] = [Self::Note, Self::Warning, Self::Error];

    /// The word in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Severity {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, String> {
        let same = |severity: &Self| severity.name() == word;
        Self::ALL.into_iter().find(same).ok_or_else(|| format!("`{word}` is none of error, warning, note"))
    }
}

/// How sure this capture lets us be that a finding is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Confidence {
    /// Something the capture cannot exclude would explain it.
    Possible,
    /// Half of what would prove it is there.
    Likely,
    /// The frames prove it.
    Certain,
}

impl Confidence {
    /// Every confidence, the weakest first.
    pub const ALL: [Self; 3] = [Self::Possible, Self::Likely, Self::Certain];

    /// The word in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Likely => "likely",
            Self::Certain => "certain",
        }
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Confidence {
    type Err = String;
    fn from_str(word: &str) -> Result<Self, String> {
        let same = |confidence: &Self| confidence.name() == word;
        Self::ALL.into_iter().find(same).ok_or_else(|| format!("`{word}` is none of certain, likely, possible"))
    }
}

/// What a rule is about: the hundreds of its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Family {
    Handshake = 1,
    Teardown = 2,
    Sequence = 3,
    Reset = 4,
    Options = 5,
    Header = 6,
    Timing = 7,
    Capture = 9,
}

/// What other tools call the same thing; `None` where they have no word for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Peers {
    /// Wireshark's field or expert item.
    pub wireshark: Option<&'static str>,
    /// Zeek's weird, conn_state or history letter.
    pub zeek: Option<&'static str>,
    /// Suricata's stream event.
    pub suricata: Option<&'static str>,
}

/// What a rule is and says of itself; the same for every capture.
#[derive(Debug)]
pub struct Rule {
    /// `TFA101`: stable once released, never used again.
    pub code: &'static str,
    /// The fault in kebab-case, as one would read it after "allow".
    pub name: &'static str,
    /// What it is about.
    pub family: Family,
    /// How bad it is if true; evidence may lower it.
    pub severity: Severity,
    /// The clause it rests on: `RFC 9293 §3.5`.
    pub reference: &'static str,
    /// What it finds, in one sentence.
    pub summary: &'static str,
    /// Why it matters and how it is decided, a paragraph.
    pub explanation: &'static str,
    /// What looks like it and is legal.
    pub look_alikes: &'static [&'static str],
    /// What to do about it.
    pub remedy: &'static str,
    /// The equation that is broken: `SEG.ACK = ISS + 1`; empty where there is none.
    pub equation: &'static str,
    /// The smallest exchange that breaks it, a line a segment.
    pub ladder: &'static [&'static str],
    /// What others call it.
    pub peers: Peers,
    /// What the capture has to show.
    pub needs: Needs,
    /// The steps that can break it; it is not run on others.
    pub on: Cues,
    /// Judges a step.
    pub check: Check,
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl Eq for Rule {}

/// Judges a step: the evidence if the rule is broken. Pure.
pub type Check = fn(&Step<'_>, &Limits) -> Option<Evidence>;
