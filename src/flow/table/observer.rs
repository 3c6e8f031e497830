//! Who listens to a table: what happens to its connections goes out here.

use crate::flow::Step;
use crate::flow::lane::Tracked;
use crate::wire::Segment;

/// What a reader keeps with each flow.
pub trait Notes: Default {
    /// Whether there is nothing in it that would be missed.
    fn is_empty(&self) -> bool;
}

/// Who is told what happens in a table; `T` is what it keeps with each flow.
pub trait Observer<T> {
    /// A segment was counted, or a flow ended.
    fn step(&mut self, step: &Step<'_>, stream: u32, notes: &mut T);
    /// A flow ended; its last step came before.
    fn ended(&mut self, flow: &Tracked<T>);
    /// A flow began with a SYN that no rule has anything to say of; its step is not told.
    fn asked(&mut self, syn: &Segment);
    /// How much is to be told of a flow that ends and was nothing but such a SYN.
    fn unanswered(&mut self) -> Detail;
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
