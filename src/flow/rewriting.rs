//! Connections captured on both sides of a device that gives an end other sequence numbers: a SYN in, that it is one
//! seen before with another number, out; and later segments with the numbers they have on the other side.

use super::{Flow, Limits, Mark, Side, Sides};
use crate::wire::{ChecksumStatus, Flags, Path, Segment};

/// What a device on the way does to the numbers of a connection, and where the segments it has changed are seen.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rewriting {
    /// The first segment that was seen with other numbers.
    pub first: Option<Mark>,
    /// The links where numbers are others than the flow's: of a device that changes those of both ends, both its links.
    links: [Option<Behind>; 2],
}

/// A link, and what was added there to the numbers of each end.
#[derive(Clone, Copy, Debug)]
struct Behind {
    link: Link,
    added: Sides<u32>,
}

/// A link: its two hardware addresses in either order, and the interface it was captured on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Link {
    macs: [[u8; 6]; 2],
    interface: u32,
}

impl Link {
    fn of(path: &Path) -> Self {
        let mut macs = path.macs;
        macs.sort_unstable();
        Self { macs, interface: path.interface }
    }
}

impl Flow {
    /// `segment` with the numbers it had before they were rewritten; `None` where they were not.
    pub(super) fn restored(&mut self, segment: &Segment, limits: &Limits) -> Option<Segment> {
        let side = self.side_of(segment);
        let restored = self.rewriting.as_ref().and_then(|it| it.undo(segment, side));
        if !segment.flags.has(Flags::SYN) {
            return restored;
        }
        let known = restored.as_ref().unwrap_or(segment);
        let added = self.added_to(known, side, limits);
        let Some(added) = added else { return restored };
        let rewriting = self.rewriting.get_or_insert_default();
        rewriting.first.get_or_insert(Mark::of(segment, side));
        rewriting.add(Link::of(&segment.path), side, added);
        rewriting.undo(segment, side)
    }

    /// What was added to the number of a SYN or SYN-ACK that was seen just before on another link, alike but for that.
    fn added_to(&self, segment: &Segment, side: Side, limits: &Limits) -> Option<u32> {
        let before = if segment.flags.has(Flags::ACK) { self.opening.last_syn_ack } else { self.opening.last_syn }?;
        let (options, own) = (&segment.options, &self.ends[side]);
        let same_clock = options.timestamps().map(|it| it.tsval) == own.timestamps.map(|(_, newest)| newest.tsval);
        let alike = (before.side, before.flags, before.window, before.len, before.ack)
            == (side, segment.flags, segment.window, segment.data_len(), segment.ack);
        let near =
            segment.time.since(before.time).abs() <= limits.duplicate_frame && before.ttl.abs_diff(segment.ttl) <= 3;
        let elsewhere = self.copies.elsewhere(segment, side, limits);
        (alike && same_clock && near && elsewhere && before.seq != segment.seq)
            .then(|| segment.seq.distance_from(before.seq))
    }
}

impl Rewriting {
    /// Notes what `link` adds to the numbers of `side`, beyond what is known of it.
    fn add(&mut self, link: Link, side: Side, more: u32) {
        let known = self.links.iter().position(|behind| behind.as_ref().is_some_and(|behind| behind.link == link));
        let place = known.or_else(|| self.links.iter().position(Option::is_none));
        let Some(behind) = place.and_then(|place| self.links.get_mut(place)) else { return };
        let added = &mut behind.get_or_insert(Behind { link, added: Sides::default() }).added[side];
        *added = added.wrapping_add(more);
    }

    /// The numbers from before the device, if `segment` of `side` was seen behind it.
    fn undo(&self, segment: &Segment, side: Side) -> Option<Segment> {
        let link = Link::of(&segment.path);
        let added = self.links.iter().flatten().find(|behind| behind.link == link)?.added;
        let (own, peer) = (added[side], added[side.peer()]);
        let mut restored = Segment { checksum_status: ChecksumStatus::Unverified, ..*segment };
        restored.seq = restored.seq - own;
        if restored.flags.has(Flags::ACK) {
            restored.ack = restored.ack - peer;
        }
        for block in &mut restored.options.sack {
            (block.left, block.right) = (block.left - peer, block.right - peer);
        }
        Some(restored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Side::Client;
    use crate::flow::testing::{ack, tell};
    use crate::wire::SeqNum;

    fn syn(milliseconds: i64, seq: u32, mac: u8) -> Segment {
        let path = Path { macs: [[mac; 6], [mac + 1; 6]], ..Path::default() };
        Segment { flags: Flags::SYN, path, ..ack(Client, milliseconds, seq, 0, 0) }
    }

    #[test]
    fn a_syn_seen_behind_a_device_gets_its_number_back() {
        let mut flow = Flow::new(&syn(0, 1000, 1));
        tell(&mut flow, syn(0, 1000, 1));
        let restored = flow.restored(&syn(1, 7777, 8), &Limits::default());
        assert_eq!(restored.map(|segment| segment.seq), Some(SeqNum(1000)));
        assert_eq!(flow.rewriting.and_then(|it| it.first).map(|first| first.seq), Some(SeqNum(7777)));
    }

    #[test]
    fn another_syn_on_the_same_link_is_another_attempt() {
        let mut flow = Flow::new(&syn(0, 1000, 1));
        tell(&mut flow, syn(0, 1000, 1));
        assert!(flow.restored(&syn(1, 7777, 1), &Limits::default()).is_none() && flow.rewriting.is_none());
    }
}
