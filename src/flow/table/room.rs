//! Which pairs end before the capture does: what has been closed for long enough, what was silent for too long, and the
//! least missed where there are too many.

use super::asking::Asking;
use super::handle::Kept;
use super::key::Key;
use super::live::Live;
use super::observer::{Detail, Notes, Observer};
use super::remembered::Remembered;
use super::{EndReason, Ending, Table};

impl<T: Notes> Table<T> {
    /// The closed flow to be told of next, if it has been closed for as long as TIME-WAIT lasts, or there are too many to
    /// be kept whole.
    #[inline]
    pub(super) fn to_retire(&self) -> Option<(u32, u32)> {
        let &(at, stream, since) = self.closed.front()?;
        let crowded = self.closed.len() > self.limits.closed_flows;
        (crowded || self.clock.saturating_sub(since) >= self.time_wait).then_some((at, stream))
    }

    /// Tells of flows that are closed for good.
    pub(super) fn retire(&mut self, observer: &mut impl Observer<T>) {
        while let Some((at, stream)) = self.to_retire() {
            self.closed.pop_front();
            let over = |live: &&Live<T>| live.stream == stream;
            let Some(kept) = self.live.get(at).filter(over).and_then(Remembered::of) else { continue };
            let ending = self.ending(EndReason::Closed);
            self.end_live(at, ending, observer);
            let to = self.remembered.push(kept);
            self.replace(&kept.key(), Kept::Live(at), Kept::Remembered(to));
            self.approach_closed();
        }
    }

    /// Forgets what has been silent for too long, and what is least missed where there is too much.
    pub(super) fn make_room(&mut self, observer: &mut impl Observer<T>) {
        let now = self.clock;
        let since = now.saturating_sub(self.limits.idle_timeout);
        while let Some((at, _)) = self.remembered.oldest().filter(|(_, remembered)| remembered.is_older(since)) {
            self.end(Kept::Remembered(at), self.ending(EndReason::Idle), observer);
        }
        while let Some((at, _)) = self.asking.oldest().filter(|(_, asking)| asking.nanoseconds() < since) {
            self.forgotten.idle += 1;
            self.end(Kept::Asking(at), self.ending(EndReason::Idle), observer);
        }
        while let Some((at, live)) = self.live.oldest().filter(|(_, live)| live.listed < since) {
            if live.last < since {
                self.forgotten.idle += 1;
                self.end(Kept::Live(at), self.ending(EndReason::Idle), observer);
            } else {
                self.list(at);
            }
        }
        while self.index.len() >= self.limits.max_flows {
            let remembered = self.remembered.oldest().map(|(at, _)| Kept::Remembered(at));
            let asking = || self.asking.oldest().map(|(at, _)| Kept::Asking(at));
            let live = || self.live.oldest().map(|(at, _)| Kept::Live(at));
            let Some(victim) = remembered.or_else(asking).or_else(live) else { return };
            self.forgotten.for_room += u64::from(!matches!(victim, Kept::Remembered(_)));
            self.end(victim, self.ending(EndReason::Evicted), observer);
            self.approach_evicted();
        }
    }

    /// Forgets live pairs, the least missed first, until no more of them are followed than may be.
    pub(super) fn relieve(&mut self, observer: &mut impl Observer<T>) {
        while self.live.len() + self.others > self.limits.live_flows {
            let Some((at, _)) = self.live.oldest() else { return };
            self.forgotten.for_room += 1;
            self.end(Kept::Live(at), self.ending(EndReason::Evicted), observer);
        }
    }

    /// Ends a pair's flows and forgets it.
    pub(super) fn end(&mut self, kept: Kept, ending: Ending, observer: &mut impl Observer<T>) {
        if let Some(key) = self.end_flows(kept, ending, observer) {
            self.index.remove(self.index.hash(&key), kept.into());
            self.addresses.release(&key);
        }
    }

    /// Ends a pair's flows; the key that it was found by.
    pub(super) fn end_flows(&mut self, kept: Kept, ending: Ending, observer: &mut impl Observer<T>) -> Option<Key> {
        match kept {
            Kept::Live(at) => {
                let live = self.live.get(at)?;
                let (key, ending) = (live.key, self.breaks.seen(ending, live.last));
                self.others -= live.others();
                self.end_live(at, ending, observer);
                Some(key)
            }
            Kept::Asking(at) => self.asking.remove(at).map(|asking| {
                self.end_asking(&asking, self.breaks.seen(ending, asking.nanoseconds()), observer);
                asking.key()
            }),
            Kept::Remembered(at) => self.remembered.remove(at).map(|remembered| remembered.key()),
        }
    }

    /// Ends the flows of a live pair, where they lie.
    fn end_live(&mut self, at: u32, ending: Ending, observer: &mut impl Observer<T>) {
        if let Some(live) = self.live.get_mut(at) {
            live.end(ending, &self.limits, &mut self.log, |key| self.addresses.endpoints(key), observer);
            self.live.discard(at);
        }
    }

    /// Ends a flow that was nothing but a SYN.
    pub(super) fn end_asking(&mut self, asking: &Asking, ending: Ending, observer: &mut impl Observer<T>) {
        let detail = if self.limits.short_ways { observer.unanswered() } else { Detail::Everything };
        match detail {
            Detail::Nothing => {}
            Detail::Flow => self.woken(asking).tell(observer),
            Detail::Everything => {
                let mut woken = self.woken(asking);
                woken.end(ending, &self.limits, &mut self.log, |key| self.addresses.endpoints(key), observer);
            }
        }
    }
}
