//! Who listens to a table: what happens to its connections goes out here.

use crate::capture::{FrameNumber, Timestamp};
use crate::flow::lane::Tracked;
use crate::flow::{FlowSummary, Sides, Step};
use crate::wire::{Endpoint, Packed};

/// What a reader keeps with each flow.
pub trait Notes: Default {
    /// Whether there is nothing in it that would be missed.
    fn is_empty(&self) -> bool;
}

/// Who is told what happens in a table; `T` is what it keeps with each flow.
pub trait Observer<T> {
    /// A segment was counted, or a flow ended.
    fn step(&mut self, step: &Step<'_>, stream: u32, notes: &mut T);
    /// Whether every step has to be told, also where no rule has anything to say.
    fn wants_steps(&self) -> bool;
    /// A flow between `ends` that goes in order completed its handshake; `asked_at` is when its SYN came, nanoseconds since
    /// the epoch.
    fn agreed(&mut self, ends: Sides<Endpoint>, asked_at: i64);
    /// A flow ended that opened, ran and closed in order, of which no rule has anything to say; nothing else is told of it.
    fn orderly(&mut self, orderly: &Orderly<'_>);
    /// How much is to be told of a flow that opened and ran in order and was open when the capture ended.
    fn still_open(&mut self, open: &Open) -> Detail;
    /// A flow ended; its last step came before.
    fn ended(&mut self, flow: &Tracked<T>);
    /// A flow between `ends` began with a SYN that no rule has anything to say of; its step is not told.
    fn asked(&mut self, syn: &Packed, ends: Sides<Endpoint>);
    /// How much is to be told of a flow that ends and was nothing but such a SYN.
    fn unanswered(&mut self) -> Detail;
}

/// A connection that opened, ran and closed in order.
pub struct Orderly<'a> {
    /// Nanoseconds that the server took to answer the SYN, and the client to answer the SYN-ACK.
    pub answers: [i64; 2],
    pub(super) summary: &'a dyn Fn() -> FlowSummary,
}

impl Orderly<'_> {
    /// What is known of it.
    pub fn summary(&self) -> FlowSummary {
        (self.summary)()
    }
}

/// A connection that went in order and is open.
#[derive(Clone, Copy, Debug)]
pub struct Open {
    /// Addresses and ports.
    pub ends: Sides<Endpoint>,
    /// Frame of its latest segment.
    pub frame: FrameNumber,
    /// Time of that.
    pub time: Timestamp,
    /// Nanoseconds that the server took to answer the SYN, and the client to answer the SYN-ACK.
    pub answers: [i64; 2],
}

/// How much is told of the end of a flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The last step, and the flow.
    Everything,
    /// The flow.
    Flow,
    /// Nothing: it has been counted.
    Nothing,
}
