//! Which hosts attempted something lately: an attempt in; whether there are many of them out.

use std::net::IpAddr;

/// Sources that make many.
pub(super) const MANY: usize = 16;

/// The sources of attempts seen last, as many as make many, each with the slot of its latest attempt. Exact, so that nobody
/// can choose addresses that count as one, and every run counts the same.
#[derive(Debug, Default)]
pub(super) struct Sources {
    addresses: [u128; MANY],
    slots: [i64; MANY],
    len: usize,
}

impl Sources {
    /// Notes an attempt of `source` in a slot. Where there is no room left, the one whose latest attempt is longest ago is
    /// forgotten.
    pub fn note(&mut self, source: IpAddr, slot: i64) {
        let address = match source {
            IpAddr::V4(ip) => ip.to_ipv6_mapped().to_bits(),
            IpAddr::V6(ip) => ip.to_bits(),
        };
        // Most often it is a new one: all of them are compared, without a decision at each.
        let known = self
            .addresses
            .iter()
            .enumerate()
            .fold(0, |known, (place, other)| known | u32::from(*other == address) << place);
        let known = (known.trailing_zeros() as usize).min(MANY);
        let oldest = || (0..MANY).min_by_key(|place| self.slots[*place]).unwrap_or_default();
        let place = if known < self.len {
            known
        } else if self.len < MANY {
            self.len
        } else {
            oldest()
        };
        self.len = self.len.max(place + 1);
        (self.addresses[place], self.slots[place]) = (address, slot);
    }

    /// Whether there are many whose latest attempt was after the slot `since`.
    pub fn are_many(&self, since: i64) -> bool {
        self.len == MANY && self.slots.iter().all(|slot| *slot > since)
    }
}
