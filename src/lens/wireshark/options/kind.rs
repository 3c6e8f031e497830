//! One option: which lengths its kind allows, and the values in it, as far as they were captured.

/// An option of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpOption<'a> {
    /// Its kind.
    pub kind: u8,
    /// Its length as sent; 1 for End of Option List and No-Operation.
    pub length: u8,
    /// Octets from the start of the TCP header to its kind.
    pub offset: usize,
    /// Its captured octets, kind and length included.
    pub octets: &'a [u8],
    /// Whether Wireshark takes the first block of this SACK option for one received twice.
    pub duplicate_sack: bool,
}

/// The counters of an Accurate ECN option in the order sent, as far as there are any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccEcn<'a> {
    /// Whether the counter of ECT(0) stands first.
    pub ect0_first: bool,
    /// Up to three counters of three octets.
    pub counters: &'a [u8],
}

/// What an option of kind 253 or 254 stands for (RFC 6994).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Experiment {
    /// TCP Fast Open, 0xF989.
    FastOpen,
    /// Accurate ECN, 0xACC0 and 0xACC1.
    AccEcn,
    /// TCP ACK Rate Request, 0x00AC.
    AckRate,
    /// Another identifier.
    Other(u16),
}

impl<'a> TcpOption<'a> {
    /// Whether all of it was captured.
    pub fn is_whole(&self) -> bool {
        self.octets.len() == usize::from(self.length)
    }

    /// Whether all that Wireshark reads of it was captured: all but the nonce of a Quick-Start, and nothing behind a
    /// left edge of a SACK that has no right one.
    pub fn is_readable(&self) -> bool {
        let read = match self.kind {
            27 => 4,
            5 if self.sack_edges() % 2 == 1 => 2 + 4 * self.sack_edges(),
            _ => self.length.into(),
        };
        self.octets.len() >= read
    }

    /// Where the first value ends that was not captured whole, from the kind on.
    pub fn first_unreadable(&self) -> usize {
        let length = usize::from(self.length);
        match self.kind {
            5 | 8 => (6..length).step_by(4).find(|end| *end > self.octets.len()).unwrap_or(length),
            _ => length,
        }
    }

    /// How many edges the length of a SACK option has room for.
    pub fn sack_edges(&self) -> usize {
        usize::from(self.length).saturating_sub(2) / 4
    }

    /// Whether its values can be read: the right length, captured as far as they go.
    pub fn is_sound(&self) -> bool {
        self.is_readable() && self.fits()
    }

    /// Whether its kind allows its length; otherwise `tcp.option.len.invalid`.
    pub fn fits(&self) -> bool {
        match self.kind {
            2 | 28 => self.length == 4,
            3 => self.length == 3,
            4 | 22 | 23 => self.length == 2,
            6 | 7 | 11..=13 | 21 => self.length == 6,
            8 => self.length == 10,
            19 => self.length == 18,
            27 => self.length == 8,
            29 => self.length >= 4,
            76 => self.length >= 3,
            78 => self.length == 16,
            172 | 174 => matches!(self.length, 2 | 5 | 8 | 11),
            253 | 254 => match self.experiment() {
                Some(Experiment::AccEcn) => matches!(self.length, 4 | 7 | 10 | 13),
                Some(Experiment::AckRate) => matches!(self.length, 4 | 5),
                _ => self.length >= 4,
            },
            _ => true,
        }
    }

    /// Whether Wireshark reads more of it than there is, which ends the dissection.
    pub fn reads_beyond_itself(&self) -> bool {
        match self.kind {
            5 => self.duplicate_sack && self.length < 10,
            21 => self.is_sound(),
            30 => self.length < self.mptcp_needs(),
            76 => self.is_whole() && self.riverbed_probe().is_some_and(|(_, needed)| self.length < needed),
            _ => false,
        }
    }

    /// The octets behind kind and length.
    pub fn value(&self) -> &'a [u8] {
        self.octets.get(2..).unwrap_or_default()
    }

    /// The octet at `at` from the kind on.
    pub fn u8(&self, at: usize) -> Option<u8> {
        self.octets.get(at).copied()
    }

    /// The 16-bit number at `at` from the kind on.
    pub fn u16(&self, at: usize) -> Option<u16> {
        let octets = self.octets.get(at..at + 2)?;
        Some(u16::from_be_bytes(octets.try_into().ok()?))
    }

    /// The 32-bit number at `at` from the kind on.
    pub fn u32(&self, at: usize) -> Option<u32> {
        let octets = self.octets.get(at..at + 4)?;
        Some(u32::from_be_bytes(octets.try_into().ok()?))
    }

    /// The maximum segment size.
    pub fn mss(&self) -> Option<u16> {
        if self.kind == 2 && self.fits() { self.u16(2) } else { None }
    }

    /// The window scale shift, as sent.
    pub fn window_scale(&self) -> Option<u8> {
        if self.kind == 3 && self.fits() { self.u8(2) } else { None }
    }

    /// The timestamp value.
    pub fn tsval(&self) -> Option<u32> {
        if self.kind == 8 && self.fits() { self.u32(2) } else { None }
    }

    /// The timestamp echo reply.
    pub fn tsecr(&self) -> Option<u32> {
        if self.kind == 8 && self.fits() { self.u32(6) } else { None }
    }

    /// What an experimental option stands for.
    pub fn experiment(&self) -> Option<Experiment> {
        if !matches!(self.kind, 253 | 254) || self.length < 4 {
            return None;
        }
        Some(match self.u16(2)? {
            0xf989 => Experiment::FastOpen,
            0xacc0 | 0xacc1 => Experiment::AccEcn,
            0x00ac => Experiment::AckRate,
            other => Experiment::Other(other),
        })
    }

    /// The octets of a Fast Open cookie; empty for a request.
    pub fn fast_open_cookie(&self) -> Option<&'a [u8]> {
        match self.kind {
            34 => Some(self.value()),
            _ if self.experiment() == Some(Experiment::FastOpen) => self.octets.get(4..),
            _ => None,
        }
    }

    /// The Accurate ECN counters, as far as they were captured.
    pub fn acc_ecn(&self) -> Option<AccEcn<'a>> {
        match self.kind {
            172 | 174 if self.fits() => Some(AccEcn { ect0_first: self.kind == 172, counters: self.value() }),
            _ if self.fits() && self.experiment() == Some(Experiment::AccEcn) => {
                Some(AccEcn { ect0_first: self.u16(2) == Some(0xacc0), counters: self.octets.get(4..)? })
            }
            _ => None,
        }
    }

    /// The shortest length that an MPTCP option of its subtype can have (RFC 8684 §3).
    fn mptcp_needs(&self) -> u8 {
        const DATA_ACK: u8 = 0x01;
        const DATA_ACK_LONG: u8 = 0x02;
        const MAPPING: u8 = 0x04;
        const MAPPING_LONG: u8 = 0x08;
        match (self.u8(2).map(|octet| octet >> 4), self.u8(3)) {
            (Some(0 | 3 | 8), _) => 4,
            (Some(2), Some(flags)) => {
                let long = |bit| if flags & bit != 0 { 4 } else { 0 };
                let ack = if flags & DATA_ACK != 0 { 4 + long(DATA_ACK_LONG) } else { 0 };
                let mapping = if flags & MAPPING != 0 { 10 + long(MAPPING_LONG) } else { 0 };
                4 + ack + mapping
            }
            (Some(2), None) => 4,
            (Some(6 | 7), _) => 12,
            _ => 3,
        }
    }

    /// What a Riverbed probe puts in front of the Info column, and the length it needs.
    pub fn riverbed_probe(&self) -> Option<(&'static str, u8)> {
        let octet = self.u8(2).filter(|_| self.kind == 76)?;
        if octet & 1 == 0 {
            // The second version, whose queries and responses have flags.
            return matches!(octet >> 1, 6 | 7).then_some(("", 4));
        }
        match octet >> 4 {
            0 => Some(("S+, ", 10)),
            1 => Some(("SA+, ", 14)),
            3 | 4 => Some(("", 10)),
            5..=10 => Some(("", 8)),
            _ => None,
        }
    }
}
