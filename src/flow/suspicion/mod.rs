//! Faults that only hindsight can tell from loss: kept, a few per flow, until a later segment settles them.

mod ack_beyond;
mod seq_beyond;
mod window_beyond;

use super::{Ending, Limits, Mark, Side};
use crate::wire::{Flags, Segment, SeqNum};

/// Most suspicions a flow keeps; more than this at once means the capture is not one to judge by.
const MOST: usize = 6;

/// More octets than a flight has, whatever windows were offered.
pub(super) const MORE_THAN_A_FLIGHT: i32 = 1 << 24;

/// What is suspected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SuspicionKind {
    /// An ACK beyond what its receiver was seen to send: a wrong number, or octets that the capture lost.
    AckBeyond,
    /// A segment that starts beyond its sender's SND.NXT: a wrong number, or octets that were lost.
    SeqBeyond,
    /// Octets beyond every window that was offered: too much, or an offer that was not captured.
    WindowBeyond,
}

/// Something suspected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suspicion {
    /// What is suspected.
    pub kind: SuspicionKind,
    /// The culprit.
    pub mark: Mark,
    /// The segment whose numbers it contradicts.
    pub against: Option<Mark>,
    /// The number it should have had, at most (ACK) or exactly (SEQ).
    pub expected: SeqNum,
    /// Whether the culprit belongs to the handshake.
    pub opening: bool,
    /// The segment that settled it; `None` where the end of the flow did.
    pub settled_by: Option<Mark>,
    /// What came after it and has not settled it yet.
    pub since: Since,
}

/// What the culprit's flow was before it, and what came after it that bears upon it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since {
    /// The largest right edge that the receiver had offered.
    pub edge: Option<SeqNum>,
    /// The receiver's window in octets when the culprit was sent.
    pub window: u32,
    /// The shift of the receiver's windows.
    pub shift: u8,
    /// The timestamp that the culprit echoed.
    pub tsecr: Option<u32>,
    /// The culprit's IP identification.
    pub ip_id: Option<u16>,
    /// The culprit's TSval, if its sender had sent none as new before.
    pub tsval: Option<u32>,
    /// Whether the culprit brings octets that its sender had not sent before.
    pub fresh: bool,
    /// Whether the culprit reaches beyond every window that its receiver was seen to offer.
    pub exceeds: bool,
    /// Whether it does, and no disorder of the capture explains it.
    pub outside: bool,
    /// Where there are no timestamps, the number from which on the culprit's sender had sent its octets so short a time
    /// before that it cannot have heard an ACK of them.
    pub unheard: Option<SeqNum>,
    /// Whether the culprit's sender had heard nothing of its receiver but what was captured before.
    pub heard_all: bool,
    /// Whether the IP identifications show that nothing is missing from the capture: where a SEQ is suspected, nothing of
    /// the culprit's sender just before it; where an ACK or a window is, nothing of the receiver's since.
    pub unbroken: bool,
    /// How far the one whose SEQ tells has come, the culprit aside.
    pub reached: SeqNum,
    /// The culprit's sender's RCV.NXT before it.
    pub rcv_nxt: Option<SeqNum>,
    /// The right edge that the culprit's sender had offered before it.
    pub right_edge: Option<SeqNum>,
    /// Whether the sender went on from where it would be, had the culprit stood where it should.
    pub went_on: bool,
    /// Whether the sender sent the first octets of the hole.
    pub restarted: bool,
    /// Whether the peer acknowledged just the octets that the culprit would have had where it should stand.
    pub heard: bool,
    /// When the culprit was repeated where it stood, nanoseconds since the epoch.
    pub repeated: Option<i64>,
    /// Where the capture was taken at the culprit's sender: when an answer to the culprit was due, nanoseconds since the
    /// epoch.
    pub due: Option<i64>,
    /// Whether the peer's ACK stopped in front of the hole: since the culprit, since it was repeated, and since an answer
    /// was due.
    pub stopped: [bool; 3],
}

/// What a segment says of a suspicion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Judgement {
    /// Nothing that would settle it.
    Pending,
    /// It is true.
    Confirmed,
    /// The octets were there, only late.
    Late,
    /// The octets were there, and the capture lost them.
    Lost,
}

/// What the capture did where a suspicion was wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Refuted {
    /// It lost octets.
    pub lost: bool,
    /// It has an ACK before what it acknowledges, or octets before the offer of room for them.
    pub swapped: bool,
}

/// A segment as evidence about an earlier one.
#[derive(Clone, Copy, Debug)]
struct Witness<'a> {
    segment: &'a Segment,
    /// Whether it left before something of the same sender that was captured earlier.
    stale: bool,
    /// Whether it is known to have left after all of the same sender that was captured earlier.
    newest: bool,
    /// Whether its sender is known to have sent nothing between that and it.
    follows: bool,
    /// Whether the capture is known to swap segments.
    reordered: bool,
    /// How many octets each of the packets has that it stands for; `None` where it is one.
    packet: Option<u32>,
    limits: &'a Limits,
}

impl Witness<'_> {
    /// Whether one of the packets that it stands for ends at `number`, but not the last.
    fn has_a_packet_to(&self, number: SeqNum) -> bool {
        let begun = number.offset_from(self.segment.seq);
        self.packet.zip(u32::try_from(begun).ok()).is_some_and(|(packet, begun)| begun > 0 && begun % packet == 0)
            && self.segment.end().after(number)
    }

    /// Whether it came so long after `mark` that the capture did not just swap the two.
    fn is_late(&self, mark: &Mark) -> bool {
        self.segment.time.since(mark.time) > self.limits.reordering
    }
}

/// The suspicions of a flow.
#[derive(Clone, Debug, Default)]
pub struct Suspicions {
    pending: Vec<Suspicion>,
    confirmed: Vec<Suspicion>,
    /// What the latest step showed to be no fault, but octets that the capture lost.
    lost: Option<Mark>,
}

impl Suspicions {
    /// Remembers one more; where there are too many the oldest goes.
    pub fn push(&mut self, suspicion: Suspicion) {
        if self.pending.len() == MOST {
            self.pending.remove(0);
        }
        self.pending.push(suspicion);
    }

    /// Forgets those that are `alike`, but for the first.
    pub fn forget_all_but_first(&mut self, alike: impl Fn(&Suspicion) -> bool) {
        let mut first = true;
        self.pending.retain(|it| !alike(it) || std::mem::take(&mut first));
    }

    /// One that its own segment proves.
    pub fn push_confirmed(&mut self, suspicion: Suspicion) {
        self.confirmed.push(suspicion);
    }

    /// Those that nothing has settled yet.
    pub fn pending(&self) -> &[Suspicion] {
        &self.pending
    }

    /// Those that the last segment confirmed.
    pub fn confirmed(&self) -> &[Suspicion] {
        &self.confirmed
    }

    /// What the latest step showed to be no fault, but octets that the capture lost.
    pub const fn lost(&self) -> Option<Mark> {
        self.lost
    }

    /// Holds a segment that `side` sent against what is pending; `stale` if it left before something of the same
    /// sender that was captured earlier, `newest` if it is known to have left after all of that, `follows` if it is
    /// known to have left next, `reordered` if the capture is known to swap segments; `packet` are the octets of each packet
    /// that it stands for. Returns what turned out to be the capture's doing.
    pub(super) fn settle(
        &mut self,
        segment: &Segment,
        side: Side,
        [stale, newest, follows, reordered]: [bool; 4],
        packet: Option<u32>,
        limits: &Limits,
    ) -> Refuted {
        self.confirmed.clear();
        self.lost = None;
        let (mut refuted, confirmed, lost) = (Refuted::default(), &mut self.confirmed, &mut self.lost);
        self.pending.retain_mut(|suspicion| {
            let stale = stale || suspicion.precedes(segment, side);
            let witness = Witness { segment, stale, newest: newest && !stale, follows, reordered, packet, limits };
            let judgement = suspicion.judge(witness, side);
            if judgement == Judgement::Lost {
                refuted.lost = true;
                let shows =
                    if suspicion.kind == SuspicionKind::SeqBeyond { Mark::of(segment, side) } else { suspicion.mark };
                lost.get_or_insert(shows);
            }
            refuted.swapped |= judgement == Judgement::Late && suspicion.kind != SuspicionKind::SeqBeyond;
            if judgement == Judgement::Confirmed {
                confirmed.push(Suspicion { settled_by: Some(Mark::of(segment, side)), ..*suspicion });
            }
            judgement == Judgement::Pending
        });
        refuted
    }

    /// Settles what nothing more will come to settle; `closed` if the flow came to its end by itself.
    pub(super) fn settle_at_end(&mut self, closed: bool, ending: Ending, limits: &Limits) {
        self.confirmed.clear();
        self.confirmed.extend(self.pending.iter().filter(|suspicion| suspicion.stands_at_end(closed, ending, limits)));
        self.pending.clear();
    }
}

impl Suspicion {
    fn judge(&mut self, witness: Witness<'_>, side: Side) -> Judgement {
        match (self.kind, side == self.mark.side) {
            (SuspicionKind::AckBeyond, false) => self.judge_ack_by_its_receiver(witness),
            (SuspicionKind::AckBeyond, true) => self.judge_ack_by_its_sender(witness),
            (SuspicionKind::SeqBeyond, true) => self.judge_seq_by_its_sender(witness),
            (SuspicionKind::SeqBeyond, false) => self.judge_seq_by_its_receiver(witness.segment),
            (SuspicionKind::WindowBeyond, false) => self.judge_excess_by_its_receiver(witness),
            (SuspicionKind::WindowBeyond, true) => self.judge_excess_by_its_sender(witness),
        }
    }

    fn stands_at_end(&self, closed: bool, ending: Ending, limits: &Limits) -> bool {
        match self.kind {
            SuspicionKind::AckBeyond => false,
            SuspicionKind::WindowBeyond => self.excess_stands_at_end(closed, ending, limits),
            SuspicionKind::SeqBeyond => self.seq_stands_at_end(ending, limits),
        }
    }

    /// Whether `segment`, of the culprit's receiver, answers the culprit: it echoes its timestamp or acknowledges its
    /// octets, so that it left after the culprit was heard.
    fn is_answered_by(&self, segment: &Segment) -> bool {
        let echo = segment.options.echo();
        let echoed = self.since.tsval.zip(echo).is_some_and(|(tsval, echo)| echo.wrapping_sub(tsval) as i32 >= 0);
        let acknowledged = self.since.fresh && segment.ack.at_or_after(self.mark.end());
        segment.flags.has(Flags::ACK) && !segment.flags.has(Flags::RST) && (echoed || acknowledged)
    }

    /// Whether `segment` left before the culprit though it was captured after it: its IP identification is a little
    /// smaller.
    fn precedes(&self, segment: &Segment, side: Side) -> bool {
        const NEAR: u16 = 1000;
        let behind = |(culprit, id): (u16, u16)| (1..NEAR).contains(&culprit.wrapping_sub(id));
        side == self.mark.side && self.since.ip_id.zip(segment.ip_id).is_some_and(behind)
    }
}
