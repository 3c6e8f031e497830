//! Captured octets with the length they had on the wire in, the parts that were captured of them out.

use super::Skip;

/// A run of octets of which the capture may hold only the beginning.
///
/// Reading past what was captured is [`Skip::Cut`], reading past what was sent is [`Skip::Malformed`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Octets<'a> {
    data: &'a [u8],
    reported: usize,
}

impl<'a> Octets<'a> {
    /// `data` of `reported` octets on the wire.
    pub fn new(data: &'a [u8], reported: usize) -> Self {
        Self { data: data.get(..reported).unwrap_or(data), reported }
    }

    /// What was captured.
    pub fn data(self) -> &'a [u8] {
        self.data
    }

    /// Number of octets captured.
    pub fn captured(self) -> usize {
        self.data.len()
    }

    /// Number of octets on the wire.
    pub fn reported(self) -> usize {
        self.reported
    }

    /// Whether every octet was captured.
    pub fn is_whole(self) -> bool {
        self.data.len() == self.reported
    }

    /// Asks for the first `count` octets.
    pub fn need(self, count: usize) -> Result<&'a [u8], Skip> {
        self.data.get(..count).ok_or(if count <= self.reported { Skip::Cut } else { Skip::Malformed })
    }

    /// The `N` octets at `at`.
    pub fn array<const N: usize>(self, at: usize) -> Result<[u8; N], Skip> {
        let end = at.saturating_add(N);
        match self.need(end)?.get(at..).and_then(|octets| octets.first_chunk()) {
            Some(octets) => Ok(*octets),
            None => Err(Skip::Malformed),
        }
    }

    /// The octet at `at`.
    pub fn u8(self, at: usize) -> Result<u8, Skip> {
        self.array(at).map(u8::from_be_bytes)
    }

    /// The 16 bits at `at`, most significant octet first.
    pub fn u16(self, at: usize) -> Result<u16, Skip> {
        self.array(at).map(u16::from_be_bytes)
    }

    /// The 32 bits at `at`, most significant octet first.
    pub fn u32(self, at: usize) -> Result<u32, Skip> {
        self.array(at).map(u32::from_be_bytes)
    }

    /// What follows the first `count` octets, which must have been captured.
    pub fn skip(self, count: usize) -> Result<Self, Skip> {
        self.need(count)?;
        Ok(Self { data: self.data.get(count..).unwrap_or_default(), reported: self.reported.saturating_sub(count) })
    }

    /// At most the first `count` octets: what a length field of an outer header leaves.
    pub fn limit(self, count: usize) -> Self {
        Self::new(self.data, self.reported.min(count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_cut_from_malformed() {
        let octets = Octets::new(&[1, 2, 3], 5);
        assert_eq!(octets.u16(1), Ok(0x0203));
        assert_eq!(octets.u8(3), Err(Skip::Cut));
        assert_eq!(octets.u16(4), Err(Skip::Malformed));
        assert_eq!(octets.u8(usize::MAX), Err(Skip::Malformed));
    }

    #[test]
    fn skips_and_limits() {
        let octets = Octets::new(&[1, 2, 3], 5);
        let rest = octets.skip(2).unwrap();
        assert_eq!((rest.captured(), rest.reported()), (1, 3));
        assert_eq!(octets.skip(3).unwrap().captured(), 0);
        assert_eq!(octets.skip(4).unwrap_err(), Skip::Cut);
        assert!(octets.limit(2).is_whole() && !octets.is_whole());
    }
}
