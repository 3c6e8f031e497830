//! Segments to the numbers that Wireshark gives their conversations.

use crate::flow::conversation::{Conversation, Pair, Relation, Slot};
use crate::flow::pairs::Places;
use crate::flow::{Limits, Slab};
use crate::wire::Segment;

/// The conversations of a capture.
#[derive(Debug)]
pub(super) struct Streams {
    /// Most pairs known at a time: as many as an audit follows.
    most: usize,
    places: Places,
    newest: Slab<Newest>,
    next: u32,
    /// Pairs that made room for others.
    pub forgotten: u64,
}

/// The newest conversation of a pair.
#[derive(Debug)]
struct Newest {
    pair: Pair,
    conversation: Conversation,
    stream: u32,
}

impl Default for Streams {
    fn default() -> Self {
        let most = Limits::default().max_flows;
        Self { most, places: Places::default(), newest: Slab::default(), next: 0, forgotten: 0 }
    }
}

impl Streams {
    /// The conversation of `segment`: of one too short to take part in any, such as most that ICMP errors quote, the
    /// newest between its endpoints, if there is one.
    pub fn of(&mut self, segment: &Segment) -> Option<u32> {
        let pair = Pair::of(segment);
        let known = self.places.find(&pair, |place| pair_at(&self.newest, place));
        if !Conversation::admits(segment) {
            return known.and_then(|place| self.newest.get(place)).map(|newest| newest.stream);
        }
        let place = known.unwrap_or_else(|| self.enter(pair));
        let newest = self.newest.touch(place)?;
        if newest.conversation.arrive(segment, Slot::of(segment)).relation == Relation::Reused {
            newest.stream = number(&mut self.next);
        }
        Some(newest.stream)
    }

    fn enter(&mut self, pair: Pair) -> u32 {
        if self.newest.len() >= self.most
            && let Some((at, oldest)) = self.newest.oldest().map(|(at, newest)| (at, newest.pair))
        {
            self.newest.remove(at);
            self.places.remove(&oldest, at);
            self.forgotten += 1;
        }
        let stream = number(&mut self.next);
        let place = self.newest.insert(Newest { pair, conversation: Conversation::default(), stream });
        self.places.insert(&pair, place);
        place
    }
}

fn pair_at(newest: &Slab<Newest>, place: u32) -> Option<Pair> {
    newest.get(place).map(|newest| newest.pair)
}

fn number(next: &mut u32) -> u32 {
    let number = *next;
    *next = next.wrapping_add(1);
    number
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Side, testing};

    #[test]
    fn the_pair_silent_for_longest_makes_room() {
        let mut streams = Streams { most: 3, ..Streams::default() };
        let mut number = |port| {
            let mut segment = testing::ack(Side::Client, 0, 1, 1, 0);
            segment.source.port = port;
            streams.of(&segment)
        };
        let numbers: Vec<_> = [1, 2, 3, 1, 4, 1, 3, 2].map(&mut number).into();
        assert_eq!(numbers, [0, 1, 2, 0, 3, 0, 2, 4].map(Some));
        assert_eq!(streams.forgotten, 2);
    }
}
