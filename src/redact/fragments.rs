//! Which IP fragments belong to datagrams with TCP in them, as far as their first fragments showed it.

use super::head::Head;
use crate::wire::{Part, Skip, Span};
use std::collections::{HashMap, VecDeque};

/// Datagrams remembered at a time.
const MOST: usize = 4096;
const TCP: u8 = 6;

/// The datagrams whose first fragments led to TCP.
#[derive(Debug, Default)]
pub(super) struct Carriers {
    /// With the beginning of a header that the next fragment goes on with.
    known: HashMap<Part, Option<Head>>,
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
                Some(part @ Part::Fragment { protocol: TCP, .. }) if part.is_later_fragment() => Ok(()),
                Some(part) if self.known.contains_key(&part.first()) => Ok(()),
                _ => Err(skip),
            },
        }
    }

    /// Remembers the beginning of a header that goes on behind the first fragment `part`.
    pub fn begin(&mut self, part: Part, head: Head) {
        if let Some(known) = self.known.get_mut(&part.first()) {
            *known = Some(head);
        }
    }

    /// Takes the beginning of the header that the later fragment `part` goes on with, if it does.
    pub fn head(&mut self, part: Part) -> Option<Head> {
        let Part::Fragment { offset: offset @ 1.., .. } = part else { return None };
        self.known.get_mut(&part.first())?.take_if(|head| head.ends_at(offset))
    }

    fn remember(&mut self, part: Part) {
        if self.known.insert(part.first(), None).is_none() {
            self.order.push_back(part.first());
        }
        if self.order.len() > MOST
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
    }
}
