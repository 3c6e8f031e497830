//! Segments to the numbers that Wireshark gives their conversations.

use crate::flow::conversation::{Conversation, Pair, Relation, Slot};
use crate::wire::Segment;
use std::collections::HashMap;

/// The conversations of a capture.
#[derive(Debug, Default)]
pub(super) struct Streams {
    /// A keyed hash, so that no capture can choose endpoints that collide.
    newest: HashMap<Pair, (Conversation, u32)>,
    next: u32,
}

impl Streams {
    /// The conversation of `segment`: of one too short to take part in any, such as most that ICMP errors quote, the
    /// newest between its endpoints, if there is one.
    pub fn of(&mut self, segment: &Segment) -> Option<u32> {
        let pair = Pair::of(segment);
        if !Conversation::admits(segment) {
            return self.newest.get(&pair).map(|(_, stream)| *stream);
        }
        let next = &mut self.next;
        let mut number = || {
            let number = *next;
            *next = next.wrapping_add(1);
            number
        };
        let (conversation, stream) = self.newest.entry(pair).or_insert_with(|| (Conversation::default(), number()));
        if conversation.arrive(segment, Slot::of(segment)).relation == Relation::Reused {
            *stream = number();
        }
        Some(*stream)
    }
}
