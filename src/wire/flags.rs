//! The control bits of a TCP header, all twelve after the data offset, as they were sent.

use std::fmt;

/// Octets 12 and 13 of the header less the data offset: three reserved bits, AE, CWR, ECE, URG, ACK, PSH, RST, SYN, FIN
/// (RFC 9293 §3.1; AE: RFC 9768).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags(pub u16);

#[allow(missing_docs)]
impl Flags {
    pub const FIN: Self = Self(0x001);
    pub const SYN: Self = Self(0x002);
    pub const RST: Self = Self(0x004);
    pub const PSH: Self = Self(0x008);
    pub const ACK: Self = Self(0x010);
    pub const URG: Self = Self(0x020);
    pub const ECE: Self = Self(0x040);
    pub const CWR: Self = Self(0x080);
    pub const AE: Self = Self(0x100);
    pub const RESERVED: Self = Self(0xe00);
}

impl Flags {
    /// Whether every bit of `bits` is set.
    pub const fn has(self, bits: Self) -> bool {
        self.0 & bits.0 == bits.0
    }

    /// Whether any bit of `bits` is set.
    pub const fn any(self, bits: Self) -> bool {
        self.0 & bits.0 != 0
    }

    /// The bits of both.
    pub const fn with(self, bits: Self) -> Self {
        Self(self.0 | bits.0)
    }

    /// SYN without ACK: the first step of a handshake.
    pub const fn is_syn(self) -> bool {
        self.0 & 0x012 == 0x002
    }

    /// SYN and ACK: the second step of a handshake.
    pub const fn is_syn_ack(self) -> bool {
        self.0 & 0x012 == 0x012
    }
}

/// The names as Wireshark's Info column lists them: `FIN, ACK`; `<None>` where no bit is set.
impl fmt::Display for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const NAMES: [(Flags, &str); 10] = [
            (Flags::FIN, "FIN"),
            (Flags::SYN, "SYN"),
            (Flags::RST, "RST"),
            (Flags::PSH, "PSH"),
            (Flags::ACK, "ACK"),
            (Flags::URG, "URG"),
            (Flags::ECE, "ECE"),
            (Flags::CWR, "CWR"),
            (Flags::AE, "AE"),
            (Flags::RESERVED, "Reserved"),
        ];
        let mut first = true;
        for (_, name) in NAMES.iter().filter(|(bit, _)| self.any(*bit)) {
            if !first {
                f.write_str(", ")?;
            }
            f.write_str(name)?;
            first = false;
        }
        if first { f.write_str("<None>") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_the_info_column_does() {
        assert_eq!(Flags(0x012).to_string(), "SYN, ACK");
        assert_eq!(Flags(0).to_string(), "<None>");
        assert_eq!(Flags(0xfff).to_string(), "FIN, SYN, RST, PSH, ACK, URG, ECE, CWR, AE, Reserved");
    }
}
