//! The flow table: a [`Segment`] in; the [`Step`](super::Step) of its connection, and the connections that end meanwhile, out.
//!
//! A pair of endpoints is one of three things, and takes as much room as that needs: *asking* (one SYN and nothing
//! else), *live*, or *remembered* (closed and told of, kept for stragglers and for Wireshark's stream numbers).

mod ahead;
mod asking;
mod begin;
mod branches;
mod breaks;
mod handle;
mod index;
mod key;
mod live;
mod observer;
mod queue;
mod remembered;
mod room;
mod slab;
mod told;

use super::brief::{Log, Outcome};
use super::conversation::{Conversation, Relation, Slot};
use super::{EndReason, Ending, Errand, Limits, Nanoseconds, SECOND};
use crate::capture::Timestamp;
use crate::wire::{Packed, Rest, Segment, Standing};
use ahead::Hint;
use asking::Asking;
use breaks::Breaks;
use handle::{Handle, Kept};
use index::Index;
use key::{Addresses, Key};
use live::Live;
pub use observer::{Detail, Notes, Observer, Open, Orderly};
use queue::Queue;
use remembered::Remembered;
pub(crate) use slab::Slab;
use std::collections::VecDeque;
use std::sync::mpsc::Sender;

/// What a segment was taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Wireshark's `tcp.stream`; `None` where too little of the header was captured.
    pub stream: Option<u32>,
}

/// How many pairs of endpoints with something going on were forgotten before the capture was over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forgotten {
    /// To make room for others.
    pub for_room: u64,
    /// After a silence.
    pub idle: u64,
}

/// How often a live pair is put to the end of the order in which pairs are forgotten, at most. Each time costs the memory
/// of three others, so that not every segment is worth it.
const LISTED_EVERY: Nanoseconds = 10 * SECOND;

/// All connections of a capture.
#[derive(Debug)]
pub struct Table<T> {
    limits: Limits,
    /// How long a closed flow is kept whole.
    time_wait: Nanoseconds,
    addresses: Addresses,
    index: Index,
    asking: Queue<Asking>,
    live: Slab<Live<T>>,
    /// The segments of live pairs that have gone in order so far.
    log: Log,
    /// VLANs and tunnels of live pairs beside the first of each.
    others: usize,
    remembered: Queue<Remembered>,
    /// Closed flows that stragglers may still come for, the one closed first in front: place, stream, when.
    closed: VecDeque<(u32, u32, i64)>,
    streams: u32,
    forgotten: Forgotten,
    /// Nanoseconds since the epoch.
    clock: i64,
    breaks: Breaks,
}

impl<T: Notes> Table<T> {
    /// An empty table.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            time_wait: limits.time_wait(),
            addresses: Addresses::default(),
            index: Index::default(),
            asking: Queue::default(),
            live: Slab::default(),
            log: Log::default(),
            others: 0,
            remembered: Queue::default(),
            closed: VecDeque::new(),
            streams: 0,
            forgotten: Forgotten::default(),
            clock: 0,
            breaks: Breaks::default(),
        }
    }

    /// Who has time to make room ready: whoever does what comes out of the other end of `errands`. Nothing depends on it.
    pub fn engage(&mut self, errands: &Sender<Errand>) {
        self.asking.engage(errands);
        self.remembered.engage(errands);
        self.index.engage(errands);
    }

    /// What was forgotten before the capture was over.
    pub const fn forgotten(&self) -> Forgotten {
        self.forgotten
    }

    /// Counts a segment and tells `observer` what came of it.
    pub fn observe(&mut self, segment: &Segment, observer: &mut impl Observer<T>) -> Placed {
        self.observe_sought(segment, None, observer)
    }

    /// Makes room for an ordinary segment, and counts it if it is of a connection that goes in order and leaves it so;
    /// whether that is so. `hint` is what looking ahead found.
    #[inline]
    fn observe_packed(
        &mut self,
        packed: &Packed,
        rest: &Rest,
        hint: Option<&Hint>,
        observer: &mut impl Observer<T>,
    ) -> bool {
        self.go_on_to(packed.time);
        self.begin_segment(observer);
        let Some(hint) = hint else { return false };
        let at = match self.find_sought(hint) {
            Some(Kept::Live(at)) => at,
            Some(Kept::Asking(at)) => self.wake(at, !observer.wants_steps()),
            Some(Kept::Remembered(_)) => return false,
            None => return self.begin_packed(packed, rest, hint, observer),
        };
        let now = self.clock;
        let Some(live) = self.live.get_mut(at) else { return false };
        let outcome = live.observe_packed(packed, hint.slot, &self.limits, &mut self.log);
        if outcome == Outcome::Refused {
            return false;
        }
        live.last = now;
        let listed = live.listed;
        if outcome != Outcome::Counted {
            self.told_briefly(at, outcome, observer);
        }
        if now.saturating_sub(listed) >= LISTED_EVERY {
            self.list(at);
        }
        true
    }

    /// The same; `hint` is what looking ahead found.
    fn observe_sought(&mut self, segment: &Segment, hint: Option<&Hint>, observer: &mut impl Observer<T>) -> Placed {
        self.tick(segment.time);
        if !Conversation::admits(segment) {
            self.quote(segment);
            return Placed { stream: None };
        }
        self.begin_segment(observer);
        self.observe_admitted(segment, hint, observer)
    }

    /// Counts a segment for which there is room.
    fn observe_admitted(&mut self, segment: &Segment, hint: Option<&Hint>, observer: &mut impl Observer<T>) -> Placed {
        let at = match self.find(segment, hint) {
            Some(Kept::Live(at)) => at,
            Some(Kept::Asking(at)) => self.wake(at, !observer.wants_steps()),
            Some(Kept::Remembered(at)) => match self.straggler(at, segment) {
                Some(placed) => return placed,
                None => self.reopen(at, segment),
            },
            None => match self.begin(segment, observer) {
                Ok(placed) => return placed,
                Err(at) => at,
            },
        };
        self.observe_live(at, segment, observer)
    }

    /// Puts the capture's clock forward to `time`: frames without a segment show that time went on, too.
    #[inline]
    pub fn tick(&mut self, time: Timestamp) {
        self.go_on_to(time.nanoseconds());
    }

    #[inline]
    fn go_on_to(&mut self, now: i64) {
        if now > self.clock {
            self.breaks.note(self.clock, now, self.limits.idle_timeout);
            self.clock = now;
        }
    }

    /// Makes room before a segment is counted.
    #[inline]
    fn begin_segment(&mut self, observer: &mut impl Observer<T>) {
        if self.to_retire().is_some() {
            self.retire(observer);
        }
        if self.live.len() + self.others > self.limits.live_flows {
            self.relieve(observer);
        }
    }

    const fn ending(&self, reason: EndReason) -> Ending {
        Ending { reason, time: Timestamp::from_nanoseconds(self.clock) }
    }

    /// Tells of a segment that completed the handshake, or the close, of the live pair at `at`, which goes in order.
    fn told_briefly(&mut self, at: u32, outcome: Outcome, observer: &mut impl Observer<T>) {
        let Some(live) = self.live.get(at) else { return };
        match outcome {
            Outcome::Agreed => {
                if let Some((ends, asked_at)) = live.asked(|key, client| self.addresses.sides(key, client)) {
                    observer.agreed(ends, asked_at);
                }
            }
            Outcome::Closed => self.closed.push_back((at, live.stream, self.clock)),
            Outcome::Counted | Outcome::Refused => {}
        }
    }

    /// Ends every flow in the order of their streams: the capture is over.
    pub fn finish(&mut self, observer: &mut impl Observer<T>) {
        let ending = self.ending(EndReason::CaptureEnd);
        // The index goes first: nothing is looked for any more.
        self.index = Index::default();
        let mut order: Vec<_> = self.live.iter().map(|(at, live)| (live.stream, at)).collect();
        order.sort_unstable();
        for (number, (stream, at)) in order.iter().enumerate() {
            // Those that ask are in order.
            self.finish_asking(*stream, ending, observer);
            self.approach_ends(|ahead| order.get(number + ahead).map(|(_, at)| Kept::Live(*at)));
            self.end_flows(Kept::Live(*at), ending, observer);
        }
        self.finish_asking(u32::MAX, ending, observer);
        self.remembered = Queue::default();
        self.closed.clear();
    }

    /// Ends the flows that ask, and began before `stream`.
    fn finish_asking(&mut self, stream: u32, ending: Ending, observer: &mut impl Observer<T>) {
        while let Some(asking) = self.asking.pop_if(|asking| asking.stream < stream) {
            self.end_asking(&asking, self.breaks.seen(ending, asking.nanoseconds()), observer);
        }
    }

    fn observe_live(&mut self, at: u32, segment: &Segment, observer: &mut impl Observer<T>) -> Placed {
        let now = self.clock;
        if self.live.get(at).is_some_and(|live| now.saturating_sub(live.listed) >= LISTED_EVERY) {
            self.list(at);
        }
        let Some(live) = self.live.get_mut(at) else { return Placed { stream: None } };
        live.last = now;
        let outcome = live.observe_briefly(segment, &self.limits, &mut self.log);
        if outcome != Outcome::Refused {
            let stream = live.stream;
            self.told_briefly(at, outcome, observer);
            return Placed { stream: Some(stream) };
        }
        live.unfold(&self.limits, &mut self.log, |key| self.addresses.endpoints(key));
        let (before, quoted) = (live.others(), matches!(segment.standing, Standing::Quoted(_)));
        if !quoted && live.is_new(segment, &self.limits) {
            let ending = Ending { reason: EndReason::Evicted, time: Timestamp::from_nanoseconds(now) };
            self.forgotten.for_room += u64::from(live.narrow(ending, &self.limits, observer));
        }
        if live.conversation.arrive(segment, Slot::of(segment)).relation == Relation::Reused {
            live.stream = self.streams;
            self.streams += 1;
        }
        let stream = live.stream;
        match segment.standing {
            Standing::Quoted(_) => live.quote(segment),
            _ if live.observe(segment, &self.limits, observer) => {
                self.closed.push_back((at, stream, self.clock));
            }
            _ => {}
        }
        self.others = self.others + live.others() - before;
        Placed { stream: Some(stream) }
    }

    /// Puts a live pair to the end of the order.
    fn list(&mut self, at: u32) {
        if let Some(live) = self.live.touch(at) {
            live.listed = self.clock;
        }
    }

    /// Takes a quoted header, of which little more than the ports is there, for evidence about its connection.
    fn quote(&mut self, segment: &Segment) {
        if !matches!(segment.standing, Standing::Quoted(_)) {
            return;
        }
        let at = match self.find(segment, None) {
            Some(Kept::Live(at)) => at,
            Some(Kept::Asking(at)) => self.wake(at, false),
            _ => return,
        };
        if let Some(live) = self.live.get_mut(at) {
            live.unfold(&self.limits, &mut self.log, |key| self.addresses.endpoints(key));
            live.quote(segment);
        }
    }

    /// Whether `key` is that of the pair that is kept there.
    #[inline]
    fn is_of(&self, handle: Handle, key: &Key) -> bool {
        match handle.into() {
            Kept::Live(at) => self.live.get(at).is_some_and(|live| live.key == *key),
            Kept::Asking(at) => self.asking.get(at).is_some_and(|asking| asking.key() == *key),
            Kept::Remembered(at) => self.remembered.get(at).is_some_and(|remembered| remembered.key() == *key),
        }
    }

    /// What becomes of a late segment of a connection that was told of; `None` if it is none.
    fn straggler(&mut self, at: u32, segment: &Segment) -> Option<Placed> {
        let remembered = self.remembered.get_mut(at)?;
        if !remembered.has_straggler(segment) {
            return None;
        }
        remembered.arrive(segment);
        Some(Placed { stream: Some(remembered.stream) })
    }

    /// Makes a remembered pair live: another connection begins.
    fn reopen(&mut self, at: u32, segment: &Segment) -> u32 {
        let Some(remembered) = self.remembered.remove(at) else { return u32::MAX };
        let key = remembered.key();
        let mut live = Live::new(key, remembered.stream, segment.path.id, self.clock);
        live.conversation = remembered.conversation();
        let to = self.live.insert(live);
        self.replace(&key, Kept::Remembered(at), Kept::Live(to));
        self.close_up();
        to
    }

    /// Lets go of the room of pairs that are remembered no more, or do not ask any more, where that is most of it.
    fn close_up(&mut self) {
        let Self { remembered, asking, index, .. } = self;
        let mut moved = |key: Key, old: Kept, new: Kept| index.replace(index.hash(&key), old.into(), new.into());
        if remembered.is_hollow() {
            remembered.close_up(|it, old, new| moved(it.key(), Kept::Remembered(old), Kept::Remembered(new)));
        }
        if asking.is_hollow() {
            asking.close_up(|it, old, new| moved(it.key(), Kept::Asking(old), Kept::Asking(new)));
        }
    }

    fn enter(&mut self, key: Key, kept: Kept) {
        self.index.insert(self.index.hash(&key), kept.into());
    }

    fn replace(&mut self, key: &Key, old: Kept, new: Kept) {
        self.index.replace(self.index.hash(key), old.into(), new.into());
    }
}
