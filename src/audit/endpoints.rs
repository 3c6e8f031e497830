//! What only many flows together show of one endpoint: attempts to connect in, a finding for a SYN flood out.
//!
//! It is fed in output order, after whatever deals flows to threads, and remembers a bounded number of endpoints.

use super::Ends;
use super::sources::Sources;
use crate::flow::{Cues, Limits, MILLISECOND, Mark, Nanoseconds, Side, Step};
use crate::rules::{Confidence, Evidence, Finding, find, human_duration};
use crate::wire::{Endpoint, Flags, Packed};
use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

/// Endpoints watched at a time; the half with the fewest attempts makes room, so that to look for it costs each of them little.
const MOST: usize = 1024;
/// How finely attempts are told apart by when they began.
const SLOT: Nanoseconds = 100 * MILLISECOND;

/// What a step says of an attempt to connect.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    ends: Ends,
    /// When its first SYN came, nanoseconds since the epoch.
    asked_at: i64,
    what: News,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    /// With this SYN.
    Began(Mark),
    /// The SYN was sent again: nobody who floods does that.
    Retried,
    /// Complete, or refused.
    Settled,
}

/// The attempts at each endpoint.
#[derive(Debug, Default)]
pub(super) struct Endpoints {
    /// What the connections show of the capture.
    pub whole: super::whole::Whole,
    watched: BTreeMap<Endpoint, Watch>,
}

/// Attempts at one endpoint, by the tenth of a second they began in.
#[derive(Debug, Default)]
struct Watch {
    slots: VecDeque<Slot>,
    sources: Sources,
    /// What happened in the window that ends with the slot of the attempt that began last, and that slot's number: kept,
    /// since a server's attempts begin one after the other.
    window: Option<(i64, Counts)>,
    /// The attempt that made the half-open ones too many, as long as they are.
    too_many: Option<(Ends, Mark)>,
    told: bool,
    /// The slot that ended the window judged last. No attempt begins in a window that is over, and what comes late only
    /// speaks against a flood: it need not be judged twice.
    judged: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    number: i64,
    counts: Counts,
}

/// What happened in a slot, or in a window.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    attempts: u64,
    settled: u64,
    retried: u64,
}

impl Counts {
    const fn with(self, more: Self) -> Self {
        Self {
            attempts: self.attempts + more.attempts,
            settled: self.settled + more.settled,
            retried: self.retried + more.retried,
        }
    }
}

impl Attempt {
    /// The attempt that `syn` begins.
    pub fn begun_by(syn: &Packed, ends: Ends) -> Self {
        Self { ends, asked_at: syn.time, what: News::Began(Mark::of_packed(syn, Side::Client)) }
    }

    /// The attempt, begun at `asked_at`, that led to a connection.
    pub fn settled(ends: Ends, asked_at: i64) -> Self {
        Self { ends, asked_at, what: News::Settled }
    }

    /// What `step` says of an attempt, if anything.
    pub fn of(step: &Step<'_>) -> Option<Self> {
        let segment = step.segment.filter(|_| step.cues.any(Cues::ATTEMPT))?;
        let flow = step.flow;
        let syn = flow.opening.syn?;
        let this = |mark: Option<Mark>| mark.is_some_and(|mark| mark.frame == segment.frame);
        let irregular = flow.opening.irregular.as_deref();
        let what = if syn.frame == segment.frame {
            News::Began(syn)
        } else if this(irregular.and_then(|irregular| irregular.second_syn)) {
            News::Retried
        } else if this(flow.opening.ack) || segment.flags.has(Flags::RST) {
            News::Settled
        } else {
            return None;
        };
        let ends = Ends { client: flow.endpoints.client, server: flow.endpoints.server };
        Some(Self { ends, asked_at: syn.time.nanoseconds(), what })
    }
}

impl Attempt {
    fn begins(&self) -> bool {
        matches!(self.what, News::Began(_))
    }
}

impl Endpoints {
    /// Counts `attempt`; the flood that it shows, with the ends of its first attempt, once for each endpoint.
    pub fn observe(&mut self, attempt: &Attempt, limits: &Limits) -> Option<(Ends, Finding)> {
        let server = attempt.ends.server;
        // Nearly always it is known already, and found in one search.
        let watch = match self.watched.get_mut(&server) {
            Some(watch) => watch,
            None if attempt.begins() => {
                self.make_room();
                self.watched.entry(server).or_default()
            }
            None => return None,
        };
        // Nothing more is told of this endpoint.
        if watch.told {
            return None;
        }
        watch.count(attempt, limits);
        // Attempts younger than an RTO may still be answered.
        let settled_by = slot_of(attempt.asked_at.saturating_sub(limits.rto));
        if attempt.begins() { watch.judge(settled_by, limits) } else { None }
    }

    /// The floods that the end of the capture, at `now` nanoseconds, settles.
    pub fn finish(&mut self, now: Nanoseconds, limits: &Limits) -> Vec<(Ends, Finding)> {
        let settled_by = slot_of(now.saturating_sub(limits.rto));
        let watched = std::mem::take(&mut self.watched);
        watched.into_values().filter_map(|mut watch| watch.judge(settled_by, limits)).collect()
    }

    fn make_room(&mut self) {
        if self.watched.len() < MOST {
            return;
        }
        let mut watched: Vec<_> = std::mem::take(&mut self.watched).into_iter().collect();
        watched.sort_by_cached_key(|(_, watch)| Reverse(watch.attempts()));
        self.watched.extend(watched.into_iter().take(MOST / 2));
    }
}

impl Watch {
    fn attempts(&self) -> u64 {
        self.slots.iter().map(|slot| slot.counts.attempts).sum()
    }

    fn count(&mut self, attempt: &Attempt, limits: &Limits) {
        let number = slot_of(attempt.asked_at);
        let kept = limits.syn_flood_window.saturating_add(limits.rto).saturating_add(SLOT);
        let oldest = slot_of(attempt.asked_at.saturating_sub(kept));
        // Where time goes back, the slots in front are not the oldest; there must not be more of them for it.
        let most = kept / SLOT + 2;
        while self.slots.front().is_some_and(|slot| slot.number < oldest || self.slots.len() as i64 > most) {
            self.slots.pop_front();
        }
        let known = self.slots.iter().rposition(|slot| slot.number == number);
        let place = match (known, attempt.what) {
            (Some(place), _) => place,
            (None, News::Began(_)) => {
                self.slots.push_back(Slot { number, counts: Counts::default() });
                self.slots.len() - 1
            }
            (None, _) => return,
        };
        let Some(slot) = self.slots.get_mut(place) else { return };
        let news = match attempt.what {
            News::Began(_) => Counts { attempts: 1, ..Counts::default() },
            News::Retried => Counts { retried: 1, ..Counts::default() },
            News::Settled => Counts { settled: 1, ..Counts::default() },
        };
        slot.counts = slot.counts.with(news);
        if let Some((last, counts)) = &mut self.window
            && (*last - slots_in(limits) + 1..=*last).contains(&number)
        {
            *counts = counts.with(news);
        }
        if attempt.begins() {
            self.sources.note(attempt.ends.client.ip, number);
        }
        // There is nothing that could be taken back.
        if !attempt.begins() && self.too_many.is_none() {
            return;
        }
        let counts = match self.window {
            Some((last, counts)) if last == number || !attempt.begins() => counts,
            _ => self.counts(number, limits),
        };
        if attempt.begins() {
            self.window = Some((number, counts));
        }
        if counts.attempts.saturating_sub(counts.settled) < u64::from(limits.syn_flood) {
            self.too_many = None;
        } else if let News::Began(syn) = attempt.what {
            self.too_many.get_or_insert((attempt.ends, syn));
        }
    }

    /// What happened in the window that ends with the slot `last`.
    fn counts(&self, last: i64, limits: &Limits) -> Counts {
        let counted = self.slots.iter().filter(|slot| slot.number <= last && slot.number > last - slots_in(limits));
        counted.fold(Counts::default(), |counts, slot| counts.with(slot.counts))
    }

    /// Whether the attempts of the window that ends with the slot `settled_by` are a flood.
    fn judge(&mut self, settled_by: i64, limits: &Limits) -> Option<(Ends, Finding)> {
        let (ends, culprit) = self.too_many.filter(|_| !self.told && self.judged != Some(settled_by))?;
        self.judged = Some(settled_by);
        let last = self.slots.iter().map(|slot| slot.number).filter(|number| *number <= settled_by).max()?;
        let Counts { attempts, settled, retried } = self.counts(last, limits);
        let half_open = attempts.saturating_sub(settled);
        let flood = half_open >= u64::from(limits.syn_flood)
            && half_open.saturating_mul(10) > attempts.saturating_mul(9)
            && retried.saturating_mul(2) < attempts
            && self.sources.are_many(last.saturating_sub(slots_in(limits)));
        if !flood {
            return None;
        }
        self.told = true;
        let within = human_duration(limits.syn_flood_window);
        let server = ends.server;
        let evidence = Evidence::at(
            culprit,
            format!("{half_open} of {attempts} attempts to connect to {server} within {within} were left half open"),
        )
        .count("half-open attempts", half_open)
        .count("attempts", attempts)
        .count("attempts with a second SYN", retried)
        .duration("window", limits.syn_flood_window)
        .blaming_nobody()
        .at_most(Confidence::Certain)
        .pointing("one too many");
        let rule = find("TFA115")?;
        let evidence = evidence.no_worse_than(rule.severity);
        Some((ends, Finding { rule, known_at: culprit.frame, evidence }))
    }
}

const fn slot_of(nanoseconds: Nanoseconds) -> i64 {
    nanoseconds.div_euclid(SLOT)
}

/// Slots in a window.
fn slots_in(limits: &Limits) -> i64 {
    (limits.syn_flood_window / SLOT).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::sources::MANY;
    use crate::capture::Timestamp;
    use crate::wire::{RawWindow, SeqNum};
    use std::net::Ipv4Addr;

    /// An attempt that begins, or `more` news of it.
    fn attempt(more: Option<News>, number: u32, milliseconds: i64, sources: u32) -> Attempt {
        let client = Endpoint { ip: Ipv4Addr::from_bits(0x0a00_0000 + number % sources).into(), port: 1024 };
        let server = Endpoint { ip: Ipv4Addr::new(192, 0, 2, 1).into(), port: 80 };
        let syn = Mark {
            frame: u64::from(number) + 1,
            time: Timestamp::from_nanoseconds(milliseconds * 1_000_000),
            seq: SeqNum(number),
            ack: SeqNum(0),
            len: 0,
            flags: Flags::SYN,
            window: RawWindow(1000),
            side: Side::Client,
            ttl: 64,
            ip_id: None,
        };
        let asked_at = syn.time.nanoseconds();
        Attempt { ends: Ends { client, server }, asked_at, what: more.unwrap_or(News::Began(syn)) }
    }

    /// The findings of `count` attempts 10 ms apart from `sources` hosts, with `more` news of each.
    fn floods(count: u32, sources: u32, more: &[News]) -> usize {
        let (limits, mut endpoints) = (Limits::default(), Endpoints::default());
        let mut found = 0;
        for number in 0..count {
            for what in std::iter::once(None).chain(more.iter().copied().map(Some)) {
                let told = endpoints.observe(&attempt(what, number, i64::from(number) * 10, sources), &limits);
                found += usize::from(told.is_some());
            }
        }
        found + endpoints.finish(i64::from(count) * 10_000_000 + 5_000_000_000, &limits).len()
    }

    #[test]
    fn a_flood_is_told_once() {
        assert_eq!(floods(250, 200, &[]), 1);
        assert_eq!(floods(5_000, 4_000, &[]), 1);
    }

    #[test]
    fn no_flood() {
        assert_eq!(floods(190, 200, &[]), 0, "too few");
        assert_eq!(floods(1_000, 3, &[]), 0, "a scan from three hosts");
        assert_eq!(floods(1_000, 500, &[News::Settled]), 0, "all of them complete");
        assert_eq!(floods(1_000, 500, &[News::Retried]), 0, "an outage: real clients try again");
    }

    #[test]
    fn what_may_still_be_answered_is_not_judged() {
        let (limits, mut endpoints) = (Limits::default(), Endpoints::default());
        for number in 0..1_000 {
            assert!(endpoints.observe(&attempt(None, number, 100, 500), &limits).is_none());
        }
        assert!(endpoints.finish(200_000_000, &limits).is_empty());
    }

    #[test]
    fn sources_are_counted_to_the_last() {
        assert_eq!(floods(1_000, MANY as u32 - 1, &[]), 0);
        assert_eq!(floods(1_000, MANY as u32, &[]), 1);
    }

    /// Attempts that each come a moment before the one before them: no slot is ever too old.
    #[test]
    fn time_that_goes_back_is_bounded() {
        let (limits, mut endpoints) = (Limits::default(), Endpoints::default());
        for number in 0..5_000 {
            endpoints.observe(&attempt(None, number, 1_000_000 - i64::from(number) * 100, 500), &limits);
        }
        let slots: usize = endpoints.watched.values().map(|watch| watch.slots.len()).sum();
        assert!(slots < 200, "{slots}");
    }

    #[test]
    fn memory_is_bounded() {
        let (limits, mut endpoints) = (Limits::default(), Endpoints::default());
        for port in 1..5_000u16 {
            let mut one = attempt(None, u32::from(port), i64::from(port), 500);
            one.ends.server.port = port;
            endpoints.observe(&one, &limits);
        }
        assert!(endpoints.watched.len() <= MOST);
    }

    #[test]
    fn a_flood_is_seen_beside_a_scan() {
        let (limits, mut endpoints) = (Limits::default(), Endpoints::default());
        let mut found = 0;
        for number in 0..20_000u16 {
            let mut scan = attempt(None, number.into(), number.into(), 1);
            scan.ends.server.port = 1000 + number;
            found += usize::from(endpoints.observe(&scan, &limits).is_some());
            if number % 20 == 0 {
                let flood = attempt(None, number.into(), number.into(), 500);
                found += usize::from(endpoints.observe(&flood, &limits).is_some());
            }
        }
        assert_eq!(found, 1);
    }
}
