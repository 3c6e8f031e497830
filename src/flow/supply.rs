//! Room that another thread has made ready before it is needed.
//!
//! To touch a page of memory for the first time takes as long as to count dozens of segments. In a flood of SYNs, each of
//! which is kept, that is a third of all there is to do, and whoever reads the capture has time for it.

use std::sync::mpsc::{Receiver, Sender, channel};

/// Work that nobody waits for.
pub type Errand = Box<dyn FnOnce() + Send>;

/// Pieces of room, which somebody else makes if there is somebody.
#[derive(Debug)]
pub(super) struct Supply<R>(Option<Orders<R>>);

#[derive(Debug)]
struct Orders<R> {
    errands: Sender<Errand>,
    deliver: Sender<R>,
    delivered: Receiver<R>,
    /// Pieces that were ordered and not taken yet.
    open: usize,
}

impl<R> Default for Supply<R> {
    fn default() -> Self {
        Self(None)
    }
}

impl<R: Send + 'static> Supply<R> {
    /// Who is to make pieces: whoever does what comes out of the other end of `errands`.
    pub fn engage(&mut self, errands: Sender<Errand>) {
        let (deliver, delivered) = channel();
        self.0 = Some(Orders { errands, deliver, delivered, open: 0 });
    }

    /// Whether there is anybody to make them.
    pub const fn is_engaged(&self) -> bool {
        self.0.is_some()
    }

    /// Has pieces made until so many have been ordered that nobody took yet.
    pub fn order(&mut self, count: usize, make: fn() -> R) {
        let Some(orders) = &mut self.0 else { return };
        while orders.open < count {
            let deliver = orders.deliver.clone();
            // Nobody takes what comes too late.
            let errand = Box::new(move || drop(deliver.send(make())));
            if orders.errands.send(errand).is_err() {
                return;
            }
            orders.open += 1;
        }
    }

    /// Forgets what was ordered and did not come in time: whoever makes it lets go of it at once.
    pub fn cancel(&mut self) {
        if let Some(orders) = self.0.take() {
            self.engage(orders.errands);
        }
    }

    /// A piece that is ready.
    pub fn take(&mut self) -> Option<R> {
        let orders = self.0.as_mut()?;
        let piece = orders.delivered.try_recv().ok()?;
        orders.open -= 1;
        Some(piece)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_there_when_the_errands_are_done() {
        let mut supply = Supply::default();
        supply.order(3, || 7);
        assert!(!supply.is_engaged() && supply.take().is_none());
        let (send, errands) = channel();
        supply.engage(send);
        supply.order(2, || 7);
        supply.order(3, || 8);
        assert_eq!(supply.take(), None);
        errands.try_iter().take(2).for_each(|errand| errand());
        assert_eq!([(); 3].map(|()| supply.take()), [Some(7), Some(7), None]);
        supply.cancel();
        errands.try_iter().for_each(|errand| errand());
        assert_eq!(supply.take(), None);
        supply.order(2, || 9);
        errands.try_iter().for_each(|errand| errand());
        drop(errands);
        supply.order(9, || 9);
        assert_eq!([(); 3].map(|()| supply.take()), [Some(9), Some(9), None]);
    }
}
