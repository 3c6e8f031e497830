//! Which IP fragments belong to datagrams with TCP in them, as far as their first fragments showed it.

use crate::wire::{Part, Skip, Span};
use std::collections::{HashSet, VecDeque};

/// Datagrams remembered at a time.
const MOST: usize = 4096;
const TCP: u8 = 6;

/// The datagrams whose first fragments led to TCP.
#[derive(Debug, Default)]
pub(super) struct Carriers {
    known: HashSet<Part>,
    order: VecDeque<Part>,
}

impl Carriers {
    /// Lets a frame pass that leads to TCP, or is a later fragment of a datagram that does.
    ///
    /// # Errors
    ///
    /// Why it leads to none.
    pub fn admit(&mut self, outcome: Result<usize, Skip>, spans: &[Span]) -> Result<(), Skip> {
        let mut fragments = spans.iter().map(|span| span.part).filter(|part| matches!(part, Part::Fragment { .. }));
        match outcome {
            Ok(_) => {
                fragments.for_each(|part| self.remember(part));
                Ok(())
            }
            Err(skip) => match fragments.next_back() {
                Some(Part::Fragment { protocol: TCP, first: false, .. }) => Ok(()),
                Some(part) if self.known.contains(&part.first()) => Ok(()),
                _ => Err(skip),
            },
        }
    }

    fn remember(&mut self, part: Part) {
        if self.known.insert(part.first()) {
            self.order.push_back(part.first());
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}
