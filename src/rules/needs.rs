//! What a capture has to show before a rule may judge: a blind capture is never blamed on an endpoint.

use super::Confidence;
use crate::flow::Step;

/// What a rule needs to be judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs(pub u8);

impl Needs {
    /// Nothing: an end's own segments prove it.
    pub const NOTHING: Self = Self(0);
    /// Both directions captured.
    pub const BOTH_SIDES: Self = Self(1);
    /// The handshake captured: both SYNs.
    pub const HANDSHAKE: Self = Self(1 << 1);
    /// No octets that were acknowledged without having been captured; so neither numbers of another numbering.
    pub const UNBROKEN: Self = Self(1 << 2).with(Self::ONE_NUMBERING);
    /// Whole headers.
    pub const WHOLE_HEADERS: Self = Self(1 << 3);
    /// One numbering: where the capture shows two of a connection that a device on the way renumbers (TFA915), what has not
    /// been captured yet on one side of it is no proof.
    pub const ONE_NUMBERING: Self = Self(1 << 4);

    /// Segments without SYN, FIN and RST, too (TFA912); rules about the teardown and about numbers need them all the same.
    pub const EVERY_SEGMENT: Self = Self(1 << 5);

    /// The needs of both.
    pub const fn with(self, more: Self) -> Self {
        Self(self.0 | more.0)
    }

    /// Whether `need` is among them.
    pub const fn has(self, need: Self) -> bool {
        self.0 & need.0 == need.0
    }

    /// Their letters in the rule catalogue: `B H U`; it has none for [`Self::ONE_NUMBERING`] and
    /// [`Self::EVERY_SEGMENT`].
    pub fn letters(self) -> String {
        let all = [(Self::BOTH_SIDES, "B"), (Self::HANDSHAKE, "H"), (Self::UNBROKEN, "U"), (Self::WHOLE_HEADERS, "W")];
        all.into_iter().filter(|(need, _)| self.has(*need)).map(|(_, letter)| letter).collect::<Vec<_>>().join(" ")
    }

    /// How sure this capture lets a rule with these needs be; `None` where it cannot judge at all.
    pub fn confidence(self, step: &Step<'_>) -> Option<Confidence> {
        let vantage = &step.flow.vantage;
        let met = (!self.has(Self::BOTH_SIDES) || (vantage.client_seen && vantage.server_seen))
            && (!self.has(Self::HANDSHAKE) || vantage.handshake_seen)
            && (!self.has(Self::WHOLE_HEADERS) || !vantage.cut);
        if !met {
            return None;
        }
        let broken = self.has(Self::UNBROKEN) && vantage.lost_in_capture;
        let renumbered = self.has(Self::ONE_NUMBERING) && step.flow.rewriting.is_some();
        Some(if broken || renumbered { Confidence::Possible } else { Confidence::Certain })
    }
}
