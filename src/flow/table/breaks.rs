//! Where the capture had broken off: jumps of its clock in, what was seen of the end of a flow out.

use crate::capture::Timestamp;
use crate::flow::{Ending, Nanoseconds};

/// Most places kept; a capture with more is none to tell silence by.
const MOST: usize = 64;

/// The times before which the clock jumped by as much as ends any flow.
#[derive(Clone, Debug, Default)]
pub(super) struct Breaks(Vec<i64>);

impl Breaks {
    /// Notes that the clock goes on from `before` to `now`, nanoseconds; a jump by `least` is a break.
    #[inline]
    pub fn note(&mut self, before: i64, now: i64, least: Nanoseconds) {
        if now.saturating_sub(before) >= least && self.0.len() < MOST {
            self.0.push(before);
        }
    }

    /// `ending` as it is for flows that were last heard of at `last`, nanoseconds of the capture's clock: what happened
    /// after the capture broke off, nobody saw.
    pub fn seen(&self, ending: Ending, last: i64) -> Ending {
        let broke_off = self.0.iter().find(|time| **time >= last);
        Ending { time: broke_off.map_or(ending.time, |time| Timestamp::from_nanoseconds(*time)), ..ending }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{EndReason, SECOND};

    #[test]
    fn a_flow_ends_where_the_capture_broke_off_after_it() {
        let at = |seconds: i64| Timestamp::from_nanoseconds(seconds * SECOND);
        let mut breaks = Breaks::default();
        breaks.note(5 * SECOND, 50 * SECOND, 100 * SECOND);
        breaks.note(50 * SECOND, 500 * SECOND, 100 * SECOND);
        let ending = Ending { reason: EndReason::CaptureEnd, time: at(600) };
        assert_eq!(breaks.seen(ending, 7 * SECOND).time, at(50));
        assert_eq!(breaks.seen(ending, 500 * SECOND).time, at(600));
    }
}
