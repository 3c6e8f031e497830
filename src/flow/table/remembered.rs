//! A connection that was closed and told of: enough to know its stragglers, and that its ports are used again.

use super::key::Key;
use super::live::Live;
use crate::flow::SECOND;
use crate::flow::conversation::{Conversation, Slot};
use crate::wire::{Flags, Segment, SeqNum};
use std::num::NonZero;

/// Farther from SND.NXT than a straggler can be (RFC 7323 §2.3 allows windows of 2³⁰).
const REACH: u32 = 1 << 26;

/// What is kept of a closed connection. There may be millions of them: key and conversation are taken apart, since side by
/// side they would leave octets unused.
#[derive(Clone, Copy, Debug)]
pub struct Remembered {
    addresses: [u32; 2],
    ports: [u16; 2],
    pub(super) stream: u32,
    bases: [SeqNum; 2],
    /// When its last segment came, whole seconds of the capture's clock, rounded up.
    last: i32,
    /// How far SND.NXT lies behind the base, in units of 2²⁴: what is that near does not decide whether a segment may be a
    /// straggler.
    sent: [u8; 2],
    completeness: u8,
    /// Which bases are known, with [`THERE`] and [`V6`], so that none takes no more room than one.
    known: NonZero<u8>,
}

const THERE: NonZero<u8> = NonZero::new(1 << 7).expect("not zero");
const V6: u8 = 1 << 6;

impl Remembered {
    /// What is kept of `live`; `None` where there is more to it than one closed connection.
    pub fn of<T: Default>(live: &Live<T>) -> Option<Self> {
        let snd_nxt = live.closed_at()?;
        let last = i32::try_from(live.last.div_euclid(SECOND).saturating_add(1)).unwrap_or(i32::MAX);
        let (addresses, ports, v6) = live.key.parts();
        let (bases, [completeness, known]) = live.conversation.parts();
        let known = THERE | known | if v6 { V6 } else { 0 };
        let sent = sent(snd_nxt, bases);
        Some(Self { addresses, ports, stream: live.stream, bases, last, sent, completeness, known })
    }

    /// The pair whose connection it was.
    #[inline]
    pub const fn key(&self) -> Key {
        Key::of_parts(self.addresses, self.ports, self.known.get() & V6 != 0)
    }

    /// The conversation that it was.
    pub const fn conversation(&self) -> Conversation {
        Conversation::of_parts(self.bases, [self.completeness, self.known.get() & !(THERE.get() | V6)])
    }

    /// Counts a straggler.
    pub fn arrive(&mut self, segment: &Segment) {
        let (mut conversation, snd_nxt) = (self.conversation(), self.snd_nxt());
        conversation.arrive(segment, Slot::of(segment));
        let (bases, [completeness, known]) = conversation.parts();
        (self.bases, self.sent, self.completeness) = (bases, sent(snd_nxt, bases), completeness);
        self.known = THERE | known | self.known.get() & V6;
    }

    /// About SND.NXT of the greater and the smaller end.
    fn snd_nxt(&self) -> [SeqNum; 2] {
        let next = |end: usize| self.bases[end] + (u32::from(self.sent[end]) << 24 | 1 << 23);
        [next(0), next(1)]
    }

    /// Whether all of it happened before `since`, nanoseconds of the capture's clock, and up to a second earlier.
    pub const fn is_older(&self, since: i64) -> bool {
        (self.last as i64).saturating_mul(SECOND) < since
    }

    /// Whether `segment` is one of its late ones: no SYN, its numbers within reach, and flags that make sense.
    pub fn has_straggler(&self, segment: &Segment) -> bool {
        let next = self.snd_nxt()[Slot::of(segment) as usize];
        !segment.flags.has(Flags::SYN)
            && segment.seq.offset_from(next).unsigned_abs() < REACH
            && !is_nonsense(segment.flags)
    }
}

/// How far each SND.NXT lies behind its base, in units of 2²⁴.
fn sent(snd_nxt: [SeqNum; 2], bases: [SeqNum; 2]) -> [u8; 2] {
    let far = |end: usize| (snd_nxt[end].0.wrapping_sub(bases[end].0) >> 24) as u8;
    [far(0), far(1)]
}

/// Whether no end sends these flags, late or not: there is something to say of the segment itself.
const fn is_nonsense(flags: Flags) -> bool {
    !flags.any(Flags::ACK.with(Flags::RST)) || flags.has(Flags::FIN.with(Flags::RST)) || flags.any(Flags::RESERVED)
}

#[cfg(test)]
mod tests {
    use super::Remembered;
    use crate::flow::table::{Detail, Notes, Observer, Open, Orderly, Table};
    use crate::flow::{Limits, SECOND, Side, Sides, Step, Tracked, testing};
    use crate::wire::{Endpoint, Flags, Packed, Segment};

    #[derive(Debug, Default)]
    struct Nothing;

    impl Notes for Nothing {
        fn is_empty(&self) -> bool {
            true
        }
    }

    /// The streams of the connections that ended.
    #[derive(Default)]
    struct Ended(u32);

    impl Observer<Nothing> for Ended {
        fn step(&mut self, _: &Step<'_>, _: u32, _: &mut Nothing) {}
        fn wants_steps(&self) -> bool {
            false
        }
        fn agreed(&mut self, _: Sides<Endpoint>, _: i64) {}
        fn orderly(&mut self, _: &Orderly<'_>) {
            self.0 += 1;
        }
        fn still_open(&mut self, _: &Open) -> Detail {
            Detail::Everything
        }
        fn ended(&mut self, _: &Tracked<Nothing>) {
            self.0 += 1;
        }
        fn asked(&mut self, _: &Packed, _: Sides<Endpoint>) {}
        fn unanswered(&mut self) -> Detail {
            Detail::Everything
        }
    }

    /// A connection that opens and closes, from `port`, in the `round`th minute.
    fn connection(port: u16, round: u32) -> [Segment; 6] {
        let at = i64::from(round) * 60 * SECOND / 1_000_000;
        let (one, other) = (round.wrapping_mul(1_000_000), round.wrapping_mul(3_000_000));
        let (client, server) = (Side::Client, Side::Server);
        let mut segments = [
            Segment { flags: Flags::SYN, ..testing::ack(client, at, one, 0, 0) },
            testing::with(Flags::SYN, testing::ack(server, at + 1, other, one + 1, 0)),
            testing::ack(client, at + 2, one + 1, other + 1, 0),
            testing::with(Flags::FIN, testing::ack(client, at + 3, one + 1, other + 1, 0)),
            testing::with(Flags::FIN, testing::ack(server, at + 4, other + 1, one + 2, 0)),
            testing::ack(client, at + 5, one + 2, other + 2, 0),
        ];
        for segment in &mut segments {
            let end = if segment.source.port == 80 { &mut segment.destination } else { &mut segment.source };
            end.port = port;
        }
        segments
    }

    /// A few ports used over and over, behind one that is remembered all the time.
    #[test]
    #[cfg_attr(miri, ignore = "takes minutes there")]
    fn ports_used_again_take_no_more_room() {
        let limits = Limits { closed_flows: 0, ..Limits::default() };
        let (mut table, mut ended, mut streams) = (Table::new(limits), Ended::default(), Vec::new());
        let rounds = std::iter::once((1, 0)).chain((1..=50).flat_map(|round| [(2, round), (3, round)]));
        for (port, round) in rounds {
            for segment in connection(port, round) {
                streams.push(table.observe(&segment, &mut ended).stream);
            }
            assert!(!table.remembered.is_hollow());
        }
        let numbers: Vec<_> = streams.chunks(6).map(|chunk| chunk[0]).collect();
        assert_eq!(numbers, (0..=100).map(Some).collect::<Vec<_>>());
        assert!(streams.chunks(6).all(|chunk| chunk.iter().all(|stream| *stream == chunk[0])));
        let straggler = testing::ack(Side::Client, 3_100_000, 2, 2, 0);
        let straggler = Segment { source: Endpoint { port: 1, ..straggler.source }, ..straggler };
        assert_eq!(table.observe(&straggler, &mut ended).stream, Some(0));
        table.finish(&mut ended);
        assert_eq!(ended.0, 101);
    }

    /// A SYN that waits for its answer, and many behind it that need not.
    #[test]
    #[cfg_attr(miri, ignore = "takes minutes there")]
    fn answered_syns_take_no_more_room() {
        let (mut table, mut ended) = (Table::new(Limits::default()), Ended::default());
        let [first, answer, ..] = connection(1, 0);
        table.observe(&first, &mut ended);
        for port in 2..500 {
            for segment in connection(port, 0) {
                assert_eq!(table.observe(&segment, &mut ended).stream, Some(u32::from(port) - 1));
                assert!(!table.asking.is_hollow());
            }
        }
        assert_eq!(table.observe(&answer, &mut ended).stream, Some(0));
        table.finish(&mut ended);
        assert_eq!(ended.0, 499);
    }

    /// There may be millions of them.
    #[test]
    fn stays_small() {
        assert!(size_of::<Option<Remembered>>() <= 32, "{} octets", size_of::<Option<Remembered>>());
    }
}
