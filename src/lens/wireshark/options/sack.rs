//! SACK options to relative edges, to the memory of blocks, and to the question whether the first is a D-SACK.

use super::TcpOption;
use crate::lens::wireshark::Numbers;
use crate::wire::SeqNum;

/// Wireshark remembers this many blocks.
const CAPACITY: usize = 4;

/// The first blocks seen, as relative numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SackMemory {
    blocks: [(u32, u32); CAPACITY],
    count: usize,
}

impl SackMemory {
    /// The blocks of `option`, counted from `numbers`.
    pub fn of(option: &TcpOption<'_>, numbers: Numbers) -> Self {
        let mut memory = Self::default();
        memory.extend(option, numbers);
        memory
    }

    /// Adds the blocks of `option`, as far as there is room.
    pub fn extend(&mut self, option: &TcpOption<'_>, numbers: Numbers) {
        let mut edges = edges(option, numbers);
        while let Some(block) = self.blocks.get_mut(self.count) {
            let (Some(left), Some(right)) = (edges.next(), edges.next()) else { break };
            *block = (left, right);
            self.count += 1;
        }
    }

    /// Whether Wireshark takes the first block for one received twice (RFC 2883): it is below the ACK, as the lack of
    /// one seems to be, or inside the second block.
    pub fn reports_duplicate(&self, ack: u32) -> bool {
        let [first, second, ..] = self.blocks;
        let below_ack = SeqNum(first.1).at_or_before(SeqNum(ack));
        let left_before = SeqNum(second.0).before(SeqNum(first.1));
        below_ack || (self.count >= 2 && left_before && SeqNum(first.1).at_or_before(SeqNum(second.1)))
    }

    /// The sum of all blocks in octets, modulo 2³².
    pub fn octets(&self) -> u32 {
        self.blocks().iter().fold(0, |sum, (left, right)| sum.wrapping_add(right.wrapping_sub(*left)))
    }

    /// Whether there are blocks and none holds `[seq, end)`. As in Wireshark, raw numbers are compared with relative
    /// ones here, and not around the circle.
    pub fn reports_hole_at(&self, seq: SeqNum, end: SeqNum) -> bool {
        self.count > 0 && !self.blocks().iter().any(|(left, right)| seq.0 >= *left && end.0 <= *right)
    }

    fn blocks(&self) -> &[(u32, u32)] {
        self.blocks.get(..self.count).unwrap_or_default()
    }
}

/// The captured edges of a SACK option as relative numbers: left, right, left, …
pub fn edges<'a>(option: &TcpOption<'a>, numbers: Numbers) -> impl Iterator<Item = u32> + use<'a> {
    let value = if option.kind == 5 { option.value() } else { &[] };
    value.chunks_exact(4).map(move |edge| {
        let raw = edge.iter().fold(0, |number, octet| number << 8 | u32::from(*octet));
        raw.wrapping_sub(numbers.sack_base.0)
    })
}

/// The edges of the first block, if it was received twice; an option without a whole block has fewer to show.
pub fn duplicates<'a>(option: &TcpOption<'a>, numbers: Numbers) -> impl Iterator<Item = u32> + use<'a> {
    edges(option, numbers).take(if option.duplicate_sack { 2 } else { 0 })
}
