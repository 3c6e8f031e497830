//! SACK options to relative edges, to the memory of one direction, and to the question whether a block is a D-SACK.

use super::TcpOption;
use crate::lens::wireshark::Numbers;
use crate::wire::SeqNum;

/// Wireshark remembers this many blocks.
const CAPACITY: usize = 4;

/// The blocks of the latest segment of one direction, as relative numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SackMemory {
    blocks: [(u32, u32); CAPACITY],
    count: usize,
}

impl SackMemory {
    /// The blocks of `option`, counted from `numbers`.
    pub fn of(option: &TcpOption<'_>, numbers: Numbers) -> Self {
        let mut memory = Self::default();
        let mut edges = edges(option, numbers);
        for block in &mut memory.blocks {
            let (Some(left), Some(right)) = (edges.next(), edges.next()) else { break };
            *block = (left, right);
            memory.count += 1;
        }
        memory
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

/// The edges of the first block, if it reports octets received twice: below the ACK or inside the second block
/// (RFC 2883). An option without a first block looks so too; it has fewer edges to show.
pub fn duplicates<'a>(option: &TcpOption<'a>, numbers: Numbers) -> impl Iterator<Item = u32> + use<'a> {
    let reported = option.is_whole() && reports_duplicate(option, numbers);
    edges(option, numbers).take(if reported { 2 } else { 0 })
}

/// Whether Wireshark takes the first block for one received twice, or the lack of one for a block of nothing.
pub fn reports_duplicate(option: &TcpOption<'_>, numbers: Numbers) -> bool {
    let SackMemory { blocks: [first, second, ..], count } = SackMemory::of(option, numbers);
    let below_ack = SeqNum(first.1).at_or_before(SeqNum(numbers.ack));
    let inside_second =
        count >= 2 && SeqNum(second.0).before(SeqNum(first.1)) && SeqNum(first.1).at_or_before(SeqNum(second.1));
    option.kind == 5 && (below_ack || inside_second)
}
