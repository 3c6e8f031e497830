//! Numbers that follow from a seed: the same case again, on every machine.

/// SplitMix64.
pub struct Random(u64);

impl Random {
    /// The numbers of one case: `seed` of the run, `kind` by name, `round` by number.
    pub fn of(seed: u64, kind: &str, round: u64) -> Self {
        let name = kind
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash: u64, octet| (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3));
        Self(seed ^ name ^ round.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number of `from..=to`.
    pub fn within(&mut self, from: u64, to: u64) -> u64 {
        from + self.next() % (to - from + 1)
    }

    pub fn chance(&mut self, percent: u64) -> bool {
        self.within(1, 100) <= percent
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        (!from.is_empty()).then(|| from[self.next() as usize % from.len()])
    }

    /// An amount that a sequence number may be wrong by upwards: one, a few, a segment, or far off.
    pub fn ahead(&mut self) -> u32 {
        let (from, to) = self.pick(&[(1, 1), (2, 9), (10, 1460), (1461, 65_535), (1 << 17, 1 << 30)]).unwrap();
        self.within(from, to) as u32
    }

    /// The same in either direction.
    pub fn off(&mut self) -> u32 {
        let ahead = self.ahead();
        if self.chance(50) { ahead } else { ahead.wrapping_neg() }
    }
}
