//! Connections captured on both sides of a device that gives an end other sequence numbers, and perhaps another clock: a
//! SYN in, that it is one seen before with another number, out; and later segments with the numbers they have on the other
//! side.

use super::{Flow, Limits, Mark, Side, Sides};
use crate::wire::{ChecksumStatus, Flags, Path, Segment, SeqNum, Timestamps};

/// How far the timestamps of one packet and of those that left beside it lie apart at most.
const CONTEMPORARY: u32 = 100;

/// What a device on the way does to the numbers of a connection, and which segments have changed numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rewriting {
    /// The first segment that was seen with other numbers.
    pub first: Option<Mark>,
    /// The stretches of the way where numbers are others than the flow's: of a device that changes those of both ends,
    /// both its sides.
    stretches: [Option<Stretch>; 2],
}

/// A stretch of the way, and what was added there to the numbers of each end.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// Where it is captured; `None` where both sides of the device look alike, and only the numbers tell them apart.
    link: Option<Link>,
    added: Sides<Added>,
}

/// What was added to the numbers of an end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Added {
    /// To its sequence numbers.
    seq: u32,
    /// To its timestamps.
    clock: u32,
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
        let stretch = self.stretch_of(segment, side);
        let restored = stretch.map(|(_, added)| undo(segment, side, added));
        if !segment.flags.any(Flags::SYN.with(Flags::RST)) {
            return restored;
        }
        let known = restored.as_ref().unwrap_or(segment);
        let own = self.added_to(known, side, limits).map(|more| (side, more));
        let Some((side_of_more, more)) = own.or_else(|| self.added_to_peer(known, side, limits)) else {
            return restored;
        };
        let link = self.copies.on_another_link(segment, side, limits).then(|| Link::of(&segment.path));
        let rewriting = self.rewriting.get_or_insert_default();
        rewriting.first.get_or_insert(Mark::of(segment, side));
        rewriting.add(stretch.map(|(place, _)| place), link, side_of_more, more);
        self.stretch_of(segment, side).map(|(_, added)| undo(segment, side, added))
    }

    /// Whether `segment` was captured on the other side of a device whose work on the SYNs is not in the capture: its
    /// numbers are far from the flow's, and it left when the one did that was seen just before on another link. Then
    /// nothing that was suspected of the numbers of two stretches holds.
    pub(super) fn is_beyond_a_device(&mut self, segment: &Segment, side: Side, limits: &Limits) -> bool {
        if self.fits(segment) || segment.flags.has(Flags::SYN) {
            return false;
        }
        if self.rewriting.as_ref().is_some_and(|it| it.stretches.iter().all(Option::is_none)) {
            return true;
        }
        let own = &self.ends[side];
        let tsval = segment.options.timestamps().map(|now| now.tsval);
        let clock = tsval.zip(own.timestamps).map(|(now, (_, newest))| now.wrapping_sub(newest.tsval) as i32);
        let contemporary = match clock {
            Some(ahead) => ahead.unsigned_abs() <= CONTEMPORARY,
            None => own.window == segment.window || own.ids.sent_before(segment).is_some(),
        };
        let speaks = segment.flags.has(Flags::ACK) && !segment.flags.has(Flags::RST);
        // Where all is captured on two links, and the answer to the SYN only on one, it had other numbers on this one.
        let answered = self.opening.syn_ack.is_some() && self.opening.ack.is_none() && self.vantage.duplicated;
        let unanswered = answered && side == Side::Client && self.copies.peer_is_elsewhere(segment, side);
        let beyond = speaks && contemporary && (unanswered || self.copies.elsewhere(segment, side, limits));
        if beyond {
            self.rewriting.get_or_insert_default().first.get_or_insert(Mark::of(segment, side));
            self.suspicions = None;
        }
        beyond
    }

    /// What was added to the peer's numbers, where an answer to its SYN that was seen just before on another link comes with
    /// another ACK: the peer's SYN was not captured on this one.
    fn added_to_peer(&self, segment: &Segment, side: Side, limits: &Limits) -> Option<(Side, Added)> {
        let before = match segment.flags.has(Flags::SYN) {
            true => self.opening.last_syn_ack,
            false => self.closing.as_deref().and_then(|closing| closing.rst),
        }?;
        let answers = before.flags.has(Flags::ACK) && self.opening.last_syn.is_some_and(|syn| before.ack == syn.end());
        let alike = (before.side, before.flags, before.window, before.len, before.seq)
            == (side, segment.flags, segment.window, segment.data_len(), segment.seq);
        let near = segment.time.since(before.time).abs() <= limits.duplicate_frame
            && (1..=3).contains(&before.ttl.abs_diff(segment.ttl));
        let same_packet = before.ip_id == segment.ip_id;
        let found = answers && alike && near && same_packet && before.ack != segment.ack;
        (found && self.copies.elsewhere(segment, side, limits)).then(|| {
            let added = Added { seq: segment.ack.distance_from(before.ack), clock: 0 };
            (side.peer(), added)
        })
    }

    /// What was added to the number of a SYN or SYN-ACK that was seen just before on another link, alike but for that.
    fn added_to(&self, segment: &Segment, side: Side, limits: &Limits) -> Option<Added> {
        let before = if segment.flags.has(Flags::ACK) { self.opening.last_syn_ack } else { self.opening.last_syn }?;
        let (options, own) = (&segment.options, &self.ends[side]);
        let clocks = (options.timestamps().map(|it| it.tsval), own.timestamps.map(|(_, newest)| newest.tsval));
        let clock = match clocks {
            (Some(now), Some(newest)) => now.wrapping_sub(newest),
            (None, None) => 0,
            _ => return None,
        };
        let alike = (before.side, before.flags, before.window, before.len, before.ack)
            == (side, segment.flags, segment.window, segment.data_len(), segment.ack);
        let near =
            segment.time.since(before.time).abs() <= limits.duplicate_frame && before.ttl.abs_diff(segment.ttl) <= 3;
        // A bridge leaves time to live and hardware addresses as they are: then it has to be the same packet.
        // An end that changes its SYN-ACK does so too, but where nothing rewrote its peer's SYN; and a SYN is answered
        // only after it has passed the device, unless it came by another queue of the capture: then the hop tells.
        let tells = before.ip_id.unwrap_or(0) != 0 || options.timestamps().is_some();
        let passed = !self.ends[side.peer()].seen() || before.ttl != segment.ttl;
        let known = self.rewriting.is_some() || (tells && passed && segment.flags.is_syn());
        let same_packet = before.ip_id == segment.ip_id && known;
        // Where copies have their numbers, no device between the links changes those; once the handshake is over, a SYN
        // that comes is none of it.
        let unchanged = self.vantage.duplicated && self.rewriting.is_none() && self.opening.ack.is_some();
        let elsewhere = self.copies.elsewhere(segment, side, limits);
        let twice = !unchanged && (elsewhere || (same_packet && clock == 0));
        // Another time is another clock where its sender had said nothing since, nor its peer: what answers it has passed the
        // device after it.
        let since = own.last_sent.max(self.ends[side.peer()].last_sent);
        let same = clock == 0 && (options.timestamps().is_some() || before.ip_id == segment.ip_id);
        let told = same || since == before.time.nanoseconds();
        let added = Added { seq: segment.seq.distance_from(before.seq), clock };
        (alike && near && twice && told && added.seq != 0).then_some(added)
    }

    /// Which stretch `segment` of `side` was captured on, and what was added there; `None` where nothing was.
    fn stretch_of(&self, segment: &Segment, side: Side) -> Option<(usize, Sides<Added>)> {
        let rewriting = self.rewriting.as_ref()?;
        let link = Link::of(&segment.path);
        let known = rewriting.stretches.iter().enumerate().filter_map(|(place, it)| it.map(|it| (place, it)));
        if let Some((place, stretch)) = known.clone().find(|(_, stretch)| stretch.link == Some(link)) {
            return Some((place, stretch.added));
        }
        let own = self.distance(segment, side, Sides::default());
        let (place, stretch) = known
            .filter(|(_, stretch)| stretch.link.is_none())
            .min_by_key(|(_, stretch)| self.distance(segment, side, stretch.added))?;
        (self.distance(segment, side, stretch.added) < own).then_some((place, stretch.added))
    }

    /// How far the numbers of `segment` of `side` are from those of the flow, if `added` was added to them.
    fn distance(&self, segment: &Segment, side: Side, added: Sides<Added>) -> u32 {
        let (own, peer) = (&self.ends[side], &self.ends[side.peer()]);
        let from = |number: SeqNum, known: Option<SeqNum>| known.map_or(0, |it| number.offset_from(it).unsigned_abs());
        let seq = from(segment.seq - added[side].seq, own.snd_nxt);
        let ack = from(segment.ack - added[side.peer()].seq, peer.snd_nxt);
        if segment.flags.has(Flags::ACK) { seq.max(ack) } else { seq }
    }
}

impl Rewriting {
    /// Notes that `more` is added to the numbers of `side` on the stretch at `place`, or on one not known before.
    fn add(&mut self, place: Option<usize>, link: Option<Link>, side: Side, more: Added) {
        let place = place.or_else(|| self.stretches.iter().position(Option::is_none));
        let Some(stretch) = place.and_then(|place| self.stretches.get_mut(place)) else { return };
        let added = &mut stretch.get_or_insert(Stretch { link, added: Sides::default() }).added[side];
        *added = Added { seq: added.seq.wrapping_add(more.seq), clock: added.clock.wrapping_add(more.clock) };
    }
}

/// `segment` of `side` with the numbers from before `added` was added to them.
fn undo(segment: &Segment, side: Side, added: Sides<Added>) -> Segment {
    let (own, peer) = (added[side], added[side.peer()]);
    let mut restored = Segment { checksum_status: ChecksumStatus::Unverified, ..*segment };
    restored.seq = restored.seq - own.seq;
    if restored.flags.has(Flags::ACK) {
        restored.ack = restored.ack - peer.seq;
    }
    for block in &mut restored.options.sack {
        (block.left, block.right) = (block.left - peer.seq, block.right - peer.seq);
    }
    if let Some(Timestamps { tsval, tsecr }) = segment.options.timestamps() {
        let tsecr = if tsecr == 0 { 0 } else { tsecr.wrapping_sub(peer.clock) };
        restored.options.timestamps = Timestamps { tsval: tsval.wrapping_sub(own.clock), tsecr };
    }
    restored
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::Side::Client;
    use crate::flow::testing::{ack, tell};

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
