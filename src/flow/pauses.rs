//! When nothing moved: silences, and windows that stayed closed.

use super::{End, Flow, Limits, Mark, Nanoseconds, Side, Sides};
use crate::wire::{Flags, Segment};

/// The latest silence that was long enough to be named, and what broke it.
#[derive(Clone, Copy, Debug)]
pub struct Silence {
    /// How long it lasted.
    pub lasted: Nanoseconds,
    /// What broke it.
    pub broken_by: Mark,
    /// Whether the other end has answered since.
    pub answered: bool,
}

/// A receive window that was closed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Stall {
    /// The segment that closed it, while it is closed.
    pub since: Option<Mark>,
    /// The longest time it was closed before, and the segment that closed it then.
    pub longest: Option<(Mark, Nanoseconds)>,
}

impl Stall {
    fn observe(&mut self, mark: Mark) {
        if mark.window.0 == 0 {
            self.since.get_or_insert(mark);
        } else if let Some(closed) = self.since.take() {
            let lasted = mark.time.since(closed.time);
            if self.longest.is_none_or(|(_, longest)| lasted > longest) {
                self.longest = Some((closed, lasted));
            }
        }
    }
}

/// What a flow remembers of its pauses.
#[derive(Clone, Debug, Default)]
pub struct Pauses {
    /// The latest long silence.
    pub silence: Option<Silence>,
    /// Each end's receive window.
    pub stalls: Sides<Stall>,
}

impl Flow {
    /// Notes what a segment that `side` sends says of pauses, by the facts before it.
    pub(super) fn observe_pauses(&mut self, segment: &Segment, side: Side, limits: &Limits) {
        let lasted = segment.time.since(self.last);
        let begun = self.ends[side].seen() || self.ends[side.peer()].seen();
        let broken = lasted >= limits.idle && begun;
        let closes = says_closed(segment, &self.ends[side]);
        if !broken && !closes && self.pauses.is_none() {
            return;
        }
        let mark = Mark::of(segment, side);
        let pauses = self.pauses.get_or_insert_default();
        if broken {
            pauses.silence = Some(Silence { lasted, broken_by: mark, answered: false });
        } else if let Some(silence) = &mut pauses.silence {
            silence.answered |= side != silence.broken_by.side && !segment.flags.has(Flags::RST);
        }
        if segment.flags.has(Flags::ACK) && !segment.flags.any(Flags::RST.with(Flags::SYN)) {
            pauses.stalls[side].observe(mark);
        }
    }
}

/// Whether an end that could receive says with `segment` that it cannot now.
fn says_closed(segment: &Segment, end: &End) -> bool {
    segment.window.0 == 0
        && segment.flags.has(Flags::ACK)
        && !segment.flags.any(Flags::RST.with(Flags::SYN))
        && end.window.0 != 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::testing::{ack, established, tell};
    use crate::flow::{MILLISECOND, SECOND};
    use crate::wire::RawWindow;
    use Side::{Client, Server};

    #[test]
    fn a_long_silence_is_kept_with_what_broke_it() {
        let mut flow = established();
        tell(&mut flow, ack(Client, 400_000, 1001, 5001, 10));
        let silence = |flow: &Flow| flow.pauses.as_deref().and_then(|pauses| pauses.silence).expect("a silence");
        assert!(silence(&flow).lasted > 399 * SECOND && !silence(&flow).answered);
        assert_eq!(silence(&flow).broken_by.side, Client);
        tell(&mut flow, ack(Server, 400_010, 5001, 1011, 0));
        assert!(silence(&flow).answered);
    }

    #[test]
    fn a_window_is_closed_until_it_opens() {
        let mut flow = established();
        tell(&mut flow, ack(Client, 10, 1001, 5001, 100));
        tell(&mut flow, Segment { window: RawWindow(0), ..ack(Server, 20, 5001, 1101, 0) });
        let stall = |flow: &Flow| flow.pauses.as_deref().map(|pauses| pauses.stalls.server).expect("a stall");
        assert!(stall(&flow).since.is_some() && stall(&flow).longest.is_none());
        tell(&mut flow, ack(Server, 520, 5001, 1101, 0));
        assert!(stall(&flow).since.is_none());
        assert_eq!(stall(&flow).longest.map(|(_, lasted)| lasted), Some(500 * MILLISECOND));
    }
}
