//! How a pair begins: asking, if one orderly SYN is all there is to it, else live.

use super::ahead::Hint;
use super::asking::Asking;
use super::handle::Kept;
use super::live::Live;
use super::observer::{Notes, Observer};
use super::{Placed, Table};
use crate::flow::Flow;
use crate::flow::brief::Brief;
use crate::flow::conversation::Slot;
use crate::flow::orderly::is_orderly_syn;
use crate::wire::{Flags, Packed, Rest, Segment};

impl<T: Notes> Table<T> {
    /// A pair not seen before: told of at once where one SYN is all there is to it, else made live.
    pub(super) fn begin(&mut self, segment: &Segment, observer: &mut impl Observer<T>) -> Result<Placed, u32> {
        self.make_room(observer);
        let key = self.addresses.acquire(segment);
        let stream = self.next_stream();
        let (slot, rest) = (Slot::of(segment), Rest::of(segment));
        let asking = Packed::of(segment).and_then(|packed| Asking::pack(&packed, &rest, key, slot, stream));
        let Some(asking) = asking else {
            let at = self.live.insert(Live::new(key, stream, segment.path.id, self.clock));
            self.enter(key, Kept::Live(at));
            return Err(at);
        };
        if self.asked(&asking, observer) {
            return Ok(Placed { stream: Some(stream) });
        }
        let (flow, notes) = {
            let mut flow = Flow::new(segment);
            let mut notes = T::default();
            observer.step(&flow.observe(segment, &self.limits), stream, &mut notes);
            (flow, notes)
        };
        if notes.is_empty() {
            let at = self.asking.push(asking);
            self.enter(key, Kept::Asking(at));
        } else {
            let mut live = Live::new(key, stream, segment.path.id, self.clock);
            live.conversation.arrive(segment, slot);
            let completeness = live.conversation.completeness().0;
            live.adopt(segment.path.id, flow, completeness, notes);
            let at = self.live.insert(live);
            self.enter(key, Kept::Live(at));
        }
        Ok(Placed { stream: Some(stream) })
    }

    /// A pair not seen before, of which there is a segment that can be packed: told of at once where one orderly SYN is all
    /// there is to it; whether it was.
    pub(super) fn begin_packed(
        &mut self,
        packed: &Packed,
        rest: &Rest,
        hint: &Hint,
        observer: &mut impl Observer<T>,
    ) -> bool {
        if !hint.key.is_lasting() || packed.bits.flags() != Flags::SYN {
            return false;
        }
        self.make_room(observer);
        let asking = Asking::pack(packed, rest, hint.key, hint.slot, self.streams);
        let told = asking.is_some_and(|asking| self.asked(&asking, observer));
        self.streams += u32::from(told);
        told
    }

    /// Keeps and tells of a pair that asks for a connection, if it does so in order; whether it does.
    fn asked(&mut self, asking: &Asking, observer: &mut impl Observer<T>) -> bool {
        let packed = asking.packed();
        let orderly = self.limits.short_ways && asking.key().may_connect() && is_orderly_syn(&packed);
        if orderly {
            observer.asked(&packed, self.addresses.sides(&asking.key(), asking.slot()));
            let at = self.asking.push(*asking);
            self.enter(asking.key(), Kept::Asking(at));
        }
        orderly
    }

    const fn next_stream(&mut self) -> u32 {
        self.streams += 1;
        self.streams - 1
    }

    /// Makes an asking pair live, to be followed briefly if it may.
    pub(super) fn wake(&mut self, at: u32, briefly: bool) -> u32 {
        let Some(asking) = self.asking.remove(at) else { return u32::MAX };
        let (syn, slot) = (asking.packed(), asking.slot());
        let may = briefly && self.limits.short_ways && asking.key().may_connect();
        let to = if may && Brief::may_begin(&syn) {
            let to = self.live.insert(Live::asked_for(asking.key(), asking.stream, &syn, slot, self.clock));
            if let Some(live) = self.live.get_mut(to) {
                live.enter_syn(&syn, &mut self.log);
            }
            to
        } else {
            self.live.insert(self.woken(&asking))
        };
        self.replace(&asking.key(), Kept::Asking(at), Kept::Live(to));
        self.close_up();
        to
    }

    /// The live pair that an asking one becomes: its SYN counted again, told to nobody.
    pub(super) fn woken(&self, asking: &Asking) -> Live<T> {
        let syn = asking.segment(self.addresses.sides(&asking.key(), asking.slot()));
        let mut live = Live::new(asking.key(), asking.stream, syn.path.id, self.clock);
        live.conversation.arrive(&syn, asking.slot());
        let mut flow = Flow::new(&syn);
        flow.observe(&syn, &self.limits);
        let completeness = live.conversation.completeness().0;
        live.adopt(syn.path.id, flow, completeness, T::default());
        live
    }
}
